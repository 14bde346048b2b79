"""Pop-ups of calls on the screens of users: POST /api/v2/events (facts §3.14).

A pop-up shows the card that a call of the number would go to; for a number that nobody has it offers to make a contact.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from emulator.amocrm.changes import SINGULAR
from emulator.amocrm.platform import Target
from emulator.amocrm.validation import Item, is_integer
from emulator.core.database import Row
from emulator.core.instants import from_micros
from emulator.core.phones import match_key

if TYPE_CHECKING:
    from emulator.amocrm.account import Account

_TYPE = "phone_call"
_ALL_WORKING = "SELECT id FROM users WHERE is_active ORDER BY id"


@dataclass
class PopupDraft:
    """One item of a request, checked: whose screens show what number."""

    item: Item
    phone: str
    user_ids: list[int]


@dataclass(frozen=True, slots=True)
class Shown:
    """What came of one item: the number, the card that is shown, the pop-ups of the users."""

    phone: str
    card: Target | None
    ids: list[int]


class Popups:
    """The pop-ups of an account, one row for each user who sees it."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._database = account.database

    def read(self, item: Item) -> PopupDraft:
        """`item` as a draft; flaws are noted in the item. Without `users` everybody who works sees the pop-up."""
        for key in ("type", "phone_number"):
            item.require(key)
        kind, phone = item.text("type"), item.text("phone_number")
        if kind and kind != _TYPE:
            item.refuse("NotSupportedChoice", "type")
        return PopupDraft(item, phone or "", self._users(item))

    def _users(self, item: Item) -> list[int]:
        named = item.list_of("users")
        if not named:
            return [row["id"] for row in self._database.all(_ALL_WORKING)]
        found: list[int] = []
        for index, value in enumerate(named):
            user_id = int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 19 else value
            if not is_integer(user_id) or self._account.users.group_of(user_id) is None:
                item.refuse("NotSupportedChoice", f"users.{index}")
            elif user_id not in found:
                found.append(user_id)
        return found

    def show(self, drafts: list[PopupDraft]) -> list[Shown]:
        """Put the pop-ups on the screens."""
        with self._database.transaction():
            return [self._show(draft) for draft in drafts]

    def _show(self, draft: PopupDraft) -> Shown:
        platform = self._account.platform
        known = platform.card_with(match_key(draft.phone))
        card = platform.target_of(known) if known else None
        return Shown(draft.phone, card, [self._add(user_id, draft.phone, card) for user_id in draft.user_ids])

    def _add(self, user_id: int, phone: str, card: Target | None) -> int:
        entity_type, entity_id = card or (None, None)
        row = {"user_id": user_id, "phone": phone, "entity_type": entity_type, "entity_id": entity_id}
        popup_id = self._database.insert("popups", {**row, "at": self._account.now()})
        said = {"popup": popup_id, "phone": phone, "card": _named(row)}
        self._account.ground.journal.add("push", "amocrm", "page", f"user:{user_id}", said)
        return popup_id

    def of(self, user_id: int | None = None) -> list[dict[str, Any]]:
        """The pop-ups of one user or of all, oldest first: id, user_id, phone, at, card."""
        where, arguments = ("", ()) if user_id is None else (" WHERE user_id = ?", (user_id,))
        rows = self._database.all(f"SELECT * FROM popups{where} ORDER BY id", *arguments)
        return [
            {
                "id": row["id"],
                "user_id": row["user_id"],
                "phone": row["phone"],
                "at": from_micros(row["at"]).isoformat(),
                "card": _named(row),
            }
            for row in rows
        ]


def _named(row: Row) -> dict[str, Any] | None:
    return {"type": SINGULAR[row["entity_type"]], "id": row["entity_id"]} if row["entity_type"] else None
