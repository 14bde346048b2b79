"""The specification page: the catalogue, the features and the results of a run as one tree, and that tree as HTML.

A status is a word, and each word has a sign of its own, so that no colour is needed to read the page. Nothing in it
depends on the time or the machine: the same features and results make the same page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mako.template import Template
from markupsafe import Markup, escape

from features.coverage import Area, Catalogue, CatalogueRule
from features.reading import Examples, Feature, Proof, Row, Rule, Scenario, Step, is_gap, proofs

PASSED, FAILED, SKIPPED, NOT_RUN, MISSING = "passed", "failed", "not applicable", "not run", "not proved yet"
HOLDS, PARTLY, BROKEN = "holds", "holds in part", "broken"
SIGNS = {PASSED: "✓", HOLDS: "✓", PARTLY: "◐", FAILED: "✗", BROKEN: "✗", SKIPPED: "–", NOT_RUN: "○", MISSING: "?"}
RULE_STATUSES = (HOLDS, PARTLY, BROKEN, NOT_RUN, SKIPPED, MISSING)
TEMPLATE = Path(__file__).with_name("spec.html.mako")
_PLACEHOLDER = re.compile(r"<(.+?)>")

Key = tuple[str, int]  # a feature file as shown, and the line of a scenario or of a row


@dataclass
class Result:
    """How one scenario or row ended, what it said, and how its steps ended by their lines."""

    status: str = NOT_RUN
    text: str = ""
    steps: dict[int, str] = field(default_factory=dict)


Results = Mapping[Key, Result]


@dataclass(frozen=True)
class RowView:
    cells: tuple[str, ...]
    result: Result


@dataclass(frozen=True)
class ExamplesView:
    name: str
    marks: list[str]
    header: tuple[str, ...]
    rows: list[RowView]


@dataclass(frozen=True)
class ScenarioView:
    name: str
    description: str
    marks: list[str]
    at: str
    steps: list[tuple[Step, str]]
    examples: list[ExamplesView]
    result: Result


@dataclass(frozen=True)
class RuleView:
    id: str
    cls: str
    title: str
    description: str
    status: str
    letters: list[tuple[str, str]]
    background: list[Step]
    scenarios: list[ScenarioView]


@dataclass(frozen=True)
class AreaView:
    id: str
    title: str
    rules: list[RuleView]

    @property
    def counts(self) -> Counter[str]:
        """How many rules have which status."""
        return Counter(rule.status for rule in self.rules)

    @property
    def proved(self) -> tuple[int, int]:
        """Examples whose scenarios passed, and all examples."""
        statuses = [status for rule in self.rules for _, status in rule.letters]
        return statuses.count(PASSED), len(statuses)


@dataclass(frozen=True)
class _Block:
    """A `Rule:` where it was found."""

    feature: Feature
    rule: Rule | None
    scenarios: list[Scenario]


def render(catalogue: Catalogue, features: Iterable[Feature], results: Results) -> str:
    """Make the page."""
    features = list(features)
    counted = catalogue.counted()
    blocks = {block.rule.ids[0]: block for block in _blocks(features) if block.rule and block.rule.ids}
    named = {proof.letter: (feature, proof) for feature in features for proof in proofs(feature)}
    areas = [_area(area, counted, blocks, named, results) for area in counted.areas]
    other = [_illustrations(block, results) for block in _blocks(features) if block.rule is None and block.scenarios]
    template = Template(filename=str(TEMPLATE), default_filters=["h"], strict_undefined=True)
    page: str = template.render_unicode(
        areas=areas, other=other, signs=SIGNS, statuses=RULE_STATUSES, with_placeholders=with_placeholders, slug=slug
    )
    return page


def worst(statuses: Iterable[str]) -> str:
    """The status of a whole: that of its worst part; what does not apply does not spoil it."""
    found = set(statuses)
    return next((status for status in (FAILED, NOT_RUN, PASSED, SKIPPED) if status in found), NOT_RUN)


def with_placeholders(text: str) -> Markup:
    """The text of a step as HTML with its `<placeholders>` set off."""
    parts = _PLACEHOLDER.split(text)
    marked = (Markup("<var>&lt;{}&gt;</var>").format(part) if n % 2 else escape(part) for n, part in enumerate(parts))
    return Markup("").join(marked)


def slug(status: str) -> str:
    """A status as the name of a CSS class."""
    return status.replace(" ", "-")


def _blocks(features: Iterable[Feature]) -> Iterator[_Block]:
    for feature in features:
        for rule in (*feature.rules, None):
            yield _Block(feature, rule, [scenario for scenario in feature.scenarios if scenario.rule is rule])


def _area(
    area: Area,
    catalogue: Catalogue,
    blocks: Mapping[str, _Block],
    named: Mapping[str, tuple[Feature, Proof]],
    results: Results,
) -> AreaView:
    rules = [rule for rule in catalogue.rules if rule.area == area.id]
    return AreaView(area.id, area.title, [_rule(rule, blocks.get(rule.id), named, results) for rule in rules])


def _rule(
    known: CatalogueRule, block: _Block | None, named: Mapping[str, tuple[Feature, Proof]], results: Results
) -> RuleView:
    letters = [(letter, _letter_status(named.get(letter), results)) for letter in known.letters]
    scenarios = [_scenario(block.feature, scenario, results) for scenario in block.scenarios] if block else []
    return RuleView(
        id=known.id,
        cls=known.cls,
        title=(block.rule.name if block and block.rule else "") or known.title,
        description=block.rule.description if block and block.rule else "",
        status=_rule_status([view.result.status for view in scenarios], [status for _, status in letters]),
        letters=letters,
        background=_background(block) if block else [],
        scenarios=scenarios,
    )


def _rule_status(scenarios: list[str], letters: list[str]) -> str:
    if FAILED in scenarios:
        return BROKEN
    if all(status == MISSING for status in letters):
        return MISSING
    status = worst(scenarios)
    if status == PASSED:
        return PARTLY if MISSING in letters else HOLDS
    return status


def _letter_status(named: tuple[Feature, Proof] | None, results: Results) -> str:
    if named is None:
        return MISSING
    feature, proof = named
    return worst(_result(feature, part, results).status for part in (proof.rows or (proof.scenario,)))


def _illustrations(block: _Block, results: Results) -> RuleView:
    scenarios = [_scenario(block.feature, scenario, results) for scenario in block.scenarios]
    status = worst(view.result.status for view in scenarios)
    return RuleView("", "", block.feature.name, "", status, [], _background(block), scenarios)


def _background(block: _Block) -> list[Step]:
    return [*block.feature.background, *(block.rule.background if block.rule else ())]


def _scenario(feature: Feature, scenario: Scenario, results: Results) -> ScenarioView:
    parts = [_result(feature, part, results) for part in (scenario.rows or (scenario,))]
    alone = parts[0] if not scenario.rows else Result(worst(part.status for part in parts))
    return ScenarioView(
        name=scenario.name,
        description=scenario.description,
        marks=[tag.name for tag in scenario.tags if _shown(tag.name)],
        at=feature.at(scenario.line),
        steps=[(step, _step_status(step, parts)) for step in scenario.steps],
        examples=[_examples(feature, block, results) for block in scenario.examples],
        result=alone,
    )


def _step_status(step: Step, parts: list[Result]) -> str:
    """Of an outline's step: how it ended in the rows that came to it."""
    reached = [part.steps[step.line] for part in parts if step.line in part.steps]
    return worst(reached)


def _examples(feature: Feature, block: Examples, results: Results) -> ExamplesView:
    marks = [tag.name for tag in block.tags if _shown(tag.name)]
    rows = [RowView(row.cells, _result(feature, row, results)) for row in block.rows]
    return ExamplesView(block.name, marks, block.header, rows)


def _result(feature: Feature, part: Scenario | Row, results: Results) -> Result:
    return results.get((feature.shown, part.line), Result())


def _shown(tag: str) -> bool:
    return tag == "decision" or is_gap(tag)
