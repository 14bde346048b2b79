"""The text of a POSIX regular expression as a tree."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_MOST_TIMES = 255
_DEEPEST = 40
_COUNTERS = "*+?{"
_COUNTS = re.compile(r"\{(\d{1,3})(,(\d{0,3}))?\}")
_CLASSES: dict[str, Callable[[str], bool]] = {
    "alpha": str.isalpha,
    "digit": str.isdigit,
    "alnum": str.isalnum,
    "space": str.isspace,
    "upper": str.isupper,
    "lower": str.islower,
    "punct": lambda char: char.isprintable() and not char.isalnum() and not char.isspace(),
    "xdigit": lambda char: char in "0123456789abcdefABCDEF",
    "blank": lambda char: char in " \t",
}
_ESCAPES: dict[str, Callable[[str], bool]] = {
    "d": str.isdigit,
    "s": str.isspace,
    "w": lambda char: char.isalnum() or char == "_",
}
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r"}


@dataclass(frozen=True)
class One:
    """One character that passes the test."""

    test: Callable[[str], bool]


@dataclass(frozen=True)
class Bound:
    """The beginning or the end of the text."""

    is_start: bool


@dataclass(frozen=True)
class Sequence:
    parts: list[Node]


@dataclass(frozen=True)
class Alternatives:
    branches: list[Node]


@dataclass(frozen=True)
class Repeated:
    """`part` from `least` to `most` times; no `most`: as often as may be."""

    part: Node
    least: int
    most: int | None


Node = One | Bound | Sequence | Alternatives | Repeated


def parsed(text: str) -> Node:
    """Raises ValueError saying what is wrong."""
    reader = _Reader(text)
    node = reader.alternatives()
    if reader.rest():
        raise ValueError(f"`{reader.rest()[0]}` without its beginning")
    return node


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0

    def rest(self) -> str:
        return self._text[self._at :]

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self) -> str:
        char = self._peek()
        self._at += 1
        return char

    def alternatives(self) -> Node:
        branches: list[Node] = [self._sequence()]
        while self._peek() == "|":
            self._take()
            branches.append(self._sequence())
        return branches[0] if len(branches) == 1 else Alternatives(branches)

    def _sequence(self) -> Node:
        parts: list[Node] = []
        while self._peek() and self._peek() not in "|)":
            parts.append(self._counted(self._atom()))
        return Sequence(parts)

    def _counted(self, part: Node) -> Node:
        sign = self._peek()
        if not sign or sign not in _COUNTERS:
            return part
        if sign == "{":
            part = self._between(part)
        else:
            self._take()
            part = Repeated(part, 1 if sign == "+" else 0, 1 if sign == "?" else None)
        if self._peek() == "?":  # as little as may be: whether it matches is the same
            self._take()
        if self._peek() and self._peek() in _COUNTERS:
            raise ValueError(f"`{self._peek()}` after another count")
        return part

    def _between(self, part: Node) -> Node:
        found = _COUNTS.match(self._text, self._at)
        if found is None:
            raise ValueError("`{` without counts such as {2,3}")
        self._at = found.end()
        least = int(found[1])
        most = least if found[2] is None else int(found[3]) if found[3] else None
        if least > _MOST_TIMES or (most is not None and not least <= most <= _MOST_TIMES):
            raise ValueError(f"counts in order and at most {_MOST_TIMES}")
        return Repeated(part, least, most)

    def _atom(self) -> Node:
        sign = self._take()
        if sign == "(":
            return self._group()
        if sign == "[":
            return One(self._bracket())
        if sign == "\\":
            return One(self._escape())
        if sign in "^$":
            return Bound(sign == "^")
        if sign == ".":
            return One(lambda _: True)
        if sign in _COUNTERS:
            raise ValueError(f"`{sign}` with nothing to repeat")
        return One(lambda char: char == sign)

    def _group(self) -> Node:
        if self._text.startswith("?:", self._at):
            self._at += 2
        elif self._peek() == "?":
            raise ValueError("`(?` is not supported")
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ValueError(f"at most {_DEEPEST} levels of groups")
        node = self.alternatives()
        if self._take() != ")":
            raise ValueError("`(` without its end")
        self._depth -= 1
        return node

    def _escape(self) -> Callable[[str], bool]:
        sign = self._take()
        if not sign:
            raise ValueError("`\\` at the end")
        if test := _ESCAPES.get(sign.lower()):
            return test if sign.islower() else lambda char: not test(char)
        if sign in _CONTROLS:
            return lambda char: char == _CONTROLS[sign]
        if sign.isalnum():
            raise ValueError(f"`\\{sign}` is not supported")
        return lambda char: char == sign

    def _bracket(self) -> Callable[[str], bool]:
        """`[…]` whose first sign has been read."""
        is_negative = self._peek() == "^"
        if is_negative:
            self._take()
        tests: list[Callable[[str], bool]] = []
        while not tests or self._peek() != "]":
            tests.append(self._item())
        self._take()
        return lambda char: any(test(char) for test in tests) != is_negative

    def _item(self) -> Callable[[str], bool]:
        if self._text.startswith("[:", self._at):
            name, end, _ = self._text[self._at + 2 :].partition(":]")
            if not end or name not in _CLASSES:
                raise ValueError(f"`[:{name[:20]}:]` is no class")
            self._at += len(name) + 4
            return _CLASSES[name]
        first = self._take()
        if not first:
            raise ValueError("`[` without its end")
        if first == "\\":
            return self._escape()
        if self._peek() == "-" and self._text[self._at + 1 : self._at + 2] not in ("]", ""):
            self._take()
            last = self._take()
            if last < first:
                raise ValueError(f"`{first}-{last}` is no range")
            return lambda char: first <= char <= last
        return lambda char: char == first
