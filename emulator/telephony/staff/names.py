"""The three names of a person and the one they make: last name, first name, patronymic (facts §1.9)."""

from __future__ import annotations

from typing import Any


def full_name(first: str | None, last: str | None, patronymic: str | None) -> str:
    return " ".join(part for part in (last, first, patronymic) if part)


def parted(text: str) -> dict[str, Any]:
    """First and last name out of `Имя Фамилия`; a single word is a last name."""
    first, _, last = text.rpartition(" ")
    return {"first_name": first or None, "last_name": last, "patronymic": None}
