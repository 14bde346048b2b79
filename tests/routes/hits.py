"""Which requests to the fake amoCRM were answered well, by whom: `pytest -p tests.routes.hits --routes FOLDER`.

Tests hand in the answers that lie in a world's journal when they are through with the world; the page
`docs/amocrm.md` is made from what was gathered (`python -m tests.routes`).
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import pytest

Hit = tuple[str, str, str]
"""(by whom, method, path)"""

_HITS: pytest.StashKey[set[Hit]] = pytest.StashKey()
OWN = "own tests"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--routes", metavar="FOLDER", type=Path, help="write down which requests to amoCRM were answered")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_HITS] = set()


def pytest_unconfigure(config: pytest.Config) -> None:
    folder: Path | None = config.getoption("--routes", None)
    if folder and config.stash[_HITS]:
        folder.mkdir(parents=True, exist_ok=True)
        lines = ["\t".join(hit) for hit in sorted(config.stash[_HITS])]
        (folder / f"{os.getpid()}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def keep(config: pytest.Config, by: str, answers: Iterable[tuple[str, int]]) -> None:
    """Keep the (subject, status) of a journal's responses that were no refusals. Without the plugin nothing is kept."""
    hits = config.stash.get(_HITS, set())
    for subject, status in answers:
        method, _, path = subject.partition(" ")
        if status < 400 and path.startswith("/"):
            hits.add((by, method, path))
