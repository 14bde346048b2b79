"""Several worlds in one process, at different times, that share nothing."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from features.driver import Driver
from tests.unit.stand.conftest import Control

CALLER = "+79161234567"


async def a_call(driver: Driver) -> None:
    """The same story everywhere: arrives, is answered by Anna, ends; moved by real verbs, not by time."""
    await driver.change_settings(**{"calls.primary_mode": "contact", "calls.success_tag": "Успех"})
    call = (await driver.call_arrives(CALLER))["id"]
    await driver.rings(call, "anna")
    await driver.answers(call, "anna")
    await driver.hangs_up(call)


async def everything_of(driver: Driver) -> Any:
    return {
        "world": driver.world,
        "contacts": await driver.contacts(),
        "notes": await driver.calls_on_card((await driver.contacts())[0]["id"]),
        "calls": await driver.calls_report(),
        "legs": await driver.legs_report(),
        "log": await driver.call_log(),
        "journal": await driver._control("GET", "/journal"),
    }


def ids_in(value: Any, seed: int) -> set[int]:
    """The numbers of the seed's range in anything."""
    numbers = {int(text) for text in re.findall(rb"(?<![\d+])\d{8,13}(?!\d)", orjson.dumps(value))}
    return {number for number in numbers if number // 10_000_000 == seed}


async def test_manual_2026_manual_2031_and_live_run_side_by_side(control: Control) -> None:
    async with (
        control.world(now="2026-03-02T12:00:00+03:00") as this_year,
        control.world(now="2031-07-01T09:00:00+03:00") as later,
        control.world(clock="live") as live,
    ):
        await asyncio.gather(a_call(this_year), a_call(later), a_call(live))
        assert await this_year.now() == datetime(2026, 3, 2, 9, tzinfo=UTC)
        assert await later.now() == datetime(2031, 7, 1, 6, tzinfo=UTC)
        assert abs(await live.now() - datetime.now(UTC)) < timedelta(seconds=5)
        for driver in (this_year, later, live):
            (contact,) = await driver.contacts(CALLER)
            assert driver.person_of_user(contact["responsible_user_id"]) == "anna"
            assert abs(contact["created_at"] - (await driver.now()).timestamp()) < 5
        await later.time_passes(timedelta(days=400))
        assert await this_year.now() == datetime(2026, 3, 2, 9, tzinfo=UTC)


async def test_two_worlds_running_the_same_script_share_no_id(control: Control) -> None:
    async with control.world(seed=501) as one, control.world(seed=502) as other:
        await asyncio.gather(a_call(one), a_call(other))
        ones, others = await everything_of(one), await everything_of(other)
        assert ids_in(ones, 501)
        assert not ids_in(ones, 502)
        assert not ids_in(others, 501)
        secrets = [world["amocrm"][key] for world in (one.world, other.world) for key in ("access_token", "client_id")]
        assert len(set(secrets)) == 4


async def test_the_same_seed_gives_the_same_bytes(control: Control) -> None:
    runs = []
    for _ in range(2):
        async with control.world(seed=503) as driver:
            await a_call(driver)
            said = await everything_of(driver)
            said["journal"]["entries"] = [
                {key: value for key, value in entry.items() if key != "cause"} for entry in said["journal"]["entries"]
            ]
            runs.append(orjson.dumps(said))
    assert runs[0] == runs[1]


async def test_a_seed_is_refused_while_its_world_lives(control: Control) -> None:
    async with control.world(seed=504, name="first"):
        status, problem = await control.ask("POST", "/_stand/worlds", {"seed": 504})
        assert status == 409
        assert "first" in problem["detail"]
    async with control.world(seed=504):
        pass


async def test_a_token_of_one_world_opens_no_other(control: Control) -> None:
    async with control.world() as one, control.world() as other:
        headers = {
            "Authorization": f"Bearer {one.world['amocrm']['access_token']}",
            "Host": f"{other.world['amocrm']['subdomain']}.amocrm.ru",
        }
        url = f"{one.world['amocrm']['base_url']}/api/v4/account"
        async with control.http.get(url, headers=headers) as answer:
            assert answer.status == 401


async def test_a_deleted_world_is_gone(control: Control) -> None:
    async with control.world(name="gone") as driver:
        headers = {"Authorization": f"Bearer {driver.world['amocrm']['access_token']}"}
    status, problem = await control.ask("GET", "/_stand/worlds/gone")
    assert status == 404
    assert problem["detail"].startswith("no world gone")
    async with control.http.get(f"{driver.world['amocrm']['base_url']}/api/v4/account", headers=headers) as answer:
        assert answer.status in (401, 404)


async def test_a_world_whose_integration_cannot_be_reached_is_not_made(control: Control) -> None:
    _, before = await control.ask("GET", "/_stand/worlds")
    status, problem = await control.ask("POST", "/_stand/worlds", {"integration": "http://127.0.0.1:1", "seed": 505})
    assert status == 503
    assert "http://127.0.0.1:1 cannot be reached" in problem["detail"]
    assert (await control.ask("GET", "/_stand/worlds"))[1] == before
    async with control.world(seed=505):
        pass


async def test_decisions_are_in_the_journal_and_no_secret_is(control: Control) -> None:
    async with control.world() as driver:
        await a_call(driver)
        journal = (await driver._control("GET", "/journal"))["entries"]
        decided = [entry["data"] for entry in journal if entry["kind"] == "decision"]
        did = [line["rule"] for line in decided if line["outcome"]["decision"] != "nothing"]
        assert did == ["TERM-01", "PRIM-02", "FIELD-01", "PRIM-19", "LOG-01", "PRIM-06"]
        by = [line["outcome"]["by"] for line in decided if line["outcome"]["decision"] == "nothing"]
        assert by == ["popups.at_ringing", "deals.at_end", "unsorted.at_end", "tasks.at_end"]
        causes = {entry["cause"] for entry in journal if entry["kind"] in ("decision", "event")}
        assert len(causes) == 1, "decisions carry the trace of the call that caused them"
        (requested,) = [e for e in journal if e["subject"] == "POST /api/v4/contacts" and e["kind"] == "request"]
        assert (requested["from"], requested["to"], requested["cause"]) == ("integration", "amocrm", *causes)
        text = orjson.dumps(journal).decode()
        amocrm, telephony = driver.world["amocrm"], driver.world["telephony"]
        for secret in (amocrm["access_token"], amocrm["client_secret"], telephony["access_token"]):
            assert secret not in text


async def test_a_request_of_a_deleted_world_sees_nothing_of_the_next(control: Control) -> None:
    """The connection of a deleted world goes to the next one, which does not know the token of the old one."""
    async with control.world(seed=506) as driver:
        token, url = driver.world["amocrm"]["access_token"], driver.world["amocrm"]["base_url"]
        host, port = url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        head = f"POST /api/v4/contacts HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n"
        body = b'[{"name": "late"}]'
        writer.write(f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body[:5])
        await driver.contacts()
    async with control.world(seed=507) as successor:
        writer.write(body[5:])
        assert b" 401 " in await reader.readline()
        assert await successor.contacts() == []
    writer.close()


async def test_moves_at_the_same_time_add_up(control: Control) -> None:
    async with control.world() as driver:
        await asyncio.gather(*(driver.time_passes(timedelta(seconds=10)) for _ in range(5)))
        assert await driver.now() == datetime(2026, 3, 2, 9, 0, 50, tzinfo=UTC)


async def test_readers_at_the_same_time_copy_each_decision_once(control: Control) -> None:
    async with control.world() as driver:
        await a_call(driver)
        await asyncio.gather(*(driver.decisions() for _ in range(3)))
        assert len(await driver.decisions()) == 10


async def test_deleting_and_creating_one_name_at_the_same_time_leaves_no_half_world(control: Control) -> None:
    async with control.world(name="twin", seed=508):
        pass
    await control.ask("POST", "/_stand/worlds", {"name": "twin", "seed": 508})
    gone, made = await asyncio.gather(
        control.ask("DELETE", "/_stand/worlds/twin"),
        control.ask("POST", "/_stand/worlds", {"name": "twin", "seed": 508}),
    )
    assert gone[0] == 204
    assert made[0] in (201, 409)
    if made[0] == 201:
        await control.ask("DELETE", "/_stand/worlds/twin")
    async with control.world(name="twin", seed=508) as driver:
        assert await driver.contacts() == []


async def test_odd_requests_do_not_break_the_journal(control: Control) -> None:
    async with control.world() as driver:
        amocrm = driver.world["amocrm"]
        headers = {"Authorization": f"Bearer {amocrm['access_token']}", "Content-Type": "application/json"}
        deep = b"[" * 300 + b"]" * 300
        async with control.http.post(f"{amocrm['base_url']}/api/v4/contacts", data=deep, headers=headers) as answer:
            assert answer.status == 400
        url = f"{amocrm['base_url']}/api/v4/account?access_token={amocrm['access_token']}"
        async with control.http.get(url, headers=headers) as answer:
            assert answer.status == 200
        code = (await driver._control("POST", "/oauth-code", {}))["code"]
        body = {"client_id": amocrm["client_id"], "code": code}
        async with control.http.post(f"{amocrm['base_url']}/oauth2/access_token", json=body) as answer:
            assert answer.status >= 400
        text = orjson.dumps(await driver._control("GET", "/journal")).decode()
        assert amocrm["access_token"] not in text
        assert code not in text


@pytest.mark.parametrize("clock", ["manual", "live"])
async def test_a_call_after_a_jump_over_the_life_of_the_tokens(control: Control, clock: str) -> None:
    """Access tokens live for 24 h: the integration renews its own, and both sides agree on the time."""
    async with control.world(clock=clock) as driver:
        await driver.change_settings(**{"calls.primary_mode": "contact"})
        began = await driver.now()
        await driver.time_passes(timedelta(days=40))
        await a_call(driver)
        (contact,) = await driver.contacts(CALLER)
        assert driver.person_of_user(contact["responsible_user_id"]) == "anna"
        assert -1 < contact["created_at"] - (began + timedelta(days=40)).timestamp() < 5
        decided = await driver.decisions()
        assert all(datetime.fromisoformat(each["at"]) >= began + timedelta(days=40) for each in decided)
        requests = (await driver._control("GET", "/journal?kind=request"))["entries"]
        assert sum(each["subject"] == "POST /oauth2/access_token" for each in requests) == 2
