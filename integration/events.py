"""Events of the telephony as they arrive (contract §3): one flat JSON object of the vendor's variables.

Variables that are not named here are accepted and kept with the event; what processing needs is required per
`notification_mnemonic`. Employee ids are those of the telephony, durations seconds, `start_time` is text in the
account's time zone and `notification_timestamp` milliseconds of UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from typing import Annotated
from zoneinfo import ZoneInfo

from msgspec import UNSET, Meta, Struct, UnsetType

from integration.phones import email_key, match_key
from integration.rules.facts import Direction

Number = Annotated[int, Meta(ge=0, le=2**53)]
Milliseconds = Annotated[int, Meta(ge=0, le=2**43)]
"""Since 1970; up to the year 2248, so that it is an instant."""

Seconds = Annotated[float, Meta(ge=0, le=10**7)]
Id = Number | Annotated[str, Meta(min_length=1, max_length=100)]


class Envelope(Struct, frozen=True):
    """What every event has."""

    event_id: Annotated[str, Meta(min_length=1, max_length=100)]
    notification_mnemonic: str
    communication_id: Id
    contact_phone_number: str | None = None

    @property
    def key(self) -> str:
        """Events of one key are processed in order of arrival: the other party's number, else the communication."""
        number = match_key(self.contact_phone_number)
        return f"phone:{number}" if number else f"communication:{self.communication_id}"

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys whose turn the event needs, in sorted order: one, or two for a form that has both."""
        return (self.key,)

    @property
    def follows(self) -> str | None:
        """The event that must have come before this one: the arrival (`81:1`) before the end of a call (`81:7`)."""
        call, _, number = self.event_id.rpartition(":")
        is_later = self.notification_mnemonic == END and bool(call) and number != "1"
        return f"{call}:1" if is_later else None


class CommunicationEvent(Envelope, frozen=True, kw_only=True):
    """When a communication began, and what call tracking knows of where it came from."""

    start_time: str
    notification_timestamp: Milliseconds | None = None
    visitor_session_id: Id | None = None
    site_domain_name: str | None = None
    campaign_name: str | None = None
    search_query: str | None = None
    ua_client_id: str | None = None
    utm_source: str | None = None
    utm_medium: str | None = None
    utm_campaign: str | None = None
    utm_content: str | None = None
    utm_term: str | None = None


class CallEvent(CommunicationEvent, frozen=True, kw_only=True):
    """What every event of a call has. `employee_id` is whose leg it is about."""

    call_session_id: Id
    direction: Direction
    contact_phone_number: str | None
    is_internal: bool
    virtual_phone_number: str | None = None
    employee_id: Number | None = None


class LegEvent(CallEvent, frozen=True, kw_only=True):
    """A leg begins to ring, is answered or has ended."""

    leg_id: Id | None = None

    @property
    def leg(self) -> str:
        """The leg as text."""
        return "" if self.leg_id is None else str(self.leg_id)


class CallFinished(CallEvent, frozen=True, kw_only=True):
    """The end of a call. What decides about lost is `is_lost` of this event (TERM-06).

    `first_employee_record_file_link` is there when the talk with the first employee is not the whole recording; null
    when nothing of that talk was recorded.
    """

    is_lost: bool
    is_voice_mail: bool
    first_answered_employee_id: Number | None
    first_talked_employee_id: Number | None
    talk_time_duration: Seconds
    record_file_links: tuple[str, ...] | None = None
    first_employee_record_file_link: str | UnsetType | None = UNSET

    @property
    def link(self) -> str | None:
        """The whole recording."""
        return self.record_file_links[0] if self.record_file_links else None

    @property
    def first_employee_link(self) -> str | None:
        """The talk with the first employee (UNS-04)."""
        first = self.first_employee_record_file_link
        return self.link if first is UNSET else first


class SiteForm(CommunicationEvent, frozen=True, kw_only=True):
    """What a visitor of a site sent; the telephone is `contact_phone_number`."""

    site_id: Id | None = None
    visitor_name: str | None = None
    visitor_email: str | None = None
    text: str | None = None
    form_name: str | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """Forms follow each other per telephone and per e-mail: a sender is known by either (GAP-61)."""
        email = email_key(self.visitor_email)
        by_email = (f"email:{email}",) if email else ()
        if by_email and not match_key(self.contact_phone_number):
            return by_email
        return tuple(sorted((self.key, *by_email)))


class OwnerUpdate(Envelope, frozen=True, kw_only=True):
    """What the integration puts into its own inbox: the owner of a contact is set when the delay is over (LOST-05)."""

    call_id: str
    contact_id: int
    user_id: int


ARRIVALS = frozenset({"in_call_session", "out_call_session"})
RINGS = "call_proceeding"
END = "call_session_finished"
OWNER_UPDATE = "owner_update"
FORM = "offline_message"
FORMS: dict[str, type[Envelope]] = {
    "in_call_session": CallEvent,
    "out_call_session": CallEvent,
    RINGS: LegEvent,
    "call_connected": LegEvent,
    "call_disconnected": LegEvent,
    END: CallFinished,
    "lost_call_session": CallEvent,
    "call_record_ready": CallEvent,
    FORM: SiteForm,
}


@cache
def zone(name: str) -> ZoneInfo:
    """A time zone out of the pinned `tzdata`, whatever the machine has. Raises ValueError for an unknown name."""
    if not all(part.replace("_", "").replace("-", "").replace("+", "").isalnum() for part in name.split("/")):
        raise ValueError(name)
    source = resources.files("tzdata").joinpath("zoneinfo", *name.split("/"))
    if not source.is_file():
        raise ValueError(name)
    with source.open("rb") as data:
        return ZoneInfo.from_file(data, name)


def started_at(event: CommunicationEvent, timezone: str) -> datetime:
    """When it began, in UTC. An hour that the clocks of the account show twice is told by the timestamp.

    Raises ValueError when `start_time` is not a date and time of these years.
    """
    local = datetime.fromisoformat(event.start_time)
    if not 1971 <= local.year <= 2199:
        raise ValueError(event.start_time)
    if local.tzinfo is not None:
        return local.astimezone(UTC)
    choices = [local.replace(tzinfo=zone(timezone), fold=fold).astimezone(UTC) for fold in (0, 1)]
    if event.notification_timestamp is None:
        return choices[0]
    sent = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=event.notification_timestamp)
    return min(choices, key=lambda choice: abs(sent - choice))
