"""Identifiers and tokens, all drawn from the seed of a world.

Ids are counters per world and kind. A seed owns the range [seed × 10,000,000, (seed + 1) × 10,000,000), so the ids of
two worlds never meet and a leak between accounts shows. Inside the range each kind starts 100,000 further on, so that
an id tells its kind to a reader. Tokens and hashes are derived from the seed, a kind and a number: same run, same
bytes. This is the only module that makes such draws.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

RANGE = 10_000_000
STEP = 100_000
MAX_SEED = 999_999

KINDS = (
    "account",
    "user",
    "contact",
    "company",
    "lead",
    "note",
    "task",
    "tag",
    "custom_field",
    "enum",
    "pipeline",
    "status",
    "call",
    "event",
    "webhook",
    "role",
    "employee",
    "call_session",
    "leg",
    "communication",
    "virtual_number",
    "site",
    "scenario",
    "visitor",
    "visitor_session",
    "sip_line",
    "unsorted",
    "fault",
    "phone",
    "group",
    "field_group",
    "loss_reason",
    "source",
    "widget",
    "status_description",
    "campaign",
    "person",
    "communication_tag",
    "offline_message",
    "card",
    "operation",
    "schedule",
    "sale",
    "employee_status",
    "api_call",
    "media_file",
)


@dataclass(frozen=True)
class Ids:
    """The draws of one world. `seed` is 0…999,999."""

    seed: int

    def before_first(self, kind: str) -> int:
        """The number before the first id of `kind`: what an empty counter stands at."""
        return self.seed * RANGE + KINDS.index(kind) * STEP

    def first(self, kind: str) -> int:
        return self.before_first(kind) + 1

    def token(self, kind: str, number: int = 0, size: int = 20) -> str:
        """`size` bytes in hex, the same for the same seed, kind and number."""
        return blake2b(f"{self.seed}:{kind}:{number}".encode(), digest_size=size).hexdigest()

    def trace_id(self, subject: str) -> str:
        """The W3C trace id of all that `subject` sets off: the `cause` in the journal."""
        return _trace(self.seed, subject)[0]

    def trace_parent(self, subject: str) -> str:
        """A W3C traceparent for what `subject` sets off."""
        return _trace(self.seed, subject)[1]


@lru_cache(maxsize=1024)
def _trace(seed: int, subject: str) -> tuple[str, str]:
    """(trace id, traceparent): the steps and events of one call ask for the same again and again."""
    trace = blake2b(f"{seed}:trace:{subject}".encode(), digest_size=16).hexdigest()
    span = blake2b(f"{seed}:span:{subject}".encode(), digest_size=8).hexdigest()
    return trace, f"00-{trace}-{span}-01"


def seed_of(identifier: int) -> int:
    """The seed of the world that an id belongs to."""
    return identifier // RANGE
