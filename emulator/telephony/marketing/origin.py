"""Where a communication comes from, as far as call tracking can tell."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Origin:
    """Ids; None where nothing is known: an ordinary number has no origin, a static tracking number no session."""

    site_id: int | None = None
    campaign_id: int | None = None
    visitor_id: int | None = None
    visitor_session_id: int | None = None


UNKNOWN = Origin()
