"""The catalogue and the coverage by letter."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from features.coverage import CatalogueError, load, main
from features.reading import FeatureError, proofs, read


def rule(id_: str, letters: str, cls: str = "stated", decisions: str = "") -> dict[str, Any]:
    examples = [{"letter": c, "decision": c in decisions, "gap": "GAP-01" if c in decisions else None} for c in letters]
    return {"id": id_, "area": id_.split("-")[0], "class": cls, "title": f"Title of {id_}", "examples": examples}


CATALOGUE: dict[str, Any] = {
    "areas": [{"id": "PRIM", "title": "Primary calls"}, {"id": "LOG", "title": "Log"}, {"id": "META", "title": "Meta"}],
    "rules": [rule("PRIM-01", "abcd", decisions="c"), rule("PRIM-02", "a"), rule("LOG-01", "ab"), rule("META-01", "a")],
}
FEATURE = """\
Feature: Calls
  @PRIM-01 @stated
  Rule: first

    @PRIM-01.a
    Scenario: one
      Given it

    Scenario Outline: two
      Given <x>

      Examples:
        | case      | x |
        | PRIM-01.b | 1 |
        |           | 2 |

      @decision @PRIM-01.c
      Examples: ours
        | x |
        | 3 |
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "features" / "calls").mkdir(parents=True)
    (tmp_path / "features" / "catalogue.json").write_text(json.dumps(CATALOGUE))
    (tmp_path / "features" / "calls" / "a.feature").write_text(FEATURE)
    return tmp_path / "features"


def test_letters_are_read_from_tags_rows_and_examples(folder: Path) -> None:
    found = {proof.letter: proof for proof in proofs(read(folder / "calls" / "a.feature"))}
    assert {letter: proof.line for letter, proof in found.items()} == {"PRIM-01.a": 5, "PRIM-01.b": 14, "PRIM-01.c": 17}
    assert [row.line for row in found["PRIM-01.b"].rows] == [14, 15], "a blank case is another row of the one above"
    assert [row.line for row in found["PRIM-01.c"].rows] == [20]
    assert [proof.decision for proof in found.values()] == [False, False, True]


def test_it_counts_by_area_and_leaves_meta_out(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "rules present: 1 of 3; examples proved: 3 of 7",
        "PRIM   rules   1 of 2   examples   3 of 5   Primary calls",
        "LOG    rules   0 of 1   examples   0 of 2   Log",
    ]


def test_it_lists_the_unproved_letters_of_the_areas_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--areas", "PRIM"]) == 0
    out = capsys.readouterr().out
    assert "not proved: PRIM-01.d, PRIM-02.a" in out
    assert "LOG" not in out


def test_a_letter_that_no_example_has_is_an_error(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "calls" / "a.feature").write_text(FEATURE.replace("PRIM-01.a", "PRIM-01.z"))
    assert main([]) == 1
    assert "features/calls/a.feature:5: the catalogue has no example PRIM-01.z" in capsys.readouterr().err


def test_a_letter_or_a_rule_that_stands_twice_is_an_error(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "calls" / "b.feature").write_text(FEATURE)
    assert main([]) == 1
    err = capsys.readouterr().err
    assert "features/calls/b.feature:5: PRIM-01.a is proved already at features/calls/a.feature:5" in err
    assert "features/calls/b.feature:3: PRIM-01 has a Rule already at features/calls/a.feature:3" in err


def test_an_area_that_does_not_exist_is_an_error(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--areas", "PRIMM"]) == 1
    assert "there is no area PRIMM" in capsys.readouterr().err


def test_a_file_that_is_no_feature_is_an_error(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "calls" / "b.feature").write_text("Feature: x\n  Scenario: y\n    Given z\n  nonsense\n")
    assert main([]) == 1
    assert "features/calls/b.feature:4: " in capsys.readouterr().err


def test_an_empty_file_is_no_feature(tmp_path: Path) -> None:
    (tmp_path / "a.feature").write_text("# nothing\n")
    with pytest.raises(FeatureError, match=r"a\.feature:1: there is no Feature"):
        read(tmp_path / "a.feature", tmp_path)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"rules": [rule("PRIM-01", "a", cls="guessed")]}, "PRIM-01: class 'guessed'"),
        ({"rules": [rule("SALE-01", "a")]}, "no area 'SALE'"),
        ({"rules": [rule("PRIM-01", "aa")]}, "a letter stands there twice"),
        ({"rules": [rule("PRIM-01", "a"), rule("PRIM-01", "b")]}, "a rule stands there twice"),
        ({"rules": [{"id": "PRIM-01"}]}, "KeyError"),
    ],
)
def test_a_catalogue_that_contradicts_itself_is_refused(tmp_path: Path, data: dict[str, Any], message: str) -> None:
    path = tmp_path / "catalogue.json"
    path.write_text(json.dumps({"areas": CATALOGUE["areas"], **data}))
    with pytest.raises(CatalogueError, match=message):
        load(path)


def test_a_catalogue_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"catalogue\.json: No such file"):
        load(tmp_path / "catalogue.json")
