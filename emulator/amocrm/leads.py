"""Leads: cards on a stage of a pipeline, with contacts and a company (facts §3.3)."""

from __future__ import annotations

from collections.abc import Mapping

from emulator.amocrm.cards import CARD_FILTERS, Cards, Draft
from emulator.amocrm.links import company_of_item
from emulator.amocrm.pipelines import LOST, WON
from emulator.amocrm.query import Filter, instants, integers, pairs, span
from emulator.amocrm.validation import is_integer
from emulator.amocrm.visibility import visible
from emulator.core.database import Row

_ACTIVE = f"SELECT l.id FROM leads l WHERE {{}} AND l.status_id NOT IN (?, ?) AND {visible('l')} ORDER BY l.id"
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
        "statuses": pairs({"pipeline_id": "pipeline_id", "status_id": "status_id"}),
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
        reason_id, row, before = draft.item.integer("loss_reason_id"), draft.row, draft.before
        if reason_id is None:
            return
        status_id = row.get("status_id")
        if status_id is None and before is not None and _stays(before, row.get("pipeline_id"), None):
            status_id = before["status_id"]
        if status_id != LOST or self._account.loss_reasons.get(reason_id) is None:
            draft.item.refuse("NotSupportedChoice", "loss_reason_id")
        row["loss_reason_id"] = reason_id

    def _read_stage(self, draft: Draft) -> None:
        item, before, pipelines = draft.item, draft.before, self._account.pipelines
        asked, status_id = item.integer("pipeline_id"), item.integer("status_id")
        if before is not None and before["visible_at"] is None and not _stays(before, asked, status_id):
            item.refuse("NotSupportedChoice", "pipeline_id" if status_id is None else "status_id")
        pipeline_id = asked if asked is not None else self._pipeline_of(draft, status_id)
        if pipeline_id is None or pipelines.get(pipeline_id) is None:
            item.refuse("NotSupportedChoice", "status_id" if asked is None else "pipeline_id")
        elif status_id is not None and not pipelines.takes(pipeline_id, status_id):
            item.refuse("NotSupportedChoice", "status_id")
        stage = {"pipeline_id": asked, "status_id": status_id}
        draft.row.update((key, value) for key, value in stage.items() if value is not None)

    def _pipeline_of(self, draft: Draft, status_id: int | None) -> int | None:
        """The pipeline of a lead whose item names none: it stays in its own if that has the status."""
        pipelines = self._account.pipelines
        if status_id is None:
            return pipelines.main()
        if draft.before is not None and pipelines.takes(draft.before["pipeline_id"], status_id):
            return int(draft.before["pipeline_id"])
        return pipelines.pipeline_with(status_id)

    def _complete(self, draft: Draft) -> None:
        row, before = draft.row, draft.before
        if before is not None and row.get("name") == "":
            row["name"] = _default_name(before["id"])
        self._complete_stage(draft)
        status_id = row.get("status_id", before and before["status_id"])
        said = row.keys() & {"status_id", "loss_reason_id", "closed_at"}
        if status_id != LOST and said:
            row["loss_reason_id"] = None
        if status_id not in (WON, LOST):
            if said:
                row["closed_at"] = None
        elif before is None or before["status_id"] != status_id:
            row.setdefault("closed_at", self._account.now())

    def _complete_stage(self, draft: Draft) -> None:
        """Pipeline and status, where the item names at most one. A deal stays where it is if its pipeline is named."""
        row, before = draft.row, draft.before
        asked, status_id = row.get("pipeline_id"), row.get("status_id")
        if before is not None and _stays(before, asked, status_id):
            return
        if asked is None:
            asked = row["pipeline_id"] = self._pipeline_of(draft, status_id)
        assert asked is not None
        if status_id is None:
            row["status_id"] = self._account.pipelines.first_status(asked)

    def _read_contacts(self, draft: Draft) -> None:
        item = draft.item
        for index, link in enumerate(item.embedded_list("contacts")):
            contact_id = link.get("id") if isinstance(link, dict) else None
            if not is_integer(contact_id) or self._account.contacts.get(contact_id) is None:
                item.refuse("NotSupportedChoice", f"{item.embedded_at}.contacts.{index}.id")
            else:
                draft.contacts.append((contact_id, link.get("is_main") is True))
        draft.row["company_id"] = company_of_item(self._account, item)

    def _name(self, card_id: int) -> None:
        if not self._database.value("SELECT name FROM leads WHERE id = ?", card_id):
            name = _default_name(card_id)
            self._database.execute(
                "UPDATE leads SET name = ?, search = ? || search WHERE id = ?", name, name.casefold(), card_id
            )

    def _tie(self, draft: Draft, card: Row) -> None:
        self._account.links.tie_contacts(card["id"], draft.contacts, card["created_by"])

    def active_of(self, table: str, card_id: int) -> list[int]:
        """The leads of a contact or a company that are neither won nor lost."""
        rows = self._database.all(_ACTIVE.format(_LEADS_OF[table]), card_id, WON, LOST)
        return [row["id"] for row in rows]


def _stays(before: Row, pipeline_id: int | None, status_id: int | None) -> bool:
    """Whether a change that names these leaves the deal on its stage: naming its own pipeline alone does."""
    return status_id is None and pipeline_id in (None, before["pipeline_id"])


def _default_name(card_id: int) -> str:
    return f"Сделка #{card_id}"
