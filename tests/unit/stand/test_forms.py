"""Forms and «Список сделок» over the control plane (contract §1)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from emulator.core.instants import micros
from emulator.stand.building import WorldRequest
from emulator.stand.control.deals import deal_body
from emulator.stand.stand import Stand
from emulator.telephony.communications.tags import AUTOMATIC
from emulator.telephony.marketing.origin import Origin
from features.driver import Driver
from tests.unit.stand.conftest import Control


def forms_of(driver: Driver) -> str:
    return f"/_stand/worlds/{driver.world['id']}/forms"


async def test_a_form_is_sent_told_and_listed(control: Control) -> None:
    async with control.world() as driver:
        given = {"form": "Заказ", "name": "Иван", "phone": "8 916 123-45-67", "email": "i@mail.test", "message": "Окно"}
        status, sent = await control.ask("POST", forms_of(driver), given)
        assert status == 201, sent
        assert sent == {
            "id": sent["id"],
            "communication_id": sent["communication_id"],
            "kind": "request",
            "form": "Заказ",
            "form_type": "Пользовательская",
            "name": "Иван",
            "phone": "+79161234567",
            "email": "i@mail.test",
            "message": "Окно",
            "received_at": "2026-03-02T09:00:00+00:00",
            "status": "not_processed",
            "processed_at": None,
            "by": None,
            "comment": None,
        }
        assert await control.ask("GET", forms_of(driver)) == (200, {"forms": [sent]})
        assert await control.ask("GET", f"{forms_of(driver)}/{sent['id']}") == (200, sent)
        journal = f"/_stand/worlds/{driver.world['id']}/journal?kind=event"
        _, said = await control.ask("GET", journal)
        [event] = said["entries"]
        assert event["subject"] == f"offline_message {sent['communication_id']}:1"
        assert event["data"]["body"]["text"] == "Окно"


async def test_an_empty_form_and_one_that_is_technical(control: Control) -> None:
    async with control.alone() as driver:
        for body, is_communication in (({}, True), ({"technical": True}, False)):
            status, sent = await control.ask("POST", forms_of(driver), body)
            assert (status, sent["form_type"], sent["phone"], sent["email"]) == (201, "Стандартная", None, None)
            assert (sent["communication_id"] is not None) is is_communication


async def test_an_employee_deals_with_a_form(control: Control) -> None:
    async with control.alone() as driver:
        _, sent = await control.ask("POST", forms_of(driver), {"kind": "callback", "phone": "+79161234567"})
        await driver.time_passes(timedelta(seconds=60))
        path = f"{forms_of(driver)}/{sent['id']}"
        status, kept = await control.ask("PATCH", path, {"status": "processed", "by": "anna", "comment": "Готово"})
        assert status == 200, kept
        changed = {"status": "processed", "by": "anna", "comment": "Готово"}
        assert kept == {**sent, **changed, "processed_at": "2026-03-02T09:01:00+00:00"}


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"phone": "tomorrow"}, "phone"),
        ({"kind": "letter"}, "kind"),
        ({"visit": 4711}, "visit"),
        ({"visit": "x"}, "visit"),
        ({"site": "nowhere"}, "site"),
        ({"telephone": "+79161234567"}, "telephone"),
    ],
)
async def test_a_form_that_cannot_be_sent(control: Control, body: dict[str, Any], path: str) -> None:
    async with control.alone() as driver:
        status, said = await control.ask("POST", forms_of(driver), body)
        assert (status, [error["path"] for error in said["errors"]]) == (400, [path])
        assert await control.ask("GET", forms_of(driver)) == (200, {"forms": []})


@pytest.mark.parametrize(
    ("body", "path"),
    [({"status": "done", "by": "anna"}, "status"), ({"status": "processed", "by": "rita"}, "by")],
)
async def test_a_change_that_is_none(control: Control, body: dict[str, Any], path: str) -> None:
    async with control.alone() as driver:
        _, sent = await control.ask("POST", forms_of(driver), {})
        status, said = await control.ask("PATCH", f"{forms_of(driver)}/{sent['id']}", body)
        assert (status, [error["path"] for error in said["errors"]]) == (400, [path])


async def test_an_unknown_form(control: Control) -> None:
    async with control.alone() as driver:
        for identifier in ("4711", "main"):
            path = f"{forms_of(driver)}/{identifier}"
            assert (await control.ask("GET", path))[0] == 404
            change = {"status": "processed", "by": "anna"}
            assert (await control.ask("PATCH", path, change))[0] == 404


async def test_forms_are_kept_by_a_snapshot(control: Control) -> None:
    async with control.alone() as driver:
        await control.ask("POST", forms_of(driver), {"name": "Иван"})
        world = f"/_stand/worlds/{driver.world['id']}"
        await control.ask("POST", f"{world}/snapshots/one", {})
        await control.ask("POST", forms_of(driver), {"name": "Анна"})
        await control.ask("POST", f"{world}/snapshots/one/restore", {})
        _, said = await control.ask("GET", forms_of(driver))
        assert [form["name"] for form in said["forms"]] == ["Иван"]


async def test_the_list_of_deals_is_empty_at_first(control: Control) -> None:
    async with control.alone() as driver:
        assert await control.ask("GET", f"/_stand/worlds/{driver.world['id']}/telephony/deals") == (200, {"deals": []})


async def test_a_sale_in_the_list_of_deals() -> None:
    async with Stand() as stand:
        world = await stand.create(WorldRequest())
        telephony, now = world.telephony, micros(world.ground.clock.now())
        site = {
            "key": "shop",
            "domain_name": "shop.test",
            "name": "shop",
            "sales_enabled": True,
            "target_call_min_duration": 30,
            "second_communication_period": 1,
            "reservation_time": "15m",
            "created_at": now,
        }
        site_id = telephony.database.insert("sites", site)
        ledger = telephony.communications
        sold = ledger.get(ledger.begin("call", now, phone="+79161234567", origin=Origin(site_id=site_id)))
        telephony.sales.set(sold, now, 150_050, "Дверь", by=AUTOMATIC)
        [row] = telephony.deal_list.rows()
        assert deal_body(row) == {
            "kind": "sale",
            "ext_id": None,
            "name": None,
            "stage": None,
            "at": "2026-03-02T09:00:00+00:00",
            "value": 1500.5,
            "comment": "Дверь",
            "communication_id": sold.id,
            "communication_type": "call",
            "site_id": site_id,
        }
