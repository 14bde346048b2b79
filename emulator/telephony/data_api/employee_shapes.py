"""The parameters of `create.employees` and `update.employees` (facts §1.9)."""

from __future__ import annotations

from emulator.telephony.data_api.params import (
    Parameter,
    Shape,
    array,
    boolean,
    choice,
    number,
    required,
    structure,
    text,
)
from emulator.telephony.rpc import Refusal
from emulator.telephony.staff import STATUSES

MOST_NUMBERS = 10

DIRECTIONS = {
    "in_external_allowed_call_directions": "in_external",
    "in_internal_allowed_call_directions": "in_internal",
    "out_external_allowed_call_directions": "out_external",
    "out_internal_allowed_call_directions": "out_internal",
}
"""The columns of a card by their parameters."""

DEPRECATED = {
    "calls_available": {"external": "in_external", "internal": "in_internal"},
    "allowed_in_call_types": {"external": "in_external", "internal": "in_internal"},
    "allowed_out_call_types": {"external": "out_external", "internal": "out_internal"},
}
"""What older parameters say about them, by kind of call."""


def short_number() -> Parameter:
    """An internal number of up to five digits."""

    def check(value: object, at: str) -> str:
        if not isinstance(value, str):
            raise Refusal("data_type_error", at, value)
        if not (value.isascii() and value.isdecimal() and len(value) <= 5):
            raise Refusal("invalid_parameter_value", at, value, "up to five digits")
        return value

    return Parameter(check)


_PHONE: Shape = {
    "phone_number": required(text(32)),
    "channels_count": number(1, 150),
    "dial_time": number(1, 100),
    "status": choice("active", "inactive"),
}
_EXTENSION: Shape = {
    "extension_phone_number": required(short_number()),
    "extension_voice_mail_enabled": boolean(),
    "extension_queue_enabled": boolean(),
}
_OPERATOR: Shape = {
    "operator_display_name": text(),
    "operator_login": text(),
    "operator_password": text(),
    "operator_position_id": number(),
    "operator_offline_message_enabled": boolean(),
    "operator_invite_to_chat_enabled": boolean(),
    "operator_chat_enabled": boolean(),
    "operator_sites": array(number()),
}
_CARD: Shape = {
    "first_name": text(255),
    "last_name": required(text(255, least=1)),
    "patronymic": text(255),
    "status": choice(*STATUSES),
    "calls_available": boolean(),
    "allowed_in_call_types": array(choice("internal", "external"), unique=True),
    "allowed_out_call_types": array(choice("internal", "external"), unique=True),
    **{name: array(choice("in", "out"), unique=True) for name in DIRECTIONS},
    "email": text(255),
    "call_recording": choice("all", "in", "out", "off"),
    "schedule_id": number(),
    "groups": array(number(), unique=True),
    "operator": structure(_OPERATOR),
}
_COACH: Shape = {"coach_always_enabled": boolean(), "coach_id": number()}

CREATE: Shape = {
    **_CARD,
    "status": choice(*(mnemonic for mnemonic in STATUSES if mnemonic != "auto_out_call")),
    "coach": structure({**_COACH, "coach_id": required(number())}),
    "phone_numbers": array(structure(_PHONE), MOST_NUMBERS),
    "extension": structure(_EXTENSION),
}
UPDATE: Shape = {
    "id": required(number()),
    **_CARD,
    "status_id": number(),
    "coach": structure(_COACH),
    "phone_numbers": required(array(structure({"phone_id": number(), **_PHONE}), MOST_NUMBERS)),
    "extension": structure(_EXTENSION),
}
