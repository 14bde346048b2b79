"""Events to the integration (contract §3): flat objects of the vendor's variables, in order and without gaps per call.

They are stored in the transaction of the step that causes them and sent once it is over. While no integration is
connected nothing is configured to be notified, so nothing is stored and no number is used up.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from emulator.core.ground import Ground
from emulator.core.instants import from_micros, local_text
from emulator.core.sender import Destination, Sender
from emulator.telephony.communications.ledger import Communications
from emulator.telephony.engine.figures import figures, recorded_talk
from emulator.telephony.engine.records import Call, Leg, Session
from emulator.telephony.recordings import Recordings
from emulator.telephony.staff import Phone


def stream_of(call_id: int) -> str:
    """The key under which events of one call are delivered one at a time."""
    return f"call:{call_id}"


class Notices:
    """Writes the events of a call. The subject of a delivery is `<mnemonic> <event_id>`."""

    def __init__(
        self,
        ground: Ground,
        sender: Sender,
        integration: Callable[[], Destination | None],
        recordings: Recordings,
        communications: Communications,
    ) -> None:
        self._ground = ground
        self._sender = sender
        self._integration = integration
        self._recordings = recordings
        self._communications = communications

    def begun(self, session: Session, now: int, caller: Leg | None = None, phone: Phone | None = None) -> None:
        """`in_call_session`, or `out_call_session` with the caller's leg, or the number that is rung for him first."""
        said: dict[str, Any] = {}
        if caller:
            said = _leg_variables(caller)
        elif phone and session.direction == "out":
            said = {"leg_id": None, "employee_id": phone.employee_id, "employee_phone_number": phone.number}
        self._put(session, f"{session.direction}_call_session", now, said)

    def of_leg(self, mnemonic: str, session: Session, leg: Leg, now: int) -> None:
        """`call_proceeding`, `call_connected` or `call_disconnected`."""
        self._put(session, mnemonic, now, _leg_variables(leg))

    def finished(self, call: Call, now: int) -> None:
        """`call_session_finished`, then `lost_call_session` and `call_record_ready` where they apply."""
        session = call.session
        link = self._recordings.link(session)
        summed = figures(session, now)
        said = {
            "is_lost": session.is_lost,
            "finish_reason": session.finish_reason,
            "first_answered_employee_id": session.first_answered_employee_id,
            "first_talked_employee_id": session.first_talked_employee_id,
            "is_voice_mail": session.is_voice_mail,
            "wait_time_duration": summed.wait,
            "talk_time_duration": summed.talk,
            "total_time_duration": summed.total,
            "record_file_links": [link] if link else [],
        }
        if link != (first := self._recordings.first_employee_link(call)):
            said["first_employee_record_file_link"] = first
        self._put(session, "call_session_finished", now, said)
        if session.is_lost:
            self._put(session, "lost_call_session", now, {"wait_time_duration": summed.wait})
        if link and not self._recordings.late.expect(call.id, now):
            self.record_ready(call, now)

    def record_ready(self, call: Call, now: int) -> None:
        """`call_record_ready`: the file can be fetched from now on."""
        link = self._recordings.link(call.session)
        ready = {"file_link": link, "file_duration": recorded_talk(call), "record_file_links": [link]}
        self._put(call.session, "call_record_ready", now, ready)

    def _put(self, session: Session, mnemonic: str, now: int, said: dict[str, Any]) -> None:
        if self._integration() is None:
            return
        session.events += 1
        event_id = f"{session.id}:{session.events}"
        body = {
            "event_id": event_id,
            "notification_mnemonic": mnemonic,
            "notification_timestamp": now // 1000,
            "call_session_id": session.id,
            "communication_id": session.communication_id,
            "direction": session.direction,
            "contact_phone_number": session.contact_phone,
            "virtual_phone_number": session.virtual_phone,
            "start_time": local_text(session.started_at, self._ground.zone),
            "is_internal": session.is_internal,
            **({"external_id": session.external_id} if session.external_id is not None else {}),
            **self._communications.variables(session.communication_id),
            **said,
        }
        self._sender.put(stream_of(session.id), f"{mnemonic} {event_id}", body)

    def send(self, session: Session, did: str, who: dict[str, Any], now: int) -> None:
        """The step is stored: note it in the journal and deliver its events."""
        stream = stream_of(session.id)
        cause = self._ground.ids.trace_id(stream)
        data = {"verb": did, **who, "state": session.state.value}
        self._ground.journal.add("change", "telephony", "telephony", stream, data, cause, from_micros(now))
        if session.events:
            self._sender.wake(stream)


def _leg_variables(leg: Leg) -> dict[str, Any]:
    return {"leg_id": leg.id, "employee_id": leg.employee_id, "employee_phone_number": leg.number}
