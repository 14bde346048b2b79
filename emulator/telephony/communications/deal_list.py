"""The report «Список сделок» (REP-01, REP-02): what was handed over for communications of sites that count sales now.

A row is a deal of a CRM or a sale that a client set. Which tags the communication carries makes no difference.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from emulator.core.database import Database
from emulator.telephony.communications.deals import Deal, Deals
from emulator.telephony.communications.ledger import Communication, Communications
from emulator.telephony.communications.sales import Sales
from emulator.telephony.communications.site_options import counting_sites


@dataclass(frozen=True)
class ListedDeal:
    """`at` is when the deal was closed, or created while it is open, in microseconds; `value` in hundredths.

    `deal` is what a CRM handed over; None for a sale.
    """

    communication: Communication
    at: int
    value: int | None
    comment: str | None
    deal: Deal | None = None


class DealList:
    """The report of one account."""

    def __init__(self, database: Database, communications: Communications, deals: Deals, sales: Sales) -> None:
        self._database = database
        self._communications = communications
        self._deals = deals
        self._sales = sales

    def rows(self) -> list[ListedDeal]:
        """All of it, as the sites' options are now, the oldest first."""
        return sorted([*self._handed_over(), *self._set_by_clients()], key=lambda row: row.at)

    def _handed_over(self) -> Iterator[ListedDeal]:
        counting, communications = counting_sites(self._database), self._communications.named_in("deals")
        for deal in self._deals.all():
            communication = communications.get(deal.communication_id or 0)
            if communication is not None and communication.site_id in counting:
                at = deal.created_at if deal.closed_at is None else deal.closed_at
                yield ListedDeal(communication, at, deal.revenue, deal.comments, deal)

    def _set_by_clients(self) -> Iterator[ListedDeal]:
        communications = self._communications.named_in("sales")
        for sale in self._sales.shown():
            yield ListedDeal(communications[sale.communication_id], sale.sold_at, sale.value, sale.comment)
