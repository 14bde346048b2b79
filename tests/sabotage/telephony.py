"""One broken version of the telephony per rule that it enforces itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.sabotage.breakage import Breakage, Function, answers, instead


def asked_once(original: Function) -> Function:
    """Which sites count sales is asked when somebody looks for the first time, and never again."""
    known: list[Any] = []

    def first(database: Any) -> Any:
        known[:] = known or [original(database)]
        return known[0]

    return first


class EverySite:
    """All sites count sales."""

    def __contains__(self, site_id: int | None) -> bool:
        return site_id is not None


def lost(judge: Callable[[Any, bool], bool]) -> Callable[[Function], Function]:
    """Another judgement of whether a call was lost; it is given the call and the right one."""
    return lambda original: lambda call: judge(call, original(call))


def no_employee_answered(call: Any) -> bool:
    return not any(leg.is_operator and leg.connected_at is not None for leg in call.legs)


def client_was_dialled(call: Any) -> bool:
    return call.contact_leg() is not None


def talked_for(call: Any, seconds: int) -> bool:
    began = call.session.first_talk_at
    return began is not None and call.session.ended_at - began >= seconds * 1_000_000


def records_consultations(original: Function) -> Function:
    def answer(step: Any, leg: Any, by: Any) -> None:
        original(step, leg, by)
        leg.talking_since = by.talking_since = step.now

    return answer


def greeting_is_voice_mail(original: Function) -> Function:
    def enter(kind: Any, run: Any, settings: Any) -> None:
        run.step.session.is_voice_mail = True
        original(kind, run, settings)

    return enter


def reported_as_outgoing(columns: dict[str, Function]) -> dict[str, Function]:
    """Callbacks only."""
    right = columns["direction"]
    return {**columns, "direction": lambda row: "out" if row.session.kind == "callback" else right(row)}


def callbacks_are_not_told_of(original: Function) -> Function:
    def begun(notices: Any, session: Any, *arguments: Any, **keywords: Any) -> None:
        if session.kind != "callback":
            original(notices, session, *arguments, **keywords)

    return begun


def from_outside(original: Function) -> Function:
    """Employees' calls to clients look like calls of clients."""
    return lambda opening: {**original(opening), **({"direction": "in"} if opening.kind in ("click", "dial") else {})}


def not_on_mobiles(original: Function) -> Function:
    """The first seconds of a talk are waited for on desk telephones alone."""
    return lambda options, step, leg: leg.protocol == "PSTN" or original(options, step, leg)


BREAKAGES = (
    Breakage(
        "the telephony records the talk with the first employee only",
        "emulator.telephony.recordings.recordings:whole",
        answers(lambda cut: cut[:1]),
        ("LOG-05.c", "LOG-05.d"),
    ),
    Breakage(
        "the telephony records what colleagues talk among themselves",
        "emulator.telephony.engine.step:Step.answer_consultation",
        records_consultations,
        ("LOG-05.a", "LOG-05.b"),
    ),
    Breakage(
        "the telephony never calls a call lost",
        "emulator.telephony.engine.step:is_lost",
        instead(False),
        ("TERM-05.a",),
    ),
    Breakage(
        "a call in which nobody was rung is not lost",
        "emulator.telephony.engine.step:is_lost",
        lost(lambda call, right: right and call.anybody_dialled()),
        ("TERM-05.b", "TERM-05.c"),
    ),
    Breakage(
        "one leg that was not answered makes a call lost",
        "emulator.telephony.engine.step:is_lost",
        lambda _original: lambda call: any(leg.was_rung and leg.connected_at is None for leg in call.legs),
        ("TERM-05.d",),
    ),
    Breakage(
        "the telephony calls a call lost that voice mail took",
        "emulator.telephony.engine.step:is_lost",
        lost(lambda call, right: right or call.session.is_voice_mail),
        ("TERM-07.a",),
    ),
    Breakage(
        "the telephony takes a greeting for voice mail",
        "emulator.telephony.scenarios.kinds.greeting:Greeting.enter",
        greeting_is_voice_mail,
        ("TERM-07.b",),
    ),
    Breakage(
        "the telephony reports callbacks as outgoing",
        "emulator.telephony.data_api.calls:CALL_COLUMNS",
        reported_as_outgoing,
        ("TERM-08.a",),
    ),
    Breakage(
        "the telephony does not tell that a callback was ordered",
        "emulator.telephony.engine.notices:Notices.begun",
        callbacks_are_not_told_of,
        ("TERM-08.c",),
    ),
    Breakage(
        "a callback is lost when the client does not answer",
        "emulator.telephony.engine.step:is_lost",
        lost(lambda call, right: right or (call.session.kind == "callback" and call.missed_contact())),
        ("TERM-08.d",),
    ),
    Breakage(
        "calls to clients are incoming",
        "emulator.telephony.engine.openings:Opening.row",
        from_outside,
        ("TERM-09.a", "TERM-09.b"),
    ),
    Breakage(
        "an outgoing call is judged by the employee's line",
        "emulator.telephony.engine.step:is_lost",
        lost(lambda call, _right: no_employee_answered(call)),
        ("TERM-10.a", "TERM-10.d"),
    ),
    Breakage(
        "a client who was never dialled was not missed",
        "emulator.telephony.engine.step:is_lost",
        lost(lambda call, right: right and client_was_dialled(call)),
        ("TERM-10.b",),
    ),
    Breakage(
        "talks of less than six seconds are lost calls",
        "emulator.telephony.engine.step:is_lost",
        lost(lambda call, right: right or not talked_for(call, 6)),
        ("TERM-10.c",),
    ),
    Breakage(
        "nobody asks how long talk options do not work",
        "emulator.telephony.engine.options:TalkOptions.blocked_seconds",
        instead({"in": 3, "out": 30}),
        ("PHONE-12.a",),
    ),
    Breakage(
        "talk options work on mobiles from the beginning",
        "emulator.telephony.engine.options:TalkOptions.works",
        not_on_mobiles,
        ("PHONE-12.b",),
    ),
    Breakage(
        "talk options work from the beginning",
        "emulator.telephony.engine.options:TalkOptions.works",
        instead(True),
        ("PHONE-12.c", "PHONE-12.d"),
    ),
    Breakage(
        "«Список сделок» shows no site's deals",
        "emulator.telephony.communications.deal_list:counting_sites",
        instead(frozenset()),
        ("REP-01.a",),
    ),
    Breakage(
        "«Список сделок» shows the deals of every site",
        "emulator.telephony.communications.deal_list:counting_sites",
        instead(EverySite()),
        ("REP-01.b", "REP-02.b"),
    ),
    Breakage(
        "«Список сделок» does not notice a change of the option",
        "emulator.telephony.communications.deal_list:counting_sites",
        asked_once,
        ("REP-01.c",),
    ),
    Breakage(
        "«Список сделок» shows deals that came from no site",
        "emulator.telephony.communications.deal_list:counting_sites",
        lambda original: lambda database: {*original(database), None},
        ("REP-01.d", "REP-02.a"),
    ),
)
