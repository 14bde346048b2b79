"""How the telephony writes telephone numbers: E.164 with `+` inside and in events, without `+` in the Data API.

Comparing them is `emulator.core.phones.match_key` alone.
"""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers

from emulator.core.errors import BadRequest

_E164 = re.compile(r"\+[1-9]\d{7,14}")
_SHORT = re.compile(r"\d{2,7}")
_HOME_REGION = "RU"
_EXPECTED = "a telephone number such as +79161234567"


def written(number: str, path: str) -> str:
    """`number` in E.164 with `+`; a short number or SIP login of up to seven digits stays as it is.

    A number without country code is read as Russian. Raises BadRequest naming `path` for anything else.
    """
    text = _written(number)
    if text is None:
        raise BadRequest.field(path, number, _EXPECTED)
    return text


@lru_cache(maxsize=4096)
def _written(number: str) -> str | None:
    if _E164.fullmatch(number) or _SHORT.fullmatch(number):
        return number
    try:
        parsed = phonenumbers.parse(number, _HOME_REGION)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def in_reports(number: str | None) -> str | None:
    """A number as the Data API shows it: digits without `+`."""
    return number.removeprefix("+") if number else None


def from_reports(number: str) -> str | None:
    """A number as the Data API is given it, in E.164 with or without `+`; None for text that is none."""
    text = number if number.startswith("+") else f"+{number}"
    return _written(text) if _E164.fullmatch(text) and _is_possible(text) else None


@lru_cache(maxsize=4096)
def _is_possible(number: str) -> bool:
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return False
