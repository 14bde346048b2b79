"""Snapshots: a world goes back as a whole, and only by restoring one (design §2)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import orjson
import pytest
from aiohttp import web

from emulator.core.work import one_turn
from emulator.stand.building import WorldRequest
from emulator.stand.stand import Stand
from features.driver import Driver, Refused
from tests.unit.stand.conftest import Control

CALLER = "+79161234567"
OTHER = "+79162345678"
HOUR = timedelta(hours=1)


async def taken(driver: Driver, name: str = "first") -> Any:
    return await driver._control("POST", f"/snapshots/{name}", {})


async def restored(driver: Driver, name: str = "first") -> Any:
    return await driver._control("POST", f"/snapshots/{name}/restore", {})


async def a_call(driver: Driver, phone: str = CALLER) -> int:
    call = int((await driver.call_arrives(phone))["id"])
    await driver.rings(call, "anna")
    await driver.answers(call, "anna")
    await driver.time_passes(timedelta(seconds=30))
    await driver.hangs_up(call)
    return call


async def everything_of(driver: Driver) -> Any:
    """All that a person could see, the journal and the snapshots aside; links without the address they begin with."""
    contacts = await driver.contacts()
    seen = {
        "contacts": contacts,
        "notes": [await driver.calls_on_card(each["id"]) for each in contacts],
        "log": await driver.call_log(),
        "calls": await driver.calls_report(),
        "legs": await driver.legs_report(),
        "settings": await driver.settings(),
        "decisions": await decisions_of(driver),
    }
    text = re.sub(rb"http://127\.0\.0\.1:\d+", b"", orjson.dumps(seen))
    return {"now": await driver.now(), **orjson.loads(text)}


async def decisions_of(driver: Driver) -> Any:
    """The integration's own log, not the journal's copy of it."""
    return await driver._json("GET", driver.world["integration"]["settings_url"].replace("/settings", "/decisions"))


@pytest.mark.parametrize("clock", ["manual", "live"])
async def test_a_restore_brings_everything_back(control: Control, clock: str) -> None:
    async with control.world(clock=clock) as driver:
        await driver.change_settings(**{"calls.primary_mode": "contact"})
        await a_call(driver)
        before = await everything_of(driver)
        said = await taken(driver)
        assert (said["name"], said["integration"]) == ("first", True)

        await driver.change_settings(**{"calls.primary_mode": "manual", "calls.success_tag": "Успех"})
        await driver.create_contact("Иван", [OTHER], "boris")
        await a_call(driver, OTHER)
        await driver.time_passes(40 * 24 * HOUR)
        assert await everything_of(driver) != before

        again = await restored(driver)
        after = await everything_of(driver)
        assert again["at"] == said["at"]
        assert (
            timedelta()
            <= after.pop("now") - before.pop("now")
            < timedelta(seconds=0 if clock == "manual" else 5) + (timedelta(microseconds=1))
        )
        assert after == before


async def test_a_story_goes_the_same_way_twice(control: Control) -> None:
    """What comes after a restore has the same ids, times and tokens as what came after the snapshot."""
    async with control.world() as driver:
        await driver.change_settings(**{"calls.primary_mode": "contact"})
        await taken(driver)
        runs = []
        for _ in range(3):
            await a_call(driver)
            await driver.time_passes(30 * HOUR)  # beyond the life of the tokens
            await a_call(driver, OTHER)
            runs.append(await everything_of(driver))
            await restored(driver)
        assert runs[0] == runs[1] == runs[2]
        assert len(runs[0]["contacts"]) == 2


async def test_time_goes_back_only_by_a_restore(control: Control) -> None:
    async with control.world() as driver:
        noon = await driver.now()
        await taken(driver)
        await driver.time_passes(HOUR)
        status, _ = await control.ask("POST", f"/_stand/worlds/{driver.world['id']}/clock", {"to": noon.isoformat()})
        assert status == 409
        said = await restored(driver)
        assert datetime.fromisoformat(said["now"]) == await driver.now() == noon
        await driver.time_passes(HOUR)
        assert await driver.now() == noon + HOUR


async def test_tokens_go_back_too(control: Control) -> None:
    async with control.world() as driver:
        amocrm = driver.world["amocrm"]
        code = (await driver._control("POST", "/oauth-code", {}))["code"]
        await taken(driver)
        body = {key: amocrm[key] for key in ("client_id", "client_secret", "redirect_uri")}
        body |= {"grant_type": "authorization_code", "code": code}

        async def exchange() -> tuple[int, Any]:
            async with control.http.post(f"{amocrm['base_url']}/oauth2/access_token", json=body) as answer:
                return answer.status, await answer.json(content_type=None)

        async def account(token: str) -> int:
            headers = {"Authorization": f"Bearer {token}"}
            async with control.http.get(f"{amocrm['base_url']}/api/v4/account", headers=headers) as answer:
                return answer.status

        _, pair = await exchange()
        assert await account(pair["access_token"]) == 200
        assert (await exchange())[0] >= 400, "a code works once"
        await restored(driver)
        assert await account(pair["access_token"]) == 401, "it has not been issued yet"
        assert await exchange() == (200, pair)
        assert await account(pair["access_token"]) == 200


async def test_timers_and_deliveries_that_waited_go_on(control: Control) -> None:
    """The first event is refused, so that it waits for its timer; the snapshot has both."""
    async with control.world() as driver:
        await driver.change_settings(**{"calls.primary_mode": "contact"})
        await driver.goes_wrong(target="events", action={"status": 503}, times=1)
        await driver.call_arrives(CALLER)
        await taken(driver)
        for _ in range(2):
            assert await driver.contacts() == []
            await driver.time_passes(timedelta(seconds=1))
            assert len(await driver.contacts()) == 1
            await restored(driver)
        assert await driver.contacts() == []


@pytest.mark.parametrize("phase", ["before", "after"])
async def test_a_request_that_a_fault_holds_is_cut_off_and_repeated(control: Control, phase: str) -> None:
    """A snapshot while the creation of the contact hangs: its restore is like a crash at that moment."""
    async with control.world() as driver:
        await driver.change_settings(**{"calls.primary_mode": "contact"})
        match = {"method": "POST", "path": "/api/v4/contacts"}
        await driver.goes_wrong(target="amocrm", match=match, action={"hang": True}, phase=phase)
        await driver.call_arrives(CALLER)
        await taken(driver)
        await restored(driver)
        assert len(await driver.contacts()) == 1
        await driver.time_passes(HOUR)
        assert len(await driver.contacts()) == 1


async def test_what_hangs_at_a_restore_does_not_reach_the_past(control: Control) -> None:
    """A client's request and one of the integration hang: neither is carried out in the restored world."""
    async with control.world() as driver:
        await driver.change_settings(**{"calls.primary_mode": "contact"})
        await taken(driver)
        await driver.goes_wrong(target="amocrm", match={"method": "POST"}, action={"delay": 60}, times=None)
        await driver.call_arrives(CALLER)
        amocrm = driver.world["amocrm"]
        headers = {"Authorization": f"Bearer {amocrm['access_token']}"}
        url = f"{amocrm['base_url']}/api/v4/contacts"

        async def post() -> str:
            try:
                async with control.http.post(url, json=[{"name": "late"}], headers=headers) as answer:
                    return str(answer.status)
            except aiohttp.ClientError as error:
                return type(error).__name__

        late = asyncio.ensure_future(post())
        await _until_held(driver, 2)
        await restored(driver)
        assert (await late) != "200"
        await driver.all_goes_well()
        await driver.time_passes(HOUR)
        assert await driver.contacts() == []
        assert await driver.calls_report() == []


async def _until_held(driver: Driver, count: int) -> None:
    for _ in range(1000):
        faults = (await driver._control("GET", "/faults"))["faults"]
        if sum(fault["applied"] for fault in faults) >= count:
            return
    raise AssertionError("the requests do not come")


async def test_journal_and_faults_are_not_restored(control: Control) -> None:
    async with control.world() as driver:
        await driver.change_settings(**{"calls.primary_mode": "contact"})
        await taken(driver)
        await driver.goes_wrong(target="amocrm", match={"path": "/api/v4/tasks"}, action={"status": 500})
        await a_call(driver)
        before = await driver._control("GET", "/journal")
        await restored(driver)
        after = await driver._control("GET", "/journal")
        assert after["entries"][: len(before["entries"])] == before["entries"]
        assert after["entries"][-1]["subject"] == "snapshot:first"
        assert len((await driver._control("GET", "/faults"))["faults"]) == 1
        await a_call(driver)
        rules = [entry["data"]["rule"] for entry in (await driver._control("GET", "/journal?kind=decision"))["entries"]]
        assert rules == [*rules[: len(rules) // 2], *rules[: len(rules) // 2]], "decided twice, told twice"


async def test_names(control: Control) -> None:
    async with control.world(name="named") as driver:
        assert await driver._control("GET", "/snapshots") == {"snapshots": []}
        first = await taken(driver, "before-the-call")
        await driver.time_passes(HOUR)
        await taken(driver, "second")
        listed = (await driver._control("GET", "/snapshots"))["snapshots"]
        assert [each["name"] for each in listed] == ["before-the-call", "second"]
        assert listed[0]["at"] == first["at"] == "2026-03-02T09:00:00+00:00"
        again = await taken(driver, "before-the-call")
        assert again["at"] == "2026-03-02T10:00:00+00:00"
        assert len((await driver._control("GET", "/snapshots"))["snapshots"]) == 2

        path = "/_stand/worlds/named/snapshots"
        status, problem = await control.ask("POST", f"{path}/before-the-cal/restore")
        assert (status, problem["nearest"]) == (404, "before-the-call")
        assert (await control.ask("POST", f"{path}/a%20b"))[0] == 400
        status, problem = await control.ask("POST", f"{path}/x", {"keep": True})
        assert (status, problem["errors"][0]["path"]) == (400, "keep")
    async with control.world(name="named") as driver:
        assert await driver._control("GET", "/snapshots") == {"snapshots": []}, "they go with their world"


async def test_a_snapshot_survives_many_worlds(control: Control) -> None:
    async with control.world() as driver:
        await driver.change_settings(**{"calls.primary_mode": "contact"})
        await a_call(driver)
        before = await everything_of(driver)
        await taken(driver)
        await driver.time_passes(HOUR)
        for _ in range(12):
            async with control.world() as passing:
                await passing.create_contact("Пётр", [OTHER], "anna")
        await restored(driver)
        assert await everything_of(driver) == before


async def test_other_worlds_stay_as_they_are(control: Control) -> None:
    async with control.world() as driver, control.world() as other:
        await taken(driver)
        await other.create_contact("Пётр", [OTHER], "anna")
        await other.time_passes(HOUR)
        before = await everything_of(other)
        await restored(driver)
        assert await everything_of(other) == before


async def test_requests_wait_while_a_world_goes_back(control: Control) -> None:
    """Clients never see a half of it: each request is before or after the restore."""
    async with control.world() as driver:
        await driver.create_contact("Иван", [CALLER], "anna")
        await taken(driver)
        await driver.create_contact("Пётр", [OTHER], "anna")
        seen = await asyncio.gather(restored(driver), *(driver.contacts() for _ in range(20)), taken(driver, "second"))
        assert {len(contacts) for contacts in seen[1:-1]} <= {1, 2}
        assert len(await driver.contacts()) == 1


async def test_a_foreign_integration_without_the_capability(control: Control) -> None:
    """Its world goes back without it; a fork would need its tenant, so that there is none."""
    async with a_plain_integration() as (url, asked), control.world(integration=url) as driver:
        said = await taken(driver)
        assert said["integration"] is False
        await driver.create_contact("Иван", [CALLER], "anna")
        await driver.time_passes(HOUR)
        await restored(driver)
        assert await driver.contacts() == []
        assert await driver.now() == datetime(2026, 3, 2, 9, tzinfo=UTC)
        assert not [path for path in asked if "snapshots" in path]
        status, problem = await control.ask("POST", f"/_stand/worlds/{driver.world['id']}/fork")
        assert status == 409
        assert "capability `snapshot`" in problem["detail"]


@asynccontextmanager
async def a_plain_integration(
    can: dict[str, bool] | None = None, meanwhile: Callable[[str], Awaitable[None]] | None = None
) -> AsyncIterator[tuple[str, list[str]]]:
    """One that has a tenant and settings and nothing else, and what it was asked. `meanwhile` is awaited before it
    answers."""
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(f"{request.method} {request.path}")
        if meanwhile:
            await meanwhile(asked[-1])
        return web.json_response(can or {})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}", asked
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("change", ["/snapshots/first", "/snapshots/first/restore", "/fork"])
async def test_nothing_comes_in_while_the_integration_is_being_copied(control: Control, change: str) -> None:
    """A client makes a contact, reads a report and calls, while the integration takes its time: all of it is after the
    copy or the restore, and nothing of it is lost."""
    driver: Driver | None = None
    coming: list[asyncio.Future[Any]] = []
    too_early: list[Any] = []

    async def meanwhile(asked: str) -> None:
        is_copying = asked.endswith(change.replace("first", "1")) or (
            change == "/fork" and asked.startswith("PUT") and "-fork-" in asked
        )
        if driver is None or not is_copying or coming:
            return
        coming.extend(asyncio.ensure_future(each) for each in writes(driver))
        done, _ = await asyncio.wait(coming, timeout=0.1)
        too_early.extend(done)

    def writes(driver: Driver) -> list[Coroutine[Any, Any, Any]]:
        contact = driver._amocrm("POST", "/api/v4/contacts", [{"name": "at the gate"}])
        telephony = driver.world["telephony"]
        asked = {"jsonrpc": "2.0", "id": 1, "method": "get.account", "params": {}}
        asked["params"] = {"access_token": telephony["access_token"]}
        report = driver._json("POST", telephony["data_api_url"], asked)
        return [contact, report, driver._control("GET", "/clock")]

    async with (
        a_plain_integration({"snapshot": True}, meanwhile) as (url, _),
        control.world(integration=url) as world,
    ):
        if change.endswith("restore"):
            await taken(world)
        driver = world
        said = await world._control("POST", change, {})
        assert len(coming) == 3
        assert not too_early
        await asyncio.gather(*coming)
        assert [each["name"] for each in await world.contacts()] == ["at the gate"]
        if change == "/fork":
            fork = Driver(control.http, f"{control.url}/_stand/worlds/{said['id']}", said)
            assert await fork.contacts() == []
            await control.ask("DELETE", f"/_stand/worlds/{said['id']}")
        if change == "/snapshots/first":
            await restored(world)
            assert await world.contacts() == []


async def test_events_wait_while_a_world_is_being_copied() -> None:
    async with Stand() as stand:
        world = await stand.create(WorldRequest())
        async with world.still():
            world.telephony.calls.place("in", CALLER, "+74951112233")
            for _ in range(20):
                await one_turn()
            assert {row["attempts"] for row in world.telephony.deliveries.log()} == {0}
        await world.settle()
        assert {row["state"] for row in world.telephony.deliveries.log()} == {"delivered"}


async def test_an_event_that_was_on_its_way_is_sent_again(control: Control) -> None:
    """No timer tells of it: it was in the middle of its first attempt, which ended with the restore."""
    async with control.world() as driver:
        await driver.change_settings(**{"calls.primary_mode": "contact"})
        await driver.goes_wrong(target="events", action={"delay": 5}, times=1)
        await driver.call_arrives(CALLER)
        await taken(driver)
        assert await driver.contacts() == []
        await restored(driver)
        assert len(await driver.contacts()) == 1


async def test_an_integration_that_does_not_go_back_keeps_the_world_where_it_is(control: Control) -> None:
    async with control.world() as driver:
        await driver.change_settings(**{"calls.primary_mode": "contact"})
        await taken(driver)
        await a_call(driver)
        before = await everything_of(driver)
        tenant = driver.world["integration"]["settings_url"].removesuffix("/settings")
        async with control.http.delete(tenant) as answer:
            assert answer.status == 204
        status, problem = await control.ask("POST", f"/_stand/worlds/{driver.world['id']}/snapshots/first/restore")
        assert status == 503
        assert problem["detail"].startswith("nothing was restored: the integration answered 404")
        assert [each["id"] for each in await driver.contacts()] == [each["id"] for each in before["contacts"]]
        assert await driver.now() == before["now"]


async def test_snapshots_at_the_same_time(control: Control) -> None:
    async with control.world() as driver:
        await asyncio.gather(*(taken(driver, f"s{number % 3}") for number in range(9)), driver.time_passes(HOUR))
        assert len((await driver._control("GET", "/snapshots"))["snapshots"]) == 3
        await asyncio.gather(*(restored(driver, f"s{number}") for number in range(3)))
        assert await driver.now() in {datetime(2026, 3, 2, hour, tzinfo=UTC) for hour in (9, 10)}


async def test_a_webhook_that_was_on_its_way_is_sent_again(control: Control) -> None:
    async with a_plain_integration() as (receiver, received), control.world() as driver:
        subscription = {"destination": f"{receiver}/hook", "settings": ["add_contact"]}
        await driver._amocrm("POST", "/api/v4/webhooks", subscription)
        await driver.goes_wrong(target="webhooks", action={"delay": 1}, times=1)
        await driver.create_contact("Иван", [CALLER], "anna")
        await taken(driver)
        assert received == []
        await restored(driver)
        assert received == ["POST /hook"]
        await driver.time_passes(HOUR)
        assert received == ["POST /hook"]


async def test_limits_go_back_and_open_pages_are_closed(control: Control) -> None:
    async with control.world() as driver:
        await driver._control("POST", "/tabs", {"user": "boris"})
        await taken(driver)
        await driver._control("PATCH", "/limits", {"banned": True})
        await driver._control("POST", "/tabs", {"user": "anna"})
        with pytest.raises(Refused, match="403"):
            await driver.contacts()
        await restored(driver)
        assert await driver.contacts() == []
        await driver._control("PATCH", "/limits", {"banned": True})
        await taken(driver, "banned")
        await driver._control("DELETE", "/limits")
        await restored(driver, "banned")
        with pytest.raises(Refused, match="403"):
            await driver.contacts()
        await restored(driver)
        tabs = (await driver._control("GET", "/tabs"))["tabs"]
        assert {tab["user"]: tab["state"] for tab in tabs} == {"anna": "closed", "boris": "closed"}
        assert (await driver._control("POST", "/tabs/boris-1/reload", {}))["state"] == "open"
        status, _ = await control.ask("POST", f"/_stand/worlds/{driver.world['id']}/tabs/anna-1/reload", {})
        assert status == 409, "she had not logged in yet"
