"""Users of an account and their groups (facts §3.2). Only administrators see and write them, which the API sees to.

A user that is not active any more stays, is listed, can be an author, and can neither be responsible nor ask anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from emulator.amocrm.changes import Change
from emulator.amocrm.query import ListQuery, Page, fetch, integers
from emulator.amocrm.rights import ALL, read_rights
from emulator.amocrm.validation import Item, is_integer
from emulator.core.database import Row

if TYPE_CHECKING:
    from emulator.amocrm.account import Account

DEFAULT_GROUP = "Отдел продаж"
ROBOT = 0
"""The author 0 is the robot: amoCRM itself."""

LANGUAGES = frozenset({"ru", "en", "es", "pt"})
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
FILTERS = {"id": integers("id")}


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

    def join(self, name: str, email: str, *, is_admin: bool = False) -> int:
        """An administrator invites somebody, by hand; returns the id."""
        row = {"name": name, "email": email, "is_admin": int(is_admin), "group_id": self._group(DEFAULT_GROUP)}
        return int(self.create([row], ROBOT)[0]["id"])

    def deactivate(self, user_id: int) -> None:
        """The user may not work here any more: tokens and sessions are refused, open pages are closed."""
        self.set_active([user_id], ROBOT, is_active=False)

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

    def api_key(self, user_id: int) -> str:
        """The key of the old API that the user's profile shows."""
        return self._account.ground.ids.token("api key", user_id, 20)

    def with_key(self, login: Any, key: Any) -> Row | None:
        """The working user with that e-mail and API key."""
        if not isinstance(login, str) or not isinstance(key, str):
            return None
        user = self._database.one("SELECT * FROM users WHERE lower(email) = lower(?) AND is_active", login)
        return user if user and self.api_key(user["id"]) == key else None

    def owner(self) -> Row:
        """Who gets what amoCRM makes by itself: the first administrator who works, else the first user.

        Nobody may work here any more; then the owner is a user who is off.
        """
        user = self._database.one("SELECT * FROM users ORDER BY is_active DESC, is_admin DESC, id LIMIT 1")
        assert user is not None
        return user

    def groups(self) -> list[Row]:
        return self._database.all("SELECT * FROM groups ORDER BY id")

    def page(self, query: ListQuery) -> Page:
        return fetch(self._database, "users", query, query.conditions(FILTERS), query.order(("id",)), counted=True)

    def read(self, items: Iterable[Item]) -> list[Row]:
        """New users, one of each item; flaws are noted in the items. A password is accepted and never kept."""
        taken = {row["email"].casefold() for row in self._database.all("SELECT email FROM users")}
        rows = []
        for item in items:
            row = self._read(item)
            email = (row["email"] or "").casefold()
            if email in taken:
                item.refuse("NotUnique", "email")
            taken.add(email)
            rows.append(row)
        return rows

    def _read(self, item: Item) -> Row:
        for key in ("name", "email"):
            item.require(key)
        email, rights = item.text("email"), item.object("rights") or {}
        if email and not _EMAIL.fullmatch(email):
            item.refuse("NotSupportedChoice", "email")
        item.text("password")
        if rights.get("is_admin"):
            item.refuse("NotSupportedChoice", "rights.is_admin")
        is_free = rights.get("is_free")
        if is_free is not None and not isinstance(is_free, bool):
            item.refuse_type("rights.is_free", "bool")
        own = read_rights(item, "rights", rights, self._account.pipelines.status)
        return {
            "name": item.text("name"),
            "email": email,
            "lang": item.choice("lang", LANGUAGES) or "ru",
            "group_id": self._named(item, rights, "group_id", self.group) or 0,
            "role_id": self._named(item, rights, "role_id", self._account.roles.get),
            "is_free": int(is_free is True),
            "rights": orjson.dumps(own).decode(),
        }

    def _named(self, item: Item, rights: dict[str, Any], key: str, find: Any) -> int | None:
        """The id at `rights.{key}`, which must be one that `find` knows."""
        given = rights.get(key)
        if given is None:
            return None
        if not is_integer(given) or find(given) is None:
            item.refuse("NotSupportedChoice", f"rights.{key}")
            return None
        return given

    def group(self, group_id: int) -> Row | None:
        return self._database.one("SELECT * FROM groups WHERE id = ?", group_id)

    def create(self, rows: Iterable[Row], author: int) -> list[Row]:
        with self._database.transaction():
            return [self._create(row, author) for row in rows]

    def _create(self, row: Row, author: int) -> Row:
        user = self._any(self._database.insert("users", row))
        said = {"name": user["name"], "email": user["email"]}
        self._account.changes.announce(Change("user", "added", user["id"], author, after=user, said=said))
        return user

    def set_active(self, user_ids: Iterable[int], author: int, *, is_active: bool) -> None:
        """Let users work, or not any more: then their tokens and sessions are refused and their pages closed."""
        switched = [user_id for user_id in user_ids if self._any(user_id)["is_active"] != is_active]
        with self._database.transaction():
            for user_id in switched:
                before, said = self._any(user_id), {"is_active": is_active}
                self._database.update("users", user_id, {"is_active": int(is_active)})
                after = self._any(user_id)
                self._account.changes.announce(
                    Change("user", "changed", user_id, author, before=before, after=after, said=said)
                )
        if not is_active:
            for user_id in switched:
                self._account.presence.close_user(user_id)

    def rights(self, user: Row) -> dict[str, Any]:
        """What a user may do: the rights of the role, else the user's own."""
        role = self._account.roles.get(user["role_id"]) if user["role_id"] is not None else None
        return {**ALL, **orjson.loads(role["rights"] if role else user["rights"])}

    def _any(self, user_id: int) -> Row:
        user = self.get(user_id)
        assert user is not None
        return user
