"""An employee who is dismissed in the middle of a call: the telephone is in their hand all the same."""

from __future__ import annotations

import pytest

from emulator.core.errors import BadRequest, Conflict
from tests.unit.telephony.conftest import CONTACT, MAIN, Office


async def test_who_was_dismissed_goes_on_with_the_call(office: Office) -> None:
    anna, calls = office.id_of("anna"), office.account.calls
    call = calls.place("in", CONTACT, MAIN)
    calls.do(call, "ring", who=[anna])
    office.account.staff.dismiss(anna)
    calls.do(call, "answer", who=anna)
    calls.do(call, "hold", who=anna)
    calls.do(call, "resume", who=anna)
    calls.do(call, "hangup", who=anna)
    seen = calls.get(call)
    assert (seen.state, seen.finish_reason, seen.first_talked_employee_id) == ("ended", "operator_disconnects", anna)


async def test_two_who_were_dismissed_can_end_their_call(office: Office) -> None:
    anna, boris, calls = office.id_of("anna"), office.id_of("boris"), office.account.calls
    call = calls.place("internal", anna, boris)
    calls.do(call, "answer", who=boris)
    for each in (anna, boris):
        office.account.staff.dismiss(each)
    calls.do(call, "hangup", who=anna)
    assert calls.get(call).state == "ended"


async def test_who_was_dismissed_is_not_called_any_more(office: Office) -> None:
    anna, boris, calls = office.id_of("anna"), office.id_of("boris"), office.account.calls
    call = calls.place("in", CONTACT, MAIN)
    calls.do(call, "ring", who=[boris])
    calls.do(call, "answer", who=boris)
    office.account.staff.dismiss(anna)
    for verb in ("consult", "transfer"):
        with pytest.raises(BadRequest) as refused:
            calls.do(call, verb, by=boris, to=anna)
        assert [error.path for error in refused.value.errors] == ["to"]
    with pytest.raises(Conflict, match="Anna has no open line"):
        calls.do(call, "hold", who=anna)
