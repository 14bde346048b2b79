"""Tasks for lost calls (TASK-01..18): whether there is one, about which card, whose, until when.

A primary call has a card only if its mode made one, so «Неразобранное» and «Обрабатывать вручную» leave no task
(TASK-12), nor do outgoing calls to unknown numbers without «Применять настройки для исходящих звонков» (TASK-17).
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from integration.rules.decisions import CreateTask, Entity, Nothing
from integration.rules.facts import Kind, TaskFacts

EVENING = time(19)
"""Calls that began at this time of the account's day or later are for the next day (TASK-10)."""

END_OF_DAY = time(23, 59, 59, fold=1)
"""Where the clocks go back around midnight it is there twice: the later one ends the day."""

_NOTHING_FOR = {
    Kind.INTERNAL: Nothing("TASK-18", "calls between employees give no tasks"),
    Kind.HIDDEN: Nothing("PRIM-24", "a hidden number has no card"),
    Kind.UNSEEN: Nothing("TERM-04", "the arrival of the call was not seen"),
}


def at_end(facts: TaskFacts) -> CreateTask | Nothing:
    """One task for a lost call, about the card of the other party."""
    if nothing := _NOTHING_FOR.get(facts.communication):
        return nothing
    if not facts.lost:
        return Nothing("TASK-01", "the call was not lost")
    if not facts.enabled:
        return Nothing("TASK-02", f"tasks for lost calls are off for the direction {facts.direction}")
    card = _card(facts)
    if card is None:
        return Nothing("TASK-12", "there is no card to tie a task to")
    user, because = _assignee(facts)
    return CreateTask("TASK-16", *card, user, due(facts.started_at), because)


def due(started: datetime) -> datetime:
    """The end of the day, on the same clock: of the day of the call, of the next one in the evening (TASK-08..11)."""
    day = started.date() if started.time() < EVENING else started.date() + timedelta(days=1)
    return datetime.combine(day, END_OF_DAY, started.tzinfo)


def _card(facts: TaskFacts) -> tuple[Entity, int] | None:
    """The contact, else the deal that this call made, else the company (TASK-15, GAP-40, GAP-80)."""
    if facts.contact_id is not None:
        return "contact", facts.contact_id
    if facts.deal_id is not None:
        return "deal", facts.deal_id
    if facts.company_id is not None:
        return "company", facts.company_id
    return None


def _assignee(facts: TaskFacts) -> tuple[int, str]:
    """The user of the chosen kind (TASK-03..07); the default responsible where there is none (GAP-36)."""
    if facts.assignee == "contact_responsible":
        if facts.contact_owner is not None and not facts.owner_is_placeholder:
            return facts.contact_owner, "the responsible of the contact"
        return facts.default_responsible, "no contact, or none with a responsible of its own: default responsible"
    if facts.assignee == "caller":
        if facts.caller_user is not None:
            return facts.caller_user, "who made the call"
        return facts.default_responsible, "who made the call is not in amoCRM: default responsible"
    return facts.default_responsible, "the default responsible"
