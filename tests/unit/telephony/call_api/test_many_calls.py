"""Beginning a call costs the same after ten thousand others: no rule of numbers looks through all of them."""

from __future__ import annotations

import re

import pytest

from emulator.telephony.call_api.starting import employee_call as start
from emulator.telephony.call_api.usage import RULES
from tests.unit.telephony.call_api.asking import employee_call
from tests.unit.telephony.conftest import Office

_KEPT = "sessions|legs|segments|communications|deliveries|passages|runs|scenario_requests|api_calls"


@pytest.mark.parametrize("rule", RULES)
async def test_no_statement_reads_all_calls(office: Office, rule: str) -> None:
    said: list[str] = []
    connection = office.account.database._connection
    connection.set_trace_callback(said.append)
    start(office.account, employee_call(office, virtual_phone_usage_rule=rule))
    connection.set_trace_callback(None)
    plans = [
        (step, statement)
        for statement in said
        if statement.startswith(("SELECT", "UPDATE", "DELETE"))
        for *_, step in connection.execute(f"EXPLAIN QUERY PLAN {statement}")
    ]
    assert plans
    assert [each for each in plans if re.match(rf"SCAN ({_KEPT})\b", each[0])] == []
