"""What is wrong with a feature file, as lines `file:line: what`: traps of the runner and breaches of our conventions.

Each check is a generator over plain data (`features/reading.py`) and runs nothing. The traps are those in which the
runner would pass a scenario or lose it without a word: names that stand twice, outlines without rows, placeholders
nobody fills.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator

from features.coverage import CLASSES, Catalogue, misnamed
from features.reading import (
    CASE,
    Feature,
    Proof,
    Rule,
    Scenario,
    Step,
    Tag,
    is_gap,
    is_id,
    is_letter,
    is_rule_id,
    proofs,
)

ILLUSTRATION = "illustration"
REMARK = "note"
_PLACEHOLDER = re.compile(r"<(.+?)>")
_OPENING_KINDS = ("Context", "Action", "Outcome")


def problems(feature: Feature, catalogue: Catalogue, words: Collection[str]) -> Iterator[str]:
    """All that one file shows by itself; `words` are the tags that are allowed besides ids."""
    yield from _tags(feature, words)
    for rule in feature.rules:
        yield from _rule(feature, rule, catalogue)
    yield from _names(feature)
    yield from _openings(feature)
    for scenario in feature.scenarios:
        yield from _scenario(feature, scenario)
        yield from _outline(feature, scenario)
        yield from _cases(feature, scenario)
    yield from misnamed([feature], catalogue)
    yield from _letters(feature, catalogue)


def _tags(feature: Feature, words: Collection[str]) -> Iterator[str]:
    for tag in feature.tags:
        yield from _tag(feature, tag, words, "Feature")
    for rule in feature.rules:
        for tag in rule.tags:
            yield from _tag(feature, tag, words, "Rule")
    for scenario in feature.scenarios:
        for tag in scenario.tags + tuple(tag for block in scenario.examples for tag in block.tags):
            yield from _tag(feature, tag, words, "Scenario")


def _tag(feature: Feature, tag: Tag, words: Collection[str], holder: str) -> Iterator[str]:
    at = feature.at(tag.line)
    if is_gap(tag.name) or tag.name in words:
        return
    if not is_id(tag.name):
        near = difflib.get_close_matches(tag.name, words, 1)
        yield f"{at}: unknown tag @{tag.name}" + (f", did you mean @{near[0]}?" if near else "")
    elif is_rule_id(tag.name) and holder != "Rule":
        yield f"{at}: @{tag.name} is the id of a rule and stands on its Rule only"
    elif is_letter(tag.name) and holder != "Scenario":
        yield f"{at}: @{tag.name} names an example and stands on a Scenario, an outline or its Examples"


def _rule(feature: Feature, rule: Rule, catalogue: Catalogue) -> Iterator[str]:
    at = feature.at(rule.line)
    if len(rule.ids) != 1:
        yield f"{at}: a Rule carries one rule id as a tag, this one {len(rule.ids) or 'none'}"
        return
    known = catalogue.by_id.get(rule.ids[0])
    if known is None:
        yield f"{at}: the catalogue has no rule {rule.ids[0]}"
        return
    classes = [tag.name for tag in rule.tags if tag.name in CLASSES]
    if classes != [known.cls]:
        found = " and ".join(f"@{name}" for name in classes) or "no class"
        yield f"{at}: {known.id} is @{known.cls} in the catalogue, here it has {found}"


def _names(feature: Feature) -> Iterator[str]:
    """The runner keeps scenarios by name and drops all but the last of a name, across the rules of a file too."""
    lines: dict[str, int] = {}
    for scenario in feature.scenarios:
        if not scenario.name:
            yield f"{feature.at(scenario.line)}: a scenario needs a name"
        elif scenario.name in lines:
            yield f"{feature.at(scenario.line)}: {scenario.name!r} is also the name at line {lines[scenario.name]}"
        lines.setdefault(scenario.name, scenario.line)


def _openings(feature: Feature) -> Iterator[str]:
    parts = [feature.background, *(rule.background for rule in feature.rules), *(s.steps for s in feature.scenarios)]
    for first in (steps[0] for steps in parts if steps):
        if first.kind not in _OPENING_KINDS:
            yield f"{feature.at(first.line)}: the first step begins with Given, When or Then, not {first.keyword!r}"


def _scenario(feature: Feature, scenario: Scenario) -> Iterator[str]:
    at = feature.at(scenario.line)
    if not scenario.steps:
        yield f"{at}: {scenario.name!r} has no steps"
    illustration = any(tag.name == ILLUSTRATION for tag in scenario.tags)
    named = any(proof.scenario is scenario for proof in proofs(feature))
    if not named and not illustration:
        yield f"{at}: {scenario.name!r} proves no example; name its letter, or tag it @{ILLUSTRATION}"
    if named and illustration:
        yield f"{at}: {scenario.name!r} is an @{ILLUSTRATION} and yet names an example"


def _outline(feature: Feature, scenario: Scenario) -> Iterator[str]:
    if not scenario.examples and any(_PLACEHOLDER.search(step.text) for step in scenario.steps):
        yield f"{feature.at(scenario.line)}: {scenario.name!r} has placeholders but no Examples"
    background = feature.background + (scenario.rule.background if scenario.rule else ())
    used = set(_PLACEHOLDER.findall(scenario.name + _words(background + scenario.steps)))
    for block in scenario.examples:
        at = feature.at(block.line)
        if not block.rows:
            yield f"{at}: these Examples have no rows"
            continue
        missing = set(_PLACEHOLDER.findall(_words(scenario.steps))) - set(block.header)
        unused = set(block.header) - used - {CASE, REMARK}
        if missing:
            yield f"{at}: no column for {', '.join(f'<{name}>' for name in sorted(missing))}"
        if unused:
            names = ", ".join(f"<{name}>" for name in sorted(unused))
            yield f"{at}: no step uses {names} (a remark is headed `{REMARK}`)"


def _words(steps: tuple[Step, ...]) -> str:
    return "\n".join(
        text for step in steps for text in (step.text, step.docstring, *(cell for row in step.table for cell in row))
    )


def _cases(feature: Feature, scenario: Scenario) -> Iterator[str]:
    tagged = any(is_letter(tag.name) for tag in scenario.tags)
    for block in scenario.examples:
        if CASE in block.header[1:]:
            yield f"{feature.at(block.line)}: the column `{CASE}` comes first"
        if block.header[:1] != (CASE,):
            continue
        whole = tagged or any(is_letter(tag.name) for tag in block.tags)
        for number, row in enumerate(block.rows):
            continues = not row.cells[0] and (whole or number > 0)
            if not is_letter(row.cells[0]) and not continues:
                yield f"{feature.at(row.line)}: {row.cells[0]!r} in the column `{CASE}` is no example letter"


def _letters(feature: Feature, catalogue: Catalogue) -> Iterator[str]:
    for proof in proofs(feature):
        rule = proof.scenario.rule
        if rule is None or proof.letter.partition(".")[0] not in rule.ids:
            under = f"the Rule {' '.join(rule.ids)}".strip() if rule else "no Rule"
            yield f"{feature.at(proof.line)}: {proof.letter} stands under {under}"
        elif proof.letter in catalogue.by_letter:
            yield from _decision(feature, proof, catalogue)


def _decision(feature: Feature, proof: Proof, catalogue: Catalogue) -> Iterator[str]:
    """An example of a documented rule that rests on a decision of ours says so; no other one does."""
    rule = catalogue.by_id[proof.letter.partition(".")[0]]
    wanted = catalogue.by_letter[proof.letter].decision
    if rule.cls == "decision" or wanted == proof.decision:
        return
    says = (
        "is a decision, tag its Scenario or its Examples @decision" if wanted else "is no decision but tagged @decision"
    )
    yield f"{feature.at(proof.line)}: {proof.letter} {says}"
