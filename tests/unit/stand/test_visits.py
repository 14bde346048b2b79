"""Sites, campaigns, tracking numbers and visits, driven over the control plane."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aiohttp
import pytest

from features.driver import Driver
from tests.unit.stand.conftest import Control
from tests.unit.stand.test_data_folder import found, made, stand_on
from tests.unit.stand.test_forks import forked
from tests.unit.stand.test_snapshots import restored, taken

CALLER = "+79161234567"
TRACKED = "+74951112244"
DIRECT = {"name": "Директ", "utm": {"source": "yandex", "medium": "cpc"}}
YANDEX = {"source": "yandex", "medium": "cpc", "campaign": "spring"}
FIELDS = ["visitor_session_id", "campaign_name", "site_domain_name", "utm_source", "search_query", "source"]


async def visit(driver: Driver, **wanted: Any) -> Any:
    return await driver._control("POST", "/visits", wanted)


async def call_to(driver: Driver, number: str) -> Any:
    return await driver._control("POST", "/calls", {"direction": "in", "from": CALLER, "to": number})


async def origins(driver: Driver) -> list[list[Any]]:
    """The marketing columns of all calls."""
    params = {
        "access_token": driver.world["telephony"]["access_token"],
        "date_from": "2026-03-02 00:00:00",
        "date_till": "2026-03-03 00:00:00",
        "include_ongoing_calls": True,
        "fields": FIELDS,
    }
    body = {"jsonrpc": "2.0", "id": 1, "method": "get.calls_report", "params": params}
    answer = await driver._json("POST", driver.world["telephony"]["data_api_url"], body)
    return [list(row.values()) for row in answer["result"]["data"]]


async def test_a_visitor_of_a_campaign_calls_the_number_of_the_page(control: Control) -> None:
    async with control.alone() as driver:
        campaign = await driver._control("POST", "/campaigns", DIRECT)
        seen = await visit(driver, utm=YANDEX, search_query="купить окна", city="Казань", pages=["/prices"])
        site = driver.world["sites"]["main"]
        expected = {
            "visits_count": 1,
            "site": "main",
            "campaign": "Директ",
            "number": TRACKED,
            "number_until": "2026-03-02T09:15:00+00:00",
            "started_at": "2026-03-02T09:00:00+00:00",
            "channel": "paid",
            "entrance_page": "https://okna.test/?utm_source=yandex&utm_medium=cpc&utm_campaign=spring",
            "search_query": "купить окна",
            "utm": YANDEX,
            "city": "Казань",
            "device": "desktop",
            "ua_client_id": None,
        }
        assert {key: seen[key] for key in expected} == expected
        assert seen["visitor"] == str(seen["visitor_id"])
        assert [hit["url"] for hit in seen["hits"]] == [seen["entrance_page"], "https://okna.test/prices"]
        await call_to(driver, seen["number"])
        assert await origins(driver) == [
            [seen["id"], "Директ", site["domain"], "yandex", "купить окна", "dynamic_call_tracking"]
        ]
        assert campaign["conditions"] == [
            [
                {"parameter": "utm_source", "value": "yandex", "operator": "=", "type": "include"},
                {"parameter": "utm_medium", "value": "cpc", "operator": "=", "type": "include"},
            ]
        ]
        entries = (await driver._control("GET", f"/journal?subject=visit:{seen['id']}"))["entries"]
        assert [entry["data"]["did"] for entry in entries] == ["arrive"]


async def test_a_callback_is_of_the_visit_in_which_it_was_ordered(control: Control) -> None:
    async with control.world() as driver:
        await driver._control("POST", "/campaigns", DIRECT)
        seen = await visit(driver, utm=YANDEX)
        order = {"direction": "in", "kind": "callback", "from": CALLER, "visit": seen["id"]}
        call = await driver._control("POST", "/calls", order)
        assert (await origins(driver))[0][:4] == [seen["id"], "Директ", "okna.test", "yandex"]
        events = (await driver._control("GET", "/journal?kind=event"))["entries"]
        told = [entry["data"]["body"] for entry in events if entry["data"]["body"]["call_session_id"] == call["id"]]
        assert {body["visitor_session_id"] for body in told} == {seen["id"]}
        path = f"/_stand/worlds/{driver.world['id']}/calls"
        for wrong in ({**order, "visit": 5}, {**order, "kind": None}, {**order, "visit": 0}):
            status, said = await control.ask("POST", path, wrong)
            assert (status, said["errors"][0]["path"]) == (400, "visit")


async def test_a_visit_goes_on(control: Control) -> None:
    async with control.alone() as driver:
        first = await visit(driver, visitor="ivan")
        await driver._control("POST", "/clock", {"advance": 600})
        longer = await driver._control("POST", f"/visits/{first['id']}/hits", {"url": "/contacts"})
        assert longer["hits"][1] == {"at": "2026-03-02T09:10:00+00:00", "url": "https://okna.test/contacts"}
        assert longer["number_until"] == "2026-03-02T09:25:00+00:00"
        await driver._control("POST", "/clock", {"advance": 900})
        assert (await driver._control("GET", f"/visits/{first['id']}"))["number"] is None
        again = await visit(driver, visitor="ivan")
        assert (again["visitor"], again["visits_count"], again["number"]) == ("ivan", 2, TRACKED)
        listed = (await driver._control("GET", "/visits"))["visits"]
        assert [each["id"] for each in listed] == [first["id"], again["id"]]


async def test_what_the_default_world_tracks(control: Control) -> None:
    async with control.alone() as driver:
        [site] = (await driver._control("GET", "/sites"))["sites"]
        assert driver.world["sites"] == {"main": {"id": site["id"], "domain": "okna.test"}}
        assert (site["key"], site["count_sales"], site["pool"]) == ("main", False, [TRACKED])
        numbers = (await driver._control("GET", "/numbers"))["numbers"]
        assert [(each["name"], each["type"], each["site"], each["record"]) for each in numbers] == [
            ("main", "va", None, True),
            ("tracked", "dynamic_call_tracking", "main", True),
        ]
        await driver._control("PATCH", f"/telephony/numbers/{TRACKED}", {"record": False})
        assert [each["record"] for each in (await driver._control("GET", "/numbers"))["numbers"]] == [True, False]
        await call_to(driver, driver.number("main"))
        await call_to(driver, TRACKED)
        assert await origins(driver) == [
            [None, None, None, None, None, "va"],
            [None, None, "okna.test", None, None, "dynamic_call_tracking"],
        ]


async def test_a_site_is_added_and_changed(control: Control) -> None:
    async with control.alone() as driver:
        wanted = {"key": "doors", "domain": "dveri.test", "name": "Двери", "count_sales": True}
        made = await driver._control("POST", "/sites", {**wanted, "reservation_time": "5m"})
        assert {**wanted, "reservation_time": "5m", "second_communication_period": 1}.items() <= made.items()
        changed = await driver._control("PATCH", "/sites/main", {"count_sales": True, "domain": "okna.ru"})
        assert (changed["count_sales"], changed["domain"]) == (True, "okna.ru")
        world = await driver._control("GET", "")
        assert {key: site["domain"] for key, site in world["sites"].items()} == {
            "main": "okna.ru",
            "doors": "dveri.test",
        }
        new = await driver._control("POST", "/numbers", {"number": "8 495 111-22-55", "name": "doors", "site": "doors"})
        assert (new["number"], new["type"], new["site"]) == ("+74951112255", "dynamic_call_tracking", "doors")
        assert (await driver._control("GET", ""))["numbers"]["doors"] == "+74951112255"
        seen = await visit(driver, site="doors")
        assert (seen["number"], seen["number_until"]) == ("+74951112255", "2026-03-02T09:05:00+00:00")
        shown = (await driver._control("GET", "/numbers"))["numbers"][-1]
        assert (shown["visit"], shown["reserved_until"]) == (seen["id"], seen["number_until"])


async def test_a_new_number_is_called_by_its_key(control: Control) -> None:
    async with control.alone() as driver:
        await driver._control("POST", "/snapshots/before")
        new = {"number": "+74951112255", "name": "doors", "site": "main"}
        await driver._control("POST", "/numbers", new)
        assert (await call_to(driver, "doors"))["to"] == "+74951112255"
        await driver._control("POST", "/snapshots/before/restore")
        call = {"direction": "in", "from": CALLER, "to": "doors"}
        status, said = await control.ask("POST", f"/_stand/worlds/{driver.world['id']}/calls", call)
        assert (status, said["errors"][0]["path"]) == (400, "to")


async def test_a_number_becomes_static_and_ordinary_again(control: Control) -> None:
    async with control.alone() as driver:
        await driver._control("POST", "/campaigns", {"name": "Щит", "static_utm": {"source": "billboard"}})
        static = await driver._control("PUT", "/numbers/tracked/tracking", {"campaign": "Щит"})
        assert (static["type"], static["site"], static["campaign"]) == ("call_tracking", "main", "Щит")
        assert (await visit(driver))["number"] is None
        await call_to(driver, TRACKED)
        plain = await driver._control("DELETE", f"/numbers/{TRACKED}/tracking")
        assert (plain["type"], plain["site"], plain["campaign"]) == ("va", None, None)
        await call_to(driver, TRACKED)
        assert await origins(driver) == [
            [None, "Щит", "okna.test", None, None, "call_tracking"],
            [None, None, None, None, None, "va"],
        ]


async def test_a_campaign_is_changed(control: Control) -> None:
    async with control.alone() as driver:
        campaign = await driver._control("POST", "/campaigns", DIRECT)
        path = f"/campaigns/{campaign['id']}"
        condition = {"parameter": "city", "value": "Каз", "operator": "sub"}
        changed = await driver._control("PATCH", path, {"name": "Казань", "conditions": [[condition]]})
        assert (changed["name"], changed["conditions"]) == ("Казань", [[{**condition, "type": "include"}]])
        assert (await visit(driver, city="Казань"))["campaign"] == "Казань"
        assert (await visit(driver, utm=YANDEX))["campaign"] is None
        await driver._control("PATCH", path, {"static_utm": {"source": "a", "term": "b"}})
        changed = await driver._control("PATCH", path, {"static_utm": {"source": "c"}, "status": "inactive"})
        assert (changed["static_utm"], changed["status"]) == ({"source": "c"}, "inactive")
        assert (await visit(driver, city="Казань"))["campaign"] is None
        assert (await driver._control("GET", "/campaigns"))["campaigns"] == [changed]


REFUSALS = [
    ("POST", "/visits", {"site": "mian"}, 400, "site"),
    ("POST", "/visits", {"url": "https://dveri.test/"}, 400, "url"),
    ("POST", "/visits", {"campaign": "Дирек"}, 400, "campaign"),
    ("POST", "/visits", {"device": "phone"}, 400, "device"),
    ("POST", "/visits", {"utm": {"sorce": "a"}}, 400, "utm.sorce"),
    ("POST", "/visits", {"serch_query": "a"}, 400, "serch_query"),
    ("POST", "/visits/1/hits", {"url": "/"}, 404, None),
    ("POST", "/visits/one/hits", {"url": "/"}, 404, None),
    ("GET", "/visits/1", None, 404, None),
    ("POST", "/sites", {"key": "main", "domain": "a.test"}, 409, None),
    ("POST", "/sites", {"key": "a"}, 400, "domain"),
    ("POST", "/sites", {"key": "a", "domain": "http://a.test"}, 400, "domain"),
    ("POST", "/sites", {"key": "a", "domain": "a.test", "second_communication_period": 2}, 400, None),
    ("PATCH", "/sites/mian", {}, 404, None),
    ("PATCH", "/sites/main", {"count_sales": None}, 400, "count_sales"),
    ("PATCH", "/sites/main", {"key": "other"}, 400, "key"),
    ("PATCH", "/sites/main", {"name": ""}, 400, "name"),
    ("POST", "/campaigns", {"name": "Директ"}, 409, None),
    ("POST", "/campaigns", {"name": ""}, 400, "name"),
    ("POST", "/campaigns", {"name": "A", "conditions": [[{"parameter": "moon", "value": "full"}]]}, 400, None),
    ("POST", "/campaigns", {"name": "A", "conditions": [[]]}, 400, "conditions[0]"),
    ("PATCH", "/campaigns/1", {"name": "A"}, 404, None),
    ("PATCH", "/campaigns/a", {"name": "A"}, 404, None),
    ("POST", "/numbers", {"number": "abc"}, 400, "number"),
    ("POST", "/numbers", {"number": TRACKED}, 409, None),
    ("POST", "/numbers", {"number": "+74951112255", "name": "main"}, 409, None),
    ("POST", "/numbers", {"number": "+74951112255", "site": "mian"}, 400, "site"),
    ("POST", "/numbers", {"number": "+74951112255", "campaign": "Дирек"}, 400, "campaign"),
    ("PUT", "/numbers/tracked/tracking", {}, 400, "site"),
    ("PUT", "/numbers/unknown/tracking", {"site": "main"}, 404, None),
    ("DELETE", "/numbers/unknown/tracking", None, 404, None),
]


async def test_refusals_name_the_field_and_change_nothing(control: Control) -> None:
    async with control.alone() as driver:
        await driver._control("POST", "/campaigns", {"name": "Директ"})

        async def everything() -> list[Any]:
            return [await driver._control("GET", path) for path in ("/visits", "/sites", "/campaigns", "/numbers")]

        before = await everything()
        for method, path, body, status, field in REFUSALS:
            answered, problem = await control.ask(method, f"/_stand/worlds/{driver.world['id']}{path}", body)
            assert answered == status, (path, body, problem)
            assert field is None or problem["errors"][0]["path"] == field, (path, body, problem)
        assert await everything() == before
        seen = await visit(driver)
        assert seen["id"] % 100_000 == seen["visitor_id"] % 100_000 == 1, "no id was used up"


async def campaign_and_visit(driver: Driver) -> Any:
    await driver._control("POST", "/campaigns", DIRECT)
    await driver._control("POST", "/sites", {"key": "doors", "domain": "dveri.test"})
    return await visit(driver, utm=YANDEX, visitor="ivan")


async def goes_on(driver: Driver, seen: Any) -> None:
    """All that was set up and seen is still there, and the next visit is the second one."""
    assert list((await driver._control("GET", ""))["sites"]) == ["main", "doors"]
    assert await driver._control("GET", f"/visits/{seen['id']}") == seen
    await call_to(driver, TRACKED)
    assert (await origins(driver))[-1][:2] == [seen["id"], "Директ"]
    again = await visit(driver, visitor="ivan", campaign="Директ")
    assert (again["id"], again["visits_count"]) == (seen["id"] + 1, 2)


async def test_a_fork_goes_on_with_its_own_visits(control: Control) -> None:
    async with control.alone() as origin:
        seen = await campaign_and_visit(origin)
        async with forked(control, origin) as fork:
            assert fork.world["sites"] == (await origin._control("GET", ""))["sites"]
            await goes_on(fork, seen)
            assert len((await origin._control("GET", "/visits"))["visits"]) == 1


async def test_a_restore_brings_visits_back(control: Control) -> None:
    async with control.alone() as driver:
        seen = await campaign_and_visit(driver)
        await taken(driver)
        await visit(driver, visitor="petr")
        await driver._control("PATCH", "/sites/doors", {"domain": "other.test"})
        await restored(driver)
        await goes_on(driver, seen)


async def test_a_kept_world_has_its_visits(tmp_path: Path, http: aiohttp.ClientSession) -> None:
    async with stand_on(tmp_path, http) as (_, control):
        seen = await campaign_and_visit(await made(control, name="mine"))
    async with stand_on(tmp_path, http) as (_, control):
        await goes_on(await found(control, "mine"), seen)


@pytest.mark.parametrize("number", ["tracked", "main"])
async def test_the_events_of_a_call_reach_the_integration_with_its_origin(control: Control, number: str) -> None:
    async with control.world() as driver:
        seen = await visit(driver, utm=YANDEX)
        await call_to(driver, driver.number(number))
        entries = (await driver._control("GET", "/journal?kind=event"))["entries"]
        told = [entry["data"]["body"] for entry in entries if "body" in entry["data"]]
        assert told
        for body in told:
            assert body.get("visitor_session_id") == (seen["id"] if number == "tracked" else None)
            assert body.get("utm_source") == ("yandex" if number == "tracked" else None)
