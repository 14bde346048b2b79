"""«Переадресация на персонального менеджера из CRM»: rules PM-01..PM-20, the telephony's part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from emulator.core.errors import BadRequest
from emulator.core.sender import Destination
from emulator.telephony.scenarios.integration import IntegrationDoor
from tests.unit.telephony.conftest import CONTACT, MAIN
from tests.unit.telephony.scenarios.conftest import MAIL, Integration, Pbx, Said

ANNA, BORIS = 501, 502
"""Users of amoCRM."""

HOURS = 3600


def manager(**settings: Any) -> dict[str, Any]:
    """The operation with voice mail as the linked one."""
    return {"manager": {"personal_manager": settings, "exits": {"failed": "mail"}}, "mail": MAIL}


def is_(pbx: Pbx, who: str, user: int = ANNA, **how: Any) -> Said:
    """The answer that names somebody."""
    return Said({"user_id": user, "employee_id": pbx.office.id_of(who), "reason": None}, **how)


NOBODY = Said({"user_id": None, "employee_id": None, "reason": "no_contact"})
ERROR = Said({"reason": "crm_error"}, status=503)
STOPPED = Said({"reason": "stopped"}, status=503)


async def test_the_managers_numbers_ring(pbx: Pbx, integration: Integration) -> None:
    """PM-02.a, PM-08.a, PM-16.b, PM-19"""
    integration.answers = [is_(pbx, "anna")]
    pbx.has(manager())
    call = await pbx.call()
    assert integration.asked == [
        (
            "POST",
            "/telephony/t/personal-manager",
            {"call_session_id": call, "contact_phone_number": CONTACT, "virtual_phone_number": MAIN},
        )
    ]
    assert integration.headers[0]["Authorization"] == "Bearer secret"
    assert integration.headers[0]["traceparent"] == pbx.office.ground.ids.trace_parent(f"call:{call}")
    assert pbx.ringing(call) == [("anna", "100101")]
    await pbx.does(call, "answer", "anna")
    passed = pbx.operation(call, "manager")
    assert (passed.exit, passed.reason) == ("talk", None)
    assert passed.said == {
        "manager": {
            "source": "amoCRM",
            "user_id": ANNA,
            "employee_id": pbx.office.id_of("anna"),
            "answered_at": "2026-03-02T09:00:00+00:00",
        }
    }
    assert [(each.number, each.result) for each in passed.dialled] == [("100101", "talk")]
    assert pbx.rung(call) == ["100101"]


async def test_all_numbers_ring_one_after_another(pbx: Pbx, integration: Integration) -> None:
    """PM-16.a, PM-16.c, PM-04.d: «Время ожидания» does not cut the ringing."""
    integration.answers = [is_(pbx, "anna")]
    pbx.has(manager(wait=3))
    call = await pbx.call()
    await pbx.office.pass_time(59.9)
    assert pbx.ringing(call) == [("anna", "100101")]
    await pbx.office.pass_time(0.1)
    assert pbx.ringing(call) == [("anna", "+79030000001")]
    await pbx.does(call, "no_answer", "anna")
    passed = pbx.operation(call, "manager")
    assert (passed.exit, passed.reason, pbx.view(call).state) == ("failed", "no_answer", "voice_mail")
    assert [each.result for each in passed.dialled] == ["operator_not_responsible"] * 2


@pytest.mark.parametrize(("delay", "rings"), [(2.9, True), (3.0, True), (3.000001, False), (3.1, False)])
async def test_the_wait_is_for_the_answer(pbx: Pbx, integration: Integration, delay: float, rings: bool) -> None:
    """PM-04: an answer at exactly the limit is in time (GAP-47)."""
    integration.answers = [is_(pbx, "anna", delay=delay)]
    pbx.has(manager(wait=3))
    call = await pbx.call()
    await pbx.office.pass_time(2.8)
    assert (pbx.ringing(call), pbx.view(call).state) == ([], "arrived")
    await pbx.office.pass_time(0.2)
    assert bool(pbx.ringing(call)) == rings
    assert pbx.view(call).state == ("ringing" if rings else "voice_mail"), "after exactly the wait (PM-05.a)"


async def test_each_operation_has_its_own_wait(pbx: Pbx, integration: Integration) -> None:
    """PM-03"""
    integration.answers = [Said(hangs=True), Said(hangs=True)]
    second = {"personal_manager": {"wait": 10}, "exits": {"failed": "mail"}}
    first = {"personal_manager": {}, "exits": {"failed": "second"}}
    pbx.has({"first": first, "second": second, "mail": MAIL})
    call = await pbx.call()
    await pbx.office.pass_time(3)
    assert pbx.way(call) == [("first", "failed"), ("second", None)]
    await pbx.office.pass_time(9.9)
    assert pbx.view(call).state == "arrived"
    await pbx.office.pass_time(0.1)
    assert pbx.way(call)[-2:] == [("second", "failed"), ("mail", None)]


async def test_a_late_answer_is_noted_and_ignored(pbx: Pbx, integration: Integration) -> None:
    """PM-05.b"""
    integration.answers = [is_(pbx, "anna", delay=5), NOBODY]
    pbx.has(manager(wait=3))
    call = await pbx.call()
    await pbx.office.pass_time(6)
    passed = pbx.operation(call, "manager")
    assert (pbx.view(call).state, passed.reason) == ("voice_mail", "timeout")
    assert passed.said["late_answer"] == {
        "source": "amoCRM",
        "status": 200,
        "user_id": ANNA,
        "employee_id": pbx.office.id_of("anna"),
        "answered_at": "2026-03-02T09:00:05+00:00",
        "said": None,
    }
    await pbx.call()
    assert len(integration.questions) == 2, "it is not stored either"


async def test_an_answer_after_the_caller_hung_up(pbx: Pbx, integration: Integration) -> None:
    integration.answers = [is_(pbx, "anna", delay=2)]
    pbx.has(manager(wait=3))
    call = await pbx.call()
    await pbx.does(call, "hangup", "contact")
    await pbx.office.pass_time(10)
    assert (pbx.view(call).is_lost, pbx.rung(call)) == (True, [])
    assert "late_answer" in pbx.operation(call, "manager").said


@pytest.mark.parametrize("reason", ["no_contact", "no_responsible", "first_call"])
async def test_an_empty_answer(pbx: Pbx, integration: Integration, reason: str) -> None:
    """PM-06, and PM-21's placeholder, which the integration answers in the same way."""
    integration.answers = [Said({"user_id": None, "employee_id": None, "reason": reason})]
    pbx.has(manager())
    call = await pbx.call()
    passed = pbx.operation(call, "manager")
    assert (pbx.view(call).state, passed.reason) == ("voice_mail", "empty")
    assert (passed.said["manager"]["said"], passed.said["manager"]["answered_at"]) == (
        reason,
        "2026-03-02T09:00:00+00:00",
    )


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (ERROR, "crm_error"),
        (STOPPED, "stopped"),
        (Said({}, status=500), None),
        (Said({}, status=401), None),
        (Said({}, status=404), None),
        (Said(b"", status=204), "no answer of the contract"),
        (Said(b"not json"), "no answer of the contract"),
        (Said({}), "no answer of the contract"),
        (Said([1]), "no answer of the contract"),
        (Said({"user_id": "501"}), "no answer of the contract"),
        (Said({"user_id": 2**70, "employee_id": 1}), "no answer of the contract"),
        (Said({"user_id": None, "employee_id": 5}), None),
        (Said(cut=True), "ServerDisconnectedError"),
    ],
)
async def test_a_failure_never_drops_the_call(
    pbx: Pbx, integration: Integration, answer: Said, said: str | None
) -> None:
    """PM-07"""
    integration.answers = [answer]
    pbx.has(manager())
    call = await pbx.call()
    passed = pbx.operation(call, "manager")
    assert (pbx.view(call).state, passed.exit, passed.reason) == ("voice_mail", "failed", "error")
    assert passed.said["manager"]["said"] == said
    assert pbx.office.account.database.value("SELECT count(*) FROM personal_managers") == 0


async def test_a_refused_connection(pbx: Pbx, integration: Integration) -> None:
    pbx.office.receiver.url = "http://127.0.0.1:9/telephony/t/events"
    pbx.has(manager())
    call = await pbx.call()
    assert (pbx.view(call).state, pbx.operation(call, "manager").reason) == ("voice_mail", "error")
    await pbx.does(call, "hangup", "contact")
    pbx.office.receiver.url = ""


async def test_without_a_linked_operation_the_call_ends(pbx: Pbx, integration: Integration) -> None:
    """GAP-46"""
    integration.answers = [NOBODY]
    pbx.has({"manager": {"personal_manager": {}}})
    call = await pbx.call()
    assert (pbx.view(call).finish_reason, pbx.view(call).is_lost) == ("no_operation", True)


async def test_a_hidden_number_is_nobodys(pbx: Pbx, integration: Integration) -> None:
    pbx.has(manager())
    call = await pbx.call(None)
    assert (integration.asked, pbx.operation(call, "manager").reason) == ([], "hidden_number")


async def test_with_the_option_off_dialling_starts_at_once(pbx: Pbx, integration: Integration) -> None:
    """PM-19.a"""
    integration.answers = [is_(pbx, "anna")]
    integration.online = lambda _user: Said({"online": False})
    pbx.has(manager())
    assert pbx.ringing(await pbx.call()) == [("anna", "100101")]
    assert integration.checks == []


async def test_with_the_option_on_the_manager_has_to_be_online(pbx: Pbx, integration: Integration) -> None:
    """PM-15.a, PM-16"""
    integration.answers = [is_(pbx, "anna")]
    integration.online = lambda user: Said({"online": user == BORIS})
    pbx.has(manager(respect_status=True))
    call = await pbx.call()
    assert (integration.asked[1], integration.checks) == (("GET", f"/telephony/t/presence/{ANNA}", None), [str(ANNA)])
    passed = pbx.operation(call, "manager")
    assert (passed.reason, pbx.rung(call), passed.said["manager"]["online"]) == ("offline", [], False)
    integration.online = lambda _user: Said({"online": True})
    call = await pbx.call()
    assert (pbx.ringing(call), len(integration.questions)) == ([("anna", "100101")], 1)


async def test_who_logs_in_after_the_check_is_not_rung(pbx: Pbx, integration: Integration) -> None:
    """PM-15.b, PM-15.c"""
    integration.answers = [is_(pbx, "anna")]
    online = {ANNA: False}
    integration.online = lambda user: Said({"online": online[user]})
    pbx.has(manager(respect_status=True))
    call = await pbx.call()
    await pbx.office.pass_time(1)
    online[ANNA] = True
    await pbx.office.pass_time(1)
    assert (pbx.view(call).state, pbx.rung(call)) == ("voice_mail", [])


@pytest.mark.parametrize("check", [Said({}, status=500), Said({"on": 1}), Said(b"x"), Said(cut=True), Said(hangs=True)])
async def test_a_check_that_fails_counts_as_offline(pbx: Pbx, integration: Integration, check: Said) -> None:
    integration.answers = [is_(pbx, "anna")]
    integration.online = lambda _user: check
    pbx.has(manager(respect_status=True, wait=2))
    call = await pbx.call()
    await pbx.office.pass_time(2)
    assert (pbx.view(call).state, pbx.operation(call, "manager").reason) == ("voice_mail", "offline")


async def test_the_check_has_a_wait_of_its_own(pbx: Pbx, integration: Integration) -> None:
    """Also when the answer about the manager comes at the very last instant."""
    integration.answers = [is_(pbx, "anna", delay=2)]
    integration.online = lambda _user: Said({"online": True}, delay=2)
    pbx.has(manager(respect_status=True, wait=2))
    call = await pbx.call()
    await pbx.office.pass_time(3)
    assert pbx.view(call).state == "arrived"
    await pbx.office.pass_time(1)
    assert pbx.ringing(call) == [("anna", "100101")]


async def test_the_status_of_the_web_phone_does_not_matter(pbx: Pbx, integration: Integration) -> None:
    """PM-17"""
    pbx.is_now("anna", "do_not_disturb")
    integration.answers = [is_(pbx, "anna")]
    pbx.has(manager(respect_status=True))
    assert pbx.ringing(await pbx.call()) == [("anna", "100101")]


async def test_a_call_that_waits_for_the_answer_survives_a_restart(pbx: Pbx, integration: Integration) -> None:
    """The answer is lost with the process, so that it is asked for again; the wait is no longer for that."""
    integration.answers = [is_(pbx, "anna", delay=2), is_(pbx, "anna", delay=2.5)]
    pbx.has(manager(wait=3))
    call = await pbx.call()
    await pbx.office.pass_time(1)
    await pbx.office.ground.work.close()
    pbx.office.account.resume_deliveries()
    await pbx.office.pass_time(1.9)
    assert pbx.view(call).state == "arrived"
    await pbx.office.pass_time(0.1)
    assert (pbx.view(call).state, pbx.operation(call, "manager").reason) == ("voice_mail", "timeout")
    assert len(integration.questions) == 2


async def test_a_question_that_was_not_asked_before_a_restart_is_asked_after_it(
    pbx: Pbx, integration: Integration
) -> None:
    integration.answers = [is_(pbx, "anna")]
    pbx.has(manager(wait=3))
    with pbx.office.ground.gate.shut():
        call = pbx.office.account.calls.place("in", CONTACT, MAIN)
        await pbx.office.ground.work.close()
    assert integration.asked == []
    pbx.office.account.resume_deliveries()
    await pbx.office.settle()
    assert (len(integration.questions), pbx.ringing(call)) == (1, [("anna", "100101")])


async def test_a_question_without_an_answer_is_asked_again_in_a_copy(pbx: Pbx, integration: Integration) -> None:
    integration.answers = [is_(pbx, "anna", delay=2), is_(pbx, "boris", delay=1)]
    pbx.has(manager(wait=3))
    call = await pbx.call()
    await pbx.office.pass_time(1)
    kept = pbx.office.account.database.snapshot()
    pbx.office.account.resume_deliveries()
    await pbx.office.settle()
    assert len(integration.questions) == 1, "it is under way here"
    await pbx.office.ground.work.close()
    pbx.office.account.database.restore(kept)
    pbx.office.account.resume_deliveries()
    await pbx.office.pass_time(1)
    assert len(integration.questions) == 2
    assert pbx.ringing(call) == [("boris", "100202")]
    kept.close()


async def test_a_question_that_no_call_waits_for_is_not_asked_again(pbx: Pbx, integration: Integration) -> None:
    integration.answers = [is_(pbx, "anna", delay=9)]
    pbx.has(manager(wait=3))
    call = await pbx.call()
    await pbx.office.pass_time(4)
    assert pbx.operation(call, "manager").reason == "timeout"
    await pbx.office.ground.work.close()
    pbx.office.account.resume_deliveries()
    await pbx.office.settle()
    assert len(integration.questions) == 1
    assert pbx.office.account.database.value("SELECT state FROM scenario_requests") == "silent"


async def test_a_rehearsal_asks_nobody(pbx: Pbx, integration: Integration) -> None:
    pbx.has(manager())
    with pbx.office.account.engine.rehearsal():
        pbx.office.account.calls.place("in", CONTACT, MAIN)
    await pbx.office.settle()
    assert integration.asked == []
    with pbx.office.account.engine.rehearsal():
        pbx.office.account.calls.place("in", CONTACT, MAIN)
    await pbx.call()
    assert len(integration.questions) == 1


async def test_the_operation_is_offered_while_an_integration_is_connected(pbx: Pbx, integration: Integration) -> None:
    """PM-01, PM-12, PM-13.a, PM-13.b"""
    scenarios = pbx.office.account.scenarios
    assert "personal_manager" in [kind.name for kind in scenarios.kinds()]
    integration.answers = [is_(pbx, "anna")]
    pbx.has(manager())
    await pbx.does(await pbx.call(), "hangup", "contact")

    url, pbx.office.receiver.url = pbx.office.receiver.url, ""
    assert "personal_manager" not in [kind.name for kind in scenarios.kinds()]
    pbx.has(manager(wait=10))
    with pytest.raises(BadRequest) as refusal:
        pbx.has({**manager(), "another": {"personal_manager": {}}})
    assert refusal.value.errors[0].path == "operations.another.personal_manager"
    assert [each.name for each in scenarios.named("day").operations] == ["manager", "mail"]
    call = await pbx.call()
    assert (pbx.operation(call, "manager").reason, pbx.view(call).state) == ("integration_off", "voice_mail")
    assert len(integration.questions) == 1

    pbx.office.receiver.url = url
    integration.answers = [is_(pbx, "boris", BORIS)]
    assert pbx.ringing(await pbx.call()) == [("boris", "100202")]


def test_the_door_is_beside_the_address_of_events() -> None:
    door = IntegrationDoor(lambda: Destination("http://host/x/telephony/t/events", {"Authorization": "Bearer s"}))
    assert door.at("presence/5") == Destination("http://host/x/telephony/t/presence/5", {"Authorization": "Bearer s"})
    assert IntegrationDoor(lambda: None).at("presence/5") is None


@dataclass(frozen=True)
class Row:
    """One row of table T4. `answer` None: nothing was asked; `who` the employee behind the manager."""

    number: int
    requests: int
    state: str
    reason: str | None
    stored: bool
    fresh: bool = False
    answer: Any = None
    who: str | None = "anna"
    respects: bool = False
    online: bool = True
    connected: bool = True


T4 = [
    Row(1, 0, "voice_mail", "integration_off", stored=False, connected=False),
    Row(1, 0, "voice_mail", "integration_off", stored=False, connected=False, fresh=True),
    Row(2, 1, "voice_mail", "timeout", stored=False, answer=Said(hangs=True)),
    Row(3, 1, "voice_mail", "empty", stored=False, answer=NOBODY),
    Row(4, 1, "voice_mail", "error", stored=False, answer=ERROR),
    Row(5, 1, "voice_mail", "employee_not_found", stored=True, answer="manager", who=None),
    Row(5, 1, "voice_mail", "employee_without_phones", stored=True, answer="manager", who="viktor", respects=True),
    Row(6, 1, "voice_mail", "offline", stored=True, answer="manager", respects=True, online=False),
    Row(7, 1, "ringing", None, stored=True, answer="manager", respects=True),
    Row(8, 1, "ringing", None, stored=True, answer="manager", online=False),
    Row(8, 1, "ringing", None, stored=True, answer="manager"),
    Row(9, 0, "voice_mail", "employee_not_found", stored=True, fresh=True, who=None),
    Row(9, 0, "voice_mail", "employee_without_phones", stored=True, fresh=True, who="viktor", respects=True),
    Row(10, 0, "voice_mail", "offline", stored=True, fresh=True, respects=True, online=False),
    Row(11, 0, "ringing", None, stored=True, fresh=True, respects=True),
    Row(12, 0, "ringing", None, stored=True, fresh=True, online=False),
    Row(14, 1, "voice_mail", "empty", stored=False, answer=Said({"user_id": None, "reason": "first_call"})),
    Row(15, 0, "ringing", None, stored=True, fresh=True, answer=STOPPED),
    Row(16, 0, "ringing", None, stored=True, fresh=True, answer=STOPPED, respects=True),
    Row(16, 0, "voice_mail", "offline", stored=True, fresh=True, answer=STOPPED, respects=True, online=False),
    Row(17, 1, "voice_mail", "error", stored=False, answer=STOPPED),
]


@pytest.mark.parametrize("row", T4, ids=lambda row: f"row {row.number}")
async def test_table_t4(pbx: Pbx, integration: Integration, row: Row) -> None:
    named = {"user_id": ANNA, "employee_id": pbx.office.id_of(row.who) if row.who else None}
    pbx.has(manager(respect_status=row.respects))
    if row.fresh:
        integration.answers = [Said(named)]
        await pbx.does(await pbx.call(), "hangup", "contact")
        await pbx.office.pass_time(6 * HOURS - 10)
    integration.asked.clear()
    integration.online = lambda _user: Said({"online": row.online})
    integration.answers = [Said(named) if row.answer == "manager" else row.answer] if row.answer else []
    url = pbx.office.receiver.url
    pbx.office.receiver.url = url if row.connected else ""
    call = await pbx.call()
    await pbx.office.pass_time(5)
    assert len(integration.questions) == row.requests
    assert len(integration.checks) == (1 if row.reason == "offline" or (row.respects and row.state == "ringing") else 0)
    assert (pbx.view(call).state, pbx.operation(call, "manager").reason) == (row.state, row.reason)
    assert pbx.office.account.database.value("SELECT count(*) FROM personal_managers") == int(row.stored)
    if row.state == "ringing":  # row 13
        await pbx.does(call, "no_answer", "anna")
        await pbx.does(call, "no_answer", "anna")
        assert (pbx.operation(call, "manager").reason, pbx.view(call).state) == ("no_answer", "voice_mail")
    pbx.office.receiver.url = url
