"""`make bench`: the performance table. Medians of five; the load generator is a process of its own."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

from tests.bench import calls, many_numbers, million, peers, reading, restoring, scenarios, starting, suite


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
    single = reading.single()
    pages, after_a_write = reading.pages()
    return [
        Figure("GET contact by id, throughput against a bare handler", single.ratio, "ratio", 0.5, at_least=True),
        Figure("GET contact by id, p99 at 16 connections", single.p99_ms, "ms", 20),
        Figure("GET 50 leads with contacts, against a bare handler", pages.ratio, "ratio", 0.35, at_least=True),
        Figure("GET 50 leads with contacts, anew after a write", after_a_write, "ms", 5),
    ]


def localstripe_figures() -> list[Figure]:
    return [Figure("GET contact by id, against localstripe", reading.localstripe(), "ratio", 1.5, at_least=True)]


def million_figures() -> list[Figure]:
    found = million.measure()
    return [
        Figure("1,000,000 contacts: found by query, in the handler", found.by_query_ms, "ms", 0.2),
        Figure("1,000,000 contacts: found by phone field, in the handler", found.by_field_ms, "ms", 0.2),
        Figure("1,000,000 contacts: resident memory of the stand", found.megabytes, "MB", 400),
        Figure("1,000,000 contacts: a restore of the world", found.restore_s, "s", 0.5),
        Figure("1,000,000 contacts: POST of one more", found.per_second_large, "/s", 1500, at_least=True),
        Figure("10,000 contacts: POST of one more", found.per_second_small, "/s", 1500, at_least=True),
        Figure("POST at 10,000 against POST at 1,000,000", found.small_against_large, "ratio", 1.5),
    ]


def many_figures() -> list[Figure]:
    return [Figure("50 unknown numbers at once, amoCRM 1 s late: all there", many_numbers.measure(), "s", 3.001)]


def call_figures() -> list[Figure]:
    alone, delivered = calls.engine(), calls.delivered()
    return [
        Figure("10,000 calls of 50 employees, the engine alone", alone.per_second, "/s", 2000, at_least=True),
        Figure("10,000 calls, events kept by a receiver over HTTP", delivered.per_second, "/s", 300, at_least=True),
        Figure("10,000 calls, memory a call", delivered.bytes_per_call / 1024, "KB", 4),
        Figure("10,000 calls, contacts and records in amoCRM", calls.integrated(), "/s", 40, at_least=True),
    ]


def restoring_figures() -> list[Figure]:
    return [Figure("a restore with 100,000 contacts", restoring.measure(), "ms", 50)]


def suite_figures() -> list[Figure]:
    return [Figure("make test after set-up", suite.measure(), "s", 30)]


PARTS: list[Callable[[], list[Figure]]] = [
    starting_figures,
    world_figures,
    scenario_figures,
    reading_figures,
    localstripe_figures,
    million_figures,
    many_figures,
    call_figures,
    restoring_figures,
    suite_figures,
]


def main() -> int:
    """Print the table; 1 when a figure is missed."""
    print(f"{'figure (median of five)':<58} {'value':>9} {'unit':<6} {'target':>8}")
    missed = False
    for part in PARTS:
        try:
            figures = part()
        except peers.Missing as reason:
            print(f"not measured: {reason}", flush=True)
            continue
        for figure in figures:
            print(figure.row(), flush=True)
            missed = missed or not figure.reached
    return int(missed)


sys.exit(main())
