"""What a slot of a step may hold: each type is a regular expression and the conversion of what it matched.

A new type is one line: `slot_type("money", r"\\d+ ₽", lambda text: int(text[:-2]))`. Expressions have no named
groups.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class SlotType:
    """The expression that a slot of this type matches, and what turns the matched text into the argument."""

    regex: str
    convert: Callable[[str], Any]


TYPES: dict[str, SlotType] = {}

COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
ORDINALS = ("first", "second", "third")
_COUNT = rf"(?i:{'|'.join(COUNTS)})"
_ARTICLE = r"(?:(?:[Tt]he|[Aa]n?) )?"
_PERSON = rf"{_ARTICLE}[^\W\d_][\w-]*"
_UNITS = {
    "days": "days?|d",
    "hours": "hours?|h",
    "minutes": "minutes?|min",
    "seconds": "seconds?|s",
    "milliseconds": "ms",
}
_AMOUNT = rf"(?:\d+(?:\.\d+)?|{_COUNT}) ?(?:{'|'.join(_UNITS.values())})\b"
_PEOPLE = rf"{_PERSON}(?:, {_PERSON})*(?:,? and {_PERSON})?"
_CLOCK = r"\d+:[0-5]\d:[0-5]\d(?:\.\d{1,6})?"

_DURATION = rf"(?:{_CLOCK}|{_AMOUNT}(?:(?: and)? {_AMOUNT})*)"
_STRETCH = rf"{_PEOPLE} for {_DURATION}"


def slot_type(name: str, regex: str, convert: Callable[[str], Any] = str) -> None:
    """Make a type known to every pattern compiled from now on."""
    re.compile(regex)
    TYPES[name] = SlotType(regex, convert)


def to_number(text: str) -> int:
    """Read "3", "three" or "no" (0)."""
    return COUNTS.index(text.lower()) if text.lower() in COUNTS else int(text)


def to_duration(text: str) -> dt.timedelta:
    """Read "15 s", "1 minute 30 s", "two hours", or "5:59:59.999" as hours, minutes and seconds."""
    if ":" in text:
        hours, minutes, seconds = text.split(":")
        return dt.timedelta(hours=int(hours), minutes=int(minutes), seconds=float(seconds))
    total = dt.timedelta()
    for amount, unit in re.findall(rf"(\d+(?:\.\d+)?|{_COUNT}) ?([a-z]+)", text):
        keyword = next(name for name, spellings in _UNITS.items() if re.fullmatch(spellings, unit))
        total += dt.timedelta(**{keyword: float(amount) if amount[0].isdigit() else to_number(amount)})
    return total


def to_moment(text: str) -> dt.time:
    """Read "10:00" or "18:59:59.999", a time on the clock of the account."""
    hour, minute, *rest = text.split(":")
    second, _, fraction = (rest[0] if rest else "0").partition(".")
    return dt.time(int(hour), int(minute), int(second), int(fraction.ljust(6, "0")) if fraction else 0)


def to_who(text: str) -> str:
    """Read "Anna", or "the caller" as "caller"."""
    return re.sub(rf"^{_ARTICLE}", "", text)


def to_stretches(text: str) -> list[tuple[list[str], dt.timedelta]]:
    """Read "Anna for 40 s, then Boris and Viktor for 1 minute"."""
    parts = [part.rpartition(" for ") for part in text.split(", then ")]
    return [(to_people(people), to_duration(span)) for people, _, span in parts]


def to_people(text: str) -> list[str]:
    """Read "Anna, Boris and Viktor"."""
    return [to_who(name) for name in re.split(r", and |, | and ", text)]


slot_type("word", r'[^\s,«»"]+')
slot_type("who", _PERSON, to_who)
slot_type("people", _PEOPLE, to_people)
slot_type("number", rf"(?:-?\d+|{_COUNT})", to_number)
slot_type("duration", _DURATION, to_duration)
slot_type("stretches", rf"{_STRETCH}(?:, then {_STRETCH})*", to_stretches)
slot_type("moment", r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?", to_moment)
slot_type("date", r"\d{4}-\d\d-\d\d", dt.date.fromisoformat)
slot_type("zone", r"[A-Z][A-Za-z_]+/[A-Z][A-Za-z_/-]+")
slot_type("phone", r"\+?\(?\d[\d ().-]*\d")
slot_type("direction", "incoming|outgoing", lambda text: {"incoming": "in", "outgoing": "out"}[text])
slot_type("ordinal", "|".join(ORDINALS), lambda text: ORDINALS.index(text) + 1)
slot_type("communication", "call|form")
slot_type("card", "contact|deal|company")
slot_type("keys", r"[\d*#]+")
slot_type("site", r"the (?:second )?site", lambda text: "second" if "second" in text else "main")
slot_type("text", r"(?:«(?:[^«»]|«[^«»]*»)*»|\"[^\"]*\")", lambda text: text[1:-1])
