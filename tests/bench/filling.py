"""Many contacts in a moment: the domain makes one, and its rows are the stencil of all the others.

Each table that making a contact writes to gets a row for every number, with number, phone and ids in their places. So
that these are the rows that the domain would have written, it makes a second contact, and the two must agree.
"""

from __future__ import annotations

from typing import Any

from emulator.amocrm.account import Account
from emulator.amocrm.validation import Item
from emulator.core.database import Database

Row = tuple[Any, ...]
Rows = dict[str, set[Row]]
"""The rows of each table."""

_FIRST_KEY = 9_000_000_000
_STRIDE, _PRIME = 7_919_377, 999_999_937
_KEY_SQL = f"{_FIRST_KEY} + n * {_STRIDE} % {_PRIME}"
_TEXT_SQL = f"replace(replace(?, ' 0000000', printf(' %07d', n)), '{_FIRST_KEY}', {_KEY_SQL})"


def key(number: int) -> str:
    """The last ten digits of the phone of contact `number`, far from those of its neighbours."""
    return str(_FIRST_KEY + number * _STRIDE % _PRIME)


def fill(account: Account, count: int) -> None:
    """Bring an account without contacts to `count` of them, each with one phone of its own."""
    database = account.database
    first_id, stencils = _made(account, 0)
    second_id, made = _made(account, 1)
    copied = {table: _copies(database, table, stencil, first_id, 1, 1) for table, stencil in stencils.items()}
    assert second_id == first_id + 1
    assert copied == made, f"the domain has written {made}, the stencil gives {copied}"
    with database.transaction():
        for table, stencil in stencils.items():
            sql, values = _copying(database, table, stencil, first_id, 2, count - 1)
            database.execute(f"INSERT INTO {table} {sql}", *values)


def _made(account: Account, number: int) -> tuple[int, dict[str, list[Row]]]:
    """The id of a contact that the domain makes, and the rows that making it writes, by table."""
    before = _rows(account.database)
    phone = {"field_code": "PHONE", "values": [{"value": f"+7{key(number)}"}]}
    item = Item({"name": f"Contact {number:07}", "custom_fields_values": [phone]}, "0", {}, "")
    [contact] = account.contacts.create([account.contacts.read(item, account.user_ids[0])])
    written = {table: sorted(rows - before[table]) for table, rows in _rows(account.database).items()}
    return int(contact["id"]), {table: rows for table, rows in written.items() if rows}


def _rows(database: Database) -> Rows:
    tables = database.all("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return {
        name: {tuple(row.values()) for row in database.all(f"SELECT * FROM {name}")}
        for name in (table["name"] for table in tables)
    }


def _copies(database: Database, table: str, stencil: list[Row], first_id: int, first: int, last: int) -> list[Row]:
    """The rows for the numbers from `first` to `last`."""
    sql, values = _copying(database, table, stencil, first_id, first, last)
    return [tuple(row) for row in database.execute(sql, *values)]


def _copying(
    database: Database, table: str, stencil: list[Row], first_id: int, first: int, last: int
) -> tuple[str, list[Any]]:
    """The SELECT of those rows, and its values."""
    [row] = stencil
    names = [column["name"] for column in database.all(f"PRAGMA table_info({table})")]
    columns = [_column(name, value, first_id) for name, value in zip(names, row, strict=True)]
    numbers = f"WITH RECURSIVE n(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM n WHERE n < {last})"
    return f"{numbers} SELECT {', '.join(columns)} FROM n", list(row)


def _column(name: str, value: Any, first_id: int) -> str:
    """An id counts up, in a text the number and the phone are replaced, all else is as it was."""
    if isinstance(value, int) and (name == "id" or value == first_id):
        return "? + n"
    return _TEXT_SQL if isinstance(value, str) else "?"
