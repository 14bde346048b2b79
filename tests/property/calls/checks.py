"""What must be true of a call at every moment, whatever was done to it; each check holds one side of it to a flow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from emulator.telephony.engine.records import Call, Segment
from emulator.telephony.engine.views import CallView
from tests.property.calls.flow import Flow
from tests.property.calls.house import SECOND
from tests.property.calls.lines import merged
from tests.property.calls.office import Office
from tests.property.calls.wire import Body

_LOST_REASONS = ("no_success_operator_call", "no_success_subscriber_call", "disconnect_before_call_processing")
_OF_A_LEG = ("call_proceeding", "call_connected", "call_disconnected")
_AFTER_THE_END = ("lost_call_session", "call_record_ready")


def holds(office: Office, call_id: int, flow: Flow) -> None:
    call = office.load(call_id)
    seen = office.view(call)
    people_are_where_they_are(office, call, flow)
    _legs_have_their_times(call)
    _segments_are_whole(call, flow.now)
    _talk_is_what_it_was(office, call, flow)
    _durations_add_up(seen, flow)
    _who_is_named(office, call, seen, flow)
    _ends_once(office, call, seen, flow)
    _events_are_in_order(office, seen, flow)


def people_are_where_they_are(office: Office, call: Call, flow: Flow) -> None:
    """Each is on the line once, in the state that follows from what was done; and the call's state follows from it."""
    there = [(office.who(leg), leg.state.value) for leg in call.open_legs()]
    assert len(dict(there)) == len(there), f"somebody is on the line twice: {there}"
    assert dict(there) == {line.who: line.state for line in flow.lines.values()}
    assert call.session.state.value == flow.state
    legs = [(office.who(leg), leg.number or "") for leg in call.legs if leg.role.value != "voice_mail"]
    assert legs == [(line.who, line.number.number) for line in flow.everybody() if line.role != "voice_mail"]


def _legs_have_their_times(call: Call) -> None:
    session = call.session
    for leg in call.legs:
        times = [session.started_at, leg.started_at, leg.connected_at, leg.talked_at, leg.ended_at, session.ended_at]
        known = [each for each in times if each is not None]
        assert known == sorted(known), f"leg {leg.id}: {times}"
        assert (leg.ended_at is None) == leg.is_open == (leg.finish_reason is None)


def _segments_are_whole(call: Call, now: int) -> None:
    """Within the call's talk and their leg, and one after the other."""
    session = call.session
    end = now if session.ended_at is None else session.ended_at
    by_leg: dict[int, list[Segment]] = {}
    for segment in call.segments:
        leg = call.leg(segment.leg_id)
        assert session.first_talk_at is not None
        assert leg.talked_at is not None
        assert leg.employee_id == segment.employee_id
        until = end if leg.ended_at is None else leg.ended_at
        assert session.first_talk_at <= leg.talked_at <= segment.started_at <= segment.ended_at <= until <= end
        before = by_leg.setdefault(leg.id, [])
        assert not before or before[-1].ended_at <= segment.started_at, f"leg {leg.id} talks twice at once"
        before.append(segment)


def _talk_is_what_it_was(office: Office, call: Call, flow: Flow) -> None:
    """Who spoke with the other party from when to when: consultations and holds are not in it."""
    for recorded in (True, False):
        pieces = (
            (office.who(call.leg(each.leg_id)), each.started_at, each.ended_at)
            for each in call.segments
            if each.is_recorded is recorded
        )
        talked = ((each.who, each.since, each.until) for each in flow.talks if each.recorded is recorded)
        assert merged(pieces) == merged(talked), f"recorded: {recorded}"
    talking = {office.who(leg): leg.talking_since for leg in call.legs if leg.talking_since is not None}
    assert talking == {line.who: line.since for line in flow.lines.values() if line.since is not None}


def _durations_add_up(seen: CallView, flow: Flow) -> None:
    """Wait and talk are the whole, up to the second that is cut off of each."""
    end = flow.now if flow.ended is None else flow.ended
    talk_from = end if flow.first_talk is None else flow.first_talk
    spans = (talk_from - flow.began, end - talk_from, end - flow.began)
    assert (seen.wait, seen.talk, seen.total) == tuple(span // SECOND for span in spans)
    assert 0 <= seen.total - seen.wait - seen.talk <= 1


def _who_is_named(office: Office, call: Call, seen: CallView, flow: Flow) -> None:
    session = call.session
    first = (seen.first_answered_employee_id, seen.first_talked_employee_id)
    last = (session.last_answered_employee_id, session.last_talked_employee_id)
    named = [office.names.get(each or 0) for each in (*first, *last)]
    assert named == [flow.first_answered, flow.first_talked, flow.last_answered, flow.last_talked]
    assert (seen.is_voice_mail, session.is_transfer) == (flow.is_voice_mail, flow.is_transfer)


def _ends_once(office: Office, call: Call, seen: CallView, flow: Flow) -> None:
    """An ended call has no open line and no timer, and from then on stays as it is."""
    if flow.ended is None:
        assert (seen.ended_at, seen.finish_reason, seen.is_lost, seen.recording) == (None, None, None, None)
        assert not set(office.timers_of(call)) or flow.opening.is_automatic
        return
    assert not list(call.open_legs())
    assert office.timers_of(call) == []
    assert call.session.ended_at == flow.ended
    assert seen.is_lost == flow.is_lost
    assert seen.is_lost is False or seen.finish_reason in _LOST_REASONS
    assert (seen.recording is not None) == any(each.recorded for each in flow.talks)


def _events_are_in_order(office: Office, seen: CallView, flow: Flow) -> None:
    """Numbered from 1 without gaps; of each line proceeding, perhaps connected, disconnected; then the end, once."""
    events = office.events(seen.id)
    assert [body["event_id"] for body in events] == [f"{seen.id}:{n}" for n in range(1, len(events) + 1)]
    told = [body["notification_mnemonic"] for body in events]
    assert told[0] == f"{flow.direction}_call_session"
    _lines_are_told(office, events, flow)
    after = told[told.index("call_session_finished") :] if "call_session_finished" in told else []
    expected = ["call_session_finished"] if flow.ended is not None else []
    expected += ["lost_call_session"] if expected and flow.is_lost else []
    expected += ["call_record_ready"] if seen.recording else []
    assert after == expected
    assert all(mnemonic in _OF_A_LEG for mnemonic in told[1 : len(told) - len(after)])
    if after:
        _the_end_is_told(events[len(told) - len(after) :], seen)


def _lines_are_told(office: Office, events: list[Body], flow: Flow) -> None:
    counted: Counter[tuple[str, str]] = Counter()
    by_leg: dict[int, list[str]] = {}
    for body in events:
        if body["notification_mnemonic"] in _OF_A_LEG:
            who = office.names.get(body["employee_id"]) or body["employee_phone_number"]
            counted[body["notification_mnemonic"], who] += 1
            by_leg.setdefault(body["leg_id"], []).append(body["notification_mnemonic"])
    assert counted == flow.told
    for leg_id, told in by_leg.items():
        assert told == [each for each in _OF_A_LEG if each in told], f"leg {leg_id}: {told}"


def _the_end_is_told(events: list[Body], seen: CallView) -> None:
    finished = events[0]
    figures = {"wait_time_duration": seen.wait, "talk_time_duration": seen.talk, "total_time_duration": seen.total}
    shown = {
        "is_lost": seen.is_lost,
        "finish_reason": seen.finish_reason,
        "first_answered_employee_id": seen.first_answered_employee_id,
        "first_talked_employee_id": seen.first_talked_employee_id,
        "is_voice_mail": seen.is_voice_mail,
        "record_file_links": [seen.recording] if seen.recording else [],
        **figures,
    }
    assert {name: finished[name] for name in shown} == shown
    for body in events[1:]:
        if body["notification_mnemonic"] == "call_record_ready":
            assert body["file_link"] == seen.recording
            assert body["file_duration"] <= seen.talk


_CALL_FIELDS = {
    "id": lambda seen: seen.id,
    "communication_id": lambda seen: seen.communication_id,
    "is_lost": lambda seen: seen.is_lost,
    "finish_reason": lambda seen: seen.finish_reason,
    "wait_duration": lambda seen: seen.wait,
    "talk_duration": lambda seen: seen.talk,
    "total_duration": lambda seen: seen.total,
    "first_answered_employee_id": lambda seen: seen.first_answered_employee_id,
    "first_talked_employee_id": lambda seen: seen.first_talked_employee_id,
    "full_record_file_link": lambda seen: seen.recording,
}
_LEG_FIELDS = ("call_session_id", "id", "employee_id", "finish_reason", "is_failed", "duration", "total_duration")


def reports_agree(office: Office, flows: Mapping[int, Flow]) -> None:
    """The calls that are over are in the reports as they can be seen, and no others."""
    over = {call: flow for call, flow in flows.items() if flow.ended is not None}
    if not over:
        return
    seen = [office.account.calls.get(call) for call in over]
    rows = office.report("get.calls_report", [*_CALL_FIELDS, "clean_talk_duration"])
    assert [row["id"] for row in rows] == list(over)
    for row, view in zip(rows, seen, strict=True):
        assert {name: row[name] for name in _CALL_FIELDS} == {name: of(view) for name, of in _CALL_FIELDS.items()}
        assert row["clean_talk_duration"] == _clean(flows[view.id]) <= row["talk_duration"]
    legs = office.report("get.call_legs_report", list(_LEG_FIELDS))
    assert [tuple(row[name] for name in _LEG_FIELDS) for row in legs] == [leg for view in seen for leg in _legs(view)]


def _legs(view: CallView) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    for leg in view.legs:
        assert leg.ended_at is not None
        total = int((leg.ended_at - leg.started_at).total_seconds())
        talk = int((leg.ended_at - leg.connected_at).total_seconds()) if leg.connected_at else 0
        found.append((view.id, leg.id, leg.employee_id, leg.finish_reason, not leg.connected_at, talk, total))
    return found


def _clean(flow: Flow) -> int:
    """Whole seconds in which anybody talked with the other party."""
    length, until = 0, 0
    for each in sorted(flow.talks, key=lambda talk: talk.since):
        length += max(0, each.until - max(each.since, until))
        until = max(until, each.until)
    return length // SECOND
