"""`make bench`: the performance table. Medians of five; the load generator is a process of its own."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

from tests.bench import many_numbers, reading, restoring, scenarios, starting, suite


@dataclass(frozen=True)
class Figure:
    """One row: what was measured, what it must reach, and whether it does."""

    name: str
    value: float
    unit: str
    target: float
    at_least: bool = False

    @property
    def reached(self) -> bool:
        return self.value >= self.target if self.at_least else self.value < self.target

    def row(self) -> str:
        bound = f"{'≥' if self.at_least else '<'} {self.target:g}"
        mark = "ok" if self.reached else "MISSED"
        return f"{self.name:<58} {self.value:>9.2f} {self.unit:<6} {bound:>8}  {mark}"


def starting_figures() -> list[Figure]:
    seconds, megabytes = starting.measure()
    return [
        Figure("amostand up, ready", seconds, "s", 0.6),
        Figure("amostand up, resident memory", megabytes, "MB", 70),
    ]


def world_figures() -> list[Figure]:
    return [Figure("a fresh connected world", starting.fresh_world(), "ms", 10)]


def scenario_figures() -> list[Figure]:
    trivial, call = scenarios.measure()
    return [Figure("a trivial scenario", trivial, "ms", 8), Figure("a call scenario", call, "ms", 25)]


def reading_figures() -> list[Figure]:
    ratio, p99 = reading.measure()
    return [
        Figure("GET contact by id, throughput against a bare handler", ratio, "ratio", 0.5, at_least=True),
        Figure("GET contact by id, p99 at 16 connections", p99, "ms", 20),
    ]


def many_figures() -> list[Figure]:
    return [Figure("50 unknown numbers at once, amoCRM 1 s late: all there", many_numbers.measure(), "s", 3.001)]


def restoring_figures() -> list[Figure]:
    return [Figure("a restore with 100,000 contacts", restoring.measure(), "ms", 50)]


def suite_figures() -> list[Figure]:
    return [Figure("make test after set-up", suite.measure(), "s", 10)]


PARTS: list[Callable[[], list[Figure]]] = [
    starting_figures,
    world_figures,
    scenario_figures,
    reading_figures,
    many_figures,
    restoring_figures,
    suite_figures,
]


def main() -> int:
    """Print the table; 1 when a figure is missed."""
    print(f"{'figure (median of five)':<58} {'value':>9} {'unit':<6} {'target':>8}")
    missed = False
    for part in PARTS:
        for figure in part():
            print(figure.row(), flush=True)
            missed = missed or not figure.reached
    return int(missed)


sys.exit(main())
