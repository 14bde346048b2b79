"""The specification page says what the catalogue asks, what the features say and how the run ended."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from pytest_bdd import plugin

from features import guard, slots, spec
from features.coverage import Catalogue, load
from features.reading import Feature, read
from features.spec_page import Result, render, worst

PLUGINS = [plugin, guard, spec]
IMPORTED_ONCE = (slots,)  # instead of anew in each of the runs below


def rule(id_: str, letters: str, cls: str = "stated", decisions: str = "") -> dict[str, Any]:
    examples = [{"letter": c, "decision": c in decisions, "gap": None} for c in letters]
    return {
        "id": id_,
        "area": id_.split("-")[0],
        "class": cls,
        "title": f"Catalogue <title> of {id_}",
        "examples": examples,
    }


CATALOGUE = {
    "areas": [{"id": "PRIM", "title": "Primary & other calls"}, {"id": "META", "title": "About itself"}],
    "rules": [
        rule("PRIM-01", "ab"),
        rule("PRIM-02", "abc", decisions="c"),
        rule("PRIM-03", "a", "inferred"),
        rule("PRIM-04", "a", "decision"),
        rule("PRIM-05", "a"),
        rule("META-01", "a"),
    ],
}

FEATURE = """\
Feature: Cards

  Background:
    Given a world

  @PRIM-01 @stated
  Rule: the card goes to <who> answered & nobody else
    We chose this because of «that».

    @PRIM-01.a
    Scenario: Anna answers
      When Anna answers
        | a <b> | c |
      Then all is well

  @PRIM-02 @stated
  Rule: everybody answers

    Scenario Outline: somebody answers
      When <who> answers
      Then all is well

      Examples:
        | case      | who   |
        | PRIM-02.a | Boris |
        | PRIM-02.b | Anna  |

      @decision @GAP-27
      Examples: ours
        | case      | who  |
        | PRIM-02.c | Olga |

  @PRIM-04 @decision
  Rule: a phone rings

    @PRIM-04.a
    Scenario: no phone
      When there is no phone
      Then all is well

  @PRIM-05 @stated
  Rule: never mind

    @PRIM-05.a
    Scenario: later
      When Anna answers
"""

STEPS = """\
import pytest
from features.slots import given, then, when

@given("a world")
def _(): ...

@when("{who} answers")
def _(who, datatable=()):
    assert who != "Boris", "<b>Boris</b> is out & about"

@when("there is no phone")
def _():
    pytest.skip("no <phone> here")

@then("all is well")
def _(): ...
"""


def text_of(page: str) -> str:
    """What a reader sees, with single spaces."""
    seen: list[str] = []
    parser = HTMLParser()
    parser.handle_data = seen.append  # type: ignore[method-assign]
    parser.feed(page)
    return " ".join(" ".join(seen).split())


def section(page: str, id_: str) -> str:
    """The part of the page about one rule."""
    found = re.search(rf'<details class="rule" id={id_}.*?</details>', page, re.DOTALL)
    assert found is not None
    return found[0]


@pytest.fixture
def page(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> str:
    """The page of a run of `FEATURE` in which all but the rule PRIM-05 was selected."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeini(
        "[pytest]\naddopts = --strict-markers --strict-config -p no:cacheprovider\nfilterwarnings = error\n"
    )
    folder = pytester.mkdir("features")
    (folder / "catalogue.json").write_text(json.dumps(CATALOGUE))
    (folder / "a.feature").write_text(FEATURE)
    (pytester.path / "conftest.py").write_text(STEPS)
    result = pytester.runpytest_inprocess("--spec", "build/spec/index.html", "-k", "not PRIM-05", plugins=PLUGINS)
    result.assert_outcomes(passed=3, failed=1, skipped=1, deselected=1)
    result.stdout.fnmatch_lines(["specification: *build/spec/index.html"])
    return (pytester.path / "build" / "spec" / "index.html").read_text()


def test_the_page_of_a_run(page: str) -> None:
    """One run, looked at from all sides: a run takes longer than all of this."""
    assert page.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert "<script" not in page
    assert "http" not in page
    assert "META-01" not in page

    totals = text_of(page[: page.index("<h2")])
    assert "5 rules, 8 examples; 3 examples passed in this run, 1 failed, 2 are not proved yet." in totals
    assert "PRIM Primary & other calls 5 0 1 1 1 1 1 3 of 8" in totals, "each status of a rule has a column"

    in_part = text_of(section(page, "PRIM-01"))
    assert "PRIM-01 the card goes to <who> answered & nobody else stated ◐ holds in part examples: a ✓ b ?" in in_part
    assert "We chose this because of «that»." in in_part
    assert "Before each scenario Given a world" in in_part
    assert "✓ passed Anna answers ✓ When Anna answers a <b> c ✓ Then all is well" in in_part
    assert "features/a.feature:11" in in_part

    broken = text_of(section(page, "PRIM-02"))
    assert "✗ broken examples: a ✗ b ✓ c ✓" in broken
    assert "✗ When <who> answers ✓ Then all is well case who result PRIM-02.a Boris ✗ failed" in broken
    assert "<b>Boris</b> is out & about" in broken
    assert "features/a.feature:20: When Boris answers (row at line 25)" in broken
    assert "ours decision GAP-27" in broken
    assert "PRIM-02.c Olga ✓ passed" in broken

    missing = text_of(section(page, "PRIM-03"))
    assert "PRIM-03 Catalogue <title> of PRIM-03 inferred ? not proved yet examples: a ?" in missing
    assert "No scenario proves this rule yet." in missing

    skipped = text_of(section(page, "PRIM-04"))
    assert "decision – not applicable examples: a –" in skipped
    assert "– When there is no phone ○ Then all is well no <phone> here" in skipped

    assert "○ not run later ○ When Anna answers" in text_of(section(page, "PRIM-05"))


def test_everything_is_escaped(page: str) -> None:
    assert "<b>Boris" not in page
    assert "<who>" not in page
    assert "<var>&lt;who&gt;</var>" in page, "a placeholder is set off"
    assert "<title> of" not in page
    assert "<phone>" not in page


@pytest.fixture
def read_in(tmp_path: Path) -> tuple[Catalogue, Feature]:
    (tmp_path / "catalogue.json").write_text(json.dumps(CATALOGUE))
    (tmp_path / "a.feature").write_text(FEATURE)
    return load(tmp_path / "catalogue.json"), read(tmp_path / "a.feature", tmp_path)


def test_a_rule_holds_when_every_letter_is_proved(read_in: tuple[Catalogue, Feature]) -> None:
    catalogue, feature = read_in
    results = {("a.feature", row.line): Result("passed") for row in feature.scenarios[1].rows}
    assert "✓ holds examples: a ✓ b ✓ c ✓" in text_of(section(render(catalogue, [feature], results), "PRIM-02"))


def test_the_same_results_make_the_same_page(read_in: tuple[Catalogue, Feature]) -> None:
    catalogue, feature = read_in
    assert render(catalogue, [feature], {}) == render(catalogue, [feature], {})


def test_scenarios_outside_the_rules_stand_at_the_end(tmp_path: Path, read_in: tuple[Catalogue, Feature]) -> None:
    (tmp_path / "b.feature").write_text("Feature: A tour\n  @illustration\n  Scenario: look\n    Given a world\n")
    page = text_of(render(read_in[0], [read(tmp_path / "b.feature", tmp_path)], {}))
    assert "Illustrations A tour ○ not run ○ not run look ○ Given a world" in page


def test_a_page_without_any_feature_shows_every_rule(read_in: tuple[Catalogue, Feature]) -> None:
    page = text_of(render(read_in[0], [], {}))
    assert page.count("No scenario proves this rule yet.") == 5


@pytest.mark.parametrize(
    ("statuses", "whole"),
    [
        ([], "not run"),
        (["passed", "failed", "not run"], "failed"),
        (["passed", "not run"], "not run"),
        (["passed", "not applicable"], "passed"),
        (["not applicable"], "not applicable"),
    ],
)
def test_the_status_of_a_whole(statuses: list[str], whole: str) -> None:
    assert worst(statuses) == whole


@pytest.fixture
def without_steps(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A folder with `FEATURE` whose steps nobody defines, and a test of another kind."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    folder = pytester.mkdir("features")
    (folder / "catalogue.json").write_text(json.dumps(CATALOGUE))
    (folder / "a.feature").write_text(FEATURE)
    (pytester.path / "test_plain.py").write_text("def test_plain(): ...")
    return pytester


def test_no_page_is_written_when_the_run_was_refused(without_steps: pytest.Pytester) -> None:
    result = without_steps.runpytest_inprocess("--spec", "index.html", plugins=PLUGINS)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert not (without_steps.path / "index.html").exists()


def test_features_that_were_not_collected_stand_there_as_not_run(without_steps: pytest.Pytester) -> None:
    result = without_steps.runpytest_inprocess("--spec", "index.html", "test_plain.py", plugins=PLUGINS)
    result.assert_outcomes(passed=1)
    page = (without_steps.path / "index.html").read_text()
    assert "○ not run Anna answers" in text_of(section(page, "PRIM-01"))
