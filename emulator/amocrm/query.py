"""Query strings of list requests: PHP's nested keys, filters, order and paging, as SQL.

`filter[id]=1`, `filter[id][]=1`, `filter[id][0]=1` and `filter[id]=1,2` mean the same; ranges are
`filter[updated_at][from]=…&filter[updated_at][to]=…` (facts §2.2). Filters that a resource does not know are ignored.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from emulator.amocrm.errors import Unprocessable
from emulator.core.database import Database, Row
from emulator.core.errors import BadRequest

DEFAULT_LIMIT = 50
MAX_LIMIT = 250

_DEEPEST = 64
"""PHP ignores a key that nests deeper."""

Tree = dict[str, Any]


def decoded(pairs: Iterable[tuple[str, str]]) -> Tree:
    """Pairs of a query string as nested dictionaries; `[]` counts up from "0". What nests deeper than sense is left."""
    tree: Tree = {}
    for key, value in pairs:
        name, *steps = key.replace("]", "").split("[")
        if len(steps) > _DEEPEST:
            continue
        node, last = tree, name
        for step in steps:
            inner = node.get(last)
            if not isinstance(inner, dict):
                inner = node[last] = {}
            node, last = inner, step or str(len(inner))
        node[last] = value
    return tree


def values(node: Any) -> list[str]:
    """What a filter lists, from any of its encodings."""
    if isinstance(node, dict):
        return [text for part in node.values() for text in values(part)]
    return [part for part in str(node).split(",") if part]


def wholes(node: Any) -> list[str]:
    """What a filter of free texts lists: as `values`, but a comma is part of a text."""
    if isinstance(node, dict):
        return [text for part in node.values() for text in wholes(part)]
    return [str(node)] if node else []


@dataclass
class Conditions:
    """SQL conditions joined by AND, with their values."""

    clauses: list[str] = field(default_factory=list)
    arguments: list[Any] = field(default_factory=list)

    def add(self, clause: str, *arguments: Any) -> None:
        self.clauses.append(clause)
        self.arguments += arguments

    def among(self, column: str, options: list[Any]) -> None:
        """`column` is one of `options`; the text of the statement does not depend on how many there are."""
        if len(options) == 1:
            self.add(f"{column} = ?", options[0])
        else:
            self.add(f"{column} IN (SELECT value FROM json_each(?))", orjson.dumps(options).decode())

    def sql(self) -> str:
        return f" WHERE {' AND '.join(self.clauses)}" if self.clauses else ""


_LARGE = 1 << 53
"""No id is as large, whatever the seed of its world (`emulator/core/ids.py`), and JSON has no larger whole numbers."""

_FAR = 1 << 40
"""No time in Unix seconds is as far away; in microseconds it still is a number that SQLite has."""

Filter = Callable[[Conditions, Any, str], None]
"""Adds to conditions what the value of one filter asks for; the path names it in refusals."""


def integers(column: str) -> Filter:
    def add(conditions: Conditions, node: Any, path: str) -> None:
        conditions.among(column, [integer(text, path) for text in values(node)])

    return add


def texts(column: str) -> Filter:
    """Words such as kinds and codes, which may be joined by commas."""
    return lambda conditions, node, path: conditions.among(column, values(node))


def phrases(column: str) -> Filter:
    """Free texts, which may have commas in them."""
    return lambda conditions, node, path: conditions.among(column, wholes(node))


def pairs(columns: Mapping[str, str]) -> Filter:
    """Any of several pairs, such as pipeline and status; a pair may leave a key out. `columns` are SQL by key."""

    def add(conditions: Conditions, node: Any, path: str) -> None:
        either = Conditions()
        for pair in node.values() if isinstance(node, dict) else ():
            both = Conditions()
            for key, column in columns.items():
                if isinstance(pair, dict) and pair.get(key):
                    both.add(f"{column} = ?", integer(pair[key], f"{path}[{key}]"))
            if both.clauses:
                either.add(f"({' AND '.join(both.clauses)})", *both.arguments)
        if either.clauses:
            conditions.add(f"({' OR '.join(either.clauses)})", *either.arguments)

    return add


def span(column: str, scale: int = 1) -> Filter:
    """A range with both ends included, or one exact value. `scale` turns wire units into the column's."""

    def add(conditions: Conditions, node: Any, path: str) -> None:
        if not isinstance(node, dict):
            node = {"from": node, "to": node}
        if "from" in node:
            conditions.add(f"{column} >= ?", integer(node["from"], f"{path}[from]", _FAR) * scale)
        if "to" in node:
            conditions.add(f"{column} < ?", (integer(node["to"], f"{path}[to]", _FAR) + 1) * scale)

    return add


def instants(column: str) -> Filter:
    return span(column, 1_000_000)


def integer(text: Any, path: str, below: int = _LARGE) -> int:
    """A whole number out of a query. Raises BadRequest naming `path`."""
    try:
        number = int(text)
    except (ValueError, TypeError):
        raise BadRequest.field(path, text, "a whole number") from None
    if abs(number) >= below:
        raise BadRequest.field(path, text, "a number of that kind")
    return number


def decimal(text: Any, path: str) -> float:
    """A number out of a query, whole or not. Raises BadRequest naming `path`."""
    try:
        number = float(text)
    except (ValueError, TypeError):
        number = math.nan
    if not math.isfinite(number):
        raise BadRequest.field(path, text, "a number")
    return number


def names_in(tree: Tree) -> frozenset[str]:
    """The names in `with`; unknown ones are ignored."""
    return frozenset(name.strip() for name in values(tree.get("with", "")))


@dataclass
class ListQuery:
    """What a list request asks for."""

    page: int
    limit: int
    tree: Tree
    with_: frozenset[str]

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]], most: int = MAX_LIMIT) -> ListQuery:
        """Raises Unprocessable for a limit over `most`, BadRequest for a page or limit that is no positive number."""
        tree = decoded(pairs)
        page = integer(tree.get("page", 1), "page")
        limit = integer(tree.get("limit", DEFAULT_LIMIT), "limit")
        if limit > most:
            raise Unprocessable(f"Limit {most} per page")
        if page < 1 or limit < 1:
            raise BadRequest.field("page" if page < 1 else "limit", min(page, limit), "a number from 1")
        return cls(page, limit, tree, names_in(tree))

    @property
    def start(self) -> int:
        """How many rows come before the page."""
        return (self.page - 1) * self.limit

    @property
    def text(self) -> str:
        """The parameter `query`."""
        text = self.tree.get("query", "")
        return text.strip() if isinstance(text, str) else ""

    def filtered(self, key: str) -> Any:
        """What `filter[key]` says; None when it is not there."""
        asked = self.tree.get("filter")
        return asked.get(key) if isinstance(asked, dict) else None

    def conditions(self, filters: Mapping[str, Filter]) -> Conditions:
        """The conditions of the filters this resource knows."""
        conditions = Conditions()
        asked = self.tree.get("filter")
        for key, node in asked.items() if isinstance(asked, dict) else ():
            if key in filters:
                filters[key](conditions, node, f"filter[{key}]")
        return conditions

    def order(self, columns: Iterable[str]) -> str:
        """ORDER BY over those of `columns` that are asked for; by id when none is."""
        known, asked = set(columns), self.tree.get("order")
        parts = [
            f"{column} {'DESC' if str(direction).lower() == 'desc' else 'ASC'}"
            for column, direction in (asked.items() if isinstance(asked, dict) else ())
            if column in known
        ]
        if not any(part.startswith("id ") for part in parts):
            parts.append("id ASC")
        return f" ORDER BY {', '.join(parts)}"


@dataclass
class Page:
    """Rows of one page; `total` where the resource counts."""

    rows: list[Row]
    number: int
    limit: int
    more: bool
    total: int | None = None

    @property
    def count(self) -> int:
        """How many pages there are, where `total` is known."""
        return -(-(self.total or 0) // self.limit)


def fetch(
    database: Database, table: str, query: ListQuery, conditions: Conditions, order: str, *, counted: bool = False
) -> Page:
    """The page that `query` asks for."""
    where = conditions.sql()
    rows = database.all(
        f"SELECT * FROM {table}{where}{order} LIMIT ? OFFSET ?", *conditions.arguments, query.limit + 1, query.start
    )
    total = database.value(f"SELECT count(*) FROM {table}{where}", *conditions.arguments) if counted else None
    return Page(rows[: query.limit], query.page, query.limit, len(rows) > query.limit, total)
