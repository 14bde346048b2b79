"""Site forms through the integration: one person makes one contact, whatever goes wrong (design §5, FORM-04)."""

from __future__ import annotations

import asyncio

import pytest

from tests.unit.integration.driver import Bench

CONTACTS = "/api/v4/contacts"


async def sends_form(bench: Bench, number: int, phone: str | None, email: str | None, **more: str) -> None:
    form = {"event_id": f"form:{number}", "notification_mnemonic": "offline_message", "communication_id": number}
    form |= {"contact_phone_number": phone, "visitor_email": email, "start_time": "2026-03-02 12:00:00"}
    status, said = await bench.send(form | more)
    assert status == 200, said


async def test_forms_with_one_address_follow_each_other_whatever_their_telephones(bench: Bench) -> None:
    await bench.connect(**{"forms.enabled": True})
    gate = bench.amo.fail("POST", CONTACTS, gate=asyncio.Event()).gate
    assert gate is not None
    await sends_form(bench, 1, "+79160000001", "ivan@okna.ru")
    await sends_form(bench, 2, None, "ivan@okna.ru")
    await sends_form(bench, 3, "+79160000003", " Ivan@Okna.ru")
    await bench.settled()
    assert bench.amo.open_now == 1
    bench.amo.faults.clear()
    gate.set()
    await bench.settled()
    assert len(bench.amo.contacts) == 1
    assert len(bench.amo.deals) == 3


@pytest.mark.parametrize("how", [{"cut": True}, {"done": True, "cut": True}])
async def test_a_sender_without_name_telephone_and_address_is_made_once(bench: Bench, how: dict[str, bool]) -> None:
    await bench.connect(**{"forms.enabled": True})
    bench.amo.fail("POST", CONTACTS, **how)
    await sends_form(bench, 55, None, None)
    await bench.settled()
    await bench.advance_to_next()
    assert len(bench.amo.contacts) == 1


async def test_a_blank_name_is_none(bench: Bench) -> None:
    await bench.connect(**{"forms.enabled": True})
    await sends_form(bench, 55, "+79160000001", None, visitor_name="  ")
    await bench.settled()
    (contact,) = bench.amo.contacts.values()
    assert contact["name"] == "+7 916 000-00-01"
