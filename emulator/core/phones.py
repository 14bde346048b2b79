"""How the fakes compare telephone numbers (design §7). The table `tests/data/phones.csv` pins it.

The integration has its own twin on purpose: it is a program of its own, and the table keeps the two alike.
"""

from __future__ import annotations

import re

_EXTENSION = re.compile(r"(доб|ext|extension|x|#|,|;|p|w)", re.IGNORECASE)


def match_key(phone: str | None) -> str:
    """The last ten digits before any extension mark; empty for a hidden number. It decides all comparisons."""
    if not phone:
        return ""
    return digits(_EXTENSION.split(phone, maxsplit=1)[0])[-10:]


def digits(text: str) -> str:
    """The ASCII digits of `text` in order."""
    return "".join(ch for ch in text if "0" <= ch <= "9")
