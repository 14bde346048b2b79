"""`docs/amocrm.md` is what the routes are, and nothing is called answered that no test has hit."""

from __future__ import annotations

import re
from pathlib import Path

from tests.routes.table import answered, official

PAGE = Path(__file__).parents[2] / "docs" / "amocrm.md"
_ROW = re.compile(
    r"\| `(?P<method>[A-Z]+) (?P<path>[^`]+)` \| [^|]+ \| (?P<answered>yes|no|refused) \| (?P<by>[^|]*) \|"
)


def test_the_page_says_what_the_fake_answers() -> None:
    rows = {(row["method"], row["path"]): row for row in _ROW.finditer(PAGE.read_text(encoding="utf-8"))}
    assert {(route.method, route.path) for route in official()} == rows.keys()
    for route in official():
        row = rows[route.method, route.path]
        assert (row["answered"] != "no") == answered(route), f"{row[0]}: run make routes"
        assert (row["answered"] != "no") == bool(row["by"].strip()), f"{row[0]}: no test gets an answer from it"
