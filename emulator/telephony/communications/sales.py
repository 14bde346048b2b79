"""Sales: what a client says a communication led to, with the system tag «Продажа» (facts §1.10, `set.tag_sales`).

A communication has one sale; saying it again changes it. Where the site does not count sales nothing is taken, and
what was taken before is not shown while it does not (REP-01).
"""

from __future__ import annotations

from dataclasses import dataclass

from emulator.core.database import Database
from emulator.core.errors import BadRequest, Conflict
from emulator.telephony.communications.ledger import Communication
from emulator.telephony.communications.site_options import counting_sites, counts_sales
from emulator.telephony.communications.tags import Author, Tags


@dataclass(frozen=True)
class Sale:
    """`sold_at` in microseconds, `value` in hundredths."""

    id: int
    communication_id: int
    sold_at: int
    value: int
    comment: str | None


_SALES = (
    "SELECT sales.*, communications.site_id FROM sales"
    " JOIN communications ON communications.id = sales.communication_id"
)


class Sales:
    """The sales of one account."""

    def __init__(self, database: Database, tags: Tags) -> None:
        self._database = database
        self._tags = tags

    def set(self, communication: Communication, sold_at: int, value: int, comment: str | None, *, by: Author) -> int:
        """Keep the sale and put the tag; returns the id, which stays when the sale is set again.

        Raises Conflict when the site does not count sales or there is none, BadRequest when the sale comes before the
        communication, compared in whole seconds as the wire has them.
        """
        if not counts_sales(self._database, communication.site_id):
            raise Conflict("«Учитывать продажи» is off for the site of the communication, or it has none")
        if sold_at < communication.created_at - communication.created_at % 1_000_000:
            raise BadRequest.field("date_time", sold_at, "a time that is not before the communication")
        with self._database.transaction():
            self._tags.put(communication.id, self._tags.sale_id, by=by)
            kept: int | None = self._database.value("SELECT id FROM sales WHERE communication_id = ?", communication.id)
            row = {"communication_id": communication.id, "sold_at": sold_at, "value": value, "comment": comment}
            if kept is None:
                return self._database.insert("sales", row)
            self._database.update("sales", kept, row)
            return kept

    def shown(self, since: int | None = None, until: int | None = None) -> list[Sale]:
        """The sales of communications that began in [since, until), or of all, whose sites count sales now."""
        if since is None:
            rows = self._database.all(f"{_SALES} ORDER BY sales.id")
        else:
            span = "communications.created_at >= ? AND communications.created_at < ?"
            rows = self._database.all(f"{_SALES} WHERE {span} ORDER BY sales.id", since, until)
        counting = counting_sites(self._database)
        return [Sale(**row) for row in rows if row.pop("site_id") in counting]
