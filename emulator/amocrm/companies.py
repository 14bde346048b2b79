"""Companies: cards that contacts and leads belong to (facts §3.4)."""

from __future__ import annotations

from emulator.amocrm.cards import Cards


class Companies(Cards):
    """The companies of an account."""

    table = "companies"
    kind = "company"
    phones = "company_phones"
