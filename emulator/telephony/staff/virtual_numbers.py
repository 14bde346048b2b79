"""The virtual numbers of an account: what outside people dial and see."""

from __future__ import annotations

from emulator.core.database import Database, Row
from emulator.core.ground import Ground
from emulator.core.instants import micros
from emulator.core.phones import match_key
from emulator.telephony.numbers import written
from emulator.telephony.staff.records import NumberSpec, VirtualNumber

_SELECT = "SELECT id, number, name, type, is_recorded, activated_at FROM virtual_numbers"


class VirtualNumbers:
    def __init__(self, ground: Ground, database: Database) -> None:
        self._ground = ground
        self._database = database

    def add(self, spec: NumberSpec) -> int:
        """Store a virtual number and return the id. Raises BadRequest for a number that is none."""
        number = written(spec.number, "virtual_numbers")
        row = {
            "number": number,
            "match_key": match_key(number),
            "name": spec.name,
            "type": spec.type,
            "is_recorded": spec.is_recorded,
            "activated_at": micros(self._ground.clock.now()),
        }
        return self._database.insert("virtual_numbers", row)

    def all(self) -> list[VirtualNumber]:
        """In the order they were given."""
        return [_virtual_number(row) for row in self._database.all(f"{_SELECT} ORDER BY id")]

    def find(self, number: str) -> VirtualNumber | None:
        row = self._database.one(f"{_SELECT} WHERE match_key = ?", match_key(number))
        return _virtual_number(row) if row else None

    def first(self) -> VirtualNumber | None:
        row = self._database.one(f"{_SELECT} ORDER BY id LIMIT 1")
        return _virtual_number(row) if row else None

    def set_recorded(self, number_id: int, is_recorded: bool) -> None:
        self._database.update("virtual_numbers", number_id, {"is_recorded": is_recorded})


def _virtual_number(row: Row) -> VirtualNumber:
    row["is_recorded"] = bool(row["is_recorded"])
    return VirtualNumber(**row)
