"""What a request to a route takes, declared beside the route as `TAKES`; `emulator.amocrm.openapi` describes it.

A shape is written as its JSON looks: `{"name": str, "values": [{"enum_id": int}]}`. Its leaves are types of Python.
Keys are optional unless `needs` names them, and others are ignored. What is declared here decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from emulator.amocrm.query import MAX_LIMIT

Shape = Any


@dataclass(frozen=True)
class Takes:
    """`answers` are the statuses of requests that did something; empty for those of the method."""

    answers: tuple[int, ...] = field(default=(), kw_only=True)


@dataclass(frozen=True)
class Listing(Takes):
    """A list in pages of up to `most`: the keys of its filters, the columns of its order."""

    filters: Iterable[str] = ()
    order: Iterable[str] = ()
    most: int = MAX_LIMIT


@dataclass(frozen=True)
class Body(Takes):
    """A body. Keys that a write of the API reads on top of its shape are not repeated in it: `request_id`."""

    shape: Shape
    needs: tuple[str, ...] = ()


class Items(Body):
    """An array of such objects, as collection writes take it."""


class One(Body):
    """One such object, or nothing where nothing is needed."""


class Form(Body):
    """A form with such fields."""


NOTHING = Takes()
"""A write without a body."""

Table = Mapping[str, Takes]
"""By "METHOD /path/{parameter}"."""
