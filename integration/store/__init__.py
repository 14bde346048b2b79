"""The durable part of a tenant: `ports.Store` on SQLite. No other package knows SQL."""

from __future__ import annotations

from pathlib import Path

from integration.store.account import Account
from integration.store.calls import Calls
from integration.store.database import DamagedError, Database, Image, check_image, empty_image, write_image
from integration.store.inbox import Inbox

__all__ = ["DamagedError", "Image", "SqliteStore", "check_image", "write_image"]


class SqliteStore(Account, Inbox, Calls):
    """All of one tenant in one database. Construct with `create` or `open`, and `close` it."""

    def __init__(self, database: Database) -> None:
        self._db = database

    @classmethod
    def create(cls, image: Image | None = None, path: Path | None = None) -> SqliteStore:
        """A new store, empty or with the content of `image`; in memory without a path, else replacing the file."""
        if path is None:
            return cls(Database.in_memory(image))
        write_image(path, image or empty_image())
        return cls.open(path)

    @classmethod
    def open(cls, path: Path) -> SqliteStore:
        """The store in the file `path`. Raises DamagedError when there is none of this version in it."""
        return cls(Database.open(path))

    def image(self) -> Image:
        """Everything that is committed, as one piece."""
        return self._db.image()

    @property
    def in_memory(self) -> bool:
        return self._db.path is None

    def empty(self) -> None:
        """Forget everything, as if newly created."""
        self._db.empty()

    def close(self) -> None:
        self._db.close()
