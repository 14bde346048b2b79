"""`pytest features -p tests.sabotage.plugin`: each scenario under its breakage, and green only if it turns red.

With `--one-each` one scenario of each breakage is enough.
"""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable, Generator
from typing import Any

import pytest

from features.driver import Refused
from features.reading import is_letter
from tests.sabotage.breakage import Breakage
from tests.sabotage.breakages import BREAKAGES

BY_LETTER = {letter: breakage for breakage in BREAKAGES for letter in breakage.turns_red}


def breakage_of(item: pytest.Item) -> Breakage | None:
    """That of its letter; an illustration has that of its rule."""
    names = [mark.name for mark in item.iter_markers()]
    named = names if "illustration" in names else [name for name in names if is_letter(name)]
    return next((BY_LETTER[name] for name in named if name in BY_LETTER), None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("sabotage").addoption("--one-each", action="store_true", help="one scenario of each breakage")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Every scenario needs a breakage, and every breakage its scenarios."""
    unbroken = [item.nodeid for item in items if breakage_of(item) is None]
    seen = {mark.name for item in items for mark in item.iter_markers()}
    missing = sorted(set(BY_LETTER) - seen)
    if unbroken or missing:
        raise pytest.UsageError(f"no breakage for {unbroken}; no scenario for {missing}")
    if config.getoption("one_each"):
        first = {id(breakage_of(item)): item for item in reversed(items)}
        kept = [item for item in items if first[id(breakage_of(item))] is item]
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Run the scenario under its breakage; only a failed check counts as red."""
    breakage = breakage_of(item)
    assert breakage is not None
    with contextlib.ExitStack() as broken:
        for place, change in ((breakage.place, breakage.broken), *breakage.also):
            broken.callback(_replace(place, change))
        try:
            yield
        except Refused:
            raise
        except (AssertionError, ValueError):
            return None
    raise pytest.fail.Exception(f"stays green although {breakage.what} ({breakage.place})", pytrace=False)


def _replace(place: str, change: Callable[[Any], Any]) -> Callable[[], None]:
    """Put something else there; what is answered puts it back as it was."""
    owner, name = _found(place)
    original = owner.__dict__[name]
    setattr(owner, name, change(original))
    return lambda: setattr(owner, name, original)


def _found(place: str) -> tuple[Any, str]:
    """What holds the function, and under which name."""
    module, _, path = place.partition(":")
    owner: Any = importlib.import_module(module)
    *holders, name = path.split(".")
    for holder in holders:
        owner = getattr(owner, holder)
    return owner, name
