"""pytest plugin: `--spec PATH` writes the specification with the results of the run as one HTML page.

The page holds every rule of the catalogue and every scenario of the folder the catalogue lies in, those that were not
run too. What happened to a scenario travels on its report as plain data, so that it survives runs on several
processes. `features/guard.py` has to be loaded as well. Page and tree are made by `features/spec_page.py`.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from pytest_bdd.parser import Step

from features.collector import PLACE, READING
from features.coverage import load
from features.reading import Feature, read
from features.spec_page import FAILED, NOT_RUN, PASSED, SKIPPED, Key, Result, render, worst

STEPS = pytest.StashKey[dict[int, str]]()
_WRITTEN_AFTER = {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option."""
    parser.getgroup("features").addoption("--spec", metavar="PATH", help="write the specification with results to PATH")


def pytest_configure(config: pytest.Config) -> None:
    """Record only when a page is wanted."""
    path = config.getoption("spec")
    if path:
        config.pluginmanager.register(SpecRecorder())
        if not hasattr(config, "workerinput"):
            config.pluginmanager.register(SpecWriter(config, config.invocation_params.dir / path))


class SpecRecorder:
    """Notes in the process that runs a scenario how its steps end, and puts that on the report."""

    def pytest_bdd_before_scenario(self, request: pytest.FixtureRequest) -> None:
        """Begin with no step done."""
        request.node.stash[STEPS] = {}

    def pytest_bdd_before_step(self, request: pytest.FixtureRequest, step: Step) -> None:
        """Take a step as failed until it has passed."""
        request.node.stash[STEPS][step.line_number] = FAILED

    def pytest_bdd_after_step(self, request: pytest.FixtureRequest, step: Step) -> None:
        """Note that it passed."""
        request.node.stash[STEPS][step.line_number] = PASSED

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Say on the report which scenario or row it is about."""
        report = yield
        place = item.stash.get(PLACE, None)
        if place is not None:
            steps = item.stash.get(STEPS, {})
            report.spec = {"file": place.feature.shown, "line": place.line, "steps": list(steps.items())}
        return report


class SpecWriter:
    """Gathers the reports and writes the page when the run is over."""

    def __init__(self, config: pytest.Config, path: Path) -> None:
        self._config = config
        self._path = path
        self._results: dict[Key, Result] = {}
        self._written = False

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Fold one phase of an item into its result: a failure of any phase counts."""
        about = getattr(report, "spec", None)
        if about is None:
            return
        result = self._results.setdefault((about["file"], about["line"]), Result())
        status = _status(report)
        if status is None:
            return
        result.status = status if result.status == NOT_RUN else worst([status, result.status])
        if status != PASSED and not result.text:
            result.text = _reason(report)
        steps = {line: SKIPPED if status == SKIPPED and step == FAILED else step for line, step in about["steps"]}
        result.steps.update(steps)

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Write the page, unless the run was stopped before it began."""
        if exitstatus not in _WRITTEN_AFTER:
            return
        catalogue = self._config.rootpath / self._config.getini("catalogue")
        page = render(load(catalogue), self._features(catalogue.parent), self._results)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(page, "utf-8")
        self._written = True

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say where the page is."""
        if self._written:
            terminalreporter.write_line(f"specification: {self._path}")

    def _features(self, folder: Path) -> list[Feature]:
        reading = self._config.stash.get(READING, None)
        features = dict(reading.features) if reading else {}
        for path in folder.rglob("*.feature"):
            if path not in features:
                features[path] = read(path, self._config.rootpath)
        return [features[path] for path in sorted(features)]


def _status(report: Any) -> str | None:
    """The status that one phase gives; None for a set-up or tear-down that went well."""
    if report.failed or (report.skipped and hasattr(report, "wasxfail")):
        return FAILED
    if report.skipped:
        return SKIPPED
    return PASSED if report.when == "call" else None


def _reason(report: Any) -> str:
    """Why it failed or does not apply."""
    if report.skipped and isinstance(report.longrepr, tuple):
        return str(report.longrepr[2]).removeprefix("Skipped: ")
    return str(report.longreprtext).strip()
