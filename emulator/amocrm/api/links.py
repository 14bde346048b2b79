"""/{cards}/{id}/links, link, unlink, and the same for many cards at once (facts §3.10)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from aiohttp import web

from emulator.amocrm import hal
from emulator.amocrm.api.common import ACCOUNT, ID, PRINCIPAL, identifier, items, list_query, no_content
from emulator.amocrm.api.takes import Items, Listing, Shape, Table
from emulator.amocrm.links import Link, LinkDraft
from emulator.amocrm.query import integer, values
from emulator.amocrm.validation import refuse_flawed
from emulator.core.errors import NotFound


class LinkRoutes:
    """The handlers for the links of one kind of card."""

    def __init__(self, table: str) -> None:
        self._table = table

    def routes(self) -> list[web.RouteDef]:
        path = f"/api/v4/{self._table}"
        return [
            web.get(f"{path}/links", self.get_list),
            web.post(f"{path}/link", self.link),
            web.post(f"{path}/unlink", self.unlink),
            web.get(f"{path}/{ID}/links", self.get_list),
            web.post(f"{path}/{ID}/link", self.link),
            web.post(f"{path}/{ID}/unlink", self.unlink),
        ]

    async def get_list(self, request: web.Request) -> web.StreamResponse:
        """200 even when there are none: a published client reads the list without asking."""
        asked = list_query(request).tree.get("filter")
        wanted = asked if isinstance(asked, dict) else {}
        card_id = self._card_id(request)
        cards = request[ACCOUNT].cards[self._table]
        asked_ids = [card_id] if card_id is not None else _ids(wanted, "entity_id")
        ids = [each for each in asked_ids if cards.get(each) is not None]
        links = request[ACCOUNT].links.of(self._table, ids) if ids else []
        to_ids, to_types = _ids(wanted, "to_entity_id"), values(wanted.get("to_entity_type", ""))
        links = [
            link for link in links if (not to_ids or link.to[1] in to_ids) and (not to_types or link.to[0] in to_types)
        ]
        return hal.response(_body(request, links))

    async def link(self, request: web.Request) -> web.StreamResponse:
        drafts = await self._drafts(request)
        return hal.response(_body(request, request[ACCOUNT].links.link(drafts, request[PRINCIPAL].user_id)))

    async def unlink(self, request: web.Request) -> web.StreamResponse:
        drafts = await self._drafts(request)
        request[ACCOUNT].links.unlink(drafts, request[PRINCIPAL].user_id)
        return no_content()

    async def _drafts(self, request: web.Request) -> list[LinkDraft]:
        card_id, links = self._card_id(request), request[ACCOUNT].links
        asked = await items(request)
        drafts = [links.read(item, self._table, card_id) for item in asked]
        refuse_flawed(asked)
        return [draft for draft in drafts if draft is not None]

    def _card_id(self, request: web.Request) -> int | None:
        """The card of the path, which must be there."""
        if "id" not in request.match_info:
            return None
        card_id = identifier(request)
        cards = request[ACCOUNT].cards[self._table]
        if cards.get(card_id) is None:
            raise NotFound(f"No {cards.kind} {card_id}")
        return card_id


def _ids(wanted: dict[str, Any], key: str) -> list[int]:
    return [integer(text, f"filter[{key}]") for text in values(wanted.get(key, ""))]


def _body(request: web.Request, links: list[Link]) -> dict[str, Any]:
    return {"_total_items": len(links), **hal.written(request, "links", [_shown(link) for link in links])}


def _shown(link: Link) -> dict[str, Any]:
    metadata = None if link.is_main is None else {"main_contact": link.is_main}
    return {
        "entity_id": link.entity[1],
        "entity_type": link.entity[0],
        "to_entity_id": link.to[1],
        "to_entity_type": link.to[0],
        "metadata": metadata,
    }


ROUTES = [route for table in ("leads", "contacts", "companies") for route in LinkRoutes(table).routes()]

_LINK: Shape = {
    "to_entity_id": int,
    "to_entity_type": Literal["contacts", "companies", "leads"],
    "metadata": {"is_main": bool, "main_contact": bool},
}
_TO = ("to_entity_id", "to_entity_type")


def _takes(table: str) -> Table:
    path = f"/api/v4/{table}"
    many, one = Items({"entity_id": int, **_LINK}, ("entity_id", *_TO)), Items(_LINK, _TO)
    return {
        f"GET {path}/links": Listing(("entity_id", *_TO)),
        f"POST {path}/link": many,
        f"POST {path}/unlink": replace(many, answers=(204,)),
        f"GET {path}/{{id}}/links": Listing(_TO),
        f"POST {path}/{{id}}/link": one,
        f"POST {path}/{{id}}/unlink": replace(one, answers=(204,)),
    }


TAKES = {name: takes for table in ("leads", "contacts", "companies") for name, takes in _takes(table).items()}
