"""A report reads its rows with as many statements however many there are."""

from __future__ import annotations

from collections.abc import Callable

import pytest

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
