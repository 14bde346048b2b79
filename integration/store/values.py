"""How values lie in columns: instants as sortable text, records as JSON."""

from __future__ import annotations

from datetime import UTC, datetime


def to_text(instant: datetime) -> str:
    """ISO 8601 in UTC, always with microseconds."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def to_instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
