"""What the rules answer. Each decision carries the id of the rule that made it and says why in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from integration.rules.facts import CommunicationType, Kind

Entity = Literal["contact", "deal", "company"]
FieldValue = str | int


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nothing is done, and why."""

    rule: str
    because: str


@dataclass(frozen=True, slots=True)
class Classify:
    """What the communication is, for its whole processing."""

    rule: str
    communication: Kind
    because: str


@dataclass(frozen=True, slots=True)
class CreateContact:
    """A contact is made, owned and created by these amoCRM users until the call ends (PRIM-05)."""

    rule: str
    responsible: int
    creator: int
    because: str


@dataclass(frozen=True, slots=True)
class CreateDeal:
    """A deal is made, owned by this amoCRM user and linked to the contact if there is one."""

    rule: str
    responsible: int
    contact_id: int | None
    because: str


@dataclass(frozen=True, slots=True)
class CreateItem:
    """An item is made in «Неразобранное», with a deal of this amoCRM user and a contact: that one, or a new one."""

    rule: str
    responsible: int
    contact_id: int | None
    because: str


@dataclass(frozen=True, slots=True)
class AssignOwner:
    """Responsible and creator of the contact become this amoCRM user, so many seconds after the end (PRIM-06)."""

    rule: str
    contact_id: int
    user_id: int
    because: str
    delay: int = 0


@dataclass(frozen=True, slots=True)
class AddTag:
    """What the call created gets a tag."""

    rule: str
    tag: str
    because: str


@dataclass(frozen=True, slots=True)
class AddNote:
    """The communication is noted on the contact's card."""

    rule: str
    contact_id: int
    because: str


@dataclass(frozen=True, slots=True)
class RecordCall:
    """The call goes to amoCRM's call log. `status` is amoCRM's call_status, `seconds` the time of talk."""

    rule: str
    direction: Literal["inbound", "outbound"]
    seconds: int
    status: int
    responsible: int
    because: str


@dataclass(frozen=True, slots=True)
class CreateTask:
    """This amoCRM user gets a task about the card until `due`, on the account's clock."""

    rule: str
    entity: Entity
    entity_id: int
    responsible: int
    due: datetime
    because: str


@dataclass(frozen=True, slots=True)
class FillFields:
    """Additional fields of a new card, by name; communication_time is Unix seconds."""

    rule: str
    values: Mapping[str, FieldValue]
    because: str


@dataclass(frozen=True, slots=True)
class PassDealOn:
    """The deal is handed over to the telephony, and this communication gets «Продажа»."""

    rule: str
    communication_id: str
    communication_type: CommunicationType
    because: str


@dataclass(frozen=True, slots=True)
class RefreshFields:
    """The contact's communication* fields become those of this communication."""

    rule: str
    contact_id: int
    because: str


@dataclass(frozen=True, slots=True)
class ShowPopup:
    """Every open page of this amoCRM user shows a pop-up, which offers to open the contact, or to make one."""

    rule: str
    user_id: int
    contact_id: int | None
    because: str


@dataclass(frozen=True, slots=True)
class ClosePopup:
    """The pop-ups on the screens of these amoCRM users close."""

    rule: str
    user_ids: tuple[int, ...]
    because: str


Decision = (
    Nothing
    | Classify
    | CreateContact
    | CreateDeal
    | CreateItem
    | AssignOwner
    | AddTag
    | AddNote
    | RecordCall
    | CreateTask
    | FillFields
    | RefreshFields
    | PassDealOn
    | ShowPopup
    | ClosePopup
)
