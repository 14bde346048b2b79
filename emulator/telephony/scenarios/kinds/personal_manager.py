"""«Переадресация на персонального менеджера из CRM»: the contact's responsible is asked for and rung (PM-01..PM-20).

    stored manager, younger than 6 h ─┐
    integration ─▸ who is it? ────────┴─▸ known here, with numbers? ─▸ online? (with `respect_status`) ─▸ ring
         │ no answer in time, nobody, failure                                                     nobody answers │
         └──────────────────────────▸ «Переадресация не удалась» with its «Связанная операция» ◂──────────────────┘

There is one exit (GAP-46); why it was taken is in the call details.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from emulator.core.phones import match_key
from emulator.telephony.engine.records import Leg
from emulator.telephony.scenarios.kinds.base import FAILED, Id, Kind, Settings
from emulator.telephony.scenarios.managers import StoredManager
from emulator.telephony.scenarios.requests import Reply
from emulator.telephony.scenarios.run import Run, Tools

Wait = Annotated[float, msgspec.Meta(ge=1, le=30)]

ASKED, CHECKED = "personal-manager", "presence"

INTEGRATION_OFF = "integration_off"
HIDDEN_NUMBER = "hidden_number"
TIMEOUT, EMPTY, ERROR = "timeout", "empty", "error"
EMPLOYEE_NOT_FOUND = "employee_not_found"
EMPLOYEE_WITHOUT_PHONES = "employee_without_phones"
OFFLINE = "offline"
NO_ANSWER = "no_answer"

FROM_AMOCRM, FROM_CACHE = "amoCRM", "cache"


class PersonalManagerSettings(Settings, frozen=True, forbid_unknown_fields=True):
    """`wait` is «Время ожидания»: seconds for the answer about the manager, not for ringing (GAP-47).

    `respect_status`: «Учитывать статус персонального менеджера».
    """

    wait: Wait = 3
    respect_status: bool = False


class Answer(msgspec.Struct, frozen=True):
    """What the integration answers with 200; no user: nobody is the manager, for that `reason`."""

    user_id: Id | None
    employee_id: Id | None = None
    reason: str | None = None


class Refused(msgspec.Struct, frozen=True):
    """What it answers with 503."""

    reason: str | None = None


class Online(msgspec.Struct, frozen=True):
    online: bool


class PersonalManager(Kind[PersonalManagerSettings]):
    name = "personal_manager"
    title = "Переадресация на персонального менеджера из CRM"
    settings = PersonalManagerSettings
    fixed_exits = (FAILED,)
    labels = {  # noqa: RUF012
        "wait": "Время ожидания",
        "respect_status": "Учитывать статус персонального менеджера",
        FAILED: "Переадресация не удалась",
    }

    def is_offered(self, tools: Tools) -> bool:
        return tools.door.is_open

    def enter(self, run: Run, settings: PersonalManagerSettings) -> None:
        session, tools = run.step.session, run.tools
        key = match_key(session.contact_phone)
        if not tools.door.is_open:
            tools.managers.forget_all()
            run.leave(FAILED, INTEGRATION_OFF)
        elif not key:
            run.leave(FAILED, HIDDEN_NUMBER)
        elif stored := tools.managers.fresh(key, run.now):
            self._found(run, settings, stored, FROM_CACHE)
        else:
            question = {
                "call_session_id": session.id,
                "contact_phone_number": session.contact_phone,
                "virtual_phone_number": session.virtual_phone,
            }
            run.ask_integration(ASKED, ASKED, question, settings.wait)

    def silent(self, run: Run, settings: PersonalManagerSettings) -> None:
        run.leave(FAILED, OFFLINE if run.state.get("checks") else TIMEOUT)

    def replied(self, run: Run, settings: PersonalManagerSettings, purpose: str, reply: Reply) -> None:
        if purpose == CHECKED:
            online = _read(Online, reply) if reply.status == 200 else None
            run.details["manager"]["online"] = bool(online and online.online)
            self._ring(run) if online and online.online else run.leave(FAILED, OFFLINE)
            return
        run.details["manager"] = said(reply, run.now)
        answer = _read(Answer, reply) if reply.status == 200 else None
        if answer is None or (answer.user_id is None and answer.employee_id is not None):
            run.leave(FAILED, ERROR)
        elif answer.user_id is None:
            run.leave(FAILED, EMPTY)
        else:
            manager = StoredManager(answer.user_id, answer.employee_id, run.now)
            run.tools.managers.store(match_key(run.step.session.contact_phone), manager)
            self._found(run, settings, manager, FROM_AMOCRM)

    def late(self, purpose: str, reply: Reply, now: int) -> dict[str, Any] | None:
        return said(reply, now) if purpose == ASKED else None

    def _found(self, run: Run, settings: PersonalManagerSettings, manager: StoredManager, source: str) -> None:
        run.details["manager"] = {
            "source": source,
            "user_id": manager.user_id,
            "employee_id": manager.employee_id,
            "answered_at": manager.received_at,
        }
        crew, staff = run.tools.crew, run.tools.staff
        if manager.employee_id is None or not crew.exists(manager.employee_id):
            run.leave(FAILED, EMPLOYEE_NOT_FOUND)
        elif staff.active_phone(manager.employee_id) is None:
            run.leave(FAILED, EMPLOYEE_WITHOUT_PHONES)
        elif settings.respect_status:
            run.state["checks"] = True
            run.ask_integration(CHECKED, f"presence/{manager.user_id}", None, settings.wait)
        else:
            self._ring(run)

    def _ring(self, run: Run) -> None:
        """All numbers of the employee one after another, whatever the status of the web phone (PM-16, PM-17, PM-19)."""
        phone = run.tools.staff.active_phone(run.details["manager"]["employee_id"])
        if phone is None:
            run.leave(FAILED, EMPLOYEE_WITHOUT_PHONES)
        else:
            run.dial(phone)

    def rang_out(self, run: Run, settings: PersonalManagerSettings, leg: Leg) -> None:
        assert leg.employee_id is not None
        assert leg.phone_id is not None
        tried = run.tools.staff.phone(leg.phone_id)
        following = run.tools.staff.active_phone(leg.employee_id, tried.position)
        if following is None:
            run.leave(FAILED, NO_ANSWER)
        else:
            run.dial(following)


def said(reply: Reply, now: int) -> dict[str, Any]:
    """An answer as the call details show it: from where, when, and what it said."""
    entry: dict[str, Any] = {"source": FROM_AMOCRM, "answered_at": now, "status": reply.status}
    if reply.problem:
        return {**entry, "said": reply.problem}
    shape = Answer if reply.status == 200 else Refused
    document: Answer | Refused | None = _read(shape, reply)
    if isinstance(document, Answer):
        entry |= {"user_id": document.user_id, "employee_id": document.employee_id}
    return {**entry, "said": document.reason if document else "no answer of the contract"}


def _read(shape: Any, reply: Reply) -> Any:
    """The document in the body, or None when it is none of that shape."""
    try:
        return msgspec.json.decode(reply.body, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
