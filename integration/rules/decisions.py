"""What the rules answer. Each decision carries the id of the rule that made it and says why in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from integration.rules.facts import Kind


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
class AssignOwner:
    """Responsible and creator of the contact become this amoCRM user (PRIM-06)."""

    rule: str
    contact_id: int
    user_id: int
    because: str


@dataclass(frozen=True, slots=True)
class AddTag:
    """The contact gets a tag."""

    rule: str
    contact_id: int
    tag: str
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


Decision = Nothing | Classify | CreateContact | AssignOwner | AddTag | RecordCall
