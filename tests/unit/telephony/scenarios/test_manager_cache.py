"""A manager that was found is stored for six hours, per number, and nothing else is (PM-09..PM-11, GAP-48)."""

from __future__ import annotations

import pytest

from tests.unit.telephony.conftest import CONTACT
from tests.unit.telephony.scenarios.conftest import HANGS, Integration, Pbx, Said
from tests.unit.telephony.scenarios.test_personal_manager import ANNA, BORIS, ERROR, HOURS, NOBODY, is_, manager

OTHER = "+79167654321"


async def hang_up(pbx: Pbx, call: int) -> None:
    await pbx.does(call, "hangup", "contact")


@pytest.mark.parametrize(
    ("after", "questions"),
    [(6 * HOURS - 1, 1), (6 * HOURS - 0.000001, 1), (6 * HOURS, 2), (6 * HOURS + 1, 2)],
)
async def test_the_term_is_six_hours(pbx: Pbx, integration: Integration, after: float, questions: int) -> None:
    """PM-09.a, PM-09.b"""
    integration.answers = [is_(pbx, "anna"), is_(pbx, "boris", BORIS)]
    pbx.has(manager())
    await hang_up(pbx, await pbx.call())
    await pbx.office.pass_time(after)
    call = await pbx.call()
    assert len(integration.questions) == questions
    assert [who for who, _ in pbx.ringing(call)] == [["anna"], ["boris"]][questions - 1]


async def test_the_term_begins_when_the_answer_comes(pbx: Pbx, integration: Integration) -> None:
    integration.answers = [is_(pbx, "anna", delay=2)]
    pbx.has(manager())
    call = await pbx.call()
    await pbx.office.pass_time(2)
    await hang_up(pbx, call)
    await pbx.office.pass_time(6 * HOURS - 1)
    await pbx.call()
    assert len(integration.questions) == 1


async def test_midnight_does_not_matter(pbx: Pbx, integration: Integration) -> None:
    """PM-09.c: received at 22:00, used at 03:00."""
    integration.answers = [is_(pbx, "anna")]
    pbx.has(manager())
    await pbx.office.pass_time(10 * HOURS)
    await hang_up(pbx, await pbx.call())
    await pbx.office.pass_time(5 * HOURS)
    assert pbx.ringing(await pbx.call()) == [("anna", "100101")]
    assert len(integration.questions) == 1


async def test_use_does_not_prolong_the_term(pbx: Pbx, integration: Integration) -> None:
    """PM-09.d"""
    integration.answers = [is_(pbx, "anna"), is_(pbx, "anna")]
    pbx.has(manager())
    for after in (0, 3 * HOURS, 3 * HOURS):
        await pbx.office.pass_time(after)
        await hang_up(pbx, await pbx.call())
    assert len(integration.questions) == 2


async def test_the_details_say_where_the_manager_comes_from(pbx: Pbx, integration: Integration) -> None:
    """PM-08.c"""
    integration.answers = [is_(pbx, "anna")]
    pbx.has(manager())
    await hang_up(pbx, await pbx.call())
    await pbx.office.pass_time(HOURS)
    call = await pbx.call()
    assert pbx.operation(call, "manager").said == {
        "manager": {
            "source": "cache",
            "user_id": ANNA,
            "employee_id": pbx.office.id_of("anna"),
            "answered_at": "2026-03-02T09:00:00+00:00",
        }
    }


@pytest.mark.parametrize("nothing", [NOBODY, ERROR, Said(hangs=True)])
async def test_only_found_managers_are_stored(pbx: Pbx, integration: Integration, nothing: Said) -> None:
    """PM-10.c"""
    integration.answers = [nothing, is_(pbx, "anna")]
    pbx.has(manager())
    call = await pbx.call()
    await pbx.office.pass_time(3)
    await hang_up(pbx, call)
    await pbx.office.pass_time(HANGS)
    assert pbx.ringing(await pbx.call()) == [("anna", "100101")]
    assert len(integration.questions) == 2


async def test_each_number_has_its_own_entry(pbx: Pbx, integration: Integration) -> None:
    """PM-10.b, PM-10.d"""
    integration.answers = [is_(pbx, "anna"), is_(pbx, "anna")]
    pbx.has(manager())
    await hang_up(pbx, await pbx.call(CONTACT))
    await hang_up(pbx, await pbx.call(OTHER))
    assert len(integration.questions) == 2
    await hang_up(pbx, await pbx.call(CONTACT.replace("+7", "8")))
    assert len(integration.questions) == 2, "another way of writing is the same number"


async def test_a_change_in_amocrm_is_not_seen_before_the_term_is_over(pbx: Pbx, integration: Integration) -> None:
    """PM-11"""
    integration.answers = [is_(pbx, "anna"), is_(pbx, "boris", BORIS)]
    pbx.has(manager())
    rung = []
    for after in (0, 2 * HOURS, 4 * HOURS + 1):
        await pbx.office.pass_time(after)
        call = await pbx.call()
        rung += [who for who, _number in pbx.ringing(call)]
        await hang_up(pbx, call)
    assert rung == ["anna", "anna", "boris"]


async def test_a_new_answer_takes_the_place_of_the_old_one(pbx: Pbx, integration: Integration) -> None:
    integration.answers = [is_(pbx, "anna"), is_(pbx, "boris", BORIS)]
    pbx.has(manager())
    for after in (0, 6 * HOURS, 6 * HOURS - 1):
        await pbx.office.pass_time(after)
        call = await pbx.call()
        await hang_up(pbx, call)
    assert pbx.rung(call) == ["100202"]
    assert len(integration.questions) == 2


async def test_disconnecting_forgets_them(pbx: Pbx, integration: Integration) -> None:
    integration.answers = [is_(pbx, "anna"), is_(pbx, "boris", BORIS)]
    pbx.has(manager())
    await hang_up(pbx, await pbx.call())
    pbx.office.account.routing.integration_disconnected()
    assert pbx.ringing(await pbx.call()) == [("boris", "100202")]


async def test_a_restored_snapshot_has_what_was_stored_then(pbx: Pbx, integration: Integration) -> None:
    pbx.has(manager())
    empty = pbx.office.account.database.snapshot()
    integration.answers = [is_(pbx, "anna"), is_(pbx, "anna")]
    await hang_up(pbx, await pbx.call())
    pbx.office.account.database.restore(empty)
    await pbx.call()
    assert len(integration.questions) == 2
    empty.close()
