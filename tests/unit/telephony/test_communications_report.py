"""`get.communications_report`: calls and forms in one list."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.telephony.communications.forms import Form
from emulator.telephony.marketing.origin import Origin
from tests.unit.telephony.conftest import CONTACT, MAIN, Office
from tests.unit.telephony.selling import call, refused, site

PERIOD = {"date_from": "2026-03-02 00:00:00", "date_till": "2026-03-02 23:59:59"}
LOST = [(0, "ring", {"who": "anna"}), (5, "hangup", {"who": "contact"})]


async def report(office: Office, *fields: str, **params: Any) -> list[tuple[Any, ...]]:
    rows = await office.report("get.communications_report", fields=list(fields), **params)
    return [tuple(row.values()) for row in rows]


async def test_the_default_answer(office: Office) -> None:
    there = site(office)
    origin = Origin(site_id=there, campaign_id=2, visitor_id=3, visitor_session_id=4)
    sent = office.account.forms.send(Form(form_type="Стандартная", phone=CONTACT), origin)
    answer = await office.ask("get.communications_report", **PERIOD)
    assert answer["result"]["metadata"]["total_items"] == 1
    assert answer["result"]["data"] == [
        {
            "id": sent.communication_id,
            "communication_type": "offline_message",
            "date_time": "2026-03-02 12:00:00",
            "visitor_id": 3,
            "person_id": office.ground.ids.first("person"),
            "visitor_session_id": 4,
            "site_id": there,
            "campaign_id": 2,
        }
    ]


async def test_calls_and_forms_in_their_order(office: Office) -> None:
    lost = office.account.calls.place("in", CONTACT, MAIN)
    await office.play(lost, LOST)
    sent = office.account.forms.send(Form(form_type="Стандартная", email="i@mail.test"))
    await office.pass_time(1)
    going_on = office.account.calls.place("in", None, MAIN)
    first, last = (office.account.calls.get(each).communication_id for each in (lost, going_on))
    fields = ("id", "communication_type", "communication_number", "attributes", "segments")
    assert await report(office, *fields) == [
        (first, "call", 1, ["lost"], []),
        (sent.communication_id, "offline_message", 1, [], []),
        (last, "call", None, [], []),
    ]


async def test_it_joins_with_the_calls_report(office: Office) -> None:
    await office.play(office.account.calls.place("in", CONTACT, MAIN), LOST)
    [row] = await office.report()
    assert await report(office, "id") == [(row["communication_id"],)]


async def test_filter_and_sort(office: Office) -> None:
    first, second = call(office), call(office)
    office.account.forms.send(Form(form_type="Стандартная", phone=CONTACT))
    is_call = {"field": "communication_type", "operator": "=", "value": "call"}
    backwards = [{"field": "communication_number", "order": "desc"}]
    assert await report(office, "id", filter=is_call, sort=backwards) == [(second,), (first,)]


@pytest.mark.parametrize(
    ("params", "mnemonic", "field"),
    [
        ({}, "required_parameter_missed", "date_from"),
        ({**PERIOD, "fields": ["source"]}, "unexpected_parameters", "fields"),
        ({**PERIOD, "include_ongoing_calls": True}, "unexpected_parameters", "include_ongoing_calls"),
    ],
)
async def test_what_it_does_not_know(office: Office, params: dict[str, Any], mnemonic: str, field: str) -> None:
    assert await refused(office, "get.communications_report", **params) == (mnemonic, field)
