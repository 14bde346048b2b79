"""Random requests to the fake amoCRM agree with a small model; and the machine finds defects that are planted."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from emulator.amocrm import cards, links, query
from emulator.amocrm.api.cards import CardRoutes
from emulator.amocrm.cards import Cards, Draft
from emulator.amocrm.changes import Change, Changes
from emulator.amocrm.validation import Item
from emulator.core.database import Database, Row
from tests.property.machine import AmocrmMachine
from tests.property.world import Driven

EXAMPLES = int(os.environ.get("AMOSTAND_EXAMPLES", "40"))
"""40 in `make test`, the same each time, four times what finds any planted defect; the nightly target asks for more and
draws them anew."""

SETTINGS = settings(
    max_examples=EXAMPLES,
    stateful_step_count=15,
    derandomize="AMOSTAND_EXAMPLES" not in os.environ,
    deadline=None,
    database=None,
)
HUNT = settings(SETTINGS, max_examples=300, phases=[Phase.generate], report_multiple_bugs=False)
"""Looks for a defect without making what it finds smaller."""


def test_random_requests_agree_with_the_model(driven: Driven) -> None:
    run_state_machine_as_test(lambda: AmocrmMachine(driven), settings=SETTINGS)


def dangling_links(patch: pytest.MonkeyPatch) -> None:
    """A deleted card is still shown where it was linked."""
    patch.setattr(links, "_ENDS", {pair: sql.replace("AND NOT c.is_deleted", "") for pair, sql in links._ENDS.items()})


def skipping_pages(patch: pytest.MonkeyPatch) -> None:
    """The first row of the second page is nowhere."""

    def fetch(database: Database, table: str, asked: Any, *more: Any, **named: Any) -> Any:
        if asked.page == 2:
            named_rows = database.all(f"SELECT * FROM {table} LIMIT 1 OFFSET {asked.limit}")
            page = query.fetch(database, table, asked, *more, **named)
            page.rows = [row for row in page.rows if row not in named_rows]
            return page
        return query.fetch(database, table, asked, *more, **named)

    patch.setattr(cards, "fetch", fetch)


def silent_deletions(patch: pytest.MonkeyPatch) -> None:
    """Putting a card into the bin tells nobody."""
    announce = Changes.announce

    def quiet(self: Changes, change: Change) -> None:
        if change.action != "deleted":
            announce(self, change)

    patch.setattr(Changes, "announce", quiet)


def half_a_batch(patch: pytest.MonkeyPatch) -> None:
    """Items are written while the rest of their batch is still being read."""
    cards_of = CardRoutes._cards

    class Eager:
        def __init__(self, patient: Cards) -> None:
            self._patient = patient
            self._made: list[Row] = []

        def __getattr__(self, name: str) -> Any:
            return getattr(self._patient, name)

        def read(self, item: Item, user_id: int, before: Row | None = None) -> Draft:
            draft = self._patient.read(item, user_id, before)
            if before is None and not item.flaws:
                self._made += self._patient.create([draft])
            return draft

        def create(self, _drafts: list[Draft]) -> list[Row]:
            return self._made

    patch.setattr(CardRoutes, "_cards", lambda self, request: Eager(cards_of(self, request)))


def forgetful_snapshots(patch: pytest.MonkeyPatch) -> None:
    """What was linked after a snapshot stays linked when it is restored."""
    restore = Database.restore

    def forgetful(self: Database, copy: Any) -> None:
        kept = self.all("SELECT * FROM lead_contacts") if "lead_contacts" in self.schema else []
        restore(self, copy)
        for row in kept:
            self.execute("INSERT OR IGNORE INTO lead_contacts VALUES (?, ?, ?)", *row.values())

    patch.setattr(Database, "restore", forgetful)


PLANTED = [
    dangling_links,
    skipping_pages,
    silent_deletions,
    half_a_batch,
    forgetful_snapshots,
]


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_a_planted_defect_is_found(
    driven: Driven, monkeypatch: pytest.MonkeyPatch, plant: Callable[[pytest.MonkeyPatch], None]
) -> None:
    plant(monkeypatch)
    with pytest.raises((AssertionError, ExceptionGroup)):
        run_state_machine_as_test(lambda: AmocrmMachine(driven), settings=HUNT)
