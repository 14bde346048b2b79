"""What the integration keeps: plain records without behaviour, shared by the store, the service and the clients.

Instants are aware UTC datetimes. Records that hold secrets print their name only.
"""

from __future__ import annotations

from collections.abc import Container
from datetime import datetime
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from integration.rules.decisions import Entity, FieldValue
from integration.rules.facts import Direction, Kind, Mention

EffectState = Literal["open", "done", "failed", "dropped"]


class _Secret(Struct, frozen=True):
    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class AmoAccess(_Secret, frozen=True):
    """Where the amoCRM account answers and which OAuth client the integration is there."""

    base_url: str
    client_id: str
    client_secret: str
    redirect_uri: str


class TelephonyAccess(_Secret, frozen=True, forbid_unknown_fields=True):
    """Addresses and tokens of the telephony account; `events_secret` is what its events must present."""

    data_api_url: str
    call_api_url: str
    access_token: str
    events_secret: str


class EmployeeLink(Struct, frozen=True, forbid_unknown_fields=True):
    """One employee of the telephony and the amoCRM user behind him (PRIM-23)."""

    employee_id: int
    user_id: int


class Connection(_Secret, frozen=True):
    """One connected tenant. `connecting_user` is the administrator who connected it (GAP-26)."""

    amocrm: AmoAccess
    telephony: TelephonyAccess
    timezone: str
    connecting_user: int
    employees: tuple[EmployeeLink, ...]

    def at_addresses_of(self, other: Connection) -> Connection:
        """This connection, where the account of `other` is reached."""
        amocrm = replace(self.amocrm, base_url=other.amocrm.base_url)
        urls = {"data_api_url": other.telephony.data_api_url, "call_api_url": other.telephony.call_api_url}
        return replace(self, amocrm=amocrm, telephony=replace(self.telephony, **urls))

    def user_of(self, employee_id: int | None) -> int | None:
        """The amoCRM user id of a telephony employee, None when he is in the telephony only."""
        return next((link.user_id for link in self.employees if link.employee_id == employee_id), None)


class TokenPair(_Secret, frozen=True):
    """OAuth tokens of one account; `expires_at` is when the access token dies."""

    access_token: str
    refresh_token: str
    expires_at: datetime


class ClockState(Struct, frozen=True):
    """What survives a restart: `now` of a manual clock, `offset_us` (microseconds ahead of real time) of a live one."""

    kind: Literal["manual", "live"]
    now: datetime | None = None
    offset_us: int = 0


Acceptance = Literal["ready", "early", "repeated"]
"""What becomes of an event that came in: it is in line, it waits for the event before it, it was here already."""


class NewEvent(Struct, frozen=True):
    """An event as it came in: its order key, its JSON body, the W3C trace it belongs to.

    `follows` is the id of the event before it in its call, None for the first. `also` is a second key whose turn the
    event needs; the two are in sorted order.
    """

    event_id: str
    key: str
    follows: str | None
    body: bytes
    traceparent: str | None
    also: str | None = None


class InboxRow(Struct, frozen=True):
    """A claimed event. `settings_version` was current when it was received; `attempts` counts earlier failures."""

    seq: int
    event_id: str
    key: str
    body: bytes
    traceparent: str | None
    settings_version: int
    attempts: int
    also: str | None = None


class Call(Struct, frozen=True):
    """What was fixed when a call arrived and holds for its whole processing (TERM-04, GAP-17).

    `known_contacts` had the number then, the one that could be seen first in front. `caller` is the employee who made
    an outgoing call. `popups` are the legs that ring now and the amoCRM users whose screens show it.
    """

    id: str
    communication_id: str
    direction: Direction
    communication: Kind
    phone: str | None
    started_at: datetime
    settings_version: int
    known_contacts: tuple[int, ...] = ()
    known_companies: tuple[int, ...] = ()
    caller: int | None = None
    popups: dict[str, int] = {}

    @property
    def subject(self) -> str:
        return f"call:{self.id}"

    def classified(self, kind: Kind) -> Call:
        """The same call, when it is known what it is."""
        return replace(self, communication=kind)

    def with_popup(self, leg: str, user_id: int) -> Call:
        """The same call, while the leg rings and this amoCRM user is shown so."""
        return replace(self, popups={**self.popups, leg: user_id})

    def without_popups(self, legs: Container[str]) -> Call:
        """The same call, when these legs ring no longer."""
        return replace(self, popups={leg: user for leg, user in self.popups.items() if leg not in legs})


class EffectRow(Struct, frozen=True):
    """One write to amoCRM. `fresh`: recorded just now, so certainly not yet sent by anybody."""

    key: str
    state: EffectState
    order: bytes
    result: int | None
    fresh: bool


class TimerRow(Struct, frozen=True):
    """A timer that outlives requests and restarts; `kind` names its handler, `key` what it is about."""

    id: int
    due: datetime
    kind: str
    key: str
    payload: str


class DecisionRow(Struct, frozen=True):
    """One line of the decision log as `GET decisions` shows it."""

    seq: int
    at: datetime
    rule: str
    subject: str
    facts: dict[str, object]
    outcome: dict[str, object]
    cause: str


class Contact(Struct, frozen=True):
    """A contact of amoCRM that can be seen. `communication_id` is None when it was made by hand (SALE-03)."""

    id: int
    responsible: int
    communication_id: str | None = None
    communication_time: datetime | None = None


class Customer(Struct, frozen=True):
    """Who calls, as a pop-up shows it: a contact of amoCRM and its company, None for what is not known."""

    id: int | None
    person_name: str | None
    company_name: str | None


class PendingItem(Struct, frozen=True):
    """An item of a call in «Неразобранное». `uid` is amoCRM's name of it, `source_uid` the one that its maker gave."""

    uid: str
    source_uid: str
    contact_id: int | None
    called_at: datetime | None


class FormRequest(Struct, frozen=True):
    """What was fixed when a site form was received (GAP-17): who sent it, and the contacts known by then."""

    communication_id: str
    communication: Kind
    name: str | None
    phone: str | None
    email: str | None
    started_at: datetime
    settings_version: int
    known_contacts: tuple[int, ...] = ()

    @property
    def subject(self) -> str:
        return f"form:{self.communication_id}"

    def classified(self, kind: Kind) -> FormRequest:
        """The same request, when it is known what it is."""
        return replace(self, communication=kind)


Fields = dict[str, FieldValue]
"""Values of additional fields by name; the client knows their ids."""


class NewContact(Struct, frozen=True):
    """A contact to be made. `known` are those with this number or e-mail before; any other is this one."""

    name: str
    phone: str | None
    responsible: int
    creator: int
    known: tuple[int, ...] = ()
    fields: Fields = {}
    email: str | None = None
    tag: str | None = None


class NewDeal(Struct, frozen=True):
    """A deal to be made, linked to a contact if there is one."""

    name: str
    communication_id: str
    responsible: int
    contact_id: int | None
    tag: str | None
    fields: Fields = {}


class NewItem(Struct, frozen=True):
    """An item for «Неразобранное»: a call with its deal and contact. With `contact_id` that contact is no new one.

    `link` is what the item's card plays (UNS-04), `seconds` the time of talk.
    """

    source_uid: str
    name: str
    phone: str
    shown_phone: str
    communication_id: str
    called_at: datetime
    seconds: int
    link: str | None
    responsible: int
    contact_id: int | None
    tag: str | None
    contact_fields: Fields = {}
    deal_fields: Fields = {}


class NewFormItem(Struct, frozen=True):
    """An item of a site form for «Неразобранное», with a deal and a contact: that one, or the new one."""

    source_uid: str
    name: str
    communication_id: str
    form_name: str
    page: str
    sent_at: datetime
    responsible: int
    contact_id: int | None
    contact: NewContact
    tag: str | None
    deal_fields: Fields = {}


class NewNote(Struct, frozen=True):
    """A note about a communication on a contact's card. The text ends with the number of the communication."""

    contact_id: int
    text: str


class WonDeal(Struct, frozen=True):
    """A deal that was won. `communication` is the one in its fields (SALE-03), `contact_id` its main contact."""

    id: int
    name: str
    price: int
    pipeline_id: int
    status_id: int
    created_at: datetime
    closed_at: datetime
    communication: Mention | None
    contact_id: int | None


class RunState(Struct, frozen=True):
    """What became of deal runs: `cursor` is where the next window begins, `last_error` that of the last run."""

    cursor: datetime | None = None
    last_success: datetime | None = None
    last_error: str | None = None


class ContactPatch(Struct, frozen=True):
    """A change of a contact: new responsible and creator, a tag to add, additional fields."""

    contact_id: int
    owner: int | None = None
    tag: str | None = None
    fields: Fields = {}


class CallRecord(Struct, frozen=True):
    """A line for amoCRM's call log. `seconds` of talk, `status` amoCRM's call_status, `link` of the recording.

    `deal_id` is the deal that shows the call while no contact has the number (GAP-31).
    """

    uniq: str
    direction: Literal["inbound", "outbound"]
    phone: str
    seconds: int
    status: int
    responsible: int
    started_at: datetime
    link: str | None
    deal_id: int | None = None


class NewTask(Struct, frozen=True):
    """A task about a card. The text ends with the number of the call, by which the task is found again."""

    entity: Entity
    entity_id: int
    responsible: int
    text: str
    due: datetime
