"""`docs/mutants.md`: the mutants that live, by name and with a reason, and whether the list still tells the truth.

A line of it is «- `name`: reason» below the heading «Equivalent», «Without effect» or «Survivors».
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.mutants.judge import Verdict

ENOUGH = 95
"""Per cent of the mutants of a module that features have to kill; those that nobody could tell are not counted."""

_LINE = re.compile(r"- `(?P<name>.+)`: (?P<reason>\S.*)")


@dataclass(frozen=True)
class Listed:
    """Names of mutants: those that answer as the original, those of which nothing comes, and those one could kill."""

    equivalent: frozenset[str]
    without_effect: frozenset[str]
    survivors: frozenset[str]

    @property
    def uncounted(self) -> frozenset[str]:
        return self.equivalent | self.without_effect

    @property
    def all(self) -> frozenset[str]:
        return self.uncounted | self.survivors


def read(page: Path) -> Listed:
    """Raises ValueError for a line of a list that says no name or no reason."""
    found: dict[str, set[str]] = {"Equivalent": set(), "Without effect": set(), "Survivors": set()}
    heading = ""
    for number, line in _lines(page.read_text("utf-8")):
        if line.startswith("#"):
            heading = line.strip("# ")
        elif heading in found and line.startswith("-"):
            if not (parts := _LINE.match(line)):
                raise ValueError(f"{page}:{number}: not «- `name`: reason»")
            found[heading].add(parts["name"])
    return Listed(*map(frozenset, found.values()))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines with their numbers, each with those that go on with it."""
    begun: tuple[int, str] | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if begun is not None and line.startswith("  "):
            begun = begun[0], f"{begun[1]} {line.strip()}"
            continue
        if begun is not None:
            yield begun
        begun = number, line
    if begun is not None:
        yield begun


def score(verdicts: Iterable[Verdict], listed: Listed) -> tuple[int, int, int]:
    """(killed, of so many, uncounted ones besides)."""
    verdicts = [*verdicts]
    counted = [verdict for verdict in verdicts if verdict.mutant.name not in listed.uncounted]
    return sum(verdict.killer is not None for verdict in counted), len(counted), len(verdicts) - len(counted)


def wrong(verdicts: list[Verdict], listed: Listed, *, complete: bool) -> Iterator[str]:
    """What the list does not say or says wrongly. `complete`: all mutants of all these modules were judged."""
    by_name = {verdict.mutant.name: verdict for verdict in verdicts}
    for name, verdict in by_name.items():
        if verdict.killer is None and name not in listed.all:
            where = f"\n    answers otherwise unnoticed in {verdict.unnoticed[0]}" if verdict.unnoticed else ""
            yield f"lives and is not listed: `{name}`{where}"
        if name in listed.equivalent and verdict.unnoticed:
            yield f"is no equivalent, perhaps without effect: `{name}`\n    answers otherwise in {verdict.unnoticed[0]}"
    for name in sorted(listed.all):
        if name in by_name and (killer := by_name[name].killer):
            yield f"is listed and dies: `{name}`\n    of {killer}"
        elif complete and name not in by_name:
            yield f"is listed and there is no such mutant: `{name}`"
