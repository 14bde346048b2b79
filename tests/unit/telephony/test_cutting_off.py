"""A line that is cut off by the Call API, and a call that is released: what goes on and what the reasons are."""

from __future__ import annotations

import pytest

from emulator.core.errors import NotFound
from tests.unit.telephony.conftest import CONTACT, MAIN, Office


def leg_of(office: Office, call: int, name: str) -> int:
    """The last line of that person."""
    return next(
        leg.id for leg in reversed(office.account.calls.get(call).legs) if office.name_of(leg.employee_id) == name
    )


async def test_a_line_that_is_over_cannot_be_cut_off(office: Office) -> None:
    call = office.account.calls.place("in", CONTACT, MAIN)
    office.do(call, "ring", who=["anna", "boris"])
    office.do(call, "answer", who="anna")
    before = office.account.calls.get(call)
    for leg_id in (leg_of(office, call, "boris"), 4711):
        with pytest.raises(NotFound):
            office.account.engine.disconnect(call, leg_id)
    assert office.account.calls.get(call) == before, "Anna and the subscriber go on"


async def test_a_subscriber_who_is_cut_off_while_it_rings_was_missed(office: Office) -> None:
    call = office.account.calls.place("out", office.id_of("anna"), CONTACT, kind="dial")
    contact = office.account.calls.get(call).legs[-1]
    office.account.engine.disconnect(call, contact.id)
    seen = office.account.calls.get(call)
    assert (seen.is_lost, seen.finish_reason) == (True, "no_success_subscriber_call")
    assert seen.legs[-1].finish_reason == "operator_disconnects"


async def test_what_is_kept_ready_of_a_call_is_what_is_stored(office: Office) -> None:
    call = office.account.calls.place("in", CONTACT, MAIN)
    office.do(call, "ring", who=["anna", "boris"])
    office.account.engine.disconnect(call, leg_of(office, call, "anna"))
    assert office.account.store.take(call) == office.account.store.load(call)
