"""Pop-ups of calls: which frames the pages of whom get while telephones ring (contract §3)."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

from tests.unit.integration.driver import (
    BORIS,
    EMPLOYEE_ANNA,
    EMPLOYEE_BORIS,
    EMPLOYEE_VIKTOR,
    KNOWN,
    UNKNOWN,
    Bench,
)
from tests.unit.integration.test_widget import page

RELEASE = {"event": "notify", "type": "release_call"}


async def rings(bench: Bench, employee: int, leg: int, **more: Any) -> None:
    await bench.event("call_proceeding", leg_id=leg, employee_id=employee, **more)


async def ends(bench: Bench, employee: int, leg: int, mnemonic: str = "call_disconnected", **more: Any) -> None:
    await bench.event(mnemonic, leg_id=leg, employee_id=employee, **more)


async def heard(bench: Bench, wire: aiohttp.ClientWebSocketResponse) -> list[dict[str, Any]]:
    """What the page got since it was asked last, without the numbers of the frames."""
    await bench.settled()
    await wire.send_str("what")
    frames = []
    while (frame := await wire.receive_json())["mnemonic" if "mnemonic" in frame else "event"] != "invalid_message":
        del frame["seq"]
        frames.append(frame)
    return frames


def which(leg: int, call: int = 81) -> dict[str, str]:
    return {"call_session_id": str(call), "leg_id": str(leg)}


async def test_a_first_time_caller_can_be_opened_while_the_phone_rings(bench: Bench) -> None:
    await bench.connect()
    async with page(bench) as anna, page(bench, BORIS) as boris:
        await bench.arrive()
        await rings(bench, EMPLOYEE_ANNA, 5, site_domain_name="okna.ru", campaign_name="Директ", search_query="окна")
        (shown,) = await heard(bench, anna)
        (contact,) = bench.amo.contacts.values()
        customer = {"id": contact["id"], "person_name": "+7 916 123-45-67", "company_name": None}
        assert shown == {
            "event": "notify",
            "type": "call",
            "data": {
                "ani": UNKNOWN,
                "did": "+74951112233",
                "start_time": 1772442000,
                "comagic_context": {"site": "okna.ru", "search_query": "окна", "campaign": "Директ"},
                "customer": customer,
                **which(5),
            },
        }
        await ends(bench, EMPLOYEE_ANNA, 5, "call_connected")
        assert await heard(bench, anna) == [{**RELEASE, "data": which(5)}]
        await ends(bench, EMPLOYEE_ANNA, 5)
        await bench.finish(by=EMPLOYEE_ANNA)
        assert await heard(bench, anna) == await heard(bench, boris) == []
        lines = [line for line in await bench.decisions() if line["outcome"].get("by", "").startswith("popups.")]
        assert [(line["rule"], line["outcome"]["decision"]) for line in lines] == [
            ("POPUP-01", "show_popup"),
            ("POPUP-12", "close_popup"),
        ]


async def test_each_ringing_employee_has_a_pop_up_of_their_own_on_all_pages(bench: Bench) -> None:
    await bench.connect("manual")
    async with page(bench) as first, page(bench) as second, page(bench, BORIS) as boris:
        await bench.arrive()
        await rings(bench, EMPLOYEE_ANNA, 5)
        await rings(bench, EMPLOYEE_BORIS, 6)
        nobody = {"id": None, "person_name": None, "company_name": None}
        for wire, leg in ((first, 5), (second, 5), (boris, 6)):
            (shown,) = await heard(bench, wire)
            assert shown["data"]["customer"] == nobody
            assert shown["data"]["leg_id"] == str(leg)
        await ends(bench, EMPLOYEE_ANNA, 5)
        assert await heard(bench, first) == await heard(bench, second) == [{**RELEASE, "data": which(5)}]
        assert await heard(bench, boris) == []
        await bench.finish()
        assert await heard(bench, boris) == [{**RELEASE, "data": which(6)}]
        assert await heard(bench, first) == []


async def test_a_known_caller_is_named(bench: Bench) -> None:
    ivan = bench.amo.contact("Иван", KNOWN)
    await bench.connect("manual")
    async with page(bench) as anna:
        await bench.arrive(phone=KNOWN)
        await rings(bench, EMPLOYEE_ANNA, 5, phone=KNOWN)
        (shown,) = await heard(bench, anna)
        assert shown["data"]["customer"] == {"id": ivan, "person_name": "Иван", "company_name": None}


@pytest.mark.parametrize("how", ["refused", "silent"])
async def test_an_amocrm_that_does_not_name_the_caller_holds_nothing_up(bench: Bench, how: str) -> None:
    ivan = bench.amo.contact("Иван", KNOWN)
    await bench.connect("manual")
    async with page(bench) as anna:
        await bench.arrive(phone=KNOWN)
        gate = {"gate": asyncio.Event()} if how == "silent" else {}
        bench.amo.fail("GET", f"/api/v4/contacts/{ivan}", **gate)
        await rings(bench, EMPLOYEE_ANNA, 5, phone=KNOWN)
        await ends(bench, EMPLOYEE_ANNA, 5, phone=KNOWN)
        await bench.settled()
        if how == "silent":
            assert await bench.advance_to_next() == "2026-03-02T09:00:02+00:00"
        shown, closed = await heard(bench, anna)
        assert shown["data"]["customer"] == {"id": ivan, "person_name": None, "company_name": None}
        assert closed["type"] == "release_call"
        for event in gate.values():
            event.set()


@pytest.mark.parametrize(
    ("settings", "arrival", "employee"),
    [
        ({}, {"direction": "out"}, EMPLOYEE_ANNA),
        ({"calls.apply_to_outgoing": True}, {"direction": "out"}, EMPLOYEE_ANNA),
        ({}, {"is_internal": True, "direction": "out"}, EMPLOYEE_ANNA),
        ({"widget.notifications": False}, {}, EMPLOYEE_ANNA),
        ({"widget.enabled": False}, {}, EMPLOYEE_ANNA),
        ({}, {}, EMPLOYEE_BORIS),
        ({}, {}, EMPLOYEE_VIKTOR),
        ({}, {}, None),
    ],
)
async def test_no_pop_up(bench: Bench, settings: dict[str, Any], arrival: dict[str, Any], employee: int | None) -> None:
    await bench.connect(**settings)
    async with page(bench) as anna:
        await bench.arrive(**arrival)
        await bench.event("call_proceeding", leg_id=5, employee_id=employee, **arrival)
        await bench.event("call_connected", leg_id=5, employee_id=employee, **arrival)
        await bench.finish(by=EMPLOYEE_BORIS, **arrival)
        assert await heard(bench, anna) == []


async def test_two_calls_at_once_close_one_by_one(bench: Bench) -> None:
    await bench.connect()
    async with page(bench) as anna:
        await bench.arrive(81)
        await bench.arrive(82, KNOWN)
        await bench.event("call_proceeding", 81, leg_id=5, employee_id=EMPLOYEE_ANNA)
        await bench.event("call_proceeding", 82, KNOWN, leg_id=6, employee_id=EMPLOYEE_ANNA)
        assert len(await heard(bench, anna)) == 2
        await bench.finish(82, KNOWN)
        assert await heard(bench, anna) == [{**RELEASE, "data": which(6, 82)}]
        await bench.finish(81)
        assert await heard(bench, anna) == [{**RELEASE, "data": which(5)}]


async def test_a_pop_up_closes_after_the_tenant_was_connected_anew(bench: Bench) -> None:
    await bench.connect()
    async with page(bench) as anna:
        await bench.arrive()
        await rings(bench, EMPLOYEE_ANNA, 5)
        assert len(await heard(bench, anna)) == 1
        await bench.connect()
        await ends(bench, EMPLOYEE_ANNA, 5)
        assert await heard(bench, anna) == [{**RELEASE, "data": which(5)}]


async def test_a_call_of_which_the_arrival_was_not_seen_raises_none(bench: Bench) -> None:
    await bench.connect()
    async with page(bench) as anna:
        await rings(bench, EMPLOYEE_ANNA, 5)
        await ends(bench, EMPLOYEE_ANNA, 5)
        assert await heard(bench, anna) == []
