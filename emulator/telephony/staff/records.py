"""Who works here and which numbers there are, as the rest of the telephony sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Protocol = Literal["SIP", "PSTN"]
NumberType = Literal["va", "call_tracking", "dynamic_call_tracking"]
Recording = Literal["all", "in", "out", "off"]
BillingState = Literal["active", "manual_lock", "limit_lock"]
Direction = Literal["in", "out"]

BOTH_WAYS: tuple[Direction, ...] = ("in", "out")


@dataclass(frozen=True)
class NumberOfEmployee:
    """A number to dial an employee at: a SIP line's login or a telephone. `dial_time` is in seconds (1…100).

    `is_recorded` off: what is talked on this line is not recorded. The rest is of SIP lines: outside people see
    `virtual_number` when it is used to call them, the account's first unless told otherwise.
    """

    number: str
    protocol: Protocol
    active: bool = True
    dial_time: int = 60
    is_recorded: bool = True
    channels_count: int = 1
    is_registered: bool = True
    billing_state: BillingState = "active"
    is_outgoing_allowed: bool = True
    virtual_number: str | None = None


@dataclass(frozen=True)
class EmployeeSpec:
    """An employee to be; the order of `numbers` is the dialling order. `full_name` ends with the last name."""

    full_name: str
    email: str
    numbers: list[NumberOfEmployee]
    extension: str | None = None
    call_recording: Recording = "all"


@dataclass(frozen=True)
class NumberSpec:
    """A virtual number to be: what outside people dial. `is_recorded` off: its calls have no recording."""

    number: str
    name: str = ""
    type: NumberType = "va"
    is_recorded: bool = True


@dataclass(frozen=True, slots=True)
class Phone:
    """A number of an employee as it is stored; `position` counts from 0 in dialling order.

    A SIP number has a line: `is_registered` says whether a telephone stands behind it («Зарегистрирован»), and
    `virtual_number` what outside people see when it is used to call them. Any other telephone counts as registered.
    `is_recorded` is about the line and the employee: off for either is off.
    """

    id: int
    employee_id: int
    position: int
    number: str
    protocol: Protocol
    is_active: bool
    dial_time: int
    is_recorded: bool
    channels_count: int = 1
    line_id: int | None = None
    is_registered: bool = True
    billing_state: BillingState = "active"
    is_outgoing_allowed: bool = True
    virtual_number: str | None = None
    call_recording: Recording = "all"

    def is_recorded_in(self, direction: Direction) -> bool:
        """Whether talk of a session of that direction is recorded: an employee may have only one of them recorded."""
        return self.is_recorded and self.call_recording in ("all", direction)


@dataclass(frozen=True)
class Line:
    """A SIP line: `id` is the SIP ID, `login` its number. `employee_id` None: nobody has it.

    `registered_at` in microseconds, None for «Не зарегистрирован»; `ip` is where the telephone registered from.
    `is_active` and `dial_time` are those of the number in the employee's card.
    """

    id: int
    login: str
    password: str
    billing_state: BillingState
    channels_count: int
    is_outgoing_allowed: bool
    virtual_number: str | None
    is_recorded: bool
    registered_at: int | None
    ip: str | None
    employee_id: int | None
    phone_id: int | None
    is_active: bool
    dial_time: int

    @property
    def is_registered(self) -> bool:
        return self.registered_at is not None


@dataclass(frozen=True)
class Extension:
    """A short number to be called at from inside. What happens when all numbers are busy: voice mail, a queue."""

    number: str
    has_voice_mail: bool = False
    has_queue: bool = False


@dataclass(frozen=True)
class Employee:
    """`status` is a mnemonic of `statuses`; `in_external` and the rest are the directions of legs that are allowed in
    sessions of that kind; `group_ids` in the order in which the groups were made.
    """

    id: int
    full_name: str
    email: str | None
    phones: tuple[Phone, ...]
    first_name: str | None = None
    last_name: str = ""
    patronymic: str | None = None
    status: str = "available"
    in_external: tuple[Direction, ...] = BOTH_WAYS
    in_internal: tuple[Direction, ...] = BOTH_WAYS
    out_external: tuple[Direction, ...] = BOTH_WAYS
    out_internal: tuple[Direction, ...] = BOTH_WAYS
    call_recording: Recording = "all"
    coach_id: int | None = None
    is_coach_always_enabled: bool = False
    extension: Extension | None = None
    group_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class Group:
    """Employees who can be called together, in order. `channels_count`: how many are rung at once."""

    id: int
    name: str
    member_ids: tuple[int, ...]
    extension: str | None
    has_queue: bool
    channels_count: int


@dataclass(frozen=True)
class VirtualNumber:
    """`activated_at` in microseconds."""

    id: int
    number: str
    name: str
    type: NumberType
    is_recorded: bool
    activated_at: int = 0
