"""Links between cards (facts §3.10): a lead has contacts, one of them the main one, and at most one company; a contact
has at most one company. Every link is seen from both its ends.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from emulator.amocrm.changes import SINGULAR, Action, Change
from emulator.amocrm.query import Conditions
from emulator.amocrm.validation import Item, is_integer
from emulator.amocrm.visibility import visible
from emulator.core.database import Row

if TYPE_CHECKING:
    from emulator.amocrm.account import Account

Card = tuple[str, int]
"""(plural of the kind of card, id)"""


class Link(NamedTuple):
    """A link as seen from `entity`. `is_main` says that the contact is the main one of the lead."""

    entity: Card
    to: Card
    is_main: bool | None = None


@dataclass(frozen=True, slots=True)
class LinkDraft:
    """One item of a link or unlink request, checked."""

    item: Item
    link: Link


_MAIN = (
    "(SELECT m.contact_id FROM lead_contacts m JOIN contacts v ON v.id = m.contact_id "
    f"WHERE m.lead_id = {{lead}} AND {visible('v')} ORDER BY m.is_main DESC, m.contact_id LIMIT 1)"
)
"""The main contact of a lead: the one that was chosen, and while that one is in the bin the first of the others."""

_IS_MAIN = f"l.contact_id = {_MAIN.format(lead='l.lead_id')} AS is_main"
_ENDS = {
    ("leads", "contacts"): (
        f"SELECT l.lead_id AS id, l.contact_id AS other, {_IS_MAIN} FROM lead_contacts l "
        f"JOIN contacts c ON c.id = l.contact_id WHERE l.lead_id IN {{ids}} AND {visible('c')} "
        "ORDER BY is_main DESC, l.contact_id"
    ),
    ("contacts", "leads"): (
        f"SELECT l.contact_id AS id, l.lead_id AS other, {_IS_MAIN} FROM lead_contacts l "
        f"JOIN leads c ON c.id = l.lead_id WHERE l.contact_id IN {{ids}} AND {visible('c')} ORDER BY l.lead_id"
    ),
    **{
        (table, "companies"): (
            f"SELECT t.id, t.company_id AS other, NULL AS is_main FROM {table} t "
            f"JOIN companies c ON c.id = t.company_id WHERE t.id IN {{ids}} AND {visible('c')}"
        )
        for table in ("contacts", "leads")
    },
    **{
        ("companies", table): (
            f"SELECT c.company_id AS id, c.id AS other, NULL AS is_main FROM {table} c "
            f"WHERE c.company_id IN {{ids}} AND {visible('c')} ORDER BY c.id"
        )
        for table in ("contacts", "leads")
    },
}
PAIRS = frozenset(_ENDS)
"""(kind, kind) that can be linked."""


class Links:
    """The links of an account's cards."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._database = account.database

    def between(self, table: str, ids: list[int], other: str) -> dict[int, list[Link]]:
        """Per card of `table` its links to visible cards of the kind `other`; the main contact of a lead first."""
        conditions = Conditions()
        conditions.among("x", ids)
        options = "(?)" if len(ids) == 1 else "(SELECT value FROM json_each(?))"
        found: dict[int, list[Link]] = {}
        for row in self._database.all(_ENDS[table, other].format(ids=options), *conditions.arguments):
            is_main = None if row["is_main"] is None else row["is_main"] == 1
            found.setdefault(row["id"], []).append(Link((table, row["id"]), (other, row["other"]), is_main))
        return found

    def of(self, table: str, ids: list[int]) -> list[Link]:
        """All links of these cards."""
        others = [other for kind, other in _ENDS if kind == table]
        return [link for other in others for links in self.between(table, ids, other).values() for link in links]

    def read(self, item: Item, table: str, card_id: int | None) -> LinkDraft | None:
        """One item of a request for the card of the path or the one it names; flaws are noted in the item."""
        if card_id is None:
            item.require("entity_id")
            card_id = item.integer("entity_id")
            if card_id is not None and self._account.cards[table].get(card_id) is None:
                item.refuse("NotSupportedChoice", "entity_id")
        item.require("to_entity_id")
        item.require("to_entity_type")
        other, other_id = item.text("to_entity_type"), item.integer("to_entity_id")
        metadata = item.object("metadata") or {}
        if other is None or other_id is None or card_id is None:
            return None
        if (table, other) not in PAIRS:
            item.refuse("NotSupportedChoice", "to_entity_type")
        elif self._account.cards[other].get(other_id) is None:
            item.refuse("NotSupportedChoice", "to_entity_id")
        is_main = metadata.get("is_main", metadata.get("main_contact"))
        return LinkDraft(item, Link((table, card_id), (other, other_id), is_main is True))

    def link(self, drafts: Iterable[LinkDraft], author: int) -> list[Link]:
        """Tie cards together; the answer has each link as it is now."""
        with self._database.transaction():
            return [self._tie(draft.link, author) for draft in drafts]

    def unlink(self, drafts: Iterable[LinkDraft], author: int) -> None:
        """Cut links; one that is not there is cut already."""
        with self._database.transaction():
            for draft in drafts:
                self._cut(draft.link, author)

    def tie_contacts(self, lead_id: int, contacts: list[tuple[int, bool]], author: int = 0) -> None:
        """The contacts (id, is_main) of a new lead; the first is the main one when none is said to be."""
        for contact_id, is_main in contacts:
            self._tie(Link(("leads", lead_id), ("contacts", contact_id), is_main), author)

    def _tie(self, link: Link, author: int) -> Link:
        (table, card_id), (other, other_id) = link.entity, link.to
        if (table, other) == ("leads", "contacts"):
            return self._tie_contact(card_id, other_id, bool(link.is_main), author)
        if (table, other) == ("contacts", "leads"):
            tied = self._tie_contact(other_id, card_id, bool(link.is_main), author)
            return Link(link.entity, link.to, tied.is_main)
        if other == "companies":
            self._set_company(table, card_id, other_id, author)
        else:
            self._set_company(other, other_id, card_id, author)
        return Link(link.entity, link.to)

    def _tie_contact(self, lead_id: int, contact_id: int, is_main: bool, author: int) -> Link:
        is_known = contact_id in self._contacts(lead_id)
        if is_main or self._main(lead_id) is None:
            self._database.execute("UPDATE lead_contacts SET is_main = 0 WHERE lead_id = ?", lead_id)
            sql = "INSERT OR REPLACE INTO lead_contacts VALUES (?, ?, 1)"
        else:
            sql = "INSERT OR IGNORE INTO lead_contacts VALUES (?, ?, 0)"
        self._database.execute(sql, lead_id, contact_id)
        if not is_known:
            self._announce("linked", ("leads", lead_id), ("contacts", contact_id), author)
        return Link(("leads", lead_id), ("contacts", contact_id), self._main(lead_id) == contact_id)

    def _main(self, lead_id: int) -> int | None:
        contact_id: int | None = self._database.value(f"SELECT {_MAIN.format(lead='?')}", lead_id)
        return contact_id

    def _set_company(self, table: str, card_id: int, company_id: int | None, author: int) -> None:
        before = self._database.value(f"SELECT company_id FROM {table} WHERE id = ?", card_id)
        if before == company_id:
            return
        self._database.update(table, card_id, {"company_id": company_id})
        if before is not None:
            self._announce("unlinked", (table, card_id), ("companies", before), author)
        if company_id is not None:
            self._announce("linked", (table, card_id), ("companies", company_id), author)

    def _cut(self, link: Link, author: int) -> None:
        (table, card_id), (other, other_id) = link.entity, link.to
        if "companies" in (table, other):
            card = (other, other_id) if table == "companies" else (table, card_id)
            company_id = card_id if table == "companies" else other_id
            if self._database.value(f"SELECT company_id FROM {card[0]} WHERE id = ?", card[1]) == company_id:
                self._set_company(*card, None, author)
        else:
            lead_id, contact_id = (card_id, other_id) if table == "leads" else (other_id, card_id)
            self._cut_contact(lead_id, contact_id, author)

    def _cut_contact(self, lead_id: int, contact_id: int, author: int) -> None:
        if contact_id not in self._contacts(lead_id):
            return
        one = "WHERE lead_id = ? AND contact_id = ?"
        was_main = self._database.value(f"SELECT is_main FROM lead_contacts {one}", lead_id, contact_id)
        self._database.execute(f"DELETE FROM lead_contacts {one}", lead_id, contact_id)
        if was_main:
            self._database.execute(f"UPDATE lead_contacts SET is_main = 1 {one}", lead_id, self._main(lead_id))
        self._announce("unlinked", ("leads", lead_id), ("contacts", contact_id), author)

    def _contacts(self, lead_id: int) -> list[int]:
        """Contacts in the bin and hidden ones too."""
        rows = self._database.all("SELECT contact_id FROM lead_contacts WHERE lead_id = ?", lead_id)
        return [row["contact_id"] for row in rows]

    def tell_company(self, table: str, card: Row) -> None:
        """Announce the company that a new card came with, if any."""
        if card.get("company_id") is not None:
            self._announce("linked", (table, card["id"]), ("companies", card["company_id"]), card["created_by"])

    def _announce(self, action: Action, card: Card, other: Card, author: int) -> None:
        for (table, card_id), end in ((card, other), (other, card)):
            said = {"to": f"{SINGULAR[end[0]]}:{end[1]}"}
            self._account.changes.announce(
                Change(SINGULAR[table], action, card_id, author=author, said=said, other=end)
            )


def company_of_item(account: Account, item: Item) -> int | None:
    """The company that a new card embeds; flaws are noted in the item."""
    given = item.embedded_list("companies")
    if not given or given[0] is None:
        return None
    company_id = given[0].get("id") if isinstance(given[0], dict) else None
    if not is_integer(company_id) or account.companies.get(company_id) is None:
        item.refuse("NotSupportedChoice", f"{item.embedded_at}.companies.0.id")
        return None
    return company_id
