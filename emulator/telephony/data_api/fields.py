"""The fields of each method that is served, as the vendor's tables declare them (`fields.json`).

A line is `name: "type flags"` with the flags F filterable, S sortable, D in the default answer. Children of arrays and
objects come with their parent (`children.json`, under the parent's name, or `method parent` where it means another
thing there) and can be filtered by as `parent.child` where the parent can.

Some are no longer documented or never were, but `comagic-data-api-sdk`, a client in use, asks for them: `utm_referrer`
of calls and site forms, `source` of the latter, what lies in the hits and segments of a visit, `phone_number` of a
group. Where there is nothing to show they are null. `visitor_phone_number` is documented as a number; a client in use
that is strict about types takes text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    children: Mapping[str, str] = field(default_factory=dict)
    """Their types by name."""


def fields_of(method: str) -> Fields:
    """The top-level fields of a `get.` method, in the order of the documentation."""
    return _tables()[method]


@cache
def _tables() -> dict[str, Fields]:
    children = _read("children.json")
    return {
        method: {
            name: _field(name, declared, children.get(f"{method} {name}") or children.get(name) or {})
            for name, declared in table.items()
        }
        for method, table in _read("fields.json").items()
    }


def _read(name: str) -> dict[str, dict[str, str]]:
    table: dict[str, dict[str, str]] = orjson.loads(files("emulator.telephony.data_api").joinpath(name).read_bytes())
    return table


def _field(name: str, declared: str, children: Mapping[str, str]) -> Field:
    kind, _, flags = declared.partition(" ")
    own = children if kind in ("array", "object") else {}
    return Field(name, kind, "F" in flags, "S" in flags, "D" in flags, own)
