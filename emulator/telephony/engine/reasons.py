"""Finish reasons of sessions and legs: the part of the vendor's catalogue (facts §1.6) that the engine gives.

The catalogue has the names; which name goes with which situation is nowhere documented, so each line here says what
was chosen. The reason of a leg that was cut off names who ended the call: the subscriber or an operator.
"""

from __future__ import annotations

from enum import StrEnum

from emulator.telephony.engine.states import Verb


class Reason(StrEnum):
    # somebody hung up
    SUBSCRIBER_DISCONNECTS = "subscriber_disconnects"
    OPERATOR_DISCONNECTS = "operator_disconnects"  # also: the operator rejected the ringing call
    # an operator's telephone was not taken
    OPERATOR_NOT_RESPONSIBLE = "operator_not_responsible"  # sic, the vendor's word for «не отвечает»
    OPERATOR_BUSY = "operator_busy"
    OPERATOR_NUMBER_PROBLEMS = "operator_number_problems"  # a telephone that cannot be reached
    SIP_OFFLINE = "sip_offline"  # a SIP line that cannot be reached
    ANOTHER_OPERATOR_ANSWER = "another_operator_answer"
    # the call went on without the leg
    TRANSFER_DISCONNECTS = "transfer_disconnects"  # the operator gave the call to somebody else
    SCENARIO_DISCONNECTS = "scenario_disconnects"  # voice mail took the call from the ringing telephones
    # a lost session
    NO_SUCCESS_OPERATOR_CALL = "no_success_operator_call"  # operators were dialled, none answered
    NO_SUCCESS_SUBSCRIBER_CALL = "no_success_subscriber_call"  # outgoing and internal: the called party did not answer
    DISCONNECT_BEFORE_CALL_PROCESSING = "disconnect_before_call_processing"  # hung up before anybody was dialled
    # the scenario ended the call; SCENARIO_DISCONNECTS also by an operation that is there for it
    NO_OPERATION = "no_operation"  # an exit that leads nowhere
    SCENARIO_NOT_FOUND = "scenario_not_found"  # deleted while the call was in it
    MAX_TRANSITION_COUNT_EXCEEDED = "max_transition_count_exceeded"


_OF_A_FAILED_LEG = {
    Verb.DECLINE: Reason.OPERATOR_DISCONNECTS,
    Verb.NO_ANSWER: Reason.OPERATOR_NOT_RESPONSIBLE,
    Verb.BUSY: Reason.OPERATOR_BUSY,
    Verb.UNREACHABLE: Reason.OPERATOR_NUMBER_PROBLEMS,
}


_BY_A_SCENARIO = (
    Reason.SCENARIO_DISCONNECTS,
    Reason.NO_OPERATION,
    Reason.SCENARIO_NOT_FOUND,
    Reason.MAX_TRANSITION_COUNT_EXCEEDED,
    Reason.NO_SUCCESS_OPERATOR_CALL,
)


def of_failed_leg(verb: Verb, protocol: str) -> Reason:
    """Why a ringing leg ended that nobody took."""
    if verb is Verb.UNREACHABLE and protocol == "SIP":
        return Reason.SIP_OFFLINE
    return _OF_A_FAILED_LEG[verb]


def of_session(ended_by: Reason, *, is_lost: bool, is_internal: bool, anybody_dialled: bool) -> Reason:
    """Why a session ended: a lost one names what was missing, any other one who hung up."""
    if not is_lost or ended_by in _BY_A_SCENARIO:
        return ended_by
    if is_internal:
        return Reason.NO_SUCCESS_SUBSCRIBER_CALL
    return Reason.NO_SUCCESS_OPERATOR_CALL if anybody_dialled else Reason.DISCONNECT_BEFORE_CALL_PROCESSING
