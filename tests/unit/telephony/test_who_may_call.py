"""Whoever dials by the own telephone is bound by its settings and by the status, also among colleagues (PHONE-09)."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.core.errors import Conflict
from tests.unit.telephony.conftest import CONTACT, Office

BORIS_MOBILE = "+79030000002"


def dial(office: Office, to: str) -> int:
    if to == "boris":
        return office.account.calls.place("internal", office.id_of("anna"), office.id_of("boris"))
    return office.account.calls.place("out", office.id_of("anna"), to, kind="dial")


@pytest.mark.parametrize("to", ["boris", BORIS_MOBILE, CONTACT])
@pytest.mark.parametrize(
    ("card", "sip_line", "refusal"),
    [
        ({"status": "break"}, {}, "out_call_not_allowed_by_status"),
        ({"out_internal": "in", "out_external": "in"}, {}, "al_call_not_allowed"),
        ({}, {"is_outgoing_allowed": False}, "out_call_not_allowed"),
        ({}, {"registered_at": None}, "sip_offline"),
        ({}, {"billing_state": "manual_lock"}, "locked_phone"),
    ],
)
async def test_a_call_that_may_not_be_made_is_refused(
    office: Office, to: str, card: dict[str, Any], sip_line: dict[str, Any], refusal: str
) -> None:
    staff = office.account.staff
    staff.cards.change(office.id_of("anna"), card)
    staff.lines.change(staff.lines.with_login("100101").id, sip_line)
    with pytest.raises(Conflict, match=refusal):
        dial(office, to)
    assert office.account.calls.list() == []


async def test_who_may_not_call_outside_may_call_colleagues(office: Office) -> None:
    office.account.staff.cards.change(office.id_of("anna"), {"out_external": "in"})
    with pytest.raises(Conflict, match="external_call_not_allowed"):
        dial(office, CONTACT)
    assert office.account.calls.get(dial(office, "boris")).is_internal


async def test_a_click_is_not_dialled_by_the_own_telephone(office: Office) -> None:
    office.account.staff.cards.change(office.id_of("anna"), {"status": "break"})
    for to in (CONTACT, BORIS_MOBILE):
        call = office.account.calls.place("out", office.id_of("anna"), to)
        assert office.account.calls.get(call).state == "ringing"
