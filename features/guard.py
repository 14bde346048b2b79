"""pytest plugin: collects `*.feature` files and refuses, before anything runs, what could pass without proving a
thing.

Checked are the files by themselves (`features/checks.py`), the letters and rules across the files collected, and the
steps: each step of each scenario and row is matched against the definitions, and exactly one must fit. Everything
wrong is named with file:line. Two more things run through here: `--unused-steps`, and the quick look-up of
definitions at run time.

Relied upon (pytest-bdd 9.0): `scenario.get_step_function` and `parser.render_string`.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_bdd.parser import Step, render_string
from pytest_bdd.steps import StepFunctionContext

from features.collector import PLACE, READING, FeatureFile, Place, Reading
from features.coverage import CatalogueError, load, named_twice
from features.definitions import Definitions
from features.reading import is_id

WORDS = {
    "stated": "the documentation says so",
    "inferred": "follows from the documentation",
    "decision": "the documentation is silent, we decided",
    "illustration": "shows something, proves no example",
    "smoke": "one of the few that run against a served stand too",
}
DEFINITIONS = pytest.StashKey[Definitions]()
UNUSED = pytest.StashKey[list[str]]()
_runner: Any = importlib.import_module("pytest_bdd.scenario")  # the package has a function of the same name
_look_up = getattr(_runner.get_step_function, "original", _runner.get_step_function)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option and the ini key."""
    parser.addini("catalogue", "the catalogue of rules, relative to the root", default="features/catalogue.json")
    parser.getgroup("features").addoption(
        "--unused-steps", action="store_true", help="list the step definitions no collected scenario uses, run nothing"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Make the known words of tags marks, and put the quick look-up in place."""
    for word, meaning in WORDS.items():
        config.addinivalue_line("markers", f"{word}: {meaning}")
    _runner.get_step_function = get_step_function


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a feature file; the catalogue is read with the first."""
    if file_path.suffix != ".feature":
        return None
    config = parent.config
    if READING not in config.stash:
        words = frozenset(line.split(":")[0].split("(")[0].strip() for line in config.getini("markers"))
        try:
            config.stash[READING] = Reading(load(config.rootpath / config.getini("catalogue")), words)
        except CatalogueError as error:
            config.stash[READING] = Reading(None, words, wrong=[str(error)])
    return FeatureFile.from_parent(parent, path=file_path)


@pytest.hookimpl(tryfirst=True)
def pytest_bdd_apply_tag(tag: str, function: Callable[..., object]) -> object:
    """Leave ids to the collector, which marks the items with them; words become marks as ever."""
    return True if is_id(tag) else None


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Say what is wrong with a file also when pytest complains first that it has no such scenario."""
    try:
        return (yield)
    except pytest.UsageError as error:
        reading = session.config.stash.get(READING, None)
        hidden = [line for line in reading.wrong if line not in str(error)] if reading else []
        raise pytest.UsageError("\n".join([str(error).rstrip(), *hidden])) from None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Check all that was collected, before `-k` and `-m` take anything away."""
    reading = config.stash.get(READING, None)
    if reading is None:
        return
    _admit_ids(config, items)
    definitions = config.stash[DEFINITIONS] = Definitions(session)
    used: set[int] = set()
    wrong = [*reading.wrong, *named_twice(reading.features.values())]
    steps = list(_dry_run(definitions, items, used))
    wrong += [*definitions.problems(), *steps]
    if wrong:
        raise pytest.UsageError("\n".join(["nothing was run:", *dict.fromkeys(wrong)]))
    if config.getoption("unused_steps"):
        config.stash[UNUSED] = list(definitions.unused(used))


def _admit_ids(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let `-m` name a rule, an example or a gap that was collected: strict markers want it registered."""
    expression = config.getoption("markexpr")
    if expression:
        ids = {mark.name for item in items for mark in item.iter_markers() if is_id(mark.name)}
        for name in sorted(name for name in ids if name in expression):
            config.addinivalue_line("markers", f"{name}: an id of the catalogue")


def _dry_run(definitions: Definitions, items: list[pytest.Item], used: set[int]) -> Iterator[str]:
    for item in items:
        place = item.stash.get(PLACE, None)
        if place is None or not isinstance(item.parent, FeatureFile):
            continue
        visible = definitions.visible_to(item.parent)
        for step in place.template.steps:
            text = render_string(step.name, place.example)
            used.update(id(context) for context in visible.matching(step.type, text))
            for problem in definitions.step_problems(item.parent, step, text):
                yield f"{place.feature.at(step.line_number)}: {problem}"


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Print the unused steps instead of running, and fail if there are any."""
    unused = session.config.stash.get(UNUSED, None)
    if unused is None or session.testsfailed:
        return None
    reporter: Any = session.config.pluginmanager.get_plugin("terminalreporter")
    reporter.write_line("")
    for line in unused:
        reporter.write_line(line)
    reporter.write_line(f"{len(unused)} step definitions are unused" if unused else "every step definition is used")
    session.testsfailed = len(unused)
    return True


def get_step_function(request: pytest.FixtureRequest, step: Step) -> StepFunctionContext | None:
    """Answer pytest-bdd's look-up from what the dry run found; a scenario of another origin is looked up as ever."""
    definitions = request.config.stash.get(DEFINITIONS, None)
    if definitions is not None and isinstance(request.node.parent, FeatureFile):
        matching = definitions.visible_to(request.node.parent).matching(step.type, step.name)
        if len(matching) == 1:
            return matching[0]
    return _look_up(request=request, step=step)


get_step_function.original = _look_up  # type: ignore[attr-defined]  # a second import must not call itself


def pytest_bdd_step_error(request: pytest.FixtureRequest, step: Step, exception: BaseException) -> None:
    """Say in the failure where the step stands: the traceback shows Python only."""
    place = request.node.stash.get(PLACE, None)
    if place is not None:
        exception.add_note(failed_at(place, step))


def failed_at(place: Place, step: Step) -> str:
    """Name a step of an item: file, line, text, and the row it ran with."""
    row = f" (row at line {place.row.line})" if place.row else ""
    return f"{place.feature.at(step.line_number)}: {step.keyword} {step.name}{row}"
