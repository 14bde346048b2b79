"""How the fakes compare telephone numbers (design §7). The table `tests/data/phones.csv` pins it.

The integration has its own twin on purpose: it is a program of its own, and the table keeps the two alike.
"""

from __future__ import annotations

import re

_MARKS = frozenset("#,;*…")
_PLAIN = re.compile(r"\+?([0-9]+)")
"""How most phones are written: nothing has to be read sign by sign."""

_NO_DIGITS = re.compile(r"[^0-9]+")


def match_key(phone: str | None) -> str:
    """The last ten digits before any extension mark; empty for a hidden number. It decides all comparisons.

    An extension mark is a letter, one of `# , ; *` or three dots after the first digit.
    """
    text = phone or ""
    if plain := _PLAIN.fullmatch(text):
        return plain[1][-10:]
    number: list[str] = []
    for index, sign in enumerate(text):
        if "0" <= sign <= "9":
            number.append(sign)
        elif number and (sign.isalpha() or sign in _MARKS or text.startswith("...", index)):
            break
    return "".join(number)[-10:]


def digits(text: str) -> str:
    """The ASCII digits of `text` in order."""
    return _NO_DIGITS.sub("", text)
