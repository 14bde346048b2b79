"""Requests that nobody means are refused, never answered with a defect of the fake."""

from __future__ import annotations

from tests.unit.amocrm.conftest import Client


async def test_a_query_that_nests_without_end_is_refused(client: Client) -> None:
    answer = await client.get(f"/api/v4/contacts?filter[id{'[a' * 1500}=1")
    assert answer.status == 400
    assert answer.body["detail"] == "filter: expected at most 64 levels"
