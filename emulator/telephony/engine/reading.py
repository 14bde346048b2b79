"""Records of the engine made of rows: by position, because a report reads tens of thousands of them at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from enum import StrEnum
from typing import Any, Generic, TypeVar

R = TypeVar("R")

_NO_COLUMN = "stored"


class Reading(Generic[R]):
    """`shape` is a dataclass whose fields are columns of `table`; `columns` are these for a SELECT.

    `flags` are 0, 1 or null in a row, `words` the values of an enumeration.
    """

    def __init__(self, shape: type[R], table: str, flags: Sequence[str] = (), **words: type[StrEnum]) -> None:
        names = [field.name for field in fields(shape) if field.name != _NO_COLUMN]  # type: ignore[arg-type]
        self.columns = ", ".join(f"{table}.{name}" for name in names)
        self._shape = shape
        self._flags = [names.index(flag) for flag in flags]
        self._words = [(names.index(name), _by_value(word)) for name, word in words.items()]

    def record(self, row: Sequence[Any]) -> R:
        values = list(row)
        for place in self._flags:
            if values[place] is not None:
                values[place] = values[place] == 1
        for place, word_of in self._words:
            values[place] = word_of(values[place])
        return self._shape(*values)


def _by_value(words: type[StrEnum]) -> Callable[[str], StrEnum]:
    known: Mapping[str, StrEnum] = {word.value: word for word in words}
    return known.__getitem__
