"""One SQLite database of one fake in one world, called synchronously (facts: 5-10 µs a statement never hurt the loop).

In memory by default, made from a template in a fraction of a millisecond; with a path a WAL file that is committed
before an answer is sent. `synchronous=NORMAL` survives the death of the process, which is what the stand promises; the
loss of the machine's power it does not. What is copied and put back is a whole database (`copies.py`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from emulator.core.copies import Copy, Shape, Source, shape, transfer
from emulator.core.errors import Conflict, NotFound
from emulator.core.ids import Ids

Row = dict[str, Any]
T = TypeVar("T")

_STATEMENTS = 512
_KEPT = 4096
_KEPT_BYTES = 8 * 1024 * 1024
"""How much is kept of what was made of rows: entries, and bytes of those that are bytes."""

_SPARES = 8
_LARGE = 2_000
"""Pages of a database whose connection is not kept for the next world: it would hold on to its memory."""


class Database:
    """Rows in and out as dictionaries.

    `schema` is SQL text; `counters` names, per table with an AUTOINCREMENT id, the kind its ids are drawn from. Open
    one through `Databases` to share connections between worlds that come and go.
    """

    def __init__(
        self,
        schema: str,
        counters: Mapping[str, str],
        ids: Ids,
        path: Path | None = None,
        connection: sqlite3.Connection | None = None,
        give_back: Callable[[sqlite3.Connection], None] = sqlite3.Connection.close,
    ) -> None:
        self.schema = schema
        self._give_back = give_back
        is_new = path is None or _begin(path, schema)
        self._connection = connection or _connect(path)
        self._columns: dict[str, tuple[str, ...]] = {}
        self._remembered: dict[tuple[Any, ...], Any] = {}
        self._remembered_at = -1
        self._remembered_bytes = 0
        self._depth = 0
        self.restores = 0
        """How often the content was replaced as a whole: whoever keeps rows ready forgets them when it grows."""
        self.on_restore: list[Callable[[], None]] = []
        """Called after each of these, for whoever has to act at once."""
        self.on_rollback: list[Callable[[], None]] = []
        """Called after a transaction that was taken back, for whoever may remember something out of it."""
        if path is not None:
            self._connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;")
        elif connection is None:
            _template(schema).backup(self._connection)
        if is_new:
            self._seed_counters(counters, ids)
        else:
            self._check_shape(self._connection)

    def _check_shape(self, other: sqlite3.Connection) -> None:
        if shape(other) != _declared(self.schema):
            raise Conflict("its tables are not those of this version of amostand")

    def _seed_counters(self, counters: Mapping[str, str], ids: Ids) -> None:
        rows = [(table, ids.before_first(kind)) for table, kind in counters.items()]
        with self.transaction():
            self._connection.executemany("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", rows)

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        return self._connection.execute(sql, values)

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run `sql` once for each of `rows`."""
        self._connection.executemany(sql, rows)

    def one(self, sql: str, *values: Any) -> Row | None:
        cursor = self._connection.execute(sql, values)
        row = cursor.fetchone()
        return None if row is None else dict(zip(self._columns.get(sql) or self._named(sql, cursor), row, strict=True))

    def remembered(self, sql: str, *values: Any) -> Row | None:
        """As `one`, for rows that are asked for again and again: kept until anything is written. Not to be changed."""
        return self.kept((sql, *values), lambda: self.one(sql, *values))

    def kept(self, key: tuple[Any, ...], make: Callable[[], T]) -> T:
        """What `make` makes of rows, made once and kept under `key` until anything is written. Not to be changed."""
        changes = self._connection.total_changes
        if changes != self._remembered_at:
            self._forget()
            self._remembered_at = changes
        if key in self._remembered:
            kept: T = self._remembered[key]
            return kept
        made = make()
        self._remembered_bytes += len(made) if isinstance(made, bytes) else 0
        if len(self._remembered) >= _KEPT or self._remembered_bytes > _KEPT_BYTES:
            self._forget()
        self._remembered[key] = made
        return made

    def _forget(self) -> None:
        self._remembered.clear()
        self._remembered_bytes = 0

    def all(self, sql: str, *values: Any) -> list[Row]:
        cursor = self._connection.execute(sql, values)
        rows = cursor.fetchall()
        if not rows:
            return []
        columns = self._columns.get(sql) or self._named(sql, cursor)
        return [dict(zip(columns, row, strict=True)) for row in rows]

    def value(self, sql: str, *values: Any) -> Any:
        """The first column of the first row, or None."""
        row = self._connection.execute(sql, values).fetchone()
        return row[0] if row else None

    def _named(self, sql: str, cursor: sqlite3.Cursor) -> tuple[str, ...]:
        """The columns of `sql`, remembered: asking sqlite3 for them costs more than the row itself."""
        if len(self._columns) >= _STATEMENTS:
            self._columns.clear()
        names = self._columns[sql] = tuple([column[0] for column in cursor.description])
        return names

    def insert(self, table: str, row: Mapping[str, Any]) -> int:
        """Insert `row` and return its id. Table and column names come from the code, never from outside."""
        cursor = self._connection.execute(_insert_sql(table, tuple(row)), tuple(row.values()))
        return cursor.lastrowid or 0

    def update(self, table: str, key: int | str, changes: Mapping[str, Any]) -> None:
        """Change the row of `table` whose `id` is `key`."""
        if changes:
            self._connection.execute(_update_sql(table, tuple(changes)), (*changes.values(), key))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; nested uses join the outermost one."""
        self._depth += 1
        if self._depth > 1:
            try:
                yield
            finally:
                self._depth -= 1
            return
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            self._forget()
            for tell in self.on_rollback:
                tell()
            raise
        else:
            self._connection.execute("COMMIT")
        finally:
            self._depth -= 1

    def snapshot(self, path: Path | None = None) -> Copy:
        """A copy of all rows; with a path a file, else temporary. Not inside a transaction."""
        assert self._depth == 0
        return Copy.of(self._connection, self.schema, path)

    def check(self, source: Source) -> None:
        """Raises Conflict when `source` has other tables than this database, so that it cannot be restored."""
        if source.schema != self.schema:
            with source.opened() as connection:
                self._check_shape(connection)

    def restore(self, source: Source) -> None:
        """Replace all rows by those of `source`. Raises Conflict when it has other tables, and then changes nothing."""
        assert self._depth == 0
        self.check(source)
        with source.opened() as connection:
            transfer(connection, self._connection)
        self._remembered.clear()
        self.restores += 1
        for tell in self.on_restore:
            tell()

    @contextmanager
    def opened(self) -> Iterator[sqlite3.Connection]:
        """The connection as a source for another database."""
        yield self._connection

    def close(self) -> None:
        """Give the connection back. Whoever still holds this database is told that its world is gone."""
        connection, self._connection = self._connection, _Closed()  # type: ignore[assignment]
        self._forget()
        if not isinstance(connection, _Closed):
            self._give_back(connection)


class _Closed:
    """In place of a connection that belongs to another world by now."""

    def __getattr__(self, name: str) -> Any:
        raise NotFound("the world of this request has been deleted")


class Databases:
    """Opens databases in memory on connections that closed worlds have left behind, emptied.

    A connection keeps its compiled statements, and compiling them anew is half of what a short-lived world costs.
    """

    def __init__(self, spares: int = _SPARES) -> None:
        """At most `spares` connections of each schema are kept; with 0 each is closed with its database."""
        self._spares = spares
        self._spare: dict[str, list[sqlite3.Connection]] = {}

    def open(self, schema: str, counters: Mapping[str, str], ids: Ids, path: Path | None = None) -> Database:
        """A database of `schema`; in memory, or in the file `path`."""
        if path is not None:
            return Database(schema, counters, ids, path)
        spare = self._spare.setdefault(schema, [])
        connection = spare.pop() if spare else None

        def give_back(used: sqlite3.Connection) -> None:
            if len(spare) < self._spares and used.execute("PRAGMA page_count").fetchone()[0] < _LARGE:
                _empty(used, schema)
                spare.append(used)
            else:
                used.close()

        return Database(schema, counters, ids, connection=connection, give_back=give_back)

    def close(self) -> None:
        for connections in self._spare.values():
            while connections:
                connections.pop().close()


def _begin(path: Path, schema: str) -> bool:
    """Make the file a new database of `schema` if there is nothing in it, and say so. It is for its owner alone: tokens
    lie in it."""
    path.touch(mode=0o600)
    if path.stat().st_size:
        return False
    path.write_bytes(_image(schema))
    return True


def _connect(path: Path | None) -> sqlite3.Connection:
    connection = sqlite3.connect(path or ":memory:", isolation_level=None, cached_statements=_STATEMENTS)
    connection.create_function("casefold", 1, str.casefold, deterministic=True)
    return connection


def _empty(connection: sqlite3.Connection, schema: str) -> None:
    """Delete every row of every table, and what the counters stood at. Most tables have none, and one question tells
    which."""
    connection.execute("BEGIN")
    for (table,) in connection.execute(_filled(schema)).fetchall():
        connection.execute(f"DELETE FROM {table}")
    connection.execute("DELETE FROM sqlite_sequence")
    connection.execute("COMMIT")


@lru_cache(maxsize=8)
def _filled(schema: str) -> str:
    """Asks for the tables of `schema` that have rows."""
    tables = [name for kind, name, _ in _declared(schema) if kind == "table" and name != "sqlite_sequence"]
    return " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {table})" for table in tables)


@lru_cache(maxsize=8)
def _template(schema: str) -> sqlite3.Connection:
    """An empty database of that schema, copied for each world instead of running its DDL again."""
    connection = sqlite3.connect(":memory:")
    connection.executescript(schema)
    return connection


@lru_cache(maxsize=8)
def _image(schema: str) -> bytes:
    """The template as a file in WAL mode, which bytes 18 and 19 say (sqlite.org/fileformat2)."""
    image = bytearray(_template(schema).serialize())
    image[18:20] = b"\x02\x02"
    return bytes(image)


@lru_cache(maxsize=8)
def _declared(schema: str) -> Shape:
    return shape(_template(schema))


@lru_cache(maxsize=256)
def _insert_sql(table: str, columns: tuple[str, ...]) -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"


@lru_cache(maxsize=256)
def _update_sql(table: str, columns: tuple[str, ...]) -> str:
    return f"UPDATE {table} SET {', '.join(f'{column} = ?' for column in columns)} WHERE id = ?"
