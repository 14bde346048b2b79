from __future__ import annotations

import csv
from pathlib import Path

import pytest

from integration.phones import display, match_key

TABLE = Path(__file__).parents[2] / "data" / "phones.csv"


def rows() -> list[tuple[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as table:
        return [(row["written"], row["match_key"]) for row in csv.DictReader(table)]


@pytest.mark.parametrize(("written", "key"), rows())
def test_match_key(written: str, key: str) -> None:
    assert match_key(written) == key


def test_no_number_has_no_key() -> None:
    assert match_key(None) == ""


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("+79161234567", "+7 916 123-45-67"),
        ("89161234567", "+7 916 123-45-67"),
        ("+442079460958", "+44 20 7946 0958"),
        ("101", "101"),
        ("anonymous", "anonymous"),
    ],
)
def test_display(written: str, shown: str) -> None:
    assert display(written) == shown
