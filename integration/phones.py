"""Phone numbers and e-mail addresses: one key for all comparisons, one way to show them (GAP-15, GAP-61).

An extension mark is the first letter of any alphabet ("доб", "ext", "x", "p", "w") or the first of `# , ; *` or
three dots that comes after a digit. Letters in front of the number ("tel. 8 916 ...") mark nothing.
`tests/data/phones.csv` pins the key for this implementation and for every other one.
"""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers

KEY_DIGITS = 10
HOME_REGION = "RU"

_EXTENSION = re.compile(r"(?<=[0-9])[^0-9]*?(?:[^\W\d_]|[#,;*…]|\.{3})")
_NOT_A_DIGIT = re.compile(r"[^0-9]")


def match_key(phone: str | None) -> str:
    """Digits before any extension mark, the last ten of them; empty for a hidden number."""
    if not phone:
        return ""
    mark = _EXTENSION.search(phone)
    number = phone[: mark.start()] if mark else phone
    return _NOT_A_DIGIT.sub("", number)[-KEY_DIGITS:]


def email_key(email: str | None) -> str:
    """What e-mail addresses are compared by (GAP-55, GAP-61); empty when there is none."""
    return (email or "").strip().casefold()


@lru_cache(maxsize=4096)
def display(phone: str) -> str:
    """The number as people read it ("+7 916 123-45-67"); the given text when it is no number of any country."""
    try:
        parsed = phonenumbers.parse(phone, HOME_REGION)
    except phonenumbers.NumberParseException:
        return phone
    if not phonenumbers.is_possible_number(parsed):
        return phone
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
