"""Plugins of the whole run: the stand's fixtures, the guard around pytest-bdd, the specification, the steps."""

pytest_plugins = [
    "pytester",
    "emulator.stand.pytest_plugin",
    "features.guard",
    "features.spec",
    "features.steps.scene",
    "features.steps.settings",
    "features.steps.calls",
    "features.steps.outgoing",
    "features.steps.colleagues",
    "features.steps.scenarios",
    "features.steps.time",
    "features.steps.amocrm",
    "features.steps.call_log",
    "features.steps.reports",
    "features.steps.recordings",
    "features.steps.deals",
]
