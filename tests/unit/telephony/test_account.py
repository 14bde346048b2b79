"""Opening accounts, tokens, and the server's other answers."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web

from emulator.core.clock import ManualClock
from emulator.core.errors import BadRequest, Conflict
from emulator.core.ground import Ground
from emulator.telephony import Accounts, EmployeeSpec, NumberOfEmployee, TelephonyAccount
from emulator.telephony.app import create_app
from tests.unit.telephony.conftest import ARRIVAL, CONTACT, MAIN, Office, start


def another(office: Office, seed: int) -> TelephonyAccount:
    ground = Ground.lay("u", ManualClock(ARRIVAL), seed, ZoneInfo("Europe/Moscow"))
    return TelephonyAccount.open(
        ground,
        name="Another",
        employees=[],
        virtual_numbers=[],
        base_url=office.url,
        integration=lambda: None,
        session=lambda: office.session,
    )


async def test_employees_have_ids_and_numbers_in_dialling_order(office: Office) -> None:
    people = office.account.employees
    assert [each.full_name for each in people] == ["Anna", "Boris", "Viktor"]
    assert [each.id for each in people] == [office.ground.ids.first("employee") + n for n in range(3)]
    assert [phone.number for phone in people[1].phones] == ["100201", "100202", "+79030000002"]


async def test_two_worlds_behind_one_server_keep_apart(office: Office) -> None:
    other = another(office, 8)
    office.accounts.add(other)
    try:
        token = other.issue_token("client")
        body = {"jsonrpc": "2.0", "id": 1, "method": "get.account", "params": {"access_token": token}}
        assert (await office.post(body))["result"]["data"][0]["name"] == "Another"
        assert list(office.ground.journal.entries("request")) == []
        with pytest.raises(Conflict):
            office.accounts.add(other)
    finally:
        office.accounts.remove(other)
        await other.close()
    assert (await office.post(body))["error"]["data"]["mnemonic"] == "access_token_invalid"


async def test_tokens_differ_and_say_whose_they_are(office: Office) -> None:
    mine, theirs = office.account.issue_token("client"), office.account.issue_token("integration")
    assert mine != theirs
    assert office.account.holder_of(theirs) == "integration"
    assert office.accounts.by_token(mine) == (office.account, "client")
    assert office.accounts.by_token(mine[:-1] + "x") is None
    assert office.accounts.by_token("000009" + mine[6:]) is None


async def test_a_restart_finds_calls_and_employees_again(office: Office, tmp_path: Path) -> None:
    office.accounts.remove(office.account)
    await office.account.close()
    first = office.open(tmp_path / "telephony.db")
    call = first.calls.place("in", CONTACT, MAIN)
    office.do(call, "ring", who="anna")
    token, people, seen = first.issue_token("client"), first.employees, first.calls.get(call)
    office.accounts.remove(first)
    await first.close()
    again = office.open(tmp_path / "telephony.db")
    assert (again.employees, again.calls.get(call), again.holder_of(token)) == (people, seen, "client")
    office.do(call, "answer", who="anna")
    assert again.calls.place("in", None, MAIN) == call + 1


async def test_a_number_that_is_none_is_refused(office: Office) -> None:
    with pytest.raises(BadRequest) as refused:
        office.account.staff.hire(EmployeeSpec("Nobody", "n@office.test", [NumberOfEmployee("mobile", "PSTN")]))
    assert refused.value.errors[0].path == "numbers[0]"


@pytest.mark.parametrize(("method", "path"), [("GET", "/v2.0"), ("GET", "/v4.0"), ("POST", "/v3.0"), ("GET", "/")])
async def test_an_unknown_route_is_a_problem(office: Office, method: str, path: str) -> None:
    async with office.session.request(method, f"{office.url}{path}") as answer:
        assert answer.status == 404
        assert answer.content_type == "application/problem+json"


async def test_an_application_inside_is_left_alone(office: Office) -> None:
    async def health(_request: web.Request) -> web.Response:
        return web.Response(text="fine")

    inner = web.Application()
    inner.router.add_get("/health", health)
    app = create_app(Accounts())
    app.add_subapp("/_stand/", inner)
    runner = web.AppRunner(app)
    url = await start(runner)
    try:
        async with office.session.get(f"{url}/_stand/health") as answer:
            assert await answer.text() == "fine"
    finally:
        await runner.cleanup()
