"""`list.calls` and `list.talk_options` (facts §2.2)."""

from __future__ import annotations

from typing import Any

from emulator.core.instants import from_micros, micros
from emulator.core.phones import match_key
from emulator.telephony.account import TelephonyAccount
from emulator.telephony.answer import Answer, Methods, Params
from emulator.telephony.call_api.parties import outside
from emulator.telephony.data_api.params import Shape, checked, choice, text
from emulator.telephony.engine import ends
from emulator.telephony.engine.records import Call, Leg
from emulator.telephony.engine.states import LegState, Role
from emulator.telephony.numbers import in_reports

_CALLS: Shape = {"direction": choice("in", "out"), "virtual_phone_number": text()}
_SECOND = 1_000_000

LEG_STATES = {
    LegState.RINGING: "Дозвон",
    LegState.WAITING: "На очереди",
    LegState.TALKING: "Разговор",
    LegState.HELD: "На удержании",
    LegState.HOLDING: "На удержании",
    LegState.CONSULTING: "Разговор операторов",
    LegState.ENDED: "Разъединено",
}
"""The vendor's words; nobody faxes here."""

BEING_TRANSFERRED, SENDING_KEYS = "Перевод вызова", "Отправка dtmf"

OPTION_NAMES = {
    "finish_conversation": "Завершить разговор",
    "tag_call": "Проставить тег",
    "record_talk": "Диктофон",
    "transfer_call": "Трансфер",
    "run_scenario": "Выполнить сценарий",
    "call_coach": "Позвонить тренеру",
    "receive_fax": "Принять факс",
    "save_numa": "Сохранить АОН в группу",
}


class Listing:
    """What the items of one answer share."""

    def __init__(self, account: TelephonyAccount) -> None:
        self._account = account
        self._names = account.staff.names()
        self._now = micros(account.ground.clock.now())

    def item(self, call: Call) -> dict[str, Any]:
        session = call.session
        began = from_micros(session.started_at).astimezone(self._account.ground.zone)
        marks = self._account.tags.of(session.communication_id)
        keys = (self._account.preludes.of(session) or {}).get("dtmf", "")
        return {
            "call_session_id": session.id,
            "direction": session.direction,
            "start_time": began.replace(tzinfo=None).isoformat(timespec="milliseconds"),
            "virtual_phone_number": in_reports(session.virtual_phone),
            "contact_phone_number": in_reports(session.contact_phone),
            "external_id": session.external_id,
            "tags": [{"tag_id": mark.tag_id, "tag_name": mark.tag_name} for mark in marks],
            "legs": [self._leg(call, leg, keys if leg.role is Role.CONTACT else "") for leg in call.legs],
        }

    def _leg(self, call: Call, leg: Leg, keys: str) -> dict[str, Any]:
        """`keys` are sent on the line once it is answered; the vendor shows them behind the number."""
        called = in_reports(ends.called(call, leg))
        return {
            "leg_id": leg.id,
            "calling_phone_number": in_reports(ends.calling(call, leg)),
            "called_phone_number": f"{called}{keys}" if called else called,
            "is_operator": leg.is_operator,
            "employee_id": leg.employee_id,
            "employee_full_name": None if leg.employee_id is None else self._names.get(leg.employee_id),
            "record_call_enabled": leg.is_recording,
            "state": self._state(call, leg, keys),
        }

    def _state(self, call: Call, leg: Leg, keys: str) -> str:
        if leg.is_open and leg.connected_at is not None and self._now - leg.connected_at < keys.count(".") * _SECOND:
            return SENDING_KEYS
        rings_on = any(each.is_transferred for each in call.legs_in(LegState.RINGING))
        return BEING_TRANSFERRED if leg.state is LegState.WAITING and rings_on else LEG_STATES[leg.state]


def list_calls(account: TelephonyAccount, params: Params) -> Answer:
    """The calls that go on, oldest first, with all their lines, those that have ended too."""
    given = checked(params, _CALLS)
    direction, asked = given.get("direction"), given.get("virtual_phone_number")
    number = None if asked is None else match_key(outside(asked, "virtual_phone_number"))
    listing = Listing(account)
    return Answer(
        [
            listing.item(call)
            for call in account.store.open_calls()
            if direction in (None, call.session.direction) and number in (None, match_key(call.session.virtual_phone))
        ]
    )


def list_talk_options(account: TelephonyAccount, params: Params) -> Answer:
    checked(params, {})
    return Answer(
        [
            {"button": button, "mnemonic": mnemonic, "name": OPTION_NAMES[mnemonic], "button_value": {}}
            for button, mnemonic in account.talk_options.all().items()
        ]
    )


METHODS: Methods = {"list.calls": list_calls, "list.talk_options": list_talk_options}
