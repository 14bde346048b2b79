"""The operators of the filter grammar (facts §1.4): which types each suits, what it is given, what it decides.

Empty is null, and an empty array or object. Empty is neither less nor greater than anything and like nothing; what is
negated holds for it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from emulator.telephony.data_api import jsquery, posix

Test = Callable[[Any], bool]
Make = Callable[[Any], Test]

_NUMBERS = ("number", "id")
_ORDERED = (*_NUMBERS, "iso8601")
_TEXTS = ("string", "enum")
_NESTED = ("array", "object")


@dataclass(frozen=True)
class Operator:
    """`make` turns the value of the filter into what decides on that of a row; it may raise ValueError.

    `wants` says what the value has to be: of the field's `type`, a `list` of such, `text`, `nothing`, or `anything`
    that an array may hold, one or a list. `types` are those of the fields it suits, None: all. `is_negative`: it holds
    where what is made does not.
    """

    make: Make
    wants: Literal["type", "list", "text", "nothing", "anything"]
    types: tuple[str, ...] | None = None
    is_negative: bool = False


def is_empty(value: Any) -> bool:
    return value is None or value == [] or value == {}


def _equal(want: Any) -> Test:
    return is_empty if is_empty(want) else lambda have: bool(have == want)


def _ordered(compare: Callable[[Any, Any], bool]) -> Make:
    return lambda want: lambda have: have is not None and want is not None and compare(have, want)


def _like(mask: str) -> Test:
    """`%` stands for any text. One walk through the text, whatever the mask: no mask can hold the server up."""
    first, *middle = mask.split("%")
    if not middle:
        return lambda have: bool(have == mask)
    last = middle.pop()

    def fits(have: str | None) -> bool:
        if have is None:
            return False
        end = len(have) - len(last)
        at = len(first)
        if end < at or not have.startswith(first) or not have.endswith(last):
            return False
        for part in middle:
            found = have.find(part, at, end)
            if found < 0:
                return False
            at = found + len(part)
        return True

    return fits


def _ilike(mask: str) -> Test:
    fits = _like(mask.casefold())
    return lambda have: have is not None and fits(have.casefold())


def _regexp(text: str) -> Test:
    pattern = posix.pattern(text)
    return lambda have: have is not None and pattern.is_in(have)


def _jsquery(text: str) -> Test:
    holds = jsquery.query(text)
    return lambda have: have is not None and holds(have)


def _in(want: list[Any]) -> Test:
    wanted: Any = want if any(isinstance(each, list | dict) for each in want) else frozenset(want)
    return lambda have: have in wanted if not isinstance(have, list | dict) else have in want


def _overlap(want: Any) -> Test:
    wanted = want if isinstance(want, list) else [want]
    return lambda have: any(item in wanted for item in have or ())


OPERATORS = {
    "=": Operator(_equal, "type"),
    "!=": Operator(_equal, "type", is_negative=True),
    "<": Operator(_ordered(operator.lt), "type", _ORDERED),
    ">": Operator(_ordered(operator.gt), "type", _ORDERED),
    "<=": Operator(_ordered(operator.le), "type", _ORDERED),
    ">=": Operator(_ordered(operator.ge), "type", _ORDERED),
    "like": Operator(_like, "text", _TEXTS),
    "ilike": Operator(_ilike, "text", _TEXTS),
    "not_like": Operator(_like, "text", _TEXTS, is_negative=True),
    "not_ilike": Operator(_ilike, "text", _TEXTS, is_negative=True),
    "regexp": Operator(_regexp, "text", _TEXTS),
    "jsquery": Operator(_jsquery, "text", _NESTED),
    "in": Operator(_in, "list"),
    "not_in": Operator(_in, "list", is_negative=True),
    "overlap": Operator(_overlap, "anything", ("array",)),
    "not_overlap": Operator(_overlap, "anything", ("array",), is_negative=True),
    "is_null": Operator(lambda _: is_empty, "nothing"),
    "is_not_null": Operator(lambda _: is_empty, "nothing", is_negative=True),
}
