"""Finish reasons of sessions and legs: the part of the vendor's catalogue (facts §1.6) that the engine gives.

The catalogue has the names; which name goes with which situation is nowhere documented, so each line here says what
was chosen. The reason of a leg that was cut off names who ended the call: the subscriber or an operator.
"""

from __future__ import annotations

from enum import StrEnum

from emulator.telephony.engine.records import Call, Leg
from emulator.telephony.engine.states import Role, Verb


class Reason(StrEnum):
    # somebody hung up
    SUBSCRIBER_DISCONNECTS = "subscriber_disconnects"  # also: the subscriber rejected the ringing call
    OPERATOR_DISCONNECTS = "operator_disconnects"  # also: the operator rejected the ringing call
    # an operator's telephone was not taken
    OPERATOR_NOT_RESPONSIBLE = "operator_not_responsible"  # sic, the vendor's word for «не отвечает»
    OPERATOR_BUSY = "operator_busy"
    OPERATOR_NUMBER_PROBLEMS = "operator_number_problems"  # a telephone that cannot be reached
    SIP_OFFLINE = "sip_offline"  # a SIP line that is not registered or cannot be reached
    ANOTHER_OPERATOR_ANSWER = "another_operator_answer"
    # the subscriber's telephone was not taken
    SUBSCRIBER_NOT_RESPONSIBLE = "subscriber_not_responsible"
    SUBSCRIBER_BUSY = "subscriber_busy"
    SUBSCRIBER_NUMBER_PROBLEMS = "subscriber_number_problems"
    # the call went on without the leg
    TRANSFER_DISCONNECTS = "transfer_disconnects"  # the operator gave the call to somebody else
    SCENARIO_DISCONNECTS = "scenario_disconnects"  # voice mail took the call from the ringing telephones
    # a lost session
    NO_SUCCESS_OPERATOR_CALL = "no_success_operator_call"  # operators were dialled, none answered
    NO_SUCCESS_SUBSCRIBER_CALL = "no_success_subscriber_call"  # the called party of an outgoing call did not answer
    DISCONNECT_BEFORE_CALL_PROCESSING = "disconnect_before_call_processing"  # hung up before anybody was dialled
    # a session that could not go on
    NO_OPERATOR_CONFIRMATION = "no_operator_confirmation"  # the key was not pressed that says the call is taken
    EMPLOYEE_WITHOUT_PHONES = "employee_without_phones"
    # the scenario ended the call; SCENARIO_DISCONNECTS also by an operation that is there for it
    NO_OPERATION = "no_operation"  # an exit that leads nowhere
    SCENARIO_NOT_FOUND = "scenario_not_found"  # deleted while the call was in it
    MAX_TRANSITION_COUNT_EXCEEDED = "max_transition_count_exceeded"


_OF_AN_OPERATOR = {
    Verb.DECLINE: Reason.OPERATOR_DISCONNECTS,
    Verb.NO_ANSWER: Reason.OPERATOR_NOT_RESPONSIBLE,
    Verb.BUSY: Reason.OPERATOR_BUSY,
    Verb.UNREACHABLE: Reason.OPERATOR_NUMBER_PROBLEMS,
}
_OF_THE_SUBSCRIBER = {
    Verb.DECLINE: Reason.SUBSCRIBER_DISCONNECTS,
    Verb.NO_ANSWER: Reason.SUBSCRIBER_NOT_RESPONSIBLE,
    Verb.BUSY: Reason.SUBSCRIBER_BUSY,
    Verb.UNREACHABLE: Reason.SUBSCRIBER_NUMBER_PROBLEMS,
}
_BY_PEOPLE = (
    Reason.SUBSCRIBER_DISCONNECTS,
    Reason.OPERATOR_DISCONNECTS,
    *_OF_AN_OPERATOR.values(),
    *_OF_THE_SUBSCRIBER.values(),
    Reason.SIP_OFFLINE,
)
"""Reasons that say what people did; a lost call names what was missing instead."""


def of_failed_leg(verb: Verb, leg: Leg) -> Reason:
    """Why a ringing leg ended that nobody took."""
    if leg.role is Role.CONTACT:
        return _OF_THE_SUBSCRIBER[verb]
    if verb is Verb.UNREACHABLE and leg.protocol == "SIP":
        return Reason.SIP_OFFLINE
    return _OF_AN_OPERATOR[verb]


def of_hang_up(leg: Leg) -> Reason:
    return Reason.SUBSCRIBER_DISCONNECTS if leg.role is Role.CONTACT else Reason.OPERATOR_DISCONNECTS


def of_session(call: Call, ended_by: Reason) -> Reason:
    """Why a session ended: one in which the parties never met names who was missing, any other one who hung up."""
    session = call.session
    if ended_by not in _BY_PEOPLE or session.first_talk_at is not None:
        return ended_by
    if session.is_internal or call.missed_contact():
        return Reason.NO_SUCCESS_SUBSCRIBER_CALL
    if call.anybody_dialled():
        return Reason.NO_SUCCESS_OPERATOR_CALL
    return Reason.DISCONNECT_BEFORE_CALL_PROCESSING
