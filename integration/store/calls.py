"""Calls and site forms, what was done in amoCRM because of them, and the decision log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from integration.model import Call, ContactPatch, DecisionRow, EffectRow, EffectState, FormRequest
from integration.phones import match_key
from integration.store.database import Database
from integration.store.values import to_instant, to_text


class Calls:
    """The part of the store that is about communications."""

    _db: Database

    async def save_call(self, call: Call) -> None:
        self._db.run("INSERT OR REPLACE INTO calls (id, body) VALUES (?, ?)", call.id, msgspec.json.encode(call))

    async def call(self, call_id: str) -> Call | None:
        row = self._db.row("SELECT body FROM calls WHERE id = ?", call_id)
        return None if row is None else msgspec.json.decode(row[0], type=Call)

    async def save_form(self, form: FormRequest) -> None:
        sql = "INSERT OR REPLACE INTO forms (id, phone, body) VALUES (?, ?, ?)"
        self._db.run(sql, form.communication_id, match_key(form.phone), msgspec.json.encode(form))

    async def forms_of(self, phone: str | None) -> list[str]:
        """The communications of the forms that came with this number."""
        key = match_key(phone)
        return [row[0] for row in self._db.rows("SELECT id FROM forms WHERE phone = ? AND phone <> ''", key)]

    async def form(self, communication_id: str) -> FormRequest | None:
        row = self._db.row("SELECT body FROM forms WHERE id = ?", communication_id)
        return None if row is None else msgspec.json.decode(row[0], type=FormRequest)

    async def record_effect(self, key: str, order: bytes, now: datetime) -> EffectRow:
        """Store an effect before it is sent; the stored one comes back if there is one already."""
        done = self._db.run(
            "INSERT OR IGNORE INTO effects (key, state, body, recorded_at) VALUES (?, 'open', ?, ?)",
            *(key, order, to_text(now)),
        )
        row = self._effect(key, fresh=done.rowcount == 1)
        assert row is not None
        return row

    async def complete_effect(self, key: str, state: EffectState, result: int | None) -> None:
        self._db.run("UPDATE effects SET state = ?, result = ? WHERE key = ?", state, result, key)

    async def effect(self, key: str) -> EffectRow | None:
        return self._effect(key, fresh=False)

    async def refreshed_at(self, contact_id: int) -> datetime | None:
        """The communication_time that a contact was last given, for contacts that cannot be read (GAP-10)."""
        sql = "SELECT body FROM effects WHERE result = ? AND state = 'done' AND key LIKE '%:refresh'"
        fields = [msgspec.json.decode(body, type=ContactPatch).fields for (body,) in self._db.rows(sql, contact_id)]
        given = [int(each["communication_time"]) for each in fields if "communication_time" in each]
        return datetime.fromtimestamp(max(given), UTC) if given else None

    async def is_placeholder(self, contact_id: int) -> bool:
        """Whether a call made this contact and has not handed it to its owner yet (GAP-36, GAP-79)."""
        sql = (
            "SELECT 1 FROM effects made LEFT JOIN effects owner"
            " ON owner.key = substr(made.key, 1, length(made.key) - length('contact')) || 'owner'"
            " WHERE made.result = ? AND made.state = 'done' AND made.key LIKE 'call:%:contact'"
            " AND ifnull(owner.state, 'open') = 'open'"
        )
        return self._db.row(sql, contact_id) is not None

    async def log_decision(self, ref: str, line: DecisionRow) -> None:
        """Append a line, unless one with this `ref` is there; its `seq` is given here."""
        self._db.run(
            "INSERT OR IGNORE INTO decisions (ref, at, rule, subject, facts, outcome, cause)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            *(ref, to_text(line.at), line.rule, line.subject),
            *(msgspec.json.encode(line.facts), msgspec.json.encode(line.outcome), line.cause),
        )

    async def decisions_since(self, seq: int) -> Sequence[DecisionRow]:
        found = self._db.rows(
            "SELECT seq, at, rule, subject, facts, outcome, cause FROM decisions WHERE seq > ? ORDER BY seq", seq
        )
        return [_decision(row) for row in found]

    def _effect(self, key: str, *, fresh: bool) -> EffectRow | None:
        row = self._db.row("SELECT key, state, body, result FROM effects WHERE key = ?", key)
        if row is None:
            return None
        found, state, order, result = row
        return EffectRow(found, state, order, result, fresh)


def _decision(row: tuple[int, str, str, str, bytes, bytes, str]) -> DecisionRow:
    seq, at, rule, subject, facts, outcome, cause = row
    decode = msgspec.json.decode
    return DecisionRow(seq, to_instant(at), rule, subject, decode(facts), decode(outcome), cause)
