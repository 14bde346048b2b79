"""Leads: cards on a stage of a pipeline, with contacts and a company (facts §3.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.amocrm.cards import CARD_FILTERS, Cards, Draft
from emulator.amocrm.links import company_of_item
from emulator.amocrm.pipelines import LOST, WON
from emulator.amocrm.query import Conditions, Filter, instants, integer, integers, span
from emulator.amocrm.validation import is_integer


def _statuses(conditions: Conditions, node: Any, path: str) -> None:
    """Pairs of pipeline and status; a pair may leave one of them out."""
    pairs = [pair for pair in node.values() if isinstance(pair, dict)] if isinstance(node, dict) else []
    alternatives = Conditions()
    for pair in pairs:
        both = Conditions()
        for key in ("pipeline_id", "status_id"):
            text = pair.get(key)
            if text in (None, ""):
                continue
            both.add(f"{key} = ?", integer(text, f"{path}[{key}]"))
        if both.clauses:
            alternatives.add(f"({' AND '.join(both.clauses)})", *both.arguments)
    if alternatives.clauses:
        conditions.add(f"({' OR '.join(alternatives.clauses)})", *alternatives.arguments)


_ACTIVE = (
    "SELECT l.id FROM leads l WHERE {} AND l.status_id NOT IN (?, ?) "
    "AND l.visible_at IS NOT NULL AND NOT l.is_deleted ORDER BY l.id"
)
_LEADS_OF = {
    "contacts": "l.id IN (SELECT lead_id FROM lead_contacts WHERE contact_id = ?)",
    "companies": "l.company_id = ?",
}


class Leads(Cards):
    """The leads of an account. 142 and 143 close one; any other stage opens it again."""

    table = "leads"
    kind = "lead"
    filters: Mapping[str, Filter] = {
        **CARD_FILTERS,
        "price": span("price"),
        "pipeline_id": integers("pipeline_id"),
        "statuses": _statuses,
        "closed_at": instants("closed_at"),
    }

    def _read_more(self, draft: Draft) -> None:
        item, row = draft.item, draft.row
        price = item.money("price")
        if price is not None:
            row["price"], row["price_hundredths"] = price
        self._read_stage(draft)
        self._read_loss_reason(draft)
        closed_at = item.instant("closed_at")
        if closed_at is not None:
            row["closed_at"] = closed_at
        if draft.before is None:
            self._read_contacts(draft)
            row["source"] = self._account.sources.of_item(item)

    def _read_loss_reason(self, draft: Draft) -> None:
        """Why a lead is lost can be said of lost ones only."""
        reason_id = draft.item.integer("loss_reason_id")
        if reason_id is None:
            return
        status_id = draft.row.get("status_id") or (draft.before["status_id"] if draft.before else None)
        if status_id != LOST or self._account.loss_reasons.get(reason_id) is None:
            draft.item.refuse("NotSupportedChoice", "loss_reason_id")
        draft.row["loss_reason_id"] = reason_id

    def _read_stage(self, draft: Draft) -> None:
        item, pipelines = draft.item, self._account.pipelines
        asked, status_id = item.integer("pipeline_id"), item.integer("status_id")
        if draft.before is not None and asked is None and status_id is None:
            return
        if draft.before is not None and draft.before["visible_at"] is None:
            item.refuse("NotSupportedChoice", "pipeline_id" if status_id is None else "status_id")
            return
        pipeline_id = asked if asked is not None else self._pipeline_of(draft, status_id)
        if pipeline_id is None or pipelines.get(pipeline_id) is None:
            item.refuse("NotSupportedChoice", "status_id" if asked is None else "pipeline_id")
            return
        if status_id is None:
            status_id = pipelines.first_status(pipeline_id)
        elif not pipelines.takes(pipeline_id, status_id):
            item.refuse("NotSupportedChoice", "status_id")
        draft.row.update(pipeline_id=pipeline_id, status_id=status_id)
        self._close_or_open(draft, status_id)

    def _pipeline_of(self, draft: Draft, status_id: int | None) -> int | None:
        """The pipeline of a lead whose item names none: it stays in its own if that has the status."""
        pipelines = self._account.pipelines
        if status_id is None:
            return pipelines.main()
        if draft.before is not None and pipelines.takes(draft.before["pipeline_id"], status_id):
            return int(draft.before["pipeline_id"])
        return pipelines.pipeline_with(status_id)

    def _close_or_open(self, draft: Draft, status_id: int) -> None:
        if status_id != LOST:
            draft.row["loss_reason_id"] = None
        if status_id not in (WON, LOST):
            draft.row["closed_at"] = None
        elif draft.before is None or draft.before["status_id"] != status_id:
            draft.row["closed_at"] = self._account.now()

    def _read_contacts(self, draft: Draft) -> None:
        item, given = draft.item, draft.item.embedded.get("contacts")
        for index, link in enumerate(given if isinstance(given, list) else []):
            contact_id = link.get("id") if isinstance(link, dict) else None
            if not is_integer(contact_id) or self._account.contacts.get(contact_id) is None:
                item.refuse("NotSupportedChoice", f"{item.embedded_at}.contacts.{index}.id")
            else:
                draft.contacts.append((contact_id, link.get("is_main") is True))
        draft.row["company_id"] = company_of_item(self._account, item)

    def _link(self, draft: Draft, card_id: int) -> None:
        if not self._database.value("SELECT name FROM leads WHERE id = ?", card_id):
            name = f"Сделка #{card_id}"
            self._database.execute(
                "UPDATE leads SET name = ?, search = ? || search WHERE id = ?", name, name.casefold(), card_id
            )
        self._account.links.tie_contacts(card_id, draft.contacts)

    def active_of(self, table: str, card_id: int) -> list[int]:
        """The leads of a contact or a company that are neither won nor lost."""
        rows = self._database.all(_ACTIVE.format(_LEADS_OF[table]), card_id, WON, LOST)
        return [row["id"] for row in rows]
