"""One JSON object of parameters of a writing method, read key by key; what does not fit is refused by its dotted name.

Refusals (facts §1.5): unexpected_parameters for a key that is not documented, required_parameter_missed,
data_type_error, invalid_parameter_value, invalid_date_time. null is an empty value, as if the key was not there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from emulator.core.instants import micros
from emulator.core.parsing import FIRST_YEAR, LAST_YEAR
from emulator.telephony.communications.money import MOST, hundredths
from emulator.telephony.rpc import Refusal

ENVELOPE = ("access_token", "user_id")
_FORMAT = "%Y-%m-%d %H:%M:%S"
_LARGEST = 2**63 - 1


class Given:
    """The values of one object. `at` is its dotted place, `which` says in a refusal which of several it is."""

    def __init__(self, values: Mapping[str, Any], known: Collection[str], at: str = "", which: str = "") -> None:
        self._values = values
        self._at = at
        self._which = which
        for name in values:
            if name not in known:
                raise self.refusal("unexpected_parameters", name)

    def refusal(self, mnemonic: str, name: str, hint: str = "") -> Refusal:
        """A refusal of the value under `name`."""
        field = f"{self._at}.{name}" if self._at else name
        said = ", ".join(part for part in (hint, self._which) if part)
        return Refusal(mnemonic, field, self._values.get(name), said)

    def has(self, name: str) -> bool:
        return self._values.get(name) is not None

    def require(self, *names: str) -> None:
        for name in names:
            if not self.has(name):
                raise self.refusal("required_parameter_missed", name)

    def text(self, name: str, longest: int | None = None) -> str:
        """A text that is there and not blank."""
        self.require(name)
        text = self.maybe_text(name, longest)
        if not text or not text.strip():
            raise self.refusal("invalid_parameter_value", name, "a text that is not blank")
        return text

    def maybe_text(self, name: str, longest: int | None = None) -> str | None:
        value = self._values.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            raise self.refusal("data_type_error", name)
        if longest is not None and len(value) > longest:
            raise self.refusal("invalid_parameter_value", name, f"at most {longest} characters")
        return value

    def choice(self, name: str, among: Collection[str]) -> str:
        text = self.text(name)
        if text not in among:
            raise self.refusal("invalid_parameter_value", name, f"one of {', '.join(among)}")
        return text

    def number(self, name: str) -> int:
        """A whole number that is there, such as an id."""
        self.require(name)
        value = self._values[name]
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.refusal("data_type_error", name)
        if not -_LARGEST <= value <= _LARGEST:
            raise self.refusal("invalid_parameter_value", name)
        return value

    def maybe_number(self, name: str) -> int | None:
        return self.number(name) if self.has(name) else None

    def money(self, name: str) -> int:
        """An amount that is there, in hundredths."""
        self.require(name)
        value = self._values[name]
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.refusal("data_type_error", name)
        if abs(value) > MOST:
            raise self.refusal("invalid_parameter_value", name, f"at most {MOST:,}")
        return hundredths(value)

    def maybe_money(self, name: str) -> int | None:
        return self.money(name) if self.has(name) else None

    def moment(self, name: str, zone: ZoneInfo) -> int:
        """A time of the account that is there, in microseconds."""
        try:
            local = datetime.strptime(self.text(name), _FORMAT)  # noqa: DTZ007 - the account's zone is put on below
        except ValueError:
            raise self.refusal("invalid_parameter_value", name, "YYYY-MM-DD hh:mm:ss") from None
        if not FIRST_YEAR <= local.year <= LAST_YEAR:
            raise self.refusal("invalid_date_time", name, f"a year from {FIRST_YEAR} to {LAST_YEAR}")
        return micros(local.replace(tzinfo=zone))

    def maybe_moment(self, name: str, zone: ZoneInfo) -> int | None:
        return self.moment(name, zone) if self.has(name) else None

    def texts(self, name: str) -> list[str]:
        """A list of texts; empty when it is not there."""
        items = self._list(name)
        if not all(isinstance(item, str) for item in items):
            raise self.refusal("data_type_error", name)
        return items

    def objects(self, name: str, known: Collection[str], most: int | None = None) -> list[Given]:
        """A list of objects with these keys; empty when it is not there. More than `most`: data_limit_exceeded."""
        items = self._list(name)
        if most is not None and len(items) > most:
            raise Refusal("data_limit_exceeded", name, len(items), f"at most {most} in one request")
        if not all(isinstance(item, dict) for item in items):
            raise self.refusal("data_type_error", name)
        at = f"{self._at}.{name}" if self._at else name
        within = f" of {self._which}" if self._which else ""
        return [Given(item, known, at, f"{name}[{index}]{within}") for index, item in enumerate(items)]

    def _list(self, name: str) -> list[Any]:
        value = self._values.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.refusal("data_type_error", name)
        return value
