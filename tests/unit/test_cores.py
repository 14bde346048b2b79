"""A run on several cores says what a run on one says, and stands a fork that dies.

Runs are made in this process, on small tests of their own.
"""

from __future__ import annotations

import json
import re
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pytest_bdd import plugin

from features import cores, guard, slots, spec
from features.collector import FeatureFile

IMPORTED_ONCE = (slots,)  # instead of anew in each of the runs below


@pytest.fixture(autouse=True)
def can_fork() -> None:
    """With threads left by earlier tests the runs below would take one core, and kill it."""
    assert threading.active_count() == 1, threading.enumerate()


TWO_FORKS = """\
import multiprocessing, os, pathlib, pytest

BOTH = multiprocessing.get_context("fork").Barrier(2)
ENDED = pathlib.Path(__file__).with_name("ended")

@pytest.fixture(scope="session", autouse=True)
def both_are_there():
    BOTH.wait(30)
    yield
    with ENDED.open("a") as ended:
        print(os.getpid(), file=ended)
"""

OF_EVERY_KIND = """\
import pytest, warnings

@pytest.fixture
def broken():
    raise LookupError("no such thing")

@pytest.fixture
def breaks_later():
    yield
    raise LookupError("it is gone")

@pytest.mark.parametrize("n", range(8))
def test_passes(n):
    print("nobody reads this")

def test_fails(record_property):
    record_property("colour", "red")
    print("said before")
    assert [1, 2, 3] == [1, 2, 4]

def test_is_skipped():
    pytest.skip("not today")

@pytest.mark.xfail(reason="known")
def test_is_known_to_fail():
    assert False

@pytest.mark.xfail(reason="known")
def test_passes_unexpectedly(): ...

def test_breaks_before(broken): ...

def test_breaks_after(breaks_later): ...

def test_warns():
    warnings.warn(UserWarning("mind the gap"))

def test_passes_at_last(): ...
"""

MANY = "import os, pytest\n" + "\n".join(f"def test_{n:02}(): ..." for n in range(12)) + "\n"

CATALOGUE = {
    "areas": [{"id": "PRIM", "title": "Primary calls"}],
    "rules": [
        {
            "id": "PRIM-06",
            "area": "PRIM",
            "class": "stated",
            "title": "Who owns the card",
            "examples": [{"letter": letter, "decision": False, "gap": None} for letter in "ab"],
        }
    ],
}

FEATURE = """\
Feature: Cards

  @PRIM-06 @stated
  Rule: the card goes to who answered

    @PRIM-06.a
    Scenario: somebody answers
      When Anna answers

    Scenario Outline: others answer
      When <who> answers

      Examples:
        | case      | who   |
        | PRIM-06.b | Olga  |
        |           | Boris |
"""

STEPS = """\
from features.slots import when

@when("{who} answers")
def _(who):
    assert who != "Boris"
"""


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a test module, or what is there."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeini("[pytest]\naddopts = --strict-markers --strict-config --assert=plain -p no:cacheprovider\n")

    def execute(*args: str, tests: str = "", conftest: str = "") -> pytest.RunResult:
        if tests:
            (pytester.path / "test_it.py").write_text(tests)
        (pytester.path / "conftest.py").write_text(conftest)
        return pytester.runpytest_inprocess(*args, plugins=[plugin, guard, cores, spec])

    return execute


def changed(test: str, body: str) -> str:
    assert f"{test}(): ..." in MANY
    return MANY.replace(f"{test}(): ...", f"{test}(): {body}")


def said(result: pytest.RunResult) -> list[str]:
    """The lines of a run without seconds and addresses."""
    return [re.sub(r"in \d+\.\d\ds|\S+\.xml|0x[0-9a-f]+|=+", "…", line) for line in result.outlines]


def recorded(path: Path) -> str:
    """A JUnit file without time and addresses."""
    return re.sub(r' (time|timestamp)="[^"]*"|0x[0-9a-f]+', "", path.read_text())


def test_each_of_two_forks_has_the_fixtures_of_the_session_for_itself(run: Any, pytester: pytest.Pytester) -> None:
    run("--cores", "2", tests=MANY, conftest=TWO_FORKS).assert_outcomes(passed=12)
    assert len({*(pytester.path / "ended").read_text().split()}) == 2


@pytest.mark.parametrize("how", [(), ("-v",), ("-q", "--maxfail", "2")], ids=" ".join)
def test_several_cores_say_what_one_says(run: Any, pytester: pytest.Pytester, how: tuple[str, ...]) -> None:
    how = ("-rA", "-W", "always", "-o", "junit_family=xunit1", *how)
    one = run("--cores", "1", "--junitxml", "1.xml", *how, tests=OF_EVERY_KIND)
    two = run("--cores", "2", "--junitxml", "2.xml", *how)
    assert said(two) == said(one)
    assert two.ret == one.ret == pytest.ExitCode.TESTS_FAILED
    assert recorded(pytester.path / "2.xml") == recorded(pytester.path / "1.xml")


def test_the_slowest_are_listed(run: Any) -> None:
    run("--cores", "2", "--durations", "3", "-vv", tests=MANY).stdout.fnmatch_lines(["*slowest 3 durations*"])


def test_the_first_failure_stops_every_fork(run: Any, pytester: pytest.Pytester) -> None:
    result = run("-x", "--cores", "2", tests=changed("test_03", "assert False"), conftest=TWO_FORKS)
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(["*stopping after 1 failures*"])
    assert len((pytester.path / "ended").read_text().split()) == 2, "what was set up is torn down"


@pytest.mark.parametrize(
    ("end", "how"), [("os.kill(os.getpid(), 9)", "was ended by SIGKILL"), ("os._exit(3)", "ended with 3")]
)
def test_a_fork_that_dies_is_named_by_its_item_and_the_others_are_played(run: Any, end: str, how: str) -> None:
    result = run("--cores", "2", tests=changed("test_05", end))
    result.assert_outcomes(passed=11, failed=1)
    result.stdout.fnmatch_lines(["*_ test_05 _*", f"its process {how}", f"FAILED test_it.py::test_05 - *{how}"])


def test_forks_that_die_one_after_the_other(run: Any) -> None:
    run("--cores", "3", tests=MANY.replace("...", "os._exit(1)")).assert_outcomes(failed=12)


def test_a_test_may_end_the_run(run: Any) -> None:
    result = run("--cores", "2", tests=changed("test_05", "pytest.exit('enough', 7)"))
    assert result.ret == 7
    result.stdout.fnmatch_lines(["*Exit: enough*"])


def test_a_test_may_be_interrupted(run: Any) -> None:
    with pytest.raises(KeyboardInterrupt):
        run("--cores", "2", tests=changed("test_05", "os.kill(os.getpid(), 2)"))


def test_a_plugin_that_breaks_in_a_fork_shows(run: Any) -> None:
    breaking = "def pytest_report_to_serializable(): raise OSError('the plugin is at fault')\n"
    result = run("--cores", "2", tests=MANY, conftest=breaking)
    assert result.ret == pytest.ExitCode.INTERNAL_ERROR
    assert "the plugin is at fault" in str(result.stdout) + str(result.stderr)


def test_what_the_last_item_of_a_fork_leaves_open_is_an_error(run: Any) -> None:
    leaving = "import asyncio\nasync def never(): ...\ndef test_it():\n    cycle = [never()]\n    cycle.append(cycle)\n"
    result = run("--cores", "2", "-W", "error", tests=f"{leaving}def test_other(): ...\n")
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*never awaited*"])


def test_the_specification_is_the_same(run: Any, pytester: pytest.Pytester) -> None:
    folder = pytester.mkdir("features")
    (folder / "catalogue.json").write_text(json.dumps(CATALOGUE))
    (folder / "a.feature").write_text(FEATURE)
    for number in "12":
        result = run("--cores", number, "--spec", f"{number}.html", conftest=STEPS)
        result.assert_outcomes(passed=2, failed=1)
        result.stdout.fnmatch_lines(["E*features/a.feature:11: When Boris answers (row at line 16)"])
    assert (pytester.path / "2.html").read_text() == (pytester.path / "1.html").read_text()


@pytest.mark.parametrize(
    ("args", "scenarios", "others", "expected"),
    [
        ((), 400, 0, 4),
        ((), 59, 0, 2),
        ((), 39, 0, 1),
        ((), 400, 1, 1),
        (("-s",), 400, 0, 1),
        (("--pdb",), 400, 0, 1),
        (("--setup-show",), 400, 0, 1),
        (("--collect-only",), 400, 0, 1),
        (("--cores", "2"), 400, 0, 2),
        (("--cores", "8"), 3, 1, 4),
        (("--cores", "8", "--pdb"), 400, 0, 1),
        (("--cores", "0"), 400, 0, 0),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_how_many_cores(
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    args: tuple[str, ...],
    scenarios: int,
    others: int,
    expected: int,
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 4)
    monkeypatch.setattr("sys.gettrace", lambda: None)
    scenario = SimpleNamespace(parent=object.__new__(FeatureFile))
    items = [scenario] * scenarios + [SimpleNamespace(parent=None)] * others
    config = SimpleNamespace(option=options(*args), getoption=lambda _name, default: default)
    session: Any = SimpleNamespace(config=config, items=items, testsfailed=0)
    assert cores.cores_for(session) == expected


def options(*args: str) -> SimpleNamespace:
    """What pytest makes of these arguments, as far as it is asked for."""
    asked = SimpleNamespace(usepdb=False, trace=False, setupshow=False, collectonly=False, capture="fd", cores=None)
    words = {"--pdb": "usepdb", "--setup-show": "setupshow", "--collect-only": "collectonly"}
    for word in args:
        if word == "-s":
            asked.capture = "no"
        elif word in words:
            setattr(asked, words[word], True)
        elif word.isdigit():
            asked.cores = int(word)
    return asked
