"""Routes that contacts, companies and leads share, and what their answers have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiohttp import web

from emulator.amocrm import hal
from emulator.amocrm.account import Account
from emulator.amocrm.api.common import (
    ACCOUNT,
    ID,
    PRINCIPAL,
    identifier,
    items,
    kept_response,
    list_query,
    named,
    page_text,
    single,
    with_,
)
from emulator.amocrm.api.takes import Items, Listing, One, Shape, Table, Takes
from emulator.amocrm.cards import Cards, Draft
from emulator.amocrm.links import Link
from emulator.amocrm.validation import Item, refuse_flawed
from emulator.core.database import Row
from emulator.core.errors import NotFound

Format = Callable[[Account, str, list[Row], frozenset[str]], list[dict[str, Any]]]
"""Rows as shown: (account, base of links, rows, names in `with`)."""


class CardRoutes:
    """The handlers of one kind of card.

    `formatted` shows rows; `created` and `changed` name the columns of the thin answers to writes, beside the id.
    """

    def __init__(self, table: str, formatted: Format, created: dict[str, Any], changed: tuple[str, ...]) -> None:
        self._table = table
        self._formatted = formatted
        self._created = created
        self._changed = changed

    def routes(self) -> list[web.RouteDef]:
        path = f"/api/v4/{self._table}"
        return [
            web.get(f"{path}/{ID}", self.get_one),
            web.patch(f"{path}/{ID}", self.patch_one),
            web.get(path, self.get_list),
            web.post(path, self.post),
            web.patch(path, self.patch),
        ]

    def _cards(self, request: web.Request) -> Cards:
        return request[ACCOUNT].cards[self._table]

    async def get_one(self, request: web.Request) -> web.StreamResponse:
        return kept_response(request, lambda: self._one(request))

    async def get_list(self, request: web.Request) -> web.StreamResponse:
        return kept_response(request, lambda: self._page(request))

    def _one(self, request: web.Request) -> bytes | None:
        row = self._cards(request).get(identifier(request))
        if row is None:
            return None
        return hal.text(self._formatted(request[ACCOUNT], hal.base(request), [row], with_(request))[0])

    def _page(self, request: web.Request) -> bytes | None:
        query = list_query(request)
        page = self._cards(request).page(query)
        account, base = request[ACCOUNT], hal.base(request)
        return page_text(request, self._table, page, lambda rows: self._formatted(account, base, rows, query.with_))

    async def post(self, request: web.Request) -> web.StreamResponse:
        cards, user_id = self._cards(request), request[PRINCIPAL].user_id
        drafts = [cards.read(item, user_id) for item in await items(request)]
        refuse_flawed(draft.item for draft in drafts)
        rows = cards.create(drafts)
        base = hal.base(request)
        written = [
            hal.entity(
                base,
                f"{self._table}/{row['id']}",
                {"id": row["id"], **self._created, "request_id": draft.item.request_id},
            )
            for draft, row in zip(drafts, rows, strict=True)
        ]
        return hal.response(hal.written(request, self._table, written))

    async def patch(self, request: web.Request) -> web.StreamResponse:
        cards, user_id = self._cards(request), request[PRINCIPAL].user_id
        asked = await items(request)
        drafts = [draft for item in asked if (draft := self._draft(cards, item, user_id))]
        refuse_flawed(asked)
        base = hal.base(request)
        written = [
            self._thin(base, draft, row, with_request_id=True)
            for draft, row in zip(drafts, cards.change(drafts), strict=True)
        ]
        return hal.response(hal.written(request, self._table, written))

    def _draft(self, cards: Cards, item: Item, user_id: int) -> Draft | None:
        """The change of the card that the item names by id."""
        before = named(item, cards.writable)
        return None if before is None else cards.read(item, user_id, before)

    async def patch_one(self, request: web.Request) -> web.StreamResponse:
        cards = self._cards(request)
        item = await single(request)
        before = cards.writable(identifier(request))
        if before is None:
            raise NotFound(f"No {cards.kind} {request.match_info['id']}")
        draft = cards.read(item, request[PRINCIPAL].user_id, before)
        refuse_flawed([item])
        [row] = cards.change([draft])
        return hal.response(self._thin(hal.base(request), draft, row, with_request_id="request_id" in item.data))

    def _thin(self, base: str, draft: Draft, row: Row, *, with_request_id: bool) -> dict[str, Any]:
        fields = {"id": row["id"], **{key: row[key] for key in self._changed}}
        fields["updated_at"] = row["updated_at"] // 1_000_000
        if with_request_id:
            fields["request_id"] = draft.item.request_id
        return hal.entity(base, f"{self._table}/{row['id']}", fields)


def shown_card(account: Account, row: Row, cards: Cards, **own: Any) -> dict[str, Any]:
    """The fields that every card has, and its `own`."""
    closest = row["closest_task_at"]
    return {
        "id": row["id"],
        "name": row["name"],
        **own,
        "responsible_user_id": row["responsible_user_id"],
        "group_id": row["group_id"],
        "created_by": row["created_by"],
        "updated_by": row["updated_by"],
        "created_at": row["created_at"] // 1_000_000,
        "updated_at": row["updated_at"] // 1_000_000,
        "closest_task_at": closest and closest // 1_000_000,
        "is_deleted": row["is_deleted"] == 1,
        "custom_fields_values": cards.shown_fields(row),
        "account_id": account.id,
    }


def company_of(account: Account, base: str, row: Row) -> list[dict[str, Any]]:
    """`companies` of a contact or a lead; one in the bin is not shown."""
    company_id = row["company_id"]
    if company_id is None or account.companies.get(company_id) is None:
        return []
    return [hal.entity(base, f"companies/{company_id}", {"id": company_id})]


def linked(account: Account, base: str, table: str, rows: list[Row], other: str) -> dict[int, list[dict[str, Any]]]:
    """Per card the cards of the kind `other` that are linked to it, as embedded."""
    links = account.links.between(table, [row["id"] for row in rows], other)
    return {card_id: [_embedded(base, link) for link in found] for card_id, found in links.items()}


def _embedded(base: str, link: Link) -> dict[str, Any]:
    table, card_id = link.to
    is_main = {"is_main": link.is_main} if table == "contacts" and link.is_main is not None else {}
    return hal.entity(base, f"{table}/{card_id}", {"id": card_id, **is_main})


_FIELD = {
    "field_id": int,
    "field_code": str,
    "values": [{"value": str | int | float | bool, "enum_id": int, "enum_code": str}],
}
_TAG = {"id": int, "name": str}
LINKED = {"id": int}


def card_shape(own: Shape, embedded: Shape) -> dict[str, Shape]:
    """The keys that every card takes, its `own`, and what it may embed."""
    return {
        "name": str,
        **own,
        "responsible_user_id": int,
        "created_by": int,
        "updated_by": int,
        "created_at": int,
        "updated_at": int,
        "custom_fields_values": [_FIELD],
        "tags_to_add": [_TAG],
        "tags_to_delete": [_TAG],
        hal.EMBEDDED: {"tags": [_TAG], **embedded},
    }


def card_takes(cards: type[Cards], shape: dict[str, Shape]) -> Table:
    """What the routes of one kind of card take."""
    path = f"/api/v4/{cards.table}"
    return {
        f"GET {path}": Listing(cards.filters, cards.order_keys),
        f"GET {path}/{{id}}": Takes(answers=(200, 204)),
        f"POST {path}": Items(shape),
        f"PATCH {path}": Items({"id": int, **shape}, ("id",)),
        f"PATCH {path}/{{id}}": One(shape),
    }
