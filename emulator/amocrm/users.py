"""Users of an account and their groups (facts §3.2). Only administrators may list them; the API layer sees to that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from emulator.amocrm.changes import Change
from emulator.amocrm.query import ListQuery, Page, fetch
from emulator.core.database import Row

if TYPE_CHECKING:
    from emulator.amocrm.account import Account

DEFAULT_GROUP = "Отдел продаж"
ROBOT = 0
"""The author 0 is the robot: amoCRM itself."""


@dataclass(frozen=True)
class PersonSpec:
    """Somebody an account is opened with. `group` is a name; None is the first group."""

    name: str
    email: str
    is_admin: bool = False
    group: str | None = None


class Users:
    """Users in the order they were added."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._database = account.database

    def add(self, person: PersonSpec) -> int:
        """A new user; returns the id. A group that does not exist yet is made."""
        row = {"name": person.name, "email": person.email, "is_admin": int(person.is_admin)}
        return self._database.insert("users", {**row, "group_id": self._group(person.group or DEFAULT_GROUP)})

    def deactivate(self, user_id: int) -> None:
        """The user may not work here any more: tokens and sessions are refused, open pages are closed."""
        with self._database.transaction():
            before = self.get(user_id)
            self._database.update("users", user_id, {"is_active": 0})
            self._account.changes.announce(
                Change("user", "changed", user_id, before=before, after=self.get(user_id), said={"is_active": False})
            )
        self._account.presence.close_user(user_id)

    def _group(self, name: str) -> int:
        known = self._database.value("SELECT id FROM groups WHERE name = ?", name)
        return known if known is not None else self._database.insert("groups", {"name": name})

    def ids(self) -> list[int]:
        return [row["id"] for row in self._database.all("SELECT id FROM users ORDER BY id")]

    def get(self, user_id: int) -> Row | None:
        return self._database.one("SELECT * FROM users WHERE id = ?", user_id)

    def exists(self, user_id: int) -> bool:
        """Whether `user_id` can be an author: a user, working or not, or the robot."""
        return user_id == ROBOT or self.get(user_id) is not None

    def group_of(self, user_id: int) -> int | None:
        """The group of a working user; None when there is no such user."""
        group: int | None = self._database.value("SELECT group_id FROM users WHERE id = ? AND is_active", user_id)
        return group

    def owner(self) -> int:
        """Who gets what amoCRM makes by itself: the first administrator who works, else the first user."""
        sql = "SELECT id FROM users ORDER BY is_active DESC, is_admin DESC, id LIMIT 1"
        return int(self._database.value(sql))

    def groups(self) -> list[Row]:
        return self._database.all("SELECT * FROM groups ORDER BY id")

    def page(self, query: ListQuery) -> Page:
        return fetch(self._database, "users", query, query.conditions({}), query.order(("id",)), counted=True)
