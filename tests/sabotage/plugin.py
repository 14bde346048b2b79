"""`pytest features -p tests.sabotage.plugin`: each scenario under its breakage, and green only if it turns red."""

from __future__ import annotations

import importlib
from collections.abc import Generator
from typing import Any

import pytest

from features.driver import Refused
from tests.sabotage.breakage import Breakage
from tests.sabotage.breakages import BREAKAGES

BY_LETTER = {letter: breakage for breakage in BREAKAGES for letter in breakage.turns_red}


def breakage_of(item: pytest.Item) -> Breakage | None:
    return next((BY_LETTER[mark.name] for mark in item.iter_markers() if mark.name in BY_LETTER), None)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Every scenario needs a breakage, and every breakage its scenarios."""
    unbroken = [item.nodeid for item in items if breakage_of(item) is None]
    seen = {mark.name for item in items for mark in item.iter_markers()}
    missing = sorted(set(BY_LETTER) - seen)
    if unbroken or missing:
        raise pytest.UsageError(f"no breakage for {unbroken}; no scenario for {missing}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Run the scenario under its breakage; only a failed check counts as red."""
    breakage = breakage_of(item)
    assert breakage is not None
    owner, name = _place(breakage)
    original = owner.__dict__[name]
    setattr(owner, name, breakage.broken(original))
    try:
        yield
    except Refused:
        raise
    except (AssertionError, ValueError):
        return None
    finally:
        setattr(owner, name, original)
    raise pytest.fail.Exception(f"stays green although {breakage.what} ({breakage.place})", pytrace=False)


def _place(breakage: Breakage) -> tuple[Any, str]:
    """What holds the function, and under which name."""
    module, _, path = breakage.place.partition(":")
    owner: Any = importlib.import_module(module)
    *holders, name = path.split(".")
    for holder in holders:
        owner = getattr(owner, holder)
    return owner, name
