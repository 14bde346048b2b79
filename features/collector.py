"""Feature files as pytest nodes: `features/calls/primary_modes.feature::Scenario name[row]`, located at feature:line.

Relied upon: of pytest `Module._getobj`, `funcnamefilter`, `_traceback_filter`, `callspec.indices` and `Mark`; of
pytest-bdd 9.0 `scenario`, `parser.FeatureParser`, `gherkin_parser.GherkinDocument`, and `feature.features`, its cache
of parsed files.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_bdd
from pytest_bdd.feature import features as parsed_features
from pytest_bdd.gherkin_parser import GherkinDocument
from pytest_bdd.parser import FeatureParser, ScenarioTemplate

from features.checks import problems
from features.coverage import Catalogue
from features.reading import Feature, FeatureError, Proof, Row, Scenario, is_id, proofs, read


@dataclass(frozen=True)
class Place:
    """Where in its feature file an item comes from."""

    feature: Feature
    scenario: Scenario
    row: Row | None
    template: ScenarioTemplate
    example: dict[str, str]

    @property
    def line(self) -> int:
        """The line of the row, or of the scenario if it has none."""
        return self.row.line if self.row else self.scenario.line


@dataclass
class Reading:
    """What the run read so far, and what is wrong with it; the run stops when collection is over."""

    catalogue: Catalogue | None
    words: frozenset[str]
    features: dict[Path, Feature] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def check(self, path: Path, root: Path) -> Feature | None:
        """Read and check one file; None if it cannot be trusted, and then `wrong` says why."""
        if self.catalogue is None:
            return None
        try:
            feature = read(path, root)
        except FeatureError as error:
            self.wrong.append(str(error))
            return None
        self.features[path] = feature
        found = list(problems(feature, self.catalogue, self.words))
        self.wrong += found
        return None if found else feature


READING = pytest.StashKey[Reading]()
PLACE = pytest.StashKey[Place]()
_RUNNERS = {"_pytest", "pytest_bdd", "pluggy"}


class _ReadParser(FeatureParser):
    """Makes pytest-bdd's feature of a document that was read already."""

    def __init__(self, feature: Feature) -> None:
        super().__init__(str(feature.path.parent), feature.path.name)
        self._document = feature.document

    def _parse_feature_file(self) -> GherkinDocument:
        return GherkinDocument.from_dict(self._document)


class FeatureFile(pytest.Module):
    """One feature file; its items are its scenarios, and of an outline its rows."""

    _scenarios: dict[str, Scenario]
    _templates: dict[str, ScenarioTemplate]
    _feature: Feature
    _proofs: list[Proof]

    def _getobj(self) -> types.ModuleType:
        module = types.ModuleType(self.path.stem)
        module.__file__ = str(self.path)
        self._scenarios = {}
        feature = self.config.stash[READING].check(self.path, self.config.rootpath)
        if feature is not None:
            self._bind(feature, module)
        return module

    def _bind(self, feature: Feature, module: types.ModuleType) -> None:
        self._feature = feature
        self._scenarios = {scenario.name: scenario for scenario in feature.scenarios}
        self._proofs = list(proofs(feature))
        parsed_features[str(self.path)] = parsed = _ReadParser(feature).parse()
        self._templates = dict(parsed.scenarios)
        for name, template in self._templates.items():
            for block in template.examples:  # pytest-bdd makes marks of these without asking pytest_bdd_apply_tag
                block.tags = {tag for tag in block.tags if not is_id(tag)}
            bind = pytest_bdd.scenario(str(self.path), name, features_base_dir=str(self.path.parent))
            setattr(module, name, bind(_nothing_more))

    def funcnamefilter(self, name: str) -> bool:
        """Every scenario is a test; pytest asks by name."""
        return name in self._scenarios

    def collect(self) -> Iterator[Any]:
        """Make the items, each with its place and its tags."""
        for item in super().collect():
            place = self._place(item)
            item.stash[PLACE] = place
            item.reportinfo = lambda item=item, place=place: (self.path, place.line - 1, item.name)
            item._traceback_filter = _own_frames
            item.own_markers.extend(_mark(tag) for tag in self._ids(place))
            yield item

    def _place(self, item: Any) -> Place:
        name = item.originalname
        scenario = self._scenarios[name]
        callspec = getattr(item, "callspec", None)
        if callspec is None:
            return Place(self._feature, scenario, None, self._templates[name], {})
        row = scenario.rows[callspec.indices["_pytest_bdd_example"]]
        return Place(self._feature, scenario, row, self._templates[name], callspec.params["_pytest_bdd_example"])

    def _ids(self, place: Place) -> set[str]:
        """The id tags of an item, so that `-m` and `-k` find it by rule, example and gap."""
        tags = [*self._feature.tags, *place.scenario.tags, *(place.scenario.rule.tags if place.scenario.rule else ())]
        for block in place.scenario.examples:
            tags += block.tags if place.row in block.rows else ()
        named = {proof.letter for proof in self._proofs if proof.scenario is place.scenario and place.row in proof.rows}
        return named | {tag.name for tag in tags if is_id(tag.name)}


def _nothing_more() -> None:
    """What follows the steps of a scenario."""


def _own_frames(excinfo: pytest.ExceptionInfo[BaseException]) -> Any:
    """Show the step and what it called, not the frames of pytest and pytest-bdd in between."""
    own = excinfo.traceback.filter(lambda entry: not _RUNNERS.intersection(Path(entry.path).parts))
    return own if len(own) else excinfo.traceback


def _mark(name: str) -> pytest.Mark:
    """A mark that `--strict-markers` need not know: ids are checked against the catalogue instead."""
    return pytest.Mark(name, (), {}, _ispytest=True)
