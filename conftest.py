"""Plugins of the whole run: the stand's fixtures, the guard around pytest-bdd, the specification, the steps.

Garbage is not looked for before the tests run: what is imported and collected stays.
"""

import gc

import pytest

gc.disable()

pytest_plugins = [
    "pytester",
    "emulator.stand.pytest_plugin",
    "features.guard",
    "features.cores",
    "features.spec",
    "features.steps.scene",
    "features.steps.settings",
    "features.steps.time",
    "features.steps.account",
    "features.steps.staff",
    "features.steps.calls",
    "features.steps.outgoing",
    "features.steps.colleagues",
    "features.steps.scenarios",
    "features.steps.amocrm",
    "features.steps.deal_cards",
    "features.steps.tasks",
    "features.steps.visits",
    "features.steps.fields",
    "features.steps.call_log",
    "features.steps.deliveries",
    "features.steps.reports",
    "features.steps.recordings",
    "features.steps.unsorted",
    "features.steps.lost_calls",
    "features.steps.site_forms",
    "features.steps.deals",
    "features.steps.popups",
]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()
