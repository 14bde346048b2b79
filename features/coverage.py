"""The catalogue of rules, and which of its examples the features prove: `python -m features.coverage`.

The catalogue names every rule with its class and the letters of its examples. An example is proved where a feature
names its letter (see `features/reading.py`). Examples that nobody proves yet are no error; a letter that the
catalogue does not know, or that is named twice, is one. META rules are no behaviour and do not count.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from features.reading import Feature, FeatureError, proofs, read

CLASSES = ("stated", "inferred", "decision")
UNCOUNTED = "META"


class CatalogueError(Exception):
    """The catalogue cannot be read or contradicts itself."""


@dataclass(frozen=True)
class Example:
    letter: str
    decision: bool
    gap: str | None


@dataclass(frozen=True)
class CatalogueRule:
    id: str
    area: str
    cls: str
    title: str
    examples: tuple[Example, ...]

    @property
    def letters(self) -> list[str]:
        """The full names of its examples: `PRIM-06.a`."""
        return [f"{self.id}.{example.letter}" for example in self.examples]


@dataclass(frozen=True)
class Area:
    id: str
    title: str


@dataclass(frozen=True)
class Catalogue:
    rules: tuple[CatalogueRule, ...]
    areas: tuple[Area, ...]

    @cached_property
    def by_id(self) -> dict[str, CatalogueRule]:
        return {rule.id: rule for rule in self.rules}

    @cached_property
    def by_letter(self) -> dict[str, Example]:
        return {f"{rule.id}.{example.letter}": example for rule in self.rules for example in rule.examples}

    def counted(self, areas: Iterable[str] = ()) -> Catalogue:
        """The part that is behaviour, of these areas only if any are named."""
        wanted = set(areas) or {area.id for area in self.areas}
        return Catalogue(
            tuple(rule for rule in self.rules if rule.area in wanted - {UNCOUNTED}),
            tuple(area for area in self.areas if area.id in wanted - {UNCOUNTED}),
        )


def load(path: Path) -> Catalogue:
    """Read `catalogue.json`; CatalogueError says what is wrong with it."""
    try:
        data = json.loads(path.read_text("utf-8"))
        catalogue = Catalogue(
            tuple(_rule(rule) for rule in data["rules"]),
            tuple(Area(area["id"], area["title"]) for area in data["areas"]),
        )
    except OSError as error:
        raise CatalogueError(f"{path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise CatalogueError(f"{path}: {type(error).__name__}: {error}") from error
    for wrong in _contradictions(catalogue):
        raise CatalogueError(f"{path}: {wrong}")
    return catalogue


def _rule(data: dict[str, Any]) -> CatalogueRule:
    examples = tuple(Example(e["letter"], bool(e.get("decision")), e.get("gap")) for e in data["examples"])
    return CatalogueRule(data["id"], data["area"], data["class"], data["title"], examples)


def _contradictions(catalogue: Catalogue) -> Iterator[str]:
    areas = {area.id for area in catalogue.areas}
    for rule in catalogue.rules:
        if rule.cls not in CLASSES:
            yield f"{rule.id}: class {rule.cls!r} is none of {', '.join(CLASSES)}"
        if rule.area not in areas:
            yield f"{rule.id}: there is no area {rule.area!r}"
        if len(set(rule.letters)) < len(rule.letters):
            yield f"{rule.id}: a letter stands there twice"
    if len(catalogue.by_id) < len(catalogue.rules):
        yield "a rule stands there twice"


def misnamed(features: Iterable[Feature], catalogue: Catalogue) -> Iterator[str]:
    """The letters that no example has."""
    for feature in features:
        for proof in proofs(feature):
            if proof.letter not in catalogue.by_letter:
                yield f"{feature.at(proof.line)}: the catalogue has no example {proof.letter}"


def named_twice(features: Iterable[Feature]) -> Iterator[str]:
    """The letters that stand in more than one place, and the rules with more than one `Rule:` block."""
    letters: dict[str, str] = {}
    rules: dict[str, str] = {}
    for feature in features:
        for rule in feature.rules:
            for id_ in rule.ids:
                if id_ in rules:
                    yield f"{feature.at(rule.line)}: {id_} has a Rule already at {rules[id_]}"
                rules.setdefault(id_, feature.at(rule.line))
        for proof in proofs(feature):
            if proof.letter in letters:
                yield f"{feature.at(proof.line)}: {proof.letter} is proved already at {letters[proof.letter]}"
            letters.setdefault(proof.letter, feature.at(proof.line))


def report(features: Sequence[Feature], catalogue: Catalogue, areas: Sequence[str] = ()) -> Iterator[str]:
    """The lines to print: totals, an area a line, and the unproved letters if areas are named."""
    catalogue = catalogue.counted(areas)
    present = {id_ for feature in features for rule in feature.rules for id_ in rule.ids}
    proved = {proof.letter for feature in features for proof in proofs(feature)}
    known = set(catalogue.by_letter)
    yield (
        f"rules present: {len(present & set(catalogue.by_id))} of {len(catalogue.rules)}; "
        f"examples proved: {len(proved & known)} of {len(known)}"
    )
    for area in catalogue.areas:
        rules = [rule for rule in catalogue.rules if rule.area == area.id]
        letters = [letter for rule in rules for letter in rule.letters]
        counts = (len([r for r in rules if r.id in present]), len(rules), len(proved & set(letters)), len(letters))
        yield "{:<6} rules {:>3} of {:<3} examples {:>3} of {:<3} {}".format(area.id, *counts, area.title)
        unproved = [letter for letter in letters if letter not in proved]
        if areas and unproved:
            yield f"       not proved: {', '.join(unproved)}"


def main(argv: Sequence[str] | None = None) -> int:
    """Print the coverage; 1 when a letter or the catalogue is wrong, 0 when examples are merely unproved."""
    parser = argparse.ArgumentParser(
        prog="python -m features.coverage", description="Coverage of the catalogue by letter."
    )
    parser.add_argument("features", nargs="?", type=Path, default=Path("features"), help="folder of the feature files")
    parser.add_argument("--catalogue", type=Path, help="default: catalogue.json in that folder")
    parser.add_argument("--areas", type=lambda text: text.split(","), default=[], metavar="PRIM,LOG")
    options = parser.parse_args(argv)
    try:
        catalogue = load(options.catalogue or options.features / "catalogue.json")
        features = [read(path, Path.cwd()) for path in sorted(options.features.rglob("*.feature"))]
    except (CatalogueError, FeatureError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    unknown = set(options.areas) - {area.id for area in catalogue.areas}
    wrong = [f"there is no area {area}" for area in sorted(unknown)]
    wrong += [*misnamed(features, catalogue), *named_twice(features)]
    sys.stdout.writelines(f"{line}\n" for line in report(features, catalogue, options.areas))
    sys.stderr.writelines(f"{line}\n" for line in wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
