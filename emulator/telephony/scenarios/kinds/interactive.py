"""«Интерактивная обработка звонка»: a server of the client's decides what becomes of the call (facts §4.1).

It is asked with `cdr_id, start_time, input_result, numa, numb` in the query and answers with one JSON object:
`{"phones": […]}` forwards, with a message to the caller or to the employee if it likes, a message alone is played, and
`{"returned_code": n}` goes on by the exit `n`. Anything else, an error, or no answer in time leaves by `failed`.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal
from urllib.parse import urlencode, urlsplit

import msgspec
import orjson

from emulator.core.errors import BadRequest
from emulator.core.instants import local_text
from emulator.telephony.engine.records import Leg
from emulator.telephony.numbers import in_reports, written
from emulator.telephony.scenarios.crew import Skip
from emulator.telephony.scenarios.kinds.base import FAILED, NEXT, Kind, Settings, refuse
from emulator.telephony.scenarios.kinds.greeting import LONGEST, Seconds
from emulator.telephony.scenarios.requests import Reply
from emulator.telephony.scenarios.run import Run, Tools

Param = Literal["cdr_id", "start_time", "input_result", "numa", "numb"]
PARAMS: tuple[Param, ...] = ("cdr_id", "start_time", "input_result", "numa", "numb")
NOTHING_TYPED = "None"

ASKED = "interactive"
TIMEOUT, ERROR, UNKNOWN_ANSWER, UNKNOWN_CODE, NO_ANSWER = (
    "timeout",
    "error",
    "unknown_answer",
    "unknown_code",
    "no_answer",
)
_TYPED, _PLAYED = "typed", "played"
_CODE = re.compile(r"0|-?[1-9][0-9]{0,9}")
"""A code as the name of an exit."""


class AccessCode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Keys to collect first: `length` of them, or fewer that end with `#` or with `wait` seconds of silence."""

    length: Annotated[int, msgspec.Meta(ge=1, le=32)]
    wait: Seconds = 5


class InteractiveSettings(Settings, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`timeout` is how long the answer is waited for; `message_seconds` how long a message of the answer plays."""

    url: str
    method: Literal["GET", "POST"] = "GET"
    params: tuple[Param, ...] = PARAMS
    access_code: AccessCode | None = None
    timeout: Annotated[float, msgspec.Meta(gt=0, le=60)] = 5
    message_seconds: Annotated[float, msgspec.Meta(ge=0, le=LONGEST)] = 0


class Forward(msgspec.Struct, frozen=True):
    """Call these numbers one after another; without any, only play the message."""

    phones: list[str] = []
    message_name: str | None = None
    text: str | None = None
    operator_message: str | None = None
    operator_media: str | None = None
    operator_text: str | None = None

    @property
    def message(self) -> str | None:
        return self.message_name or self.text

    @property
    def for_the_employee(self) -> str | None:
        """A file goes before a text (facts §4.1)."""
        return self.operator_media or self.operator_message or self.operator_text


class Jump(msgspec.Struct, frozen=True):
    returned_code: int


class Interactive(Kind[InteractiveSettings]):
    name = "interactive"
    title = "Интерактивная обработка звонка"
    settings = InteractiveSettings
    fixed_exits = (NEXT, FAILED)

    def has_exit(self, settings: InteractiveSettings, name: str) -> bool:
        return name in self.fixed_exits or _CODE.fullmatch(name) is not None

    def check(self, settings: InteractiveSettings, tools: Tools, path: str) -> None:
        try:
            parts = urlsplit(settings.url)
            is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            is_address = False
        if not is_address:
            raise refuse(f"{path}.url", settings.url, "an http:// or https:// address")

    def enter(self, run: Run, settings: InteractiveSettings) -> None:
        if settings.access_code is None or not run.somebody_listens():
            self._ask(run, settings)
            return
        run.state["typed"] = ""
        run.wake_after(settings.access_code.wait, _TYPED)

    def pressed(self, run: Run, settings: InteractiveSettings, key: str) -> None:
        code = settings.access_code
        if code is None or "request" in run.details:
            return
        if key != "#":
            run.state["typed"] += key
        run.stop_waiting()
        if key == "#" or len(run.state["typed"]) == code.length:
            self._ask(run, settings)
        else:
            run.wake_after(code.wait, _TYPED)

    def elapsed(self, run: Run, settings: InteractiveSettings, what: str) -> None:
        if what == _TYPED:
            self._ask(run, settings)
        else:
            self._after_the_message(run)

    def _ask(self, run: Run, settings: InteractiveSettings) -> None:
        session, typed = run.step.session, run.state.get("typed")
        known: dict[Param, Any] = {
            "cdr_id": session.id,
            "start_time": local_text(session.started_at, run.tools.ground.zone),
            "input_result": typed or NOTHING_TYPED,
            "numa": in_reports(session.contact_phone) or "",
            "numb": in_reports(session.virtual_phone) or "",
        }
        address = _with_query(settings.url, urlencode([(name, known[name]) for name in settings.params]))
        run.details["request"] = {"input_result": typed or None, "asked_at": run.now}
        run.ask_outside(ASKED, settings.method, address, settings.timeout)

    def silent(self, run: Run, settings: InteractiveSettings) -> None:
        run.leave(FAILED, TIMEOUT)

    def replied(self, run: Run, settings: InteractiveSettings, purpose: str, reply: Reply) -> None:
        document = _document(reply)
        run.details["request"] |= _said(reply, document, run.now)
        answer = _answer(document)
        if reply.status != 200:
            run.leave(FAILED, ERROR)
        elif isinstance(answer, Jump):
            self._jump(run, answer.returned_code)
        elif answer is not None and (answer.phones or answer.message):
            self._forward(run, settings, answer)
        else:
            run.leave(FAILED, UNKNOWN_ANSWER)

    def late(self, purpose: str, reply: Reply, now: int) -> dict[str, Any] | None:
        return _said(reply, _document(reply), now)

    def _jump(self, run: Run, code: int) -> None:
        if str(code) in run.operation.exits:
            run.leave(str(code))
        else:
            run.leave(FAILED, UNKNOWN_CODE)

    def _forward(self, run: Run, settings: InteractiveSettings, answer: Forward) -> None:
        if answer.message:
            run.details["message"] = answer.message
        if answer.for_the_employee:
            run.details["operator_message"] = answer.for_the_employee
        run.state["phones"] = answer.phones
        if answer.message and settings.message_seconds:
            run.wake_after(settings.message_seconds, _PLAYED)
        else:
            self._after_the_message(run)

    def _after_the_message(self, run: Run) -> None:
        if run.state["phones"]:
            self._ring_next(run)
        else:
            run.leave(NEXT)

    def rang_out(self, run: Run, settings: InteractiveSettings, leg: Leg) -> None:
        self._ring_next(run)

    def _ring_next(self, run: Run) -> None:
        """Forwarding goes to telephones of employees and outside; what is no number is passed over."""
        phones: list[str] = run.state["phones"]
        while phones:
            number = phones.pop(0)
            phone = run.tools.staff.phone_with(number)
            if phone is None and (outside := _outside(number)):
                run.dial_outside(outside)
                return
            if phone is None:
                run.skip(Skip.NUMBER_NOT_EXISTS, number=number)
            elif not phone.is_active:
                run.skip(Skip.EMPLOYEE_PHONE_INACTIVE, phone.employee_id, phone.number)
            else:
                run.dial(phone)
                return
        run.leave(FAILED, NO_ANSWER)


def _with_query(url: str, query: str) -> str:
    """`url` with `query` behind what it has already. A fragment is not for servers."""
    parts = urlsplit(url)
    return parts._replace(query="&".join(each for each in (parts.query, query) if each), fragment="").geturl()


def _outside(number: str) -> str | None:
    """A whole number outside in E.164; None for anything else."""
    try:
        outside = written(number, "phones")
    except BadRequest:
        return None
    return outside if outside.startswith("+") else None


def _said(reply: Reply, document: Any, now: int) -> dict[str, Any]:
    """An answer as the call details show it."""
    said = reply.problem if reply.problem or document is None else document
    return {"answered_at": now, "status": reply.status, "answer": said}


def _document(reply: Reply) -> Any:
    """The JSON object of the answer; None for anything else."""
    try:
        document = orjson.loads(reply.body)
    except orjson.JSONDecodeError:
        return None
    return document if isinstance(document, dict) else None


def _answer(document: Any) -> Forward | Jump | None:
    if document is None:
        return None
    shape: type[Forward | Jump] = Jump if "returned_code" in document else Forward
    try:
        return msgspec.convert(document, shape)
    except msgspec.ValidationError:
        return None
