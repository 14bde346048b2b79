"""What a request to a route takes, declared beside the route as `TAKES`; `emulator.amocrm.openapi` describes it.

A shape is written as its JSON looks: `{"name": str, "values": [{"enum_id": int}]}`. Its leaves are types of Python.
Keys are optional unless `needs` names them, and others are ignored. What is declared here decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from emulator.amocrm.api.common import BATCH
from emulator.amocrm.query import MAX_LIMIT

Shape = Any


@dataclass(frozen=True)
class Takes:
    """Parameters outside of the body, and what comes of it.

    `answers` are the statuses of requests that did something, `content` is the type of those answers: empty for what
    is usual, None for nothing. `headers` are those that must come.
    """

    query: Mapping[str, Shape] = field(default_factory=dict, kw_only=True)
    answers: tuple[int, ...] = field(default=(), kw_only=True)
    content: str | None = field(default="", kw_only=True)
    headers: tuple[str, ...] = field(default=(), kw_only=True)


@dataclass(frozen=True)
class Filtered(Takes):
    """Something about all that pass these filters."""

    filters: Iterable[str] = ()


@dataclass(frozen=True)
class Listing(Filtered):
    """A list in pages of up to `most`, with the columns of its order."""

    order: Iterable[str] = ()
    most: int = MAX_LIMIT


@dataclass(frozen=True)
class Body(Takes):
    """A body. `request_id`, which every write of API v4 gives back, is not repeated in its shape."""

    shape: Shape
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Items(Body):
    """An array of up to `most` such objects, as collection writes take it."""

    most: int = BATCH


class One(Body):
    """One such object."""


class Perhaps(Body):
    """One such object, or no body at all."""


class Form(Body):
    """A form with such fields."""


class Either(Body):
    """One such object, as JSON or as a form with the nested keys of PHP."""


NOTHING = Takes()
"""A write without a body, a read without parameters."""

Table = Mapping[str, Takes]
"""By "METHOD /path/{parameter}"."""
