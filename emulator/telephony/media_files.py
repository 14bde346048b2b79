"""Media files: what the telephony can play to somebody. There are those of the system; nobody can add others here.

Nothing is heard of them in the stand, so that only their length matters.
"""

from __future__ import annotations

from dataclasses import dataclass

from emulator.core.database import Database

SYSTEM_FILES = {"Музыка переадресации": 60, "Музыка удержания": 60, "Дождитесь ответа": 5}
"""Name and length in seconds; the first is what is played unless something else is asked for."""

_BYTES_PER_SECOND = 16_000
"""Of a telephone's voice in PCM."""


@dataclass(frozen=True)
class MediaFile:
    """`duration` in seconds, `size` in bytes."""

    id: int
    name: str
    duration: int
    size: int
    type: str


class MediaFiles:
    """The files of one account."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def settle_in(self) -> None:
        for name, duration in SYSTEM_FILES.items():
            row = {"name": name, "duration": duration, "size": duration * _BYTES_PER_SECOND, "type": "system"}
            self._database.insert("media_files", row)

    def all(self) -> list[MediaFile]:
        return [MediaFile(**row) for row in self._database.all("SELECT * FROM media_files ORDER BY id")]

    def get(self, file_id: int) -> MediaFile | None:
        row = self._database.one("SELECT * FROM media_files WHERE id = ?", file_id)
        return MediaFile(**row) if row else None
