"""The filter operator `jsquery`: a useful part of PostgreSQL's language for fields that are arrays and objects.

    #.tag_name = "VIP"                     some item of the array has that name
    #(tag_id = 5 and tag_type = "manual")  some item fits both
    *.group_id in (1, 2)                   somewhere inside, at any depth
    not employees.#.is_talked = true       `and` `or` `not`, also written & | !
    $ @> ["lost"], $ && ["lost"]           contains all, some of them
    phone_number = *                       is there at all

A path is made of names, `#` (any item), `#2` (the third), `%` (any key), `*` (any depth) and `$` (this).
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import orjson

Test = Callable[[Any], bool]

MAX_LENGTH = 1_000
_DEEPEST = 20
_TOKEN = re.compile(
    r'\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<number>-?\d+(?:\.\d+)?)|(?P<item>\#\d*)'
    r"|(?P<word>[^\W\d]\w*)|(?P<sign><=|>=|@>|<@|&&|[=<>().,*%$&|!\[\]]))"
)
_ORDER = {"<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge}
_CONSTANTS = {"true": True, "false": False, "null": None}


@lru_cache(maxsize=64)
def query(text: str) -> Test:
    """What decides on a value. Raises ValueError saying what is wrong with the text."""
    if len(text) > MAX_LENGTH:
        raise ValueError(f"at most {MAX_LENGTH} characters")
    reader = _Reader(list(_tokens(text)))
    test = reader.either(0)
    if reader.peek():
        raise ValueError(f"`{reader.peek()}` is too much")
    return test


def _tokens(text: str) -> Iterator[str]:
    at, end = 0, len(text.rstrip())
    while at < end:
        found = _TOKEN.match(text, at)
        if found is None:
            raise ValueError(f"`{text[at : at + 20].strip()}` is not understood")
        at = found.end()
        yield found[0].strip()


class _Reader:
    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0

    def peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self, *expected: str) -> str:
        token = self.peek()
        if not token or (expected and token.lower() not in expected):
            raise ValueError(f"`{token or 'the end'}` where {' or '.join(expected) or 'more'} is expected")
        self._at += 1
        return token

    def _is_next(self, *words: str) -> bool:
        if self.peek().lower() in words:
            self._at += 1
            return True
        return False

    def either(self, depth: int) -> Test:
        tests = [self._both(depth)]
        while self._is_next("or", "|"):
            tests.append(self._both(depth))
        return tests[0] if len(tests) == 1 else lambda value: any(test(value) for test in tests)

    def _both(self, depth: int) -> Test:
        tests = [self._single(depth)]
        while self._is_next("and", "&"):
            tests.append(self._single(depth))
        return tests[0] if len(tests) == 1 else lambda value: all(test(value) for test in tests)

    def _single(self, depth: int) -> Test:
        if depth > _DEEPEST:
            raise ValueError(f"at most {_DEEPEST} levels")
        if self._is_next("not", "!"):
            test = self._single(depth + 1)
            return lambda value: not test(value)
        if self._is_next("("):
            inner = self.either(depth + 1)
            self._take(")")
            return inner
        path = self._path()
        if self._is_next("("):
            inside = self.either(depth + 1)
            self._take(")")
        else:
            inside = self._comparison()
        return lambda value: any(inside(each) for each in _reached(value, path))

    def _path(self) -> list[str]:
        steps = [self._step()]
        while self._is_next("."):
            step = self._step()
            if step != "*" or steps[-1] != "*":
                steps.append(step)
        return steps

    def _step(self) -> str:
        step = self._take()
        if step[0] in '#*%$"' or step[0].isalpha() or step[0] == "_":
            return step
        raise ValueError(f"`{step}` where a name, #, %, * or $ is expected")

    def _comparison(self) -> Test:
        sign = self._take("=", "<", ">", "<=", ">=", "in", "@>", "<@", "&&").lower()
        if sign == "=" and self._is_next("*"):
            return lambda _: True
        if sign == "in":
            wanted = self._list("(", ")")
            return lambda value: any(_same(value, each) for each in wanted)
        if sign in ("@>", "<@", "&&"):
            return _of_sets(sign, self._list("[", "]"))
        want = self._value()
        if sign == "=":
            return lambda value: _same(value, want)
        compare = _ORDER[sign]
        return lambda value: _is_number(value) and _is_number(want) and compare(value, want)

    def _list(self, begin: str, end: str) -> list[Any]:
        self._take(begin)
        values = [self._value()]
        while self._is_next(","):
            values.append(self._value())
        self._take(end)
        return values

    def _value(self) -> Any:
        token = self._take()
        if token.lower() in _CONSTANTS:
            return _CONSTANTS[token.lower()]
        try:
            return orjson.loads(token)
        except orjson.JSONDecodeError:
            raise ValueError(f"`{token}` where a value is expected") from None


def _of_sets(sign: str, wanted: list[Any]) -> Test:
    def holds(value: Any, each: Any) -> bool:
        return any(_same(item, each) for item in value)

    if sign == "&&":
        return lambda value: isinstance(value, list) and any(holds(value, each) for each in wanted)
    if sign == "@>":
        return lambda value: isinstance(value, list) and all(holds(value, each) for each in wanted)
    return lambda value: isinstance(value, list) and all(holds(wanted, each) for each in value)


def _reached(value: Any, path: list[str]) -> Iterator[Any]:
    """All that a path leads to."""
    if not path:
        yield value
        return
    step, rest = path[0], path[1:]
    if step == "*":
        yield from _reached(value, rest)
        for each in _inside(value):
            yield from _reached(each, path)
    else:
        for each in _stepped(value, step):
            yield from _reached(each, rest)


def _stepped(value: Any, step: str) -> list[Any]:
    if step == "$":
        return [value]
    if step[0] == "#":
        items = value if isinstance(value, list) else []
        return items if step == "#" else items[int(step[1:]) : int(step[1:]) + 1]
    if step == "%":
        return list(value.values()) if isinstance(value, dict) else []
    name = orjson.loads(step) if step[0] == '"' else step
    return [value[name]] if isinstance(value, dict) and name in value else []


def _inside(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    return list(value.values()) if isinstance(value, dict) else []


def _same(one: Any, other: Any) -> bool:
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
