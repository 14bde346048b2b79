"""One item of a write request, read key by key; what does not fit is noted as a flaw, not raised.

So that all flaws of all items come back in one answer and a batch with one bad item changes nothing: items are read
first, `refuse_flawed` stops there, and only then is anything written. Codes and texts are those of facts §2.5. A null
counts as absent, because the official SDK sends every key it knows.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from typing import Any, TypeGuard

from emulator.amocrm.errors import Flaw, InvalidItems

_DETAILS = {
    "NotSupportedChoice": "The value you selected is not a valid choice.",
    "FieldNotExpected": "This field was not expected.",
    "FieldMissing": "This field is missing.",
    "NotBlank": "This value should not be blank.",
    "NotNullable": "This value should not be null.",
    "InvalidUrl": "This value is not a valid URL.",
    "TooLow": "This value is too low.",
    "TooLong": "This value is too long.",
    "TooMany": "There are too many of these.",
    "NotUnique": "This value is already used.",
}

MAX_SECONDS = 253_402_214_400
"""A day before the year 10000, where dates end; the day is for time zones."""

_MAX_INTEGER = 1 << 62
_MAX_MONEY = 1 << 50


def flaw(code: str, path: str) -> Flaw:
    return Flaw(code, path, _DETAILS[code])


def wrong_type(path: str, expected: str) -> Flaw:
    return Flaw("InvalidType", path, f"This value should be of type {expected}.")


class Item:
    """`data` with its `request_id`: the client's own value, else the item's index as text.

    `embedded` is what the item embeds, and `embedded_at` the path under which flaws in it are named.
    """

    __slots__ = ("data", "embedded", "embedded_at", "flaws", "request_id")

    def __init__(self, data: Mapping[str, Any], request_id: Any, embedded: Mapping[str, Any], embedded_at: str) -> None:
        self.data = data
        self.request_id = request_id
        self.embedded = embedded
        self.embedded_at = embedded_at
        self.flaws: list[Flaw] = []

    def refuse(self, code: str, path: str) -> None:
        self.flaws.append(flaw(code, path))

    def refuse_type(self, path: str, expected: str) -> None:
        self.flaws.append(wrong_type(path, expected))

    def text(self, key: str) -> str | None:
        value = self.data.get(key)
        if value is None or isinstance(value, str):
            return value
        self.refuse_type(key, "string")
        return None

    def text_or_number(self, key: str) -> str | None:
        """Text, or a whole number as its digits: some clients send phones so."""
        value = self.data.get(key)
        return str(value) if is_integer(value) else self.text(key)

    def integer(self, key: str) -> int | None:
        value = self.data.get(key)
        if value is None or is_integer(value):
            return value
        self.refuse_type(key, "int")
        return None

    def money(self, key: str) -> tuple[int, int] | None:
        """Whole units and hundredths, both with the sign of the amount."""
        value = self.data.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _MAX_MONEY:
            self.refuse_type(key, "numeric")
            return None
        sign = -1 if value < 0 else 1
        whole, hundredths = divmod(round(abs(value) * 100), 100)
        return sign * whole, sign * hundredths

    def flag(self, key: str) -> bool | None:
        value = self.data.get(key)
        if value is None or isinstance(value, bool):
            return value
        self.refuse_type(key, "bool")
        return None

    def choice(self, key: str, choices: Container[str]) -> str | None:
        """A text that is one of `choices`."""
        value = self.text(key)
        if value is None or value in choices:
            return value
        self.refuse("NotSupportedChoice", key)
        return None

    def instant(self, key: str) -> int | None:
        """Unix seconds of the wire as microseconds; a fraction is cut off, because published clients send one."""
        value = self.data.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.refuse_type(key, "int")
            return None
        if not 0 <= value < MAX_SECONDS:
            self.refuse("TooLow" if value < 0 else "NotSupportedChoice", key)
            return None
        return int(value) * 1_000_000

    def list_of(self, key: str) -> list[Any] | None:
        value = self.data.get(key)
        if value is None or isinstance(value, list):
            return value
        self.refuse_type(key, "array")
        return None

    def embedded_list(self, name: str) -> list[Any]:
        """What the item embeds under `name`; nothing counts as an empty list."""
        given = self.embedded.get(name)
        if given and not isinstance(given, list):
            self.refuse_type(f"{self.embedded_at}.{name}", "array")
            return []
        return given or []

    def object(self, key: str) -> dict[str, Any] | None:
        value = self.data.get(key)
        if value is None or isinstance(value, dict):
            return value
        self.refuse_type(key, "object")
        return None

    def require(self, key: str) -> None:
        """Note a key that is absent, null or blank."""
        if key not in self.data:
            self.refuse("FieldMissing", key)
        elif self.data[key] is None:
            self.refuse("NotNullable", key)
        elif self.data[key] == "":
            self.refuse("NotBlank", key)


def is_integer(value: Any) -> TypeGuard[int]:
    """Whether a JSON value is a whole number that a row can hold."""
    return isinstance(value, int) and not isinstance(value, bool) and -_MAX_INTEGER < value < _MAX_INTEGER


def refuse_flawed(items: Iterable[Item]) -> None:
    """Raise InvalidItems when any item has a flaw."""
    flawed = [(item.request_id, item.flaws) for item in items if item.flaws]
    if flawed:
        raise InvalidItems(flawed)
