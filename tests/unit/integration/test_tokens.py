"""OAuth: one refresh at a time, in time, after a 401, and again after a lost answer."""

from __future__ import annotations

import asyncio

from tests.unit.integration.driver import UNKNOWN, Bench

TOKENS = "/oauth2/access_token"


async def test_a_token_is_renewed_five_minutes_before_it_dies_once_for_all(bench: Bench) -> None:
    await bench.connect()
    await bench.advance("2026-03-03T08:54:59+00:00")
    await bench.arrive(1)
    await bench.settled()
    assert len(bench.amo.sent("POST", TOKENS)) == 1
    await bench.advance("2026-03-03T08:55:00+00:00")
    gate = bench.amo.fail("POST", TOKENS, gate=asyncio.Event()).gate
    assert gate is not None
    for number in range(2, 12):
        await bench.arrive(number, f"+7916000{number:04}")
    await bench.settled()
    assert (await bench.idle())[:2] == (0, 1)
    bench.amo.faults.clear()
    gate.set()
    await bench.settled()
    assert [seen.body["grant_type"] for seen in bench.amo.sent("POST", TOKENS)] == [
        "authorization_code",
        "refresh_token",
    ]
    assert len(bench.amo.contacts) == 11


async def test_one_401_renews_the_token_and_repeats_the_request(bench: Bench) -> None:
    await bench.connect()
    bench.amo.access = "revoked by amoCRM"
    for number in range(5):
        await bench.arrive(number + 1, f"+7916000{number:04}")
    await bench.settled()
    assert len(bench.amo.sent("POST", TOKENS)) == 2
    assert len(bench.amo.contacts) == 5
    assert await bench.idle() == (0, 0, None)


async def test_a_refresh_whose_answer_was_lost_is_repeated_with_the_old_token(bench: Bench) -> None:
    await bench.connect()
    bench.amo.access = "revoked by amoCRM"
    bench.amo.fail("POST", TOKENS, cut=True)
    await bench.arrive(1)
    await bench.settled()
    assert not bench.amo.contacts
    await bench.advance_to_next()
    tokens = [seen.body.get("refresh_token") for seen in bench.amo.sent("POST", TOKENS)]
    assert tokens == [None, "refresh-1", "refresh-1"]
    assert len(bench.amo.contacts) == 1


async def test_a_dead_refresh_token_keeps_the_work_until_somebody_connects_anew(bench: Bench) -> None:
    await bench.connect()
    bench.amo.access = bench.amo.refresh = "all revoked"
    await bench.arrive(1, UNKNOWN)
    await bench.settled()
    assert "Token has been revoked" in (await bench.decisions())[-1]["outcome"]["because"]
    await bench.sut("PUT", "", bench.connect_body())
    await bench.advance_to_next()
    assert len(bench.amo.contacts) == 1
