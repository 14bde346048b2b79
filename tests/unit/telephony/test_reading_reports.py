"""A report reads its rows with as many statements however many there are, and no more rows than it has to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from emulator.core.instants import micros
from emulator.telephony.communications.forms import Form
from emulator.telephony.data_api.fields import fields_of
from emulator.telephony.data_api.methods import METHODS
from emulator.telephony.marketing.sites import Site
from tests.unit.telephony.conftest import Office
from tests.unit.telephony.selling import done
from tests.unit.telephony.test_deals import of_call
from tests.unit.telephony.visiting import YANDEX, a_call_to, a_campaign, a_site, a_visit, number_of

REPORTS = [method for method in METHODS if method.startswith("get.")]
PERIOD = {"date_from": "2026-03-02 00:00:00", "date_till": "2026-03-03 23:59:59"}

IDS = [
    ("get.calls_report", "id"),
    ("get.calls_report", "communication_id"),
    ("get.call_legs_report", "id"),
    ("get.call_legs_report", "call_session_id"),
    ("get.communications_report", "id"),
    ("get.offline_messages_report", "id"),
    ("get.offline_messages_report", "communication_id"),
]


async def happen(office: Office, site: Site, turns: range) -> None:
    """Visits of somebody new each, who calls, sends a form and buys."""
    account = office.account
    for turn in turns:
        phone = f"+7916000{turn:04}"
        visit = a_visit(office, site, utm=YANDEX, pages=("/prices",))
        communication = a_call_to(office, number_of(office, visit) or "", phone)
        [call] = account.store.open_calls()
        account.calls.do(call.id, "hangup", who="contact")
        account.forms.send(Form("Стандартная", phone=phone), account.marketing.origin_of_session(visit.id))
        account.tags.put(communication, account.tags.all()[0].id)
        await done(office, "upload.deals_history", deals=[{**of_call(communication), "ext_id": phone}])
        await office.pass_time(3600)


def statements(office: Office, work: Callable[[], object]) -> list[str]:
    asked: list[str] = []
    connection = office.account.database._connection
    connection.set_trace_callback(asked.append)
    try:
        work()
    finally:
        connection.set_trace_callback(None)
    return asked


@pytest.mark.parametrize("method", REPORTS)
async def test_no_row_is_read_by_itself(office: Office, method: str) -> None:
    site = a_site(office)
    a_campaign(office, site, static_utm={"source": "yandex"})
    params = {**(PERIOD if method.endswith("_report") else {}), "fields": list(fields_of(method))}

    def ask() -> int:
        return METHODS[method](office.account, params).total or 0

    await happen(office, site, range(2))
    few_rows, few = ask(), statements(office, ask)
    await happen(office, site, range(2, 7))
    many_rows, many = ask(), statements(office, ask)
    assert len(many) == len(few), many[:20]
    assert many_rows > few_rows or not method.endswith(("_report", "deals_history"))


KINDS: dict[str, tuple[type, ...]] = {
    "number": (int, float),
    "id": (int,),
    "string": (str,),
    "enum": (str,),
    "iso8601": (str,),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


@pytest.mark.parametrize("method", REPORTS)
async def test_values_are_of_their_declared_types(office: Office, method: str) -> None:
    """What is empty is null, but for an empty array and an empty object (facts §1.1)."""
    await happen(office, a_site(office), range(2))
    fields = fields_of(method)
    params = {**(PERIOD if method.endswith("_report") else {}), "fields": list(fields)}
    for row in METHODS[method](office.account, params).data:
        for name, value in row.items():
            kind = fields[name].type
            if value is None:
                assert kind not in ("array", "object"), name
            else:
                assert isinstance(value, KINDS[kind]), name
                assert kind == "boolean" or not isinstance(value, bool), name


@pytest.mark.parametrize(("method", "field"), IDS)
async def test_who_asks_for_an_id_has_no_others_read(office: Office, method: str, field: str) -> None:
    """A filter that names ids finds what it would find among all, and of the rest nothing is read."""
    await happen(office, a_site(office), range(5))
    ids = [row[field] for row in await office.report(method, fields=[field])]
    first, third = {"field": field, "operator": "=", "value": ids[0]}, ids[2]
    some = {"field": field, "operator": "in", "value": [third, third + 0.0, ids[3], 1]}
    from_third = {"field": field, "operator": ">=", "value": third}
    for condition, found in (
        (first, ids[:1]),
        ({**first, "value": 1}, []),
        ({**first, "value": 1e300}, []),
        ({**first, "value": None}, []),
        ({**first, "operator": "!="}, ids[1:]),
        (some, ids[2:4]),
        ({"filters": [some, first], "condition": "and"}, []),
        ({"filters": [some, first], "condition": "or"}, [ids[0], *ids[2:4]]),
        ({"filters": [some, {**from_third, "value": ids[3]}], "condition": "and"}, ids[3:4]),
        ({"filters": [first, from_third], "condition": "or"}, [ids[0], *ids[2:]]),
    ):
        params = {"fields": [field], "filter": condition}
        assert [row[field] for row in await office.report(method, **params)] == found, condition
    asked = {**PERIOD, "filter": {**first, "value": ids[-1]}}
    read = statements(office, lambda: METHODS[method](office.account, asked))
    begin_of_period = str(micros(datetime(2026, 3, 2, tzinfo=office.ground.zone)))
    assert read
    assert not [each for each in read if begin_of_period in each]
