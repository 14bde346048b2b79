"""One table pins the comparison of numbers in the fakes and in the integration."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from emulator.core import phones as fakes
from integration import phones as integration

with (Path(__file__).parents[2] / "data" / "phones.csv").open(encoding="utf-8", newline="") as file:
    TABLE = [(row["written"], row["match_key"]) for row in csv.DictReader(file)]


@pytest.mark.parametrize(("written", "key"), TABLE)
def test_both_implementations_agree_with_the_table(written: str, key: str) -> None:
    assert fakes.match_key(written) == key
    assert integration.match_key(written) == key


def test_a_hidden_number_has_no_key() -> None:
    assert fakes.match_key(None) == integration.match_key(None) == ""
