"""What only leads have: prices with and without hundredths, and nobody who follows them (facts §3.3)."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Client

LEADS = "/api/v4/leads"


@pytest.mark.parametrize(
    ("given", "whole", "exact"),
    [(5, 5, 5), (10.55, 10, 10.55), (54321.0, 54321, 54321), (0.999, 1, 1), (-2.5, -2, -2.5), (None, 0, 0)],
)
async def test_a_price_is_cut_and_exact(client: Client, given: Any, whole: int, exact: float) -> None:
    [thin] = (await client.post(LEADS, [{"price": given}])).items("leads")
    shown = (await client.get(f"{LEADS}/{thin['id']}")).body
    assert (shown["price"], shown["price_with_minor_units"]) == (whole, exact)


async def test_a_changed_price_forgets_its_hundredths(client: Client) -> None:
    [thin] = (await client.post(LEADS, [{"price": 10.55}])).items("leads")
    await client.patch(f"{LEADS}/{thin['id']}", {"price": 7})
    shown = (await client.get(f"{LEADS}/{thin['id']}")).body
    assert (shown["price"], shown["price_with_minor_units"]) == (7, 7)


@pytest.mark.parametrize("price", ["5", True, [], 1e30])
async def test_a_price_that_is_none(client: Client, price: Any) -> None:
    answer = await client.post(LEADS, [{"price": price}])
    [flaw] = answer.body["validation-errors"][0]["errors"]
    assert (answer.status, flaw["code"], flaw["path"]) == (400, "InvalidType", "price")


async def test_nobody_follows_a_deal(client: Client) -> None:
    [thin] = (await client.post(LEADS, [{}])).items("leads")
    assert (await client.get(f"{LEADS}/{thin['id']}/subscriptions")).status == 204
