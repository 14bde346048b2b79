"""Keys pressed in a talk: what they do and from which second on (PHONE-02, PHONE-12)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.telephony.conftest import CONTACT, MAIN, SILENT, Office
from tests.unit.telephony.test_colleagues import segments, states

BORIS = "100202"


async def talk(office: Office, number: str = MAIN) -> int:
    """Anna has just taken a call."""
    call = office.account.calls.place("in", CONTACT, number)
    await office.play(call, [(0, "ring", {"who": ["anna"]}), (5, "answer", {"who": "anna"})])
    return call


async def press(office: Office, call: int, digits: str, after: float, who: str = "anna") -> None:
    await office.play(call, [(after, "dtmf", {"who": who, "digits": digits})])


async def test_a_transfer_by_keys_works_as_on_a_desk_telephone(office: Office) -> None:
    call = await talk(office)
    await press(office, call, f"*3{BORIS}#", 10)
    assert states(office, call) == {"contact": "held", "anna": "holding", "boris": "ringing"}
    await office.play(call, [(2, "answer", {"who": "boris"}), (5, "hangup", {"who": "anna"})])
    assert states(office, call) == {"contact": "talking", "anna": "ended", "boris": "talking"}
    await office.play(call, [(10, "hangup", {"who": "contact"})])
    assert segments(office, call) == [("anna", 5, 15), ("boris", 20, 30)]


async def test_a_colleague_is_asked_by_the_short_number_too(office: Office) -> None:
    office.account.staff.cards.change(office.id_of("boris"), {"extension": "12"})
    call = await talk(office)
    await press(office, call, "*313#", 10)
    assert states(office, call) == {"contact": "talking", "anna": "talking"}
    await press(office, call, "*312#", 10)
    assert states(office, call) == {"contact": "held", "anna": "holding", "boris": "ringing"}


@pytest.mark.parametrize(
    ("direction", "after", "works"), [("in", 2.999, False), ("in", 3, True), ("out", 29.999, False), ("out", 30, True)]
)
async def test_options_do_not_work_in_the_first_seconds(
    office: Office, direction: str, after: float, works: bool
) -> None:
    if direction == "in":
        call = await talk(office)
    else:
        call = office.account.calls.place("out", office.id_of("anna"), CONTACT)
        await office.play(call, [(4, "answer", {"who": "anna"}), (9, "answer", {"who": "contact"})])
    await press(office, call, "*4", after)
    assert (office.account.calls.get(call).state == "ended") is works


async def test_the_limit_is_a_setting_and_the_same_for_mobiles(office: Office) -> None:
    office.account.talk_options.block("in", 20)
    call = office.account.calls.place("in", CONTACT, MAIN)
    mobile: list[tuple[float, str, dict[str, Any]]] = [
        (0, "ring", {"who": ["anna"]}),
        (5, "no_answer", {"who": "anna"}),
        (9, "answer", {"who": "anna"}),
    ]
    await office.play(call, mobile)
    await press(office, call, "*4", 19)
    assert office.account.calls.get(call).state == "talking"
    await press(office, call, "*4", 1)
    assert office.account.calls.get(call).state == "ended"


async def test_the_second_employee_waits_again(office: Office) -> None:
    call = await talk(office)
    await office.play(call, [(60, "transfer", {"by": "anna", "to": "boris"}), (63, "answer", {"who": "boris"})])
    await press(office, call, "*4", 2, "boris")
    assert office.account.calls.get(call).state == "talking"


async def test_keys_may_come_one_by_one_and_a_star_begins_anew(office: Office) -> None:
    call = await talk(office)
    await press(office, call, "*3999", 10)
    for digit in f"*3{BORIS}":
        await press(office, call, digit, 1)
    assert office.account.calls.get(call).state == "talking"
    await press(office, call, "#", 1)
    assert office.account.calls.get(call).state == "consulting"


@pytest.mark.parametrize("digits", ["5", "#", "*0", "*3#", "*3777#", "*3100301#", "*3100101#", "12*9"])
async def test_what_means_nothing_does_nothing(office: Office, digits: str) -> None:
    call = await talk(office)
    await press(office, call, digits, 10)
    assert states(office, call) == {"contact": "talking", "anna": "talking"}


async def test_somebody_outside_is_dialled_by_keys(office: Office) -> None:
    call = await talk(office)
    await press(office, call, "*389261112233#", 10)
    assert [leg.number for leg in office.account.calls.get(call).legs][-1] == "+79261112233"


async def test_a_recording_is_switched_on_where_none_is_made(office: Office) -> None:
    call = await talk(office, SILENT)
    await press(office, call, "*1", 10)
    await press(office, call, "*1", 20)
    await office.play(call, [(5, "hangup", {"who": "contact"})])
    recorded = [each.is_recorded for each in office.account.store.segments_of(call)]
    assert (segments(office, call), recorded) == (
        [("anna", 5, 15), ("anna", 15, 35), ("anna", 35, 40)],
        [False, True, False],
    )


async def test_a_line_that_is_always_recorded_stays_so(office: Office) -> None:
    call = await talk(office)
    await press(office, call, "*1", 10)
    await office.play(call, [(5, "hangup", {"who": "contact"})])
    assert [each.is_recorded for each in office.account.store.segments_of(call)] == [True]


async def test_the_subscriber_has_no_options(office: Office) -> None:
    call = await talk(office)
    await press(office, call, "*4", 10, "contact")
    assert office.account.calls.get(call).state == "talking"


async def test_a_tag_is_put_by_its_number(office: Office) -> None:
    tags, call = office.account.tags, await talk(office)
    lead = tags.id_of("Лид")
    await press(office, call, f"*2{lead}#", 10)
    await press(office, call, "*2777#", 1)
    (mark,) = tags.of(office.account.calls.get(call).communication_id)
    assert (mark.tag_name, mark.by.type, mark.by.employee_id) == ("Лид", "manual", office.id_of("anna"))
