"""How long it took until somebody talked with a caller who had been missed (facts §1.6,
`lost_call_processing_duration`): from the end of the lost call to the first talk of an employee with the same person,
whoever called whom then.
"""

from __future__ import annotations

from emulator.core.database import Database
from emulator.core.instants import whole_seconds

_FROM_NOW_ON = """
SELECT s.id, c.person_id, s.direction, s.is_lost, s.ended_at,
    CASE WHEN s.first_talked_employee_id IS NULL THEN NULL ELSE s.first_talk_at END AS talked_at
FROM sessions AS s JOIN communications AS c ON c.id = s.communication_id
WHERE s.started_at >= ? AND c.person_id IS NOT NULL ORDER BY s.started_at DESC, s.id DESC
"""


def processed_after(database: Database, since: int) -> dict[int, int]:
    """Whole seconds by lost incoming call, of those that began at `since` or later; a call that nobody came back to is
    not in it."""
    found: dict[int, int] = {}
    next_talk: dict[int, int] = {}
    for row in database.all(_FROM_NOW_ON, since):
        person = row["person_id"]
        if row["is_lost"] and row["direction"] == "in" and person in next_talk:
            found[row["id"]] = whole_seconds(max(0, next_talk[person] - row["ended_at"]))
        if row["talked_at"] is not None:
            next_talk[person] = row["talked_at"]
    return found
