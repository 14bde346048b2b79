"""A feature file as plain data: what the guard, the coverage by letter and the specification page look at.

The shape is that of the Gherkin document, less what nobody asks for. Lines are those of the file, counted from 1; a
tag is kept without its `@`.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gherkin.errors import CompositeParserException
from gherkin.parser import Parser

RULE_ID = re.compile(r"[A-Z]+-\d\d")
LETTER = re.compile(r"[A-Z]+-\d\d\.[a-z]{1,2}")
GAP = re.compile(r"GAP-\d\d")
CASE = "case"


class FeatureError(Exception):
    """A file that is no feature; the text opens with file:line."""


@dataclass(frozen=True)
class Tag:
    name: str
    line: int


@dataclass(frozen=True)
class Step:
    keyword: str
    kind: str
    text: str
    line: int
    table: tuple[tuple[str, ...], ...] = ()
    docstring: str = ""


@dataclass(frozen=True)
class Row:
    cells: tuple[str, ...]
    line: int


@dataclass(frozen=True)
class Examples:
    name: str
    tags: tuple[Tag, ...]
    line: int
    header: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Scenario:
    name: str
    keyword: str
    description: str
    tags: tuple[Tag, ...]
    line: int
    steps: tuple[Step, ...]
    examples: tuple[Examples, ...]
    rule: Rule | None

    @property
    def rows(self) -> list[Row]:
        """All rows of all Examples, in the order in which they run."""
        return [row for block in self.examples for row in block.rows]


@dataclass(frozen=True)
class Rule:
    name: str
    description: str
    tags: tuple[Tag, ...]
    line: int
    background: tuple[Step, ...]

    @property
    def ids(self) -> list[str]:
        """The rule ids among its tags: one, if all is well."""
        return [tag.name for tag in self.tags if is_rule_id(tag.name)]


@dataclass(frozen=True)
class Feature:
    path: Path
    shown: str
    name: str
    tags: tuple[Tag, ...]
    line: int
    background: tuple[Step, ...]
    rules: tuple[Rule, ...]
    scenarios: tuple[Scenario, ...]
    document: dict[str, Any] = field(repr=False, compare=False)

    def at(self, line: int) -> str:
        """Name a line of this file for a message."""
        return f"{self.shown}:{line}"


@dataclass(frozen=True)
class Proof:
    """One naming of an example: the scenario that proves it, and the rows if only some of its rows do."""

    letter: str
    line: int
    scenario: Scenario
    examples: Examples | None = None
    rows: tuple[Row, ...] = ()

    @property
    def decision(self) -> bool:
        """Whether it is marked as resting on a decision of ours."""
        tags = self.scenario.tags + (self.examples.tags if self.examples else ())
        return any(tag.name == "decision" for tag in tags)


def is_rule_id(tag: str) -> bool:
    return RULE_ID.fullmatch(tag) is not None and not is_gap(tag)


def is_letter(tag: str) -> bool:
    return LETTER.fullmatch(tag) is not None


def is_gap(tag: str) -> bool:
    return GAP.fullmatch(tag) is not None


def is_id(tag: str) -> bool:
    return is_rule_id(tag) or is_letter(tag) or is_gap(tag)


def proofs(feature: Feature) -> Iterator[Proof]:
    """Every example letter the file names: by a tag of a scenario or of Examples, or in the first column `case`.

    A row whose `case` is left blank is another row of the example above it.
    """
    for scenario in feature.scenarios:
        for tag in scenario.tags:
            if is_letter(tag.name):
                yield Proof(tag.name, tag.line, scenario, None, tuple(scenario.rows))
        for block in scenario.examples:
            for tag in block.tags:
                if is_letter(tag.name):
                    yield Proof(tag.name, tag.line, scenario, block, block.rows)
            yield from _proofs_of_rows(scenario, block)


def _proofs_of_rows(scenario: Scenario, block: Examples) -> Iterator[Proof]:
    if CASE not in block.header[:1]:
        return
    groups: list[list[Row]] = []
    for row in block.rows:
        if row.cells[0] or not groups:
            groups.append([])
        groups[-1].append(row)
    for rows in groups:
        if is_letter(rows[0].cells[0]):
            yield Proof(rows[0].cells[0], rows[0].line, scenario, block, tuple(rows))


def read(path: Path, root: Path | None = None) -> Feature:
    """Read a feature file; messages name it relative to `root`."""
    shown = path.relative_to(root).as_posix() if root and path.is_relative_to(root) else path.as_posix()
    try:
        document: dict[str, Any] = dict(Parser().parse(path.read_text("utf-8")))
    except CompositeParserException as error:
        first = error.errors[0]
        raise FeatureError(f"{shown}:{first.location['line']}: {str(first).partition(': ')[2]}") from error
    if not document.get("feature"):
        raise FeatureError(f"{shown}:1: there is no Feature in this file")
    return _feature(path, shown, document)


def _feature(path: Path, shown: str, document: dict[str, Any]) -> Feature:
    node = document["feature"]
    rules: list[Rule] = []
    scenarios = [_scenario(child["scenario"], None) for child in node["children"] if "scenario" in child]
    for child in node["children"]:
        if "rule" in child:
            rule = _rule(child["rule"])
            rules.append(rule)
            scenarios += [
                _scenario(inner["scenario"], rule) for inner in child["rule"]["children"] if "scenario" in inner
            ]
    return Feature(
        path=path,
        shown=shown,
        name=node["name"],
        tags=_tags(node),
        line=node["location"]["line"],
        background=_background(node),
        rules=tuple(rules),
        scenarios=tuple(scenarios),
        document=document,
    )


def _rule(node: dict[str, Any]) -> Rule:
    return Rule(node["name"], _prose(node), _tags(node), node["location"]["line"], _background(node))


def _scenario(node: dict[str, Any], rule: Rule | None) -> Scenario:
    return Scenario(
        name=node["name"],
        keyword=node["keyword"],
        description=_prose(node),
        tags=_tags(node),
        line=node["location"]["line"],
        steps=tuple(_step(step) for step in node["steps"]),
        examples=tuple(_examples(block) for block in node["examples"]),
        rule=rule,
    )


def _background(node: dict[str, Any]) -> tuple[Step, ...]:
    return tuple(
        _step(step) for child in node["children"] if "background" in child for step in child["background"]["steps"]
    )


def _examples(node: dict[str, Any]) -> Examples:
    header = node.get("tableHeader")
    rows = node.get("tableBody", ())
    return Examples(
        name=node["name"],
        tags=_tags(node),
        line=node["location"]["line"],
        header=_cells(header) if header else (),
        rows=tuple(Row(_cells(row), row["location"]["line"]) for row in rows),
    )


def _step(node: dict[str, Any]) -> Step:
    return Step(
        keyword=node["keyword"].strip(),
        kind=node["keywordType"],
        text=node["text"],
        line=node["location"]["line"],
        table=tuple(_cells(row) for row in node.get("dataTable", {}).get("rows", ())),
        docstring=node.get("docString", {}).get("content", ""),
    )


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    return tuple(cell["value"] for cell in row["cells"])


def _tags(node: dict[str, Any]) -> tuple[Tag, ...]:
    return tuple(Tag(tag["name"].lstrip("@"), tag["location"]["line"]) for tag in node["tags"])


def _prose(node: dict[str, Any]) -> str:
    return textwrap.dedent(node.get("description") or "").strip()
