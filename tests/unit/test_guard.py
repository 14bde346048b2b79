"""Each guard bites: the run stops before anything executes and names the place.

Runs are made in this process, on a small features folder of their own.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pytest_bdd import plugin

from features import guard, slots

PLUGINS = [plugin, guard]
IMPORTED_ONCE = (asyncio, slots)  # instead of anew in each of the runs below

CATALOGUE = {
    "areas": [{"id": "PRIM", "title": "Primary calls"}],
    "rules": [
        {
            "id": "PRIM-06",
            "area": "PRIM",
            "class": "stated",
            "title": "Who owns the card",
            "examples": [
                {"letter": "a", "decision": False, "gap": None},
                {"letter": "b", "decision": False, "gap": None},
                {"letter": "c", "decision": True, "gap": "GAP-27"},
                {"letter": "d", "decision": False, "gap": None},
            ],
        },
        {
            "id": "PRIM-07",
            "area": "PRIM",
            "class": "decision",
            "title": "Another",
            "examples": [{"letter": "a", "decision": False, "gap": None}],
        },
    ],
}

INI = """\
[pytest]
addopts = --strict-markers --strict-config --assert=plain -p no:cacheprovider
filterwarnings = error
disable_test_id_escaping_and_forfeit_all_rights_to_community_support = true
"""

STEPS = """\
import asyncio, pathlib, pytest
from features.slots import given, step, then, when

HERE = pathlib.Path(__file__).parent

@pytest.fixture
def run():
    with asyncio.Runner() as runner:
        yield runner.run

@given("a world", target_fixture="world")
async def _():
    (HERE / "executed").touch()
    yield {"wait": None}
    (HERE / "cleaned").touch()

@when("{who} answers after {wait:duration}")
async def _(world, who, wait):
    await asyncio.sleep(0)
    if who == "Nobody":
        raise LookupError("nobody can answer")
    world["wait"] = wait

@then("the wait was {wait:duration}")
def _(world, wait):
    assert world["wait"] == wait
"""

FEATURE = """\
@smoke
Feature: Cards

  @PRIM-06 @stated
  Rule: the card goes to who answered

    Background:
      Given a world

    @PRIM-06.a
    Scenario: Anna answers
      When Anna answers after 5 s
      Then the wait was 5 s

    Scenario Outline: somebody answers
      When <who> answers after <wait>
      Then the wait was <wait>

      Examples:
        | case      | who   | wait |
        | PRIM-06.b | Boris | 2 s  |
        |           | Olga  | 3 s  |

      @decision @GAP-27
      Examples: by decision
        | case      | who  | wait |
        | PRIM-06.c | Rita | 4 s  |
"""

OTHER = """\
Feature: Another

  @PRIM-07 @decision
  Rule: another

    @PRIM-07.a
    Scenario: Anna answers
      Given a world
"""


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run the features of a folder in which `FEATURE` stands as it is, or with something replaced."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeini(INI)
    folder = pytester.mkdir("features")
    (folder / "catalogue.json").write_text(json.dumps(CATALOGUE))
    (pytester.path / "conftest.py").write_text(STEPS)

    def execute(*args: str, feature: str = FEATURE, other: str = "", steps: str = "") -> pytest.RunResult:
        (folder / "a.feature").write_text(feature)
        if other:
            (folder / "b.feature").write_text(other)
        (pytester.path / "conftest.py").write_text(STEPS + steps)
        return pytester.runpytest_inprocess(*args, plugins=PLUGINS)

    return execute


def refused(run: Any, pytester: pytest.Pytester, message: str, **files: str) -> None:
    """Run, and see that the message is there and that not one step was executed."""
    result = run(**files)
    output = str(result.stdout) + str(result.stderr)
    assert result.ret != pytest.ExitCode.OK
    assert message in output, output
    assert not (pytester.path / "executed").exists()


def changed(old: str, new: str) -> str:
    assert old in FEATURE
    return FEATURE.replace(old, new, 1)


def test_scenarios_and_rows_are_items_of_the_feature_file(run: Any, pytester: pytest.Pytester) -> None:
    result = run("-v")
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(
        [
            "features/a.feature::Anna answers PASSED*",
            "features/a.feature::somebody answers[[]PRIM-06.b-Boris-2 s] PASSED*",
            "features/a.feature::somebody answers[[]-Olga-3 s] PASSED*",
            "features/a.feature::somebody answers[[]PRIM-06.c-Rita-4 s] PASSED*",
        ]
    )
    assert (pytester.path / "cleaned").exists(), "a generator step goes on after the scenario"


def test_an_item_is_run_by_its_node_id_and_located_at_its_line(run: Any, pytester: pytest.Pytester) -> None:
    (pytester.path / "features" / "a.feature").write_text(FEATURE)
    calls = pytester.inline_run("--collect-only", plugins=PLUGINS).getcalls("pytest_itemcollected")
    assert [(call.item.location[0], call.item.location[1] + 1) for call in calls] == [
        ("features/a.feature", line) for line in (11, 21, 22, 27)
    ]
    run("features/a.feature::somebody answers[PRIM-06.b-Boris-2 s]").assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("args", "count"),
    [
        (("-k", "PRIM-06"), 4),
        (("-k", "PRIM-06.c"), 1),
        (("-k", "PRIM-06.b"), 2),
        (("-k", "GAP-27"), 1),
        (("-m", "smoke and PRIM-06.a"), 1),
        (("-m", "decision"), 1),
    ],
)
def test_rules_examples_and_words_select(run: Any, args: tuple[str, str], count: int) -> None:
    assert run(*args).parseoutcomes()["passed"] == count


IN_THE_FILE = [
    ("missing step", "Then the wait was 5 s", "Then all is well", "a.feature:13: no definition of then 'all is well'"),
    ("missing step of a row", "| Boris |", "| 1st |", "a.feature:16: no definition of when '1st answers after 2 s'"),
    ("duplicate name", "somebody answers", "Anna answers", "a.feature:15: 'Anna answers' is also the name at line 11"),
    ("no name", "Scenario: Anna answers", "Scenario:", "a.feature:11: a scenario needs a name"),
    ("empty Examples", "        | PRIM-06.c | Rita | 4 s  |\n", "", "a.feature:25: these Examples have no rows"),
    ("placeholder", "Then the wait was <wait>", "Then the wait was <time>", "a.feature:19: no column for <time>"),
    (
        "placeholder, no table",
        "answers after 5 s",
        "answers after <x>",
        "a.feature:11: 'Anna answers' has placeholders",
    ),
    ("unused column", "When <who> answers", "When Anna answers", "a.feature:19: no step uses <who>"),
    (
        "no steps",
        "      When Anna answers after 5 s\n      Then the wait was 5 s\n",
        "",
        "11: 'Anna answers' has no steps",
    ),
    ("first step", "      When Anna", "      * Anna", "a.feature:12: the first step begins with Given, When or Then"),
    ("unknown letter", "@PRIM-06.a", "@PRIM-06.z", "a.feature:10: the catalogue has no example PRIM-06.z"),
    ("foreign letter", "@PRIM-06.a", "@PRIM-07.a", "a.feature:10: PRIM-07.a stands under the Rule PRIM-06"),
    ("letter without rule", "  @PRIM-06 @stated\n  Rule: the card goes to who answered\n", "", "stands under no Rule"),
    ("case cell", "| PRIM-06.b |", "| PRIM-6.b |", "a.feature:21: 'PRIM-6.b' in the column `case` is no example"),
    ("first case cell blank", "| PRIM-06.b |", "|           |", "a.feature:21: '' in the column `case` is no example"),
    ("case not first", "| case      | who   |", "| who | case |", "a.feature:19: the column `case` comes first"),
    (
        "rule without id",
        "@PRIM-06 @stated",
        "@stated",
        "a.feature:5: a Rule carries one rule id as a tag, this one none",
    ),
    ("rule with two ids", "@PRIM-06 @stated", "@PRIM-06 @PRIM-07 @stated", "a.feature:5: a Rule carries one rule id"),
    ("unknown rule", "@PRIM-06 @stated", "@PRIM-99 @stated", "a.feature:5: the catalogue has no rule PRIM-99"),
    ("no class", "@PRIM-06 @stated", "@PRIM-06", "PRIM-06 is @stated in the catalogue, here it has no class"),
    ("wrong class", "@PRIM-06 @stated", "@PRIM-06 @inferred", "@stated in the catalogue, here it has @inferred"),
    ("two classes", "@PRIM-06 @stated", "@PRIM-06 @stated @inferred", "here it has @stated and @inferred"),
    ("undeclared decision", "@decision @GAP-27", "@GAP-27", "a.feature:27: PRIM-06.c is a decision, tag its"),
    ("false decision", "@PRIM-06.a", "@PRIM-06.a @decision", "a.feature:10: PRIM-06.a is no decision but tagged"),
    ("proves nothing", "    @PRIM-06.a\n", "", "a.feature:10: 'Anna answers' proves no example"),
    ("idle illustration", "@PRIM-06.a", "@PRIM-06.a @illustration", "11: 'Anna answers' is an @illustration and yet"),
    ("misspelt tag", "@stated", "@sated", "a.feature:4: unknown tag @sated, did you mean @stated?"),
    ("misspelt tag of Examples", "@decision @GAP-27", "@decison", "a.feature:24: unknown tag @decison, did you mean"),
    ("rule id on a scenario", "@PRIM-06.a", "@PRIM-06.a @PRIM-06", "a.feature:10: @PRIM-06 is the id of a rule"),
    ("letter on a feature", "@smoke", "@PRIM-06.a", "a.feature:1: @PRIM-06.a names an example and stands on"),
    ("no Gherkin", "Then the wait was 5 s", "nonsense", "a.feature:13: "),
    (
        "slot that cannot be read",
        "after 5 s",
        "on 2026-02-30",
        "a.feature:12: 'Anna answers on 2026-02-30' cannot be read",
    ),
    (
        "ignored table",
        "Then the wait was 5 s",
        "Then the wait was 5 s\n        | a |",
        "takes no datatable, it would be",
    ),
    (
        "ignored docstring",
        "Then the wait was 5 s",
        'Then the wait was 5 s\n"""\nx\n"""',
        "takes no docstring, it would be",
    ),
    (
        "missing table",
        "When Anna answers after 5 s",
        "When a table comes",
        "a.feature:12: the step at conftest.py:",
    ),
]

MORE_STEPS = """
@when("{who} answers on {day:date}")
def _(who, day): ...

@when("a table comes")
def _(datatable): ...
"""


@pytest.fixture(scope="module")
def refusals(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What one run says of a folder with a file for each case: the guard names everything that is wrong at once."""
    root = tmp_path_factory.mktemp("refusals")
    (root / "pytest.ini").write_text(INI)
    (root / "conftest.py").write_text(STEPS + MORE_STEPS)
    for number, (_name, old, new, _message) in enumerate(IN_THE_FILE):
        folder = root / "features" / str(number)
        folder.mkdir(parents=True)
        (folder / "a.feature").write_text(changed(old, new))
    (root / "features" / "catalogue.json").write_text(json.dumps(CATALOGUE))
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "pytest_bdd.plugin",
        "-p",
        "features.guard",
        "--rootdir",
        str(root),
    ]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode != pytest.ExitCode.OK
    assert not (root / "executed").exists()
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    ("number", "message"), [(i, case[3]) for i, case in enumerate(IN_THE_FILE)], ids=[c[0] for c in IN_THE_FILE]
)
def test_a_file_that_could_pass_without_proof_is_refused(refusals: str, number: int, message: str) -> None:
    said = [line for line in refusals.splitlines() if f"features/{number}/a.feature" in line]
    assert any(message in line for line in said), "\n".join(said) or refusals


def test_a_letter_named_twice_in_a_file_is_refused(run: Any, pytester: pytest.Pytester) -> None:
    message = "a.feature:21: PRIM-06.b is proved already at features/a.feature:10"
    refused(run, pytester, message, feature=changed("@PRIM-06.a", "@PRIM-06.b"))


STEP_DEFINITIONS = [
    (
        "ambiguous step",
        '@when("Anna answers after {wait:duration}")\ndef _(wait): ...',
        "a.feature:12: 2 definitions match 'Anna answers after 5 s': when '{who} answers after {wait:duration}'",
    ),
    (
        "duplicate definition",
        '@when("{person:who} answers after {wait:duration}")\ndef _(person, wait): ...',
        "when '{person:who} answers after {wait:duration}' is defined already at conftest.py:",
    ),
    (
        "duplicate of any keyword",
        '@step("a world")\ndef _(): ...',
        "step 'a world' is defined already at conftest.py:",
    ),
    (
        "coroutine of the plain decorators",
        "import pytest_bdd\n@pytest_bdd.when('it rains')\nasync def _(): ...",
        "nobody would await this step; define it with features.slots",
    ),
    (
        "bad pattern",
        '@when("{who:persn} waits")\ndef _(who): ...',
        "step '{who:persn} waits': no slot type 'persn'",
    ),
]


@pytest.mark.parametrize(("steps", "message"), [s[1:] for s in STEP_DEFINITIONS], ids=[s[0] for s in STEP_DEFINITIONS])
def test_step_definitions_that_mislead_are_refused(
    run: Any, pytester: pytest.Pytester, steps: str, message: str
) -> None:
    refused(run, pytester, message, steps=steps)


def test_letters_and_rules_are_unique_across_files(run: Any, pytester: pytest.Pytester) -> None:
    again = OTHER.replace("@PRIM-07 @decision", "@PRIM-06 @stated").replace("PRIM-07", "PRIM-06")
    refused(run, pytester, "features/b.feature:6: PRIM-06.a is proved already at features/a.feature:10", other=again)
    refused(run, pytester, "features/b.feature:4: PRIM-06 has a Rule already at features/a.feature:5", other=again)
    run("features/b.feature").assert_outcomes(passed=1)


def test_everything_wrong_is_named_at_once(run: Any, pytester: pytest.Pytester) -> None:
    result = run(feature=changed("@PRIM-06.a", "@PRIM-06.z @sated"), other=OTHER.replace("a world", "a void"))
    output = str(result.stdout) + str(result.stderr)
    for message in (
        "no example PRIM-06.z",
        "unknown tag @sated",
        "features/b.feature:8: no definition of given 'a void'",
    ):
        assert message in output


def test_a_scenario_may_be_an_illustration(run: Any) -> None:
    run(feature=changed("@PRIM-06.a", "@illustration")).assert_outcomes(passed=4)


def test_the_rows_of_an_outline_may_prove_one_example_together(run: Any) -> None:
    together = """
    @PRIM-06.d
    Scenario Outline: everybody answers
      When <who> answers after 2 s

      Examples:
        | who   |
        | Boris |
        | Olga  |
"""
    assert run("-k", "PRIM-06.d", feature=FEATURE + together).parseoutcomes()["passed"] == 2


def test_a_run_without_features_asks_for_nothing(run: Any, pytester: pytest.Pytester) -> None:
    (pytester.path / "features" / "catalogue.json").unlink()
    (pytester.path / "test_plain.py").write_text("def test_plain(): ...")
    run("test_plain.py").assert_outcomes(passed=1)


def test_under_a_decided_rule_examples_need_no_tag(run: Any) -> None:
    run("features/b.feature", other=OTHER).assert_outcomes(passed=1)


def test_names_may_repeat_in_another_file(run: Any) -> None:
    run(other=OTHER).assert_outcomes(passed=5)


def test_a_catalogue_that_is_missing_or_elsewhere(run: Any, pytester: pytest.Pytester) -> None:
    home = pytester.path / "features" / "catalogue.json"
    home.rename(pytester.path / "rules.json")
    refused(run, pytester, "catalogue.json: No such file")
    pytester.makeini(INI + "catalogue = rules.json\n")
    run().assert_outcomes(passed=4)


def test_a_coroutine_step_is_awaited_and_fails_with_its_place(run: Any) -> None:
    result = run(feature=changed("When Anna answers", "When Nobody answers"))
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(
        ["E*LookupError: nobody can answer", "E*features/a.feature:12: When Nobody answers after 5 s"]
    )


def test_a_failing_row_is_named(run: Any) -> None:
    result = run(feature=changed("Then the wait was <wait>", "Then the wait was 2 s"))
    result.assert_outcomes(passed=2, failed=2)
    result.stdout.fnmatch_lines(["E*features/a.feature:17: Then the wait was 2 s (row at line 22)"])
    result.stdout.no_fnmatch_line("*call_fixture_func*")


def test_unused_steps_are_listed_and_nothing_runs(run: Any, pytester: pytest.Pytester) -> None:
    result = run("--unused-steps", "-k", "Anna", steps=MORE_STEPS)
    result.stdout.fnmatch_lines(
        ["conftest.py:*: when '{who} answers on {day:date}'", "conftest.py:*: when 'a table comes'", "2 step def*"]
    )
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert not (pytester.path / "executed").exists()
    again = run("--unused-steps")
    assert again.ret == pytest.ExitCode.OK
    again.stdout.fnmatch_lines(["every step definition is used"])


def test_steps_of_a_nearer_conftest_are_seen_by_its_features_only(run: Any, pytester: pytest.Pytester) -> None:
    nearer = pytester.mkdir("features/calls")
    (nearer / "conftest.py").write_text("from features.slots import given\n@given('a near world')\ndef _(): ...\n")
    (nearer / "c.feature").write_text(OTHER.replace("a world", "a near world"))
    run().assert_outcomes(passed=5)
    refused_here = changed("Given a world", "Given a near world")
    assert "a.feature:8: no definition of given 'a near world'" in str(run(feature=refused_here).stderr)


def test_scenarios_bound_in_a_test_module_still_run(run: Any, pytester: pytest.Pytester) -> None:
    plain = "Feature: Plain\n  Scenario: one\n    Given a world\n"
    (pytester.path / "plain.txt").write_text(plain)
    (pytester.path / "test_plain.py").write_text("import pytest_bdd\npytest_bdd.scenarios('plain.txt')\n")
    run().assert_outcomes(passed=5)


def test_a_broken_file_says_why_a_scenario_of_it_is_not_found(run: Any) -> None:
    result = run("features/a.feature::Anna answers", feature=changed("@stated", "@sated"))
    result.stderr.fnmatch_lines(["ERROR: not found: *Anna answers", "*features/a.feature:4: unknown tag @sated*"])
