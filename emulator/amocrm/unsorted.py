"""«Неразобранное»: requests for deals that nobody has sorted yet (facts §3.12; UNS-01, UNS-02, PRIM-17 with GAP-16).

An item has a deal and mostly a contact, which live from the start and are hidden until the item is accepted. They are
tied to each other when they are shown. Calls of its number join the item and leave with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from emulator.amocrm.call_drafts import call_of
from emulator.amocrm.changes import Action, Change
from emulator.amocrm.nested import Nested
from emulator.amocrm.pipelines import LOST, WON
from emulator.amocrm.platform import Placement
from emulator.amocrm.query import ListQuery, Page, fetch, instants, integers, texts
from emulator.amocrm.unsorted_drafts import UnsortedDraft, UnsortedReader
from emulator.amocrm.unsorted_metadata import WANTS_CALL, Metadata
from emulator.amocrm.users import ROBOT
from emulator.amocrm.validation import Item
from emulator.core.database import Row

if TYPE_CHECKING:
    from emulator.amocrm.account import Account

_CATEGORIES = ("sip", "mail", "forms", "chats")
_UID_BYTES = 30
_PENDING = "SELECT id FROM unsorted WHERE state = 'pending'"
ORDER = ("created_at", "updated_at", "id")
FILTERS = {"uid": texts("uid"), "category": texts("category"), "pipeline_id": integers("pipeline_id")}
_SUMMARY = (
    "SELECT count(*) AS total, count(*) FILTER (WHERE state = 'accepted') AS accepted, "
    "count(*) FILTER (WHERE state = 'declined') AS declined, "
    "CAST(coalesce(avg(max(sorted_at - created_at, 0)), 0) / 1000000 AS INTEGER) AS average_sort_time"
)
SUMMARY_FILTERS = {**FILTERS, "created_at": instants("created_at")}


class Unsorted:
    """The items of an account. Each is pending, accepted or declined; only pending ones can be found."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._database = account.database
        self._reader = UnsortedReader(account)

    def page(self, query: ListQuery) -> Page:
        conditions = query.conditions(FILTERS)
        conditions.add("state = 'pending'")
        return fetch(self._database, "unsorted", query, conditions, query.order(ORDER))

    def get(self, uid: str) -> Row | None:
        """The pending item."""
        return self._database.one("SELECT * FROM unsorted WHERE uid = ? AND state = 'pending'", uid)

    def item_with(self, key: str) -> Row | None:
        """The oldest pending item of that number, which is the caller's or a phone of its contact. It has a contact."""
        phones = "SELECT card_id FROM contact_phones WHERE key = ? AND is_phone"
        either = f"{_PENDING} AND key = ? UNION {_PENDING} AND contact_id IN ({phones})"
        sql = f"SELECT * FROM unsorted WHERE id IN ({either}) ORDER BY created_at, id LIMIT 1"
        return self._database.one(sql, key, key)

    def summary(self, query: ListQuery) -> dict[str, Any]:
        """How many items came and what became of them; the average time of sorting is in whole seconds."""
        conditions = query.conditions(SUMMARY_FILTERS)
        where, arguments = conditions.sql(), conditions.arguments
        found = self._database.one(f"{_SUMMARY} FROM unsorted{where}", *arguments)
        assert found is not None
        counted = self._database.all(f"SELECT category, count(*) AS n FROM unsorted{where} GROUP BY 1", *arguments)
        totals = {row["category"]: row["n"] for row in counted}
        return {**found, "categories": {name: {"total": totals.get(name, 0)} for name in _CATEGORIES}}

    def read(self, item: Item, category: str, user_id: int) -> UnsortedDraft:
        """`item` as a draft; flaws are noted in the item. What is pending already cannot come again."""
        draft = self._reader.read(item, category, user_id)
        if self._is_pending(draft):
            item.refuse("NotUnique", "source_uid")
        return draft

    def _is_pending(self, draft: UnsortedDraft) -> bool:
        """Whether the same is pending. `source_uid` alone does not tell: some clients send one for all their items."""
        same = "source_uid = ? AND category = ? AND metadata = ?"
        sql = f"SELECT 1 FROM unsorted WHERE state = 'pending' AND {same} LIMIT 1"
        return self._database.one(sql, *_identity(draft)) is not None

    def refuse_twins(self, drafts: list[UnsortedDraft]) -> None:
        """Note a flaw in each item that an earlier one of the same request says already."""
        seen: set[tuple[str, str, str]] = set()
        for draft in drafts:
            if _identity(draft) in seen:
                draft.item.refuse("NotUnique", "source_uid")
            seen.add(_identity(draft))

    def create(self, drafts: list[UnsortedDraft], author: int) -> list[Row]:
        with self._database.transaction():
            return [self._create(draft, author) for draft in drafts]

    def _create(self, draft: UnsortedDraft, author: int) -> Row:
        company_id, contact_id = self._hidden(draft.company, "companies"), self._hidden(draft.contact, "contacts")
        [lead] = self._account.leads.create([draft.lead], hidden=True)
        row = {
            **draft.row,
            "pipeline_id": lead["pipeline_id"],
            "lead_id": lead["id"],
            "contact_id": contact_id,
            "company_id": company_id,
            "metadata": _kept(draft.metadata),
        }
        item_id = self._database.insert("unsorted", row)
        uid = self._account.ground.ids.token("unsorted", item_id, _UID_BYTES)
        item = self._changed(item_id, {"uid": uid})
        self._announce("added", item, author)
        if draft.metadata.get(WANTS_CALL):
            self._add_call(item, draft, lead)
        self._collect_waiting(item)
        return item

    def _hidden(self, nested: Nested | None, table: str) -> int | None:
        return None if nested is None else nested.make(self._account, table, hidden=True)

    def _add_call(self, item: Row, draft: UnsortedDraft, lead: Row) -> None:
        """The call that the item is about; no filter of short or lost calls looks at it (GAP-33)."""
        row = call_of(self._account, draft.metadata, draft.number, item["source_name"], lead["responsible_user_id"])
        self._account.calls.add(row, Placement("join", ("contacts", item["contact_id"]), item["id"]))

    def _collect_waiting(self, item: Row) -> None:
        """Calls of the item's number that wait for a contact join it; one that names its deal goes on waiting."""
        if item["contact_id"] is None:
            return
        contact = self._account.contacts.any(item["contact_id"])
        for key in {item["key"], *self._account.contacts.search.phone_keys(contact)} - {""}:
            for call in self._account.calls.waiting(key):
                if call["entity_id"] is None:
                    self._account.calls.join(call, item["id"], item["contact_id"])

    def make_of(self, call: Row) -> None:
        """amoCRM itself makes an item of a call that waited in vain (PRIM-17): it sets neither tags nor fields."""
        owner = self._account.users.owner()
        card = {"created_by": ROBOT, "responsible_user_id": owner["id"]}
        data = {
            "source_uid": call["uniq"] or f"call-{call['id']}",
            "source_name": call["source"] or "amoCRM",
            "metadata": {
                "phone": call["phone"],
                "called_at": call["created_at"] // 1_000_000,
                "duration": call["duration"],
                "link": call["link"],
                "service_code": call["source"],
                "uniq": call["uniq"],
                "call_responsible": orjson.loads(call["call_responsible"]),
            },
        }
        embedded = {"leads": [card], "contacts": [{"name": call["phone"], **card}]}
        draft = self._reader.read(Item(data, "0", embedded, "call"), "sip", ROBOT)
        draft.give_to(owner)
        self.create([draft], ROBOT)

    def accept(self, item: Row, status_id: int, user_id: int | None, author: int) -> Row:
        """The cards of the item become ordinary: the deal on that stage and, if told so, that user's."""
        account, now = self._account, self._account.now()
        stage: Row = {"status_id": status_id, "updated_at": now, "updated_by": author, "company_id": item["company_id"]}
        if status_id in (WON, LOST):
            stage["closed_at"] = now
        if user_id is not None:
            stage |= {"responsible_user_id": user_id, "group_id": account.users.group_of(user_id)}
        with self._database.transaction():
            after = self._sort(item, "accepted", author)
            if item["company_id"] is not None and _is_hidden(account.companies.any(item["company_id"])):
                account.companies.show(item["company_id"], {})
            account.leads.show(item["lead_id"], stage)
            if item["contact_id"] is not None:
                self._show_contact(item, author)
            for call in account.calls.on_item(item["id"]):
                account.calls.attach(call, account.platform.target_of(("contacts", item["contact_id"])))
        return after

    def _show_contact(self, item: Row, author: int) -> None:
        contact_id = item["contact_id"]
        self._account.links.tie_contacts(item["lead_id"], [(contact_id, True)], author)
        if _is_hidden(self._account.contacts.any(contact_id)):
            self._account.contacts.show(contact_id, {"company_id": item["company_id"]})

    def decline(self, item: Row, author: int) -> Row:
        """The hidden cards of the item are gone for good, and so are its calls; its number is unknown again."""
        with self._database.transaction():
            after = self._sort(item, "declined", author)
            for table, key in (("leads", "lead_id"), ("contacts", "contact_id"), ("companies", "company_id")):
                cards = self._account.cards[table]
                if item[key] is not None and _is_hidden(cards.any(item[key])):
                    cards.drop(item[key], author)
            for call in self._account.calls.on_item(item["id"]):
                self._account.calls.drop(call)
        return after

    def _sort(self, item: Row, action: Action, author: int) -> Row:
        now = self._account.now()
        after = self._changed(item["id"], {"state": action, "sorted_at": now, "sorted_by": author, "updated_at": now})
        self._announce(action, after, author, before=item)
        return after

    def _changed(self, item_id: int, changes: Row) -> Row:
        self._database.update("unsorted", item_id, changes)
        item = self._database.one("SELECT * FROM unsorted WHERE id = ?", item_id)
        assert item is not None
        return item

    def _announce(self, action: Action, item: Row, author: int, before: Row | None = None) -> None:
        said = {key: item[key] for key in ("category", "source_uid", "lead_id", "contact_id")}
        self._account.changes.announce(
            Change("unsorted", action, item["uid"], author=author, before=before, after=item, said=said)
        )


def _identity(draft: UnsortedDraft) -> tuple[str, str, str]:
    return draft.row["source_uid"], draft.row["category"], _kept(draft.metadata)


def _is_hidden(card: Row) -> bool:
    return card["visible_at"] is None


def _kept(metadata: Metadata) -> str:
    """`metadata` as a row keeps it and the API gives it back."""
    return orjson.dumps({key: value for key, value in metadata.items() if key != WANTS_CALL}).decode()
