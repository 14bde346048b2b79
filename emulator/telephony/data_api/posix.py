"""POSIX regular expressions for the filter operator `regexp` (facts §1.4), in time linear in the text.

Python's own engine tries again and again what did not match, and a bad pattern would hold the server up for ever. This
one follows all ways through the pattern at once and remembers which sets of ways it has met. Known are: literals, `.`,
`[…]` with ranges and classes, `^`, `$`, groups, `|`, `*`, `+`, `?`, `{m,n}`, and the escapes `\\d \\w \\s \\D \\W \\S`.
Back references and looks ahead cannot be had this way and are refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from emulator.telephony.data_api.posix_pattern import Alternatives, Bound, Node, One, Repeated, Sequence, parsed

MAX_LENGTH = 256
_MAX_PIECES = 500
"""How large a pattern may be once its repetitions are written out."""

_MAX_SETS = 2_000
"""How many sets of ways are remembered before the memory is emptied."""

_FORK, _START, _END, _MATCH = "fork", "start", "end", "match"
Ways = frozenset[int]


@dataclass
class _Piece:
    """`test` of a character, or one of the kinds above; `following` are the pieces that come after it."""

    kind: str | None = None
    test: Callable[[str], bool] | None = None
    following: list[int] = field(default_factory=list)


class Pattern:
    """Made of the text of a pattern. Raises ValueError saying what is wrong with it."""

    def __init__(self, text: str) -> None:
        if len(text) > MAX_LENGTH:
            raise ValueError(f"at most {MAX_LENGTH} characters")
        self._pieces: list[_Piece] = []
        self._work = 0
        self._match = self._piece(_MATCH)
        self._first = self._linked(parsed(text), self._match)
        self._begin = self._closure([self._first], at_start=True)
        self._again = self._closure([self._first], at_start=False)
        self._steps: dict[tuple[Ways, str], Ways] = {}

    def is_in(self, text: str) -> bool:
        """Whether it matches anywhere in `text`."""
        ways = self._begin
        for char in text:
            if self._match in ways:
                return True
            following = self._steps.get((ways, char))
            ways = self._step(ways, char) if following is None else following
        return self._match in ways or self._match in self._closure(ways, at_start=not text, at_end=True)

    def _step(self, ways: Ways, char: str) -> Ways:
        reached: list[int] = []
        for index in ways:
            piece = self._pieces[index]
            if piece.test is not None and piece.test(char):
                reached += piece.following
        if len(self._steps) >= _MAX_SETS:
            self._steps.clear()
        found = self._steps[ways, char] = self._closure(reached, at_start=False) | self._again
        return found

    def _closure(self, indexes: Iterable[int], *, at_start: bool, at_end: bool = False) -> Ways:
        """Everywhere one gets to without reading a character."""
        found: set[int] = set()
        waiting = list(indexes)
        while waiting:
            index = waiting.pop()
            if index in found:
                continue
            found.add(index)
            piece = self._pieces[index]
            passes = {_FORK: True, _START: at_start, _END: at_end}
            if piece.kind is not None and passes.get(piece.kind, False):
                waiting += piece.following
        return frozenset(found)

    def _piece(self, kind: str | None, following: list[int] | None = None) -> int:
        self._pieces.append(_Piece(kind, None, following or []))
        return len(self._pieces) - 1

    def _linked(self, node: Node, after: int) -> int:
        """Write `node` out in front of the piece `after`, and return the piece it begins with."""
        self._work += 1
        if len(self._pieces) > _MAX_PIECES or self._work > 10 * _MAX_PIECES:
            raise ValueError("the pattern is too large")
        if isinstance(node, One):
            index = self._piece(None, [after])
            self._pieces[index].test = node.test
            return index
        if isinstance(node, Bound):
            return self._piece(_START if node.is_start else _END, [after])
        if isinstance(node, Sequence):
            for part in reversed(node.parts):
                after = self._linked(part, after)
            return after
        if isinstance(node, Alternatives):
            return self._piece(_FORK, [self._linked(branch, after) for branch in node.branches])
        return self._repeated(node, after)

    def _repeated(self, node: Repeated, after: int) -> int:
        if node.most is None:
            loop = self._piece(_FORK, [after])
            self._pieces[loop].following.append(self._linked(node.part, loop))
            begin = loop
        else:
            begin = after
            for _ in range(node.most - node.least):
                begin = self._piece(_FORK, [after, self._linked(node.part, begin)])
        for _ in range(node.least):
            begin = self._linked(node.part, begin)
        return begin


@lru_cache(maxsize=64)
def pattern(text: str) -> Pattern:
    """The pattern of that text, kept for the next time. Raises ValueError."""
    return Pattern(text)
