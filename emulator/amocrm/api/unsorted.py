"""/leads/unsorted (facts §3.12).

`summary` has to be routed before `{uid}`.
"""

from __future__ import annotations

from typing import Any

import orjson
from aiohttp import web

from emulator.amocrm import hal
from emulator.amocrm.api import companies, contacts, leads
from emulator.amocrm.api.common import ACCOUNT, PRINCIPAL, items, list_query, optional, page_response, single
from emulator.amocrm.api.takes import NOTHING, Filtered, Items, Listing, One, Perhaps
from emulator.amocrm.unsorted import FILTERS, ORDER, SUMMARY_FILTERS
from emulator.amocrm.unsorted_metadata import WANTS_CALL
from emulator.amocrm.validation import Item, refuse_flawed
from emulator.core.database import Row
from emulator.core.errors import BadRequest, NotFound

_PATH = "/api/v4/leads/unsorted"
_ONE = _PATH + "/{uid}"


async def get_list(request: web.Request) -> web.Response:
    page = request[ACCOUNT].unsorted.page(list_query(request))
    return page_response(request, "unsorted", page, lambda rows: [_formatted(request, row) for row in rows])


async def get_one(request: web.Request) -> web.Response:
    return hal.response(_formatted(request, _pending(request)))


async def get_summary(request: web.Request) -> web.Response:
    return hal.response(request[ACCOUNT].unsorted.summary(list_query(request)))


async def post_sip(request: web.Request) -> web.Response:
    return await _post(request, "sip")


async def post_forms(request: web.Request) -> web.Response:
    return await _post(request, "forms")


async def _post(request: web.Request, category: str) -> web.Response:
    unsorted, user_id = request[ACCOUNT].unsorted, request[PRINCIPAL].user_id
    asked = await items(request)
    drafts = [unsorted.read(item, category, user_id) for item in asked]
    unsorted.refuse_twins(drafts)
    refuse_flawed(asked)
    added = [
        _entity(request, row, {"account_id": request[ACCOUNT].id, "request_id": draft.item.request_id})
        for draft, row in zip(drafts, unsorted.create(drafts, user_id), strict=True)
    ]
    return hal.response({"_total_items": len(added), **hal.written(request, "unsorted", added)})


async def accept(request: web.Request) -> web.Response:
    account, row, item = request[ACCOUNT], _pending(request), await optional(request)
    user_id, status_id = _user(request, item), item.integer("status_id")
    if status_id is None:
        status_id = account.pipelines.first_status(row["pipeline_id"])
    elif not account.pipelines.takes(row["pipeline_id"], status_id):
        item.refuse("NotSupportedChoice", "status_id")
    refuse_flawed([item])
    accepted = account.unsorted.accept(row, status_id, user_id, user_id or request[PRINCIPAL].user_id)
    return hal.response(_sorted(request, accepted))


async def decline(request: web.Request) -> web.Response:
    row, item = _pending(request), await optional(request)
    user_id = _user(request, item)
    refuse_flawed([item])
    declined = request[ACCOUNT].unsorted.decline(row, user_id or request[PRINCIPAL].user_id)
    return hal.response(_sorted(request, declined))


async def link(request: web.Request) -> web.Response:
    """Only mails and chats can be tied to a deal that exists, and this amoCRM has none of them."""
    row = _pending(request)
    await single(request)
    raise BadRequest(f"An item of the category {row['category']} can not be linked; only mail and chats can")


def _pending(request: web.Request) -> Row:
    row = request[ACCOUNT].unsorted.get(request.match_info["uid"])
    if row is None:
        raise NotFound("Unsorted item not found")
    return row


def _user(request: web.Request, item: Item) -> int | None:
    """The user who sorts, if the request names one; a flaw is noted in the item."""
    user_id = item.integer("user_id")
    if user_id is not None and request[ACCOUNT].users.group_of(user_id) is None:
        item.refuse("NotSupportedChoice", "user_id")
    return user_id


def _formatted(request: web.Request, row: Row) -> dict[str, Any]:
    fields = {
        "uid": row["uid"],
        "source_uid": row["source_uid"],
        "source_name": row["source_name"],
        "category": row["category"],
        "pipeline_id": row["pipeline_id"],
        "created_at": row["created_at"] // 1_000_000,
        "metadata": orjson.Fragment(row["metadata"]),
        "account_id": request[ACCOUNT].id,
    }
    return _entity(request, row, fields)


def _sorted(request: web.Request, row: Row) -> dict[str, Any]:
    """The answer when an item was accepted or declined."""
    contact_id = row["contact_id"]
    contact = None if contact_id is None else request[ACCOUNT].contacts.any(contact_id)
    said = {"is_deleted": contact["is_deleted"] == 1, "is_unsorted": False} if contact else None
    fields = {
        "pipeline_id": row["pipeline_id"],
        "category": row["category"],
        "created_at": row["created_at"] // 1_000_000,
    }
    return _entity(request, row, fields, said)


def _entity(
    request: web.Request, row: Row, fields: dict[str, Any], contact: dict[str, Any] | None = None
) -> dict[str, Any]:
    base = hal.base(request)

    def embedded(table: str, key: str, more: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        card_id = row[key]
        return [] if card_id is None else [hal.entity(base, f"{table}/{card_id}", {"id": card_id, **(more or {})})]

    cards = {
        "contacts": embedded("contacts", "contact_id", contact),
        "leads": embedded("leads", "lead_id"),
        "companies": embedded("companies", "company_id"),
    }
    return hal.entity(base, f"leads/unsorted/{row['uid']}", {"uid": row["uid"], **fields}, cards)


ROUTES = [
    web.get(_PATH, get_list),
    web.get(_PATH + "/summary", get_summary),
    web.post(_PATH + "/sip", post_sip),
    web.post(_PATH + "/forms", post_forms),
    web.get(_ONE, get_one),
    web.post(_ONE + "/accept", accept),
    web.delete(_ONE + "/decline", decline),
    web.post(_ONE + "/link", link),
]

SIP = {
    "phone": str,
    "from": str,
    "called_at": int,
    "duration": int,
    "link": str,
    "service_code": str,
    "uniq": str,
    "call_responsible": int | str,
    WANTS_CALL: bool,
}
FORM = {
    "form_id": int | str,
    "form_name": str,
    "form_page": str,
    "form_sent_at": int,
    "ip": str,
    "referer": str,
    "form_type": int,
    "visitor_uid": str,
}
_CARDS = {"leads": [leads.SHAPE], "contacts": [contacts.SHAPE], "companies": [companies.SHAPE]}
_ITEM = {"source_name": str, "source_uid": str, "pipeline_id": int, "created_at": int, hal.EMBEDDED: _CARDS}
_NEEDS = ("source_name", "source_uid", "metadata")

TAKES = {
    f"GET {_PATH}": Listing(FILTERS, ORDER),
    f"GET {_PATH}/summary": Filtered(SUMMARY_FILTERS),
    f"POST {_PATH}/sip": Items({**_ITEM, "metadata": SIP}, _NEEDS),
    f"POST {_PATH}/forms": Items({**_ITEM, "metadata": FORM}, _NEEDS),
    f"GET {_ONE}": NOTHING,
    f"POST {_ONE}/accept": Perhaps({"user_id": int, "status_id": int}),
    f"DELETE {_ONE}/decline": Perhaps({"user_id": int}, answers=(200,)),
    f"POST {_ONE}/link": One({}, answers=(400,)),
}
