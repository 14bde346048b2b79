"""The mutator of `make mutants`, the planting, the forks and the list; what judges is the feature run itself."""

from __future__ import annotations

import pickle
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.mutants import forks, planting
from tests.mutants.asking import Recorder, answers
from tests.mutants.judge import Verdict, judges_of
from tests.mutants.listed import read, score, wrong
from tests.mutants.mutator import Mutant, mutants_of, unpacked_by

RULES = '''
from __future__ import annotations
from dataclasses import dataclass
from typing import Literal

Colour = Literal["red", "green"]
EVENING = 19
NAMES = {"a": 1}


@dataclass(frozen=True)
class Assign:
    rule: str
    user: int | None
    because: str = ""


def is_late(hour: int) -> bool:
    """Whether it is evening."""
    return hour >= EVENING


def owner(user: int | None, hour: int, default: int = 7) -> tuple[int, str]:
    if user is not None and not is_late(hour):
        return user, "who answered"
    return default, "nobody" if hour else "nobody at midnight"


def at_end(user: int | None, hour: int) -> Assign | None:
    who, because = owner(user, hour)
    rule = "R-1" if user else "R-2"
    return Assign(rule, who, f"{because} said so")


def for_nobody() -> Assign:
    return Assign(*_nobody())


def _nobody() -> tuple[str, int, str]:
    return "R-3", 9, "nobody"
'''


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module `rules`, loaded as one of a package of rules."""
    path = tmp_path / "rules.py"
    path.write_text(RULES)
    module = ModuleType("integration.made_up.rules")
    module.__file__ = str(path)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(planting, "PACKAGE", "integration.made_up")
    exec(compile(RULES, str(path), "exec"), vars(module))
    return module


def mutants(module: ModuleType) -> dict[str, Mutant]:
    path = Path(str(module.__file__))
    return {mutant.name: mutant for mutant in mutants_of(path, vars(module), unpacked_by({path: vars(module)}))}


def test_names_say_where_and_what(package: ModuleType) -> None:
    assert [*mutants(package)] == [
        "rules: EVENING = 19 => EVENING = 20",
        "rules: EVENING = 19 => EVENING = 18",
        "rules: NAMES = {'a': 1} => NAMES = {'a~': 1}",
        "rules: NAMES = {'a': 1} => NAMES = {'a': 2}",
        "rules: NAMES = {'a': 1} => NAMES = {'a': 0}",
        "rules.is_late: return hour >= EVENING => return hour > EVENING",
        "rules.is_late: return hour >= EVENING => return hour < EVENING",
        "rules.is_late: return hour >= EVENING => return True",
        "rules.is_late: return hour >= EVENING => return False",
        "rules.owner: 7 => 8",
        "rules.owner: 7 => 6",
        "rules.owner: if user is not None and (not is_late(hour)) => if user is not None or not is_late(hour)",
        "rules.owner: if user is not None and (not is_late(hour)) => if not is_late(hour)",
        "rules.owner: if user is not None and (not is_late(hour)) => if user is not None",
        "rules.owner: if user is not None and (not is_late(hour)) => if True",
        "rules.owner: if user is not None and (not is_late(hour)) => if False",
        "rules.owner: if user is not None and (not is_late(hour)) => if user is None and (not is_late(hour))",
        "rules.owner: if user is not None and (not is_late(hour)) => if user is not None and is_late(hour)",
        "rules.at_end: who, because = owner(user, hour) => who, because = owner(None, hour)",
        "rules.at_end: return Assign(rule, who, f'{because} said so') => "
        "return Assign(rule, None, f'{because} said so')",
        "rules.at_end: return Assign(rule, who, f'{because} said so') => return None",
        "rules._nobody: return ('R-3', 9, 'nobody') => return ('R-3', 10, 'nobody')",
        "rules._nobody: return ('R-3', 9, 'nobody') => return ('R-3', 8, 'nobody')",
    ]


def test_names_stay_while_lines_move_and_equal_ones_are_numbered(package: ModuleType) -> None:
    path = Path(str(package.__file__))
    before = {*mutants(package)}
    path.write_text(RULES.replace("def owner", "def first(hour):\n    return hour + 1, hour + 1\n\n\ndef owner"))
    after = {*mutants(package)}
    assert before < after
    assert "rules.first: return (hour + 1, hour + 1) => return (hour - 1, hour + 1)" in after
    path.write_text("def f(a, b):\n    if a:\n        return 1\n    if a:\n        return 2\n    return 3\n")
    assert {"rules.f: if a => if True", "rules.f: if a => if True #2"} < {*mutants(package)}


@pytest.mark.parametrize(
    ("source", "changes"),
    [
        ("x = max(0, a)", {"min(0, a)", "max(1, a)", "max(-1, a)"}),
        ("x = a.startswith('b')", {"a.endswith('b')", "a.startswith('b~')"}),
        ("x = a + b", {"a - b"}),
        ("x = a in (b, c)", {"a not in (b, c)", "a in (c,)", "a in (b,)"}),
        ("x = dict(a=b, c=d)", {"dict(c=d)", "dict(a=b)"}),
        ("x = [a for a in b if a]", {"[a for a in b if True]", "[a for a in b if False]"}),
    ],
)
def test_changes_of_expressions(tmp_path: Path, source: str, changes: set[str]) -> None:
    path = tmp_path / "m.py"
    path.write_text(f"def f(a, b, c, d):\n    {source}\n")
    found = {mutant.change.split(" => ")[1] for mutant in mutants_of(path, {"__name__": "m"}, {})}
    assert found == {f"x = {change}" for change in changes}


def test_a_dropped_entry_is_named_by_its_key(tmp_path: Path) -> None:
    path = tmp_path / "m.py"
    path.write_text("def f(a, b):\n    return {a: 'what is behind it', b: 1}\n")
    named = [mutant.change for mutant in mutants_of(path, {"__name__": "m"}, {})]
    assert named[:2] == ["a: … => nothing", "b: … => nothing"]


def test_statements_are_deleted_and_ways_closed(tmp_path: Path) -> None:
    path = tmp_path / "m.py"
    path.write_text(
        "def f(a, out):\n    out.append(a)\n    if (b := a):\n        return b\n    match a:\n"
        "        case c if c:\n            out += a\n"
    )
    assert [mutant.change for mutant in mutants_of(path, {"__name__": "m"}, {})] == [
        "out.append(a) => nothing",
        "if (b := a) => if False",
        "c => True",
        "c => False",
        "out += a => nothing",
    ]


def test_a_mutant_that_cannot_be_imported_is_none(tmp_path: Path) -> None:
    path = tmp_path / "m.py"
    path.write_text("from datetime import time\nEND = time(23)\n")
    assert [mutant.name for mutant in mutants_of(path, {"__name__": "m"}, {})] == [
        "m: END = time(23) => END = time(22)"
    ]


def test_whoever_holds_a_function_has_the_mutant(package: ModuleType) -> None:
    held = package.is_late
    planting.plant(mutants(package)["rules.is_late: return hour >= EVENING => return hour > EVENING"])
    assert [held(19), held(20), package.owner(1, 19)[0]] == [False, True, 1]


def test_defaults_are_planted(package: ModuleType) -> None:
    planting.plant(mutants(package)["rules.owner: 7 => 8"])
    assert package.owner(None, 12) == (8, "nobody")


def test_whoever_has_imported_a_value_gets_the_new_one(package: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    other = ModuleType("integration.made_up.other")
    other.EVENING = package.EVENING  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, other.__name__, other)
    planting.plant(mutants(package)["rules: EVENING = 19 => EVENING = 20"])
    assert [other.EVENING, package.EVENING, package.is_late(19)] == [20, 20, False]  # type: ignore[attr-defined]


def test_what_the_rules_are_asked_from_outside_is_kept_once(package: ModuleType) -> None:
    def recorded(_: int) -> list[list[bytes]]:
        recorder = Recorder([Path(str(package.__file__))])
        recorder.install()
        package.at_end(1, 12), package.at_end(1, 12), package.at_end(user=None, hour=20)
        first = recorder.take()
        package.is_late(3)
        return [first, recorder.take(), recorder.take()]

    ((_, asked),) = forks.each([0], recorded)
    assert [[pickle.loads(call) for call in calls] for calls in asked] == [
        [("rules", "at_end", {"user": 1, "hour": 12}), ("rules", "at_end", {"user": None, "hour": 20})],
        [("rules", "is_late", {"hour": 3})],
        [],
    ]


def test_answers_are_compared_without_words(package: ModuleType) -> None:
    asked = [
        pickle.dumps(("rules", "at_end", {"user": 1, "hour": 19})),
        pickle.dumps(("rules", "owner", {"user": 1, "hour": 12})),
        pickle.dumps(("rules", "is_late", {"hour": "noon"})),
    ]
    assert answers(asked, {"owner": {1}}) == [("Assign", ("user", "7")), ["1"], "TypeError"]
    planting.plant(mutants(package)["rules.is_late: return hour >= EVENING => return hour > EVENING"])
    assert answers(asked[:1], {}) == [("Assign", ("user", "1"))]


def test_a_call_that_cannot_be_kept_is_told(package: ModuleType) -> None:
    def recorded(_: int) -> list[bytes]:
        recorder = Recorder([Path(str(package.__file__))])
        recorder.install()
        assert package.is_late(LocalNumber(20))
        return recorder.take()

    with pytest.raises(forks.JobError, match=r"rules\.is_late: stays here"):
        next(forks.each([0], recorded))


class LocalNumber(int):
    def __reduce__(self) -> str:
        raise TypeError("stays here")


def fails(_: int) -> None:
    raise ValueError("no good")


def hangs(number: int) -> int:
    if number == 1:
        signal.setitimer(signal.ITIMER_REAL, 0.01)
        signal.pause()
    return number


def test_forks_answer_and_a_hang_answers_none() -> None:
    assert sorted(forks.each([1, 2, 3], hangs)) == [(1, None), (2, 2), (3, 3)]


def test_a_job_that_fails_is_no_answer() -> None:
    with pytest.raises(forks.JobError, match="no good"):
        next(forks.each([1], fails))


def test_a_module_is_judged_where_it_decided_a_helper_where_its_users_did(tmp_path: Path) -> None:
    sources = {
        "tasks": "from integration.rules import people\nfrom integration.rules.modes import x",
        "people": "",
        "modes": "from integration.rules.words import y",
        "words": "",
        "alone": "",
    }
    paths = {name: tmp_path / f"{name}.py" for name in sources}
    for name, source in sources.items():
        paths[name].write_text(source)
    deciders = {"one": {"tasks", "tags"}, "two": {"tags"}}
    judges: Callable[[str], list[str]] = lambda name: judges_of(name, deciders, paths)  # noqa: E731
    assert [judges(name) for name in sources] == [["one"], ["one"], ["one"], ["one"], ["one", "two"]]


def verdict(change: str, killer: str | None = None, *shown: str) -> Verdict:
    return Verdict(Mutant("m", "f", change, 1, compile("", "", "exec"), True), killer, shown)


@pytest.fixture
def page(tmp_path: Path) -> Callable[[str], Any]:
    def written(text: str) -> Any:
        (tmp_path / "mutants.md").write_text(text)
        return read(tmp_path / "mutants.md")

    return written


def test_mutants_that_nobody_can_tell_do_not_count(page: Callable[[str], Any]) -> None:
    listed = page(
        "# Mutants\n\n## Equivalent\n\n- `m.f: a => b`: both are one\n\n"
        "## Without effect\n- `m.f: g => h`:\n  goes on\n## Survivors\n\n- `m.f: c => d`: x\n"
    )
    verdicts = [verdict("a => b"), verdict("c => d"), verdict("e => f", "scenario"), verdict("g => h", None, "other")]
    assert score(verdicts, listed) == (1, 2, 2)
    assert [*wrong(verdicts, listed, complete=True)] == []


def test_the_list_has_to_be_true(page: Callable[[str], Any]) -> None:
    listed = page("## Equivalent\n- `m.f: a => b`: x\n- `m.f: c => d`: x\n## Survivors\n- `m.f: e => f`: x\n")
    verdicts = [verdict("a => b", None, "one"), verdict("c => d", "two"), verdict("g => h", None, "three")]
    assert [*wrong(verdicts, listed, complete=True)] == [
        "is no equivalent, perhaps without effect: `m.f: a => b`\n    answers otherwise in one",
        "lives and is not listed: `m.f: g => h`\n    answers otherwise unnoticed in three",
        "is listed and dies: `m.f: c => d`\n    of two",
        "is listed and there is no such mutant: `m.f: e => f`",
    ]
    assert len([*wrong(verdicts, listed, complete=False)]) == 3


def test_a_line_without_a_reason_is_refused(page: Callable[[str], Any]) -> None:
    with pytest.raises(ValueError, match=r"mutants\.md:2"):
        page("## Survivors\n- `m.f: a => b`:\n")
