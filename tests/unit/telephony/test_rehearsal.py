"""A script is gone through before it is played: what would fail in the middle fails before anything has happened."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.core.errors import Conflict
from tests.unit.telephony.conftest import CONTACT, MAIN, Office


def rehearse(office: Office, *steps: tuple[float, str, dict[str, Any]]) -> None:
    office.account.calls.rehearse("in", CONTACT, MAIN, steps, is_led=False)


def unregister(office: Office, login: str) -> None:
    office.account.staff.lines.unregister(office.account.staff.lines.with_login(login).id)


async def test_a_line_without_a_telephone_fails_in_a_rehearsal_too(connected: Office) -> None:
    viktor = connected.id_of("viktor")
    connected.account.staff.phones.change(connected.account.employees[2].phones[0].id, {"is_active": True})
    unregister(connected, "100301")
    with pytest.raises(Conflict) as refused:
        rehearse(connected, (1, "ring", {"who": viktor}), (3, "answer", {"who": viktor}))
    assert refused.value.detail.startswith("script[1] (answer)")
    await connected.settle()
    assert connected.account.calls.list() == []
    assert connected.account.deliveries.log() == []
    assert list(connected.ground.journal.entries()) == []
    assert connected.receiver.bodies == []


async def test_the_next_number_rings_in_a_rehearsal_too(office: Office) -> None:
    anna = office.id_of("anna")
    unregister(office, "100101")
    rehearse(
        office,
        (1, "ring", {"who": anna}),
        (2, "decline", {"who": anna}),
        (3, "hangup", {"who": "contact"}),
    )
    with pytest.raises(Conflict) as refused:
        rehearse(
            office,
            (1, "ring", {"who": anna}),
            (2, "decline", {"who": anna}),
            (3, "decline", {"who": anna}),
        )
    assert refused.value.detail.startswith("script[2] (decline)")
