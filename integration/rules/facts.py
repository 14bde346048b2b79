"""What the rules look at. A facts object is written to the decision log as it is: its names are read by people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

Direction = Literal["in", "out"]
Mode = Literal["contact", "deal", "contact_and_deal", "unsorted", "manual"]
CommunicationType = Literal["call", "offline_message"]
SaleChoice = Literal["first", "last_in_period"]
FormMode = Literal["contact_and_deal", "unsorted"]
Assignee = Literal["default_responsible", "contact_responsible", "caller"]


class Kind(StrEnum):
    """What a communication is, decided once when it arrives (TERM-04)."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    INTERNAL = "internal"
    HIDDEN = "hidden"
    UNSEEN = "unseen"
    """The integration was not there when it arrived, so it is neither primary nor secondary."""


@dataclass(frozen=True, slots=True)
class NumberFacts:
    """What is known of the other party when a call arrives: the amoCRM contacts and companies with the number."""

    direction: Direction
    internal: bool
    number_key: str
    known_contacts: tuple[int, ...] = ()
    known_companies: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ArrivalFacts:
    """A call that reached the platform, and the settings of that moment (PRIM-01)."""

    communication: Kind
    direction: Direction
    mode: Mode
    apply_to_outgoing: bool
    connecting_user: int


@dataclass(frozen=True, slots=True)
class LaterFacts:
    """A communication from somebody who may have an automatic contact, in plain sight or inside a pending item.

    `is_automatic`: the contact's communication_id is filled. `holds_since` is the communication_time on its card.
    """

    direction: Direction
    refresh_on_outgoing: bool
    contact_id: int | None
    is_automatic: bool
    holds_since: datetime | None
    arrived_at: datetime


@dataclass(frozen=True, slots=True)
class EndFacts:
    """A call that ended. Employees are telephony ids, users amoCRM ids, times whole seconds.

    `contact_id` is the contact that this very call created, None if it created none; `visible_contact` one with the
    number that can be seen now, looked up where a deal or an item is about to be made (GAP-82); `pending_item` an item
    in «Неразобранное» with the number. `answered_by` is the first employee who answered, `answered_by_user` the amoCRM
    user behind him if he still works there. `card_update_delay` is in seconds; `talk_seconds` is what the telephony
    counts as talk, voice mail included (GAP-22).
    """

    communication: Kind
    direction: Direction
    mode: Mode
    apply_to_outgoing: bool
    contact_id: int | None
    visible_contact: int | None
    pending_item: str | None
    lost: bool
    voice_mail: bool
    answered_by: int | None
    answered_by_user: int | None
    talked_by: int | None
    default_responsible: int
    success_tag: str | None = None
    lost_tag: str | None = None
    card_update_delay: int = 0
    talk_seconds: int = 0


@dataclass(frozen=True, slots=True)
class DelayFacts:
    """The delay of the card update is over. `owner` is whom the end of the call chose, if he still works in amoCRM."""

    contact_id: int
    owner: int | None
    default_responsible: int


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """A call that ended, and whether somebody gets a task. `enabled` and `assignee` are settings of its direction.

    `contact_id` is a contact that is known or was made by the call, `deal_id` a deal that it made, `company_id` a
    company that alone has the number. `contact_owner` is the responsible of the contact if he still works in amoCRM;
    `owner_is_placeholder`: the card waits for its owner to be set (GAP-36). `started_at` is on the account's clock.
    """

    communication: Kind
    direction: Direction
    lost: bool
    enabled: bool
    assignee: Assignee
    contact_id: int | None
    deal_id: int | None
    company_id: int | None
    contact_owner: int | None
    owner_is_placeholder: bool
    caller_user: int | None
    default_responsible: int
    started_at: datetime


@dataclass(frozen=True, slots=True)
class SenderFacts:
    """What is known of who sent a site form: contacts with the telephone, else with the e-mail."""

    number_key: str
    email_key: str
    known_contacts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FormFacts:
    """A site form, and the settings of its receipt. `contact_id` is the sender's contact, known or just made."""

    communication: Kind
    enabled: bool
    mode: FormMode
    only_primary: bool
    contact_id: int | None
    default_responsible: int


Mention = tuple[str, CommunicationType]
"""(id, type) of a communication of the telephony."""


@dataclass(frozen=True, slots=True)
class SaleFacts:
    """A deal that was won: the communication in its field, its main contact, what that card and its notes say.

    `noted` are incoming communications out of the contact's notes and when they were (SALE-11). Only what is needed to
    decide is filled in.
    """

    deal_communication: Mention | None
    contact_id: int | None
    contact_communication: Mention | None
    noted: tuple[tuple[Mention, datetime], ...]
    choice: SaleChoice
    period_days: int
    closed_at: datetime


@dataclass(frozen=True, slots=True)
class RingingFacts:
    """A telephone of an employee begins to ring. `online_user` is the amoCRM user behind them, None when there is none
    or no page of theirs has the widget open (PM-18).

    `contact_id` is a contact that has the number: known when the call arrived, or made by this very call.
    `notifications`: the widget is on and shows pop-ups.
    """

    communication: Kind
    direction: Direction
    notifications: bool
    online_user: int | None
    contact_id: int | None


@dataclass(frozen=True, slots=True)
class RungFacts:
    """Telephones that rang do so no longer. `shown_to` are the amoCRM users on whose screens pop-ups tell of them."""

    event: str
    shown_to: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """What the telephony knows of a communication: the variables of its event, None where it knows nothing.

    `source` is the name of the campaign, else of the number that was called or of the site (GAP-83); `arrived_at` is
    Unix seconds; `widget` the kind of the installed widget (FIELD-03).
    """

    widget: str
    communication_id: str
    communication_type: str
    source: str | None
    arrived_at: int
    utm_source: str | None = None
    utm_medium: str | None = None
    utm_campaign: str | None = None
    utm_content: str | None = None
    utm_term: str | None = None
    ua_client_id: str | None = None
    session: str | None = None
    search_query: str | None = None
    site: str | None = None
    campaign: str | None = None
