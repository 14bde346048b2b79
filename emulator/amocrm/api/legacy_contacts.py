"""Look-ups of contacts that older telephony clients use (facts §3.15).

`GET /private/api/v2/json/contacts/list`, `GET /private/api/contact_search.php` and `GET /api/v2/contacts`.
"""

from __future__ import annotations

import re
from typing import Any, Literal
from xml.etree import ElementTree

import orjson
from aiohttp import web

from emulator.amocrm import hal
from emulator.amocrm.account import Account
from emulator.amocrm.api.common import ACCOUNT, no_content
from emulator.amocrm.api.legacy import LegacyQuery, takes_rows
from emulator.amocrm.api.takes import Takes
from emulator.amocrm.cards import Cards
from emulator.amocrm.contacts import names
from emulator.core.database import Row
from emulator.core.errors import BadRequest
from emulator.core.instants import unix
from emulator.core.web import json_response

_V2 = "/api/v2/contacts"
_TABLES = {"contact": "contacts", "company": "companies"}
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


async def get_private_list(request: web.Request) -> web.Response:
    """`{"response": {"contacts": […]}}`, or 204 when nobody is found. `type` is contact or company."""
    account, kind = request[ACCOUNT], request.query.get("type", "contact")
    if kind not in _TABLES:
        raise BadRequest.field("type", kind, "contact or company")
    cards = account.cards[_TABLES[kind]]
    rows = cards.page(LegacyQuery.asked(request)).rows
    if not rows:
        return no_content()
    leads = _leads_of(account, cards, rows)
    shown = [_private(account, cards, row, leads.get(row["id"], [])) for row in rows]
    now = unix(account.now())
    return json_response({"response": {"contacts": shown, "server_time": now}})


async def get_list(request: web.Request) -> web.Response:
    """The items of API v2, or 204 when there are none."""
    account = request[ACCOUNT]
    rows = account.contacts.page(LegacyQuery.asked(request)).rows
    if not rows:
        return no_content()
    leads = _leads_of(account, account.contacts, rows)
    shown = [_v2(account, row, leads.get(row["id"], [])) for row in rows]
    return hal.response(hal.legacy_linked(str(request.rel_url), hal.embedding("items", shown)))


async def search(request: web.Request) -> web.Response:
    """Contacts and then companies as XML; without a hit the list is empty."""
    account, text = request[ACCOUNT], request.query.get("SEARCH", "").strip()
    root = ElementTree.Element("contacts")
    for table in ("contacts", "companies") if text else ():
        cards = account.cards[table]
        for row in cards.page(LegacyQuery.asked(request, query=text)).rows:
            _add_xml(root, account, cards, row)
    ElementTree.indent(root, "\t")
    body = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return web.Response(body=body, headers={"Content-Type": "text/xml; charset=utf-8"})


def _add_xml(root: ElementTree.Element, account: Account, cards: Cards, row: Row) -> None:
    contact = ElementTree.SubElement(root, "contact")
    _put(contact, "id", row["id"])
    _put(contact, "name", row["name"])
    _put(contact, "is_company", int(cards.table == "companies"))
    company = _company_of(account, row)
    inner = ElementTree.SubElement(contact, "company")
    if company:
        _put(inner, "id", company["id"])
        _put(inner, "name", company["name"])
    for phone in _phones(cards, row):
        _put(contact, "phone", phone)


def _put(parent: ElementTree.Element, name: str, value: str | int) -> None:
    """A child with a text; what XML has no sign for is left out."""
    ElementTree.SubElement(parent, name).text = _NOT_IN_XML.sub("", str(value))


def _phones(cards: Cards, row: Row) -> list[str]:
    fields = cards.shown_fields(row) or []
    return [str(value["value"]) for field in fields if field["field_code"] == "PHONE" for value in field["values"]]


def _company_of(account: Account, row: Row) -> Row | None:
    company_id = row.get("company_id")
    return None if company_id is None else account.companies.get(company_id)


def _leads_of(account: Account, cards: Cards, rows: list[Row]) -> dict[int, list[int]]:
    found = account.links.between(cards.table, [row["id"] for row in rows], "leads")
    return {card_id: [link.to[1] for link in links] for card_id, links in found.items()}


def _private(account: Account, cards: Cards, row: Row, lead_ids: list[int]) -> dict[str, Any]:
    company = _company_of(account, row)
    return {
        "id": row["id"],
        "name": row["name"],
        "last_modified": unix(row["updated_at"]),
        "account_id": account.id,
        "date_create": unix(row["created_at"]),
        "created_user_id": row["created_by"],
        "modified_user_id": row["updated_by"],
        "responsible_user_id": row["responsible_user_id"],
        "group_id": row["group_id"],
        "closest_task": unix(row["closest_task_at"] or 0),
        "linked_company_id": str(company["id"]) if company else None,
        "company_name": company["name"] if company else "",
        "tags": _tags(row, element_type=1 if cards.table == "contacts" else 3),
        "type": cards.kind,
        "custom_fields": _fields(cards, row, str),
        "linked_leads_id": [str(lead_id) for lead_id in lead_ids],
    }


def _v2(account: Account, row: Row, lead_ids: list[int]) -> dict[str, Any]:
    first, last = names(row)
    company = _company_of(account, row)
    fields = {
        "id": row["id"],
        "name": row["name"],
        "first_name": first,
        "last_name": last,
        "responsible_user_id": row["responsible_user_id"],
        "created_by": row["created_by"],
        "created_at": unix(row["created_at"]),
        "updated_at": unix(row["updated_at"]),
        "updated_by": row["updated_by"],
        "account_id": account.id,
        "group_id": row["group_id"],
        "company": _named_company(company) if company else {},
        "leads": {"id": lead_ids} if lead_ids else {},
        "closest_task_at": unix(row["closest_task_at"] or 0),
        "tags": _tags(row),
        "custom_fields": _fields(account.contacts, row, int),
        "customers": {},
    }
    return hal.legacy_linked(f"{_V2}?id={row['id']}", fields)


def _named_company(company: Row) -> dict[str, Any]:
    return hal.legacy_linked(f"/api/v2/companies?id={company['id']}", {"id": company["id"], "name": company["name"]})


def _tags(row: Row, **more: int) -> list[dict[str, Any]]:
    return [{"id": tag["id"], "name": tag["name"], **more} for tag in orjson.loads(row["tags"])]


def _fields(cards: Cards, row: Row, written: type[str] | type[int]) -> list[dict[str, Any]]:
    """The filled fields; ids are written as text in the private API and as numbers in API v2."""
    return [
        {
            "id": written(field["field_id"]),
            "name": field["field_name"],
            **({"code": field["field_code"]} if field["field_code"] else {}),
            "values": [_value(value, written) for value in field["values"]],
        }
        for field in cards.shown_fields(row) or []
    ]


def _value(value: dict[str, Any], written: type[str] | type[int]) -> dict[str, Any]:
    enum = {"enum": written(value["enum_id"])} if value.get("enum_id") is not None else {}
    return {"value": value.get("value"), **enum}


ROUTES = [
    web.get("/private/api/v2/json/contacts/list", get_private_list),
    web.get("/private/api/contact_search.php", search),
    web.get(_V2, get_list),
]

TAKES = {
    "GET /private/api/v2/json/contacts/list": takes_rows(type=Literal[*_TABLES]),
    "GET /private/api/contact_search.php": Takes(query={"SEARCH": str}, content="text/xml"),
    f"GET {_V2}": takes_rows(),
}
