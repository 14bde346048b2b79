"""The additional fields as the account has them: made when they are missing, known by their ids (FIELD-01, FIELD-17).

Definitions are read once and again only when amoCRM refuses a write with fields: somebody may have deleted one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from integration.activity import Activity, Turns
from integration.amocrm.requests import Requests
from integration.amocrm.wire import Json, embedded
from integration.model import Fields
from integration.ports import RefusedError
from integration.rules import additional_fields
from integration.rules.additional_fields import Field, Found

Cards = Literal["contacts", "leads"]

CARDS: tuple[Cards, ...] = ("contacts", "leads")


def wanted(cards: Cards) -> tuple[Field, ...]:
    """The fields that cards of this kind are to have."""
    return additional_fields.OF_CONTACT if cards == "contacts" else additional_fields.OF_DEAL


def conflicting(fields: Iterable[Field], there: Mapping[str, Found]) -> dict[str, str]:
    """The fields that do not take all of their values as the account has them, by name, and why not (FIELD-01)."""
    wrong = {field.name: _wrong(field, there[field.name]) for field in fields if field.name in there}
    return {name: why for name, why in wrong.items() if why is not None}


def _wrong(field: Field, found: Found) -> str | None:
    if found.type not in field.takes:
        return f"is {found.type}, it must be {field.type}"
    lacking = [choice for choice in field.choices if choice not in found.choices]
    return f"lacks the choices {', '.join(lacking)}" if lacking else None


@dataclass(frozen=True, slots=True)
class _Definitions:
    """The fields of one kind of cards, by name."""

    ids: dict[str, int]
    found: dict[str, Found]


class AccountFields:
    """The fields of one account. Whoever asks while they are being made waits for it."""

    def __init__(self, requests: Requests, activity: Activity) -> None:
        self._requests = requests
        self._turns = Turns(activity)
        self._there: dict[Cards, _Definitions] = {}
        self.refusal: str | None = None
        """Why amoCRM does not let the missing fields be made."""

    async def prepare(self) -> None:
        """Make what is missing, on both kinds of cards. Raises UnavailableError."""
        for cards in CARDS:
            await self._known(cards)

    async def conflicts(self, cards: Cards) -> dict[str, str]:
        """The fields that do not take all of their values, by name, and why not."""
        return conflicting(wanted(cards), (await self._known(cards)).found)

    async def values(self, cards: Cards, fields: Fields) -> list[Json]:
        """`custom_fields_values` for these values; what a field does not take is left out."""
        if not fields:
            return []
        there = await self._known(cards)
        named = {field.name: field for field in wanted(cards)}
        return [
            {"field_id": there.ids[name], "values": [{"value": value}]}
            for name, value in fields.items()
            if name in there.found and additional_fields.takes(there.found[name], named[name], value)
        ]

    def forget(self) -> None:
        """Read the definitions anew when they are needed next."""
        self._there.clear()

    async def _known(self, cards: Cards) -> _Definitions:
        async with self._turns:
            if cards not in self._there:
                self._there[cards] = await self._read_and_complete(cards)
            return self._there[cards]

    async def _read_and_complete(self, cards: Cards) -> _Definitions:
        path = f"/api/v4/{cards}/custom_fields"
        listed = self._requests.items(path, "custom_fields", {"limit": "250"})
        there = [field async for field in listed]
        missing = additional_fields.missing(wanted(cards), _definitions(there).found)
        if missing:
            there += await self._make(path, missing)
        return _definitions(there)

    async def _make(self, path: str, missing: list[Field]) -> list[Json]:
        try:
            answer = await self._requests.write("POST", path, [_definition(field) for field in missing])
        except RefusedError as error:
            self.refusal = f"the additional fields cannot be made: {error}"
            return []
        self.refusal = None
        return embedded(answer.body, "custom_fields")


def _definitions(fields: list[Json]) -> _Definitions:
    return _Definitions(
        {field["name"]: field["id"] for field in fields},
        {field["name"]: Found(field["type"], _choices(field)) for field in fields},
    )


def _choices(field: Json) -> frozenset[str]:
    return frozenset(str(choice.get("value")) for choice in field.get("enums") or ())


def _definition(field: Field) -> Json:
    body: dict[str, Any] = {"name": field.name, "type": field.type}
    if field.choices:
        body["enums"] = [{"value": choice, "sort": place} for place, choice in enumerate(field.choices, 1)]
    return body
