"""The engine tells terminals what to do and is told what they did."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from emulator.core.errors import Conflict
from emulator.telephony.engine.records import Leg
from tests.unit.telephony.conftest import CONTACT, MAIN, Office


class Telephone:
    """A telephone that notes what it was told."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.leg = 0

    def ring(self, leg: Leg, caller: str | None) -> None:
        self.leg = leg.id
        self.told.append(f"ring, {caller} calls")

    def stop_ringing(self, leg: Leg) -> None:
        self.told.append("stop ringing")

    def bridge(self, leg: Leg) -> None:
        self.told.append("bridge")

    def hold(self, leg: Leg) -> None:
        self.told.append("hold")

    def end(self, leg: Leg) -> None:
        self.told.append("end")


async def test_a_telephone_plugged_in_answers_for_itself(office: Office) -> None:
    telephone, other = Telephone(), Telephone()
    office.account.terminals.plug("100101", telephone)
    office.account.terminals.plug("100202", other)
    engine = office.account.calls.engine
    call = office.account.calls.place("in", CONTACT, MAIN)
    office.do(call, "ring", who=["anna", "boris"])
    engine.answered(telephone.leg)
    assert office.account.calls.get(call).state == "talking"
    engine.hung_up(telephone.leg)
    assert telephone.told == [f"ring, {CONTACT} calls", "bridge", "end"]
    assert other.told == [f"ring, {CONTACT} calls", "stop ringing"]
    assert office.account.calls.get(call).finish_reason == "operator_disconnects"


@pytest.mark.parametrize("outcome", ["declined", "busy", "unreachable", "no_answer"])
async def test_a_telephone_that_is_not_taken(office: Office, outcome: str) -> None:
    telephone = Telephone()
    office.account.terminals.plug("100101", telephone)
    call = office.account.calls.place("in", CONTACT, MAIN)
    office.do(call, "ring", who="anna")
    getattr(office.account.calls.engine, outcome)(telephone.leg)
    assert [leg.number for leg in office.account.calls.get(call).legs[1:]] == ["100101", "+79030000001"]
    with pytest.raises(Conflict):
        office.account.calls.engine.answered(telephone.leg)


async def test_a_colleague_waits_on_the_line_during_a_transfer(office: Office) -> None:
    telephone = Telephone()
    call = office.account.calls.place("in", CONTACT, MAIN)
    office.do(call, "ring", who="anna")
    office.do(call, "answer", who="anna")
    office.account.terminals.plug(CONTACT, telephone)
    office.do(call, "transfer", by="anna", to="boris")
    office.do(call, "answer", who="boris")
    office.do(call, "hangup", who="boris")
    assert telephone.told == ["hold", "bridge", "end"]
    office.account.terminals.unplug(CONTACT)


async def test_a_rehearsal_finds_a_line_offline_as_the_call_will(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff, anna = office.account.staff, office.id_of("anna")
    dialled = staff.active_phone

    def unplugged(employee_id: int, after: int = -1) -> Any:
        phone = dialled(employee_id, after)
        return replace(phone, is_registered=False) if phone and phone.protocol == "SIP" else phone

    monkeypatch.setattr(staff, "active_phone", unplugged)
    call = office.account.calls.place("in", CONTACT, MAIN)
    office.do(call, "ring", who="anna")
    assert [leg.number for leg in office.account.calls.get(call).legs[1:]] == ["100101", "+79030000001"]
    with office.account.engine.rehearsal():
        other = office.account.calls.place("in", CONTACT, MAIN)
        office.account.calls.do(other, "ring", who=anna)
        office.account.calls.do(other, "no_answer", who=anna)
        with pytest.raises(Conflict):
            office.account.calls.do(other, "answer", who=anna)
