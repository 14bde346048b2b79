"""Roles: named sets of rights that several users share (facts §3.2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from emulator.amocrm.query import ListQuery, Page, fetch
from emulator.amocrm.rights import read_rights
from emulator.amocrm.validation import Item
from emulator.core.database import Row

if TYPE_CHECKING:
    from emulator.amocrm.account import Account


@dataclass
class RoleDraft:
    """What one item writes; `rights` are those it names."""

    item: Item
    row: Row
    rights: dict[str, Any]
    before: Row | None = None


class Roles:
    """The roles of an account."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._database = account.database

    def page(self, query: ListQuery) -> Page:
        return fetch(self._database, "roles", query, query.conditions({}), query.order(("id",)), counted=True)

    def get(self, role_id: int) -> Row | None:
        return self._database.one("SELECT * FROM roles WHERE id = ?", role_id)

    def users_of(self, role_id: int) -> list[Row]:
        return self._database.all("SELECT * FROM users WHERE role_id = ? ORDER BY id", role_id)

    def read(self, item: Item, before: Row | None = None) -> RoleDraft:
        """`item` as a new role or a change of `before`; flaws are noted in the item."""
        if before is None:
            item.require("name")
        elif item.data.get("name") == "":
            item.refuse("NotBlank", "name")
        name = item.text("name")
        rights = read_rights(item, "rights", item.object("rights") or {}, self._account.pipelines.status)
        return RoleDraft(item, {} if name is None else {"name": name}, rights, before)

    def create(self, drafts: Iterable[RoleDraft]) -> list[Row]:
        with self._database.transaction():
            rows = [{**draft.row, "rights": orjson.dumps(draft.rights).decode()} for draft in drafts]
            return [self._any(self._database.insert("roles", row)) for row in rows]

    def change(self, drafts: Iterable[RoleDraft]) -> list[Row]:
        """The roles as they are after the changes; rights that a change does not name stay."""
        with self._database.transaction():
            return [self._change(draft) for draft in drafts if draft.before]

    def _change(self, draft: RoleDraft) -> Row:
        assert draft.before is not None
        before = self._any(draft.before["id"])  # an earlier item of the batch may have changed the role
        rights = orjson.dumps({**orjson.loads(before["rights"]), **draft.rights}).decode()
        self._database.update("roles", before["id"], {**draft.row, "rights": rights})
        return self._any(before["id"])

    def delete(self, role_id: int) -> None:
        """Remove a role; its users keep the rights they have of their own."""
        with self._database.transaction():
            self._database.execute("UPDATE users SET role_id = NULL WHERE role_id = ?", role_id)
            self._database.execute("DELETE FROM roles WHERE id = ?", role_id)

    def _any(self, role_id: int) -> Row:
        role = self.get(role_id)
        assert role is not None
        return role
