"""The list of all communications: what each is, whose, when and where it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from emulator.core.database import Database
from emulator.core.errors import NotFound
from emulator.core.ground import Ground
from emulator.telephony.communications.persons import Persons
from emulator.telephony.marketing.origin import UNKNOWN, Origin
from emulator.telephony.marketing.variables import Variables

Type = Literal["call", "offline_message"]


@dataclass(frozen=True)
class Communication:
    """`created_at` in microseconds; `number` counts the communications of one person from 1."""

    id: int
    type: Type
    created_at: int
    phone: str | None
    email: str | None
    person_id: int | None
    number: int | None
    site_id: int | None
    campaign_id: int | None
    visitor_id: int | None
    visitor_session_id: int | None


class Communications:
    """The communications of one account."""

    def __init__(self, ground: Ground, database: Database) -> None:
        self._ground = ground
        self._database = database
        self._variables = Variables(database)
        self.persons = Persons(database)

    def begin(
        self, type_: Type, now: int, *, phone: str | None, email: str | None = None, origin: Origin = UNKNOWN
    ) -> int:
        """Store a communication that began at `now` (microseconds) with its person and return its id."""
        person_id, number = self.persons.join(phone, email, origin.visitor_id)
        row = {
            "type": type_,
            "created_at": now,
            "phone": phone,
            "email": email,
            "person_id": person_id,
            "number": number,
            "site_id": origin.site_id,
            "campaign_id": origin.campaign_id,
            "visitor_id": origin.visitor_id,
            "visitor_session_id": origin.visitor_session_id,
        }
        communication_id = self._database.insert("communications", row)
        self._variables.note(communication_id, origin)
        return communication_id

    def find(self, communication_id: int) -> Communication | None:
        row = self._database.one("SELECT * FROM communications WHERE id = ?", communication_id)
        return Communication(**row) if row else None

    def get(self, communication_id: int) -> Communication:
        """Raises NotFound for an unknown communication."""
        communication = self.find(communication_id)
        if communication is None:
            raise NotFound(f"no communication {communication_id}")
        return communication

    def between(self, since: int, until: int) -> list[Communication]:
        """Those that began in [since, until), oldest first."""
        rows = self._database.all(
            "SELECT * FROM communications WHERE created_at >= ? AND created_at < ? ORDER BY created_at, id",
            since,
            until,
        )
        return [Communication(**row) for row in rows]

    def named_in(self, table: Literal["deals", "sales"]) -> dict[int, Communication]:
        """Those that have a row in `table`, by id."""
        question = f"SELECT * FROM communications WHERE id IN (SELECT communication_id FROM {table})"
        return {row["id"]: Communication(**row) for row in self._database.all(question)}

    def of_visits_between(self, since: int, until: int) -> dict[int, list[Communication]]:
        """Those of visits that began in [since, until), by visit, oldest first."""
        rows = self._database.all(
            "SELECT * FROM communications WHERE visitor_session_id IN"
            " (SELECT id FROM visitor_sessions WHERE started_at >= ? AND started_at < ?) ORDER BY created_at, id",
            since,
            until,
        )
        found: dict[int, list[Communication]] = {}
        for row in rows:
            found.setdefault(row["visitor_session_id"], []).append(Communication(**row))
        return found

    def persons_of_visitors(self, since: int, until: int) -> dict[int, int]:
        """Who the visitors of [since, until) are: each the person of the latest communication."""
        rows = self._database.all(
            "SELECT c.visitor_id, c.person_id FROM visitor_sessions v"
            " JOIN communications c ON c.visitor_session_id = v.id AND c.person_id IS NOT NULL WHERE v.visitor_id IN"
            " (SELECT visitor_id FROM visitor_sessions WHERE started_at >= ? AND started_at < ?)"
            " ORDER BY c.created_at, c.id",
            since,
            until,
        )
        return {row["visitor_id"]: row["person_id"] for row in rows}

    def internal(self, since: int, until: int) -> set[int]:
        """Those of [since, until) that are calls between employees: rows of the calls report, but nobody's contact."""
        return self._calls(since, until, "is_internal")

    def lost(self, since: int, until: int) -> set[int]:
        """Those of [since, until) that are lost calls."""
        return self._calls(since, until, "is_lost")

    def _calls(self, since: int, until: int, flag: str) -> set[int]:
        question = f"SELECT communication_id FROM sessions WHERE started_at >= ? AND started_at < ? AND {flag}"
        return {row["communication_id"] for row in self._database.all(question, since, until)}

    def variables(self, communication_id: int) -> Mapping[str, Any]:
        """What events say about where a communication came from; empty when nothing is known."""
        return self._variables.of(communication_id)
