"""The fields of each method that is served, as the vendor's tables declare them (`fields.json`).

A line is `name: "type flags"` with the flags F filterable, S sortable, D in the default answer. Children of arrays and
objects come with their parent. `utm_referrer` of calls is no longer documented, but a client in use asks for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import orjson

Fields = dict[str, "Field"]


@dataclass(frozen=True)
class Field:
    """`type` is number, string, enum, boolean, iso8601, id, array or object."""

    name: str
    type: str
    is_filterable: bool
    is_sortable: bool
    is_default: bool


def fields_of(method: str) -> Fields:
    """The top-level fields of a `get.` method, in the order of the documentation."""
    return _tables()[method]


@cache
def _tables() -> dict[str, Fields]:
    text = files("emulator.telephony.data_api").joinpath("fields.json").read_bytes()
    return {
        method: {name: _field(name, declared) for name, declared in table.items()}
        for method, table in orjson.loads(text).items()
    }


def _field(name: str, declared: str) -> Field:
    kind, _, flags = declared.partition(" ")
    return Field(name, kind, "F" in flags, "S" in flags, "D" in flags)
