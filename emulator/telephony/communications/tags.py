"""Tags of communications (facts §1.10): the account's list with the vendor's system tags, and who put which where.

Putting a tag that is there already, or taking off one that is not, changes nothing: a run that is repeated is harmless
(SYNC-08), and a tag keeps the time and author of the first time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from emulator.core.database import Database, Row
from emulator.core.errors import Conflict, NotFound
from emulator.core.ground import Ground
from emulator.core.instants import micros

SALE = "Продажа"
LEAD_GENERATOR = "Генератор лидов"
SYSTEM_TAGS = (
    "В обработке",
    LEAD_GENERATOR,
    "Лид",
    "Не обработано",
    "Нереализованная сделка",
    "Нецелевой контакт",
    "Обработано",
    "Отложенный звонок",
    SALE,
    "Спам",
    "Фрод",
)


@dataclass(frozen=True)
class Tag:
    id: int
    name: str
    is_system: bool


@dataclass(frozen=True)
class Author:
    """Who puts a tag: the telephony by itself, a user of the account, or an employee."""

    type: Literal["auto", "manual"]
    user_id: int | None = None
    user_login: str | None = None
    employee_id: int | None = None


AUTOMATIC = Author("auto")


@dataclass(frozen=True)
class Mark:
    """A tag on a communication; `changed_at` in microseconds."""

    communication_id: int
    tag_id: int
    tag_name: str
    changed_at: int
    by: Author


_MARKS = (
    "SELECT marks.*, tags.name FROM communication_tags AS marks"
    " JOIN tags ON tags.id = marks.tag_id JOIN communications ON communications.id = marks.communication_id WHERE"
)


class Tags:
    """The tags of one account."""

    def __init__(self, ground: Ground, database: Database) -> None:
        self._ground = ground
        self._database = database

    def settle_in(self) -> None:
        """The system tags of a new account."""
        for name in SYSTEM_TAGS:
            self._database.insert("tags", {"name": name, "is_system": True})

    def all(self) -> list[Tag]:
        """The oldest first; the system tags are those of the beginning."""
        rows = self._database.all("SELECT id, name, is_system FROM tags ORDER BY id")
        return [Tag(row["id"], row["name"], bool(row["is_system"])) for row in rows]

    def create(self, name: str) -> int:
        """Raises Conflict when there is a tag of that name."""
        if self.id_of(name) is not None:
            raise Conflict(f"there is a tag «{name}» already")
        return self._database.insert("tags", {"name": name, "is_system": False})

    def id_of(self, name: str) -> int | None:
        tag_id: int | None = self._database.value("SELECT id FROM tags WHERE name = ?", name)
        return tag_id

    def has(self, tag_id: int) -> bool:
        return self._database.value("SELECT 1 FROM tags WHERE id = ?", tag_id) is not None

    @property
    def sale_id(self) -> int:
        """The system tag «Продажа»."""
        tag_id = self.id_of(SALE)
        assert tag_id is not None
        return tag_id

    def put(self, communication_id: int, tag_id: int, *, by: Author = AUTOMATIC) -> None:
        """Raises NotFound for a communication or a tag that this account does not have."""
        self._known(communication_id, tag_id)
        self._database.execute(
            "INSERT INTO communication_tags"
            " (communication_id, tag_id, type, changed_at, user_id, user_login, employee_id)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            *(communication_id, tag_id, by.type, micros(self._ground.clock.now())),
            *(by.user_id, by.user_login, by.employee_id),
        )

    def take_off(self, communication_id: int, tag_id: int) -> None:
        """The sale goes with the tag «Продажа». Raises NotFound as `put` does."""
        self._known(communication_id, tag_id)
        with self._database.transaction():
            self._database.execute(
                "DELETE FROM communication_tags WHERE communication_id = ? AND tag_id = ?", communication_id, tag_id
            )
            if tag_id == self.sale_id:
                self._database.execute("DELETE FROM sales WHERE communication_id = ?", communication_id)

    def of(self, communication_id: int) -> list[Mark]:
        """What a communication carries, in the order of putting."""
        return self._marks(f"{_MARKS} marks.communication_id = ? ORDER BY marks.id", communication_id)

    def between(self, since: int, until: int) -> list[Mark]:
        """What the communications that began in [since, until) carry, in the order of putting."""
        span = "communications.created_at >= ? AND communications.created_at < ?"
        return self._marks(f"{_MARKS} {span} ORDER BY marks.id", since, until)

    def _marks(self, question: str, *values: Any) -> list[Mark]:
        return [_mark(row) for row in self._database.all(question, *values)]

    def _known(self, communication_id: int, tag_id: int) -> None:
        for table, identifier in (("communications", communication_id), ("tags", tag_id)):
            if self._database.value(f"SELECT 1 FROM {table} WHERE id = ?", identifier) is None:
                raise NotFound(f"no {table.removesuffix('s')} {identifier}")


def by_communication(marks: Iterable[Mark]) -> dict[int, list[Mark]]:
    found: dict[int, list[Mark]] = {}
    for mark in marks:
        found.setdefault(mark.communication_id, []).append(mark)
    return found


def _mark(row: Row) -> Mark:
    by = Author(row["type"], row["user_id"], row["user_login"], row["employee_id"])
    return Mark(row["communication_id"], row["tag_id"], row["name"], row["changed_at"], by)
