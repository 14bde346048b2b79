"""What is done inside a talk: a tag, the recording, keys and talk options (facts §2.2, §6, PHONE-12)."""

from __future__ import annotations

from emulator.telephony.account import TelephonyAccount
from emulator.telephony.answer import Answer, Methods, Params
from emulator.telephony.call_api import shapes
from emulator.telephony.call_api.managing import DONE, found
from emulator.telephony.call_api.states import refusals
from emulator.telephony.communications.tags import Author
from emulator.telephony.data_api.params import Shape, checked, choice, required, text
from emulator.telephony.engine.records import Call, Leg
from emulator.telephony.rpc import Refusal

_TAG: Shape = {**shapes.CALL, "tag_id": required(shapes.identifier())}
_RECORD: Shape = {**shapes.CALL, "action": required(choice("on", "off"))}
_KEY: Shape = {**shapes.CALL, "dtmf_string": required(shapes.key())}
_BUTTON: Shape = {**shapes.CALL, "button": required(text())}


def tag(account: TelephonyAccount, params: Params) -> Answer:
    """Raises Refusal `tag_not_found`, `duplicate_tag`."""
    given = checked(params, _TAG)
    session, tag_id = found(account, given, "tag.call").call.session, given["tag_id"]
    tags = account.tags
    if not tags.has(tag_id):
        raise Refusal("tag_not_found", "tag_id", tag_id, params={"tag_id": tag_id})
    if any(mark.tag_id == tag_id for mark in tags.of(session.communication_id)):
        raise Refusal("duplicate_tag", "tag_id", tag_id)
    user = account.tokens.user_of(params["access_token"])
    tags.put(session.communication_id, tag_id, by=Author("manual", user_login=user))
    return Answer(DONE)


def record(account: TelephonyAccount, params: Params) -> Answer:
    """Raises Refusal `forbidden` (the line is recorded always), `record_already_started`, `record_already_stopped`."""
    given = checked(params, _RECORD)
    call, turn_on = found(account, given, "record.call").call, given["action"] == "on"
    leg = _recorded(call)
    if not turn_on and leg.records:
        hint = "this line is recorded by a setting of the employee or the virtual number"
        raise Refusal("forbidden", "action", given["action"], hint)
    if turn_on == leg.is_recording:
        raise Refusal("record_already_started" if turn_on else "record_already_stopped", "action", given["action"])
    with refusals():
        account.engine.record(call.id, leg, turn_on)
    return Answer(DONE)


def _recorded(call: Call) -> Leg:
    """The line whose talk a recording is made of; with several employees that of the first."""
    return next(leg for leg in call.legs if leg.is_operator and leg.talking_since is not None)


def send_key(account: TelephonyAccount, params: Params) -> Answer:
    """One key, to the other party and for the talk options, which do not work in the first seconds of a talk."""
    given = checked(params, _KEY)
    call = found(account, given, "send.dtmf")
    assert call.operator is not None
    with refusals():
        account.engine.dtmf(call.operator.id, given["dtmf_string"])
    return Answer(DONE)


def talk_option(account: TelephonyAccount, params: Params) -> Answer:
    """Press the keys of an option; one that takes a number gets it by `send.dtmf`, up to `#`.

    Raises Refusal `talk_option_not_found`, `forbidden`, and `invalid_state` while options do not work.
    """
    given = checked(params, _BUTTON)
    call, button = found(account, given, "call.talk_option"), given["button"]
    mnemonic = account.talk_options.all().get(button)
    if mnemonic is None:
        raise Refusal("talk_option_not_found", "button", button)
    with call.step("talk_option", button=button) as (step, leg):
        if not account.talk_options.works(step, leg):
            seconds = account.talk_options.blocked_seconds()[step.session.direction]
            raise Refusal("invalid_state", "call_session_id", call.call.id, f"options work from second {seconds} on")
        if mnemonic == "record_talk" and leg.records:
            raise Refusal("forbidden", "button", button, "this line is always recorded")
        account.engine.press(step, leg, button)
    return Answer(DONE)


METHODS: Methods = {
    "call.talk_option": talk_option,
    "record.call": record,
    "send.dtmf": send_key,
    "tag.call": tag,
}
