"""Deliveries of webhooks: attempts by the world's clock, silence, faults, disabling (facts §3.16)."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from urllib.parse import quote

import pytest
from aiohttp import web

from emulator.amocrm.webhook_codes import CODES
from emulator.amocrm.webhook_sender import AT_ONCE, pause_after
from emulator.amocrm.webhooks import no_session
from emulator.core.errors import BadRequest
from emulator.core.faults import Action, FaultRequest, Match

from .hooks import Hooked, Receiver, hooked, line

__all__ = ["hooked", "line"]

HOOKS = "/api/v4/webhooks"
EVERY = sorted(CODES)


async def test_headers_and_the_delivery_log(hooked: Hooked) -> None:
    await hooked.subscribe("add_lead")
    lead = await hooked.made("leads", name="A & B = ?")
    [headers] = hooked.receiver.headers
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert headers["User-Agent"] == "amoCRM-WebHook-client/1.0"
    assert len(headers["X-Amocrm-RequestId"]) == 32
    assert b"leads%5Badd%5D%5B0%5D%5Bname%5D=A+%26+B+%3D+%3F&" in hooked.receiver.forms[0]
    assert hooked.log == [
        {
            "id": 1,
            "destination": f"{hooked.receiver.url}/hook",
            "code": "add_lead",
            "subject": f"lead:{lead}",
            "created_at": "2026-03-02T09:00:00+00:00",
            "attempts": 1,
            "state": "delivered",
            "detail": "HTTP 200",
            "status": 200,
        }
    ]
    assert hooked.scene.account.webhooks.deliveries.log(since=1) == []
    [entry] = [entry.body() for entry in hooked.scene.account.ground.journal.entries("event")]
    assert (entry["from"], entry["to"], entry["subject"]) == ("amocrm", "client", f"add_lead lead:{lead}")
    assert entry["data"]["body"]["leads"]["add"][0]["name"] == "A & B = ?"
    assert entry["data"]["attempt"] == 1


async def test_secrets_of_a_destination_are_shown_nowhere(hooked: Hooked) -> None:
    secret = "abcdefghijklmnopqrst"
    address = f"{hooked.receiver.url}/hook?token={secret}&a=1".replace("http://", "http://anna:hunter2@")
    body = {"destination": address, "settings": ["add_lead"]}
    assert (await hooked.scene.client.post(HOOKS, body)).status == 200
    await hooked.made("leads", name="A")
    assert len(hooked.receiver.bodies) == 1
    await hooked.scene.client.get(f"{HOOKS}?filter[destination]={quote(address)}")
    await hooked.scene.client.ask("DELETE", HOOKS, {"destination": address})
    shown = [repr(hooked.log), *(repr(entry.body()) for entry in hooked.scene.account.ground.journal.entries())]
    assert len(shown) > 10
    assert [text for text in shown if secret in text or "hunter2" in text] == []
    assert "qrst" in shown[0]
    assert sum("token=…qrst" in text for text in shown) > 5


@pytest.mark.parametrize(
    ("statuses", "minutes", "state"),
    [
        ([299], [], "delivered"),
        ([302, 404, 410], [5, 15], "given up"),
        ([404, 200], [5], "delivered"),
        ([500, 503, 502, 500, 504], [5, 15, 15, 60], "given up"),
        ([499, 499, 499, 499, 499], [5, 15, 15, 60], "given up"),
        ([500, 500, 500, 404], [5, 15, 15], "given up"),
        ([500, 500, 404], [5, 15], "given up"),
        ([500, 500, 500, 201], [5, 15, 15], "delivered"),
    ],
)
async def test_attempts_by_the_clock(hooked: Hooked, statuses: list[int], minutes: list[int], state: str) -> None:
    await hooked.subscribe("add_lead")
    hooked.receiver.statuses = list(statuses)
    await hooked.made("leads", name="A")
    for count, pause in enumerate(minutes, 1):
        assert (len(hooked.receiver.bodies), hooked.log[0]["state"]) == (count, "retrying")
        await hooked.pass_time(seconds=pause * 60 - 0.001)
        assert len(hooked.receiver.bodies) == count
        await hooked.pass_time(seconds=0.001)
    await hooked.pass_time(days=1)
    [row] = hooked.log
    assert (row["state"], row["attempts"], row["status"]) == (state, len(statuses), statuses[-1])
    assert len(hooked.receiver.bodies) == len(statuses)
    assert all(form == hooked.receiver.forms[0] for form in hooked.receiver.forms)
    assert len({headers["X-Amocrm-RequestId"] for headers in hooked.receiver.headers}) == 1
    assert hooked.scene.account.database.value("SELECT count(*) FROM webhook_deliveries WHERE body IS NOT NULL") == 0
    given_up = [entry for entry in hooked.scene.account.ground.journal.entries("event") if "given_up" in entry.data]
    assert len(given_up) == (state == "given up")


def test_the_table_of_pauses() -> None:
    def all_pauses(status: int) -> list[float]:
        found = []
        while pause := pause_after(len(found) + 1, status):
            found.append(pause / timedelta(minutes=1))
        return found

    for status in (99, 300, 404, 498):
        assert all_pauses(status) == [5, 15]
    for status in (0, 499, 500, 599):
        assert all_pauses(status) == [5, 15, 15, 60]


async def test_nobody_there_is_no_answer(hooked: Hooked) -> None:
    hooked.receiver.url, url = "http://127.0.0.1:9", hooked.receiver.url
    await hooked.subscribe("add_lead")
    hooked.receiver.url = url
    await hooked.made("leads", name="A")
    await hooked.pass_time(days=1)
    [row] = hooked.log
    assert (row["state"], row["attempts"], row["status"]) == ("given up", 5, None)
    assert row["detail"] == "ClientConnectorError"


async def test_a_host_that_cannot_be_looked_up_is_no_answer_and_holds_nobody_up(hooked: Hooked) -> None:
    """Such an address is refused, but one may lie in a folder of before."""
    await hooked.subscribe("add_lead")
    await hooked.subscribe("add_lead", path="/sound")
    database = hooked.scene.account.database
    database.execute("UPDATE webhooks SET destination = 'http://a..b/x' WHERE destination LIKE '%/hook'")
    database.restores += 1
    await leads_added(hooked, 2 * AT_ONCE + 1)
    states = Counter((row["state"], row["attempts"]) for row in hooked.log)
    assert states == {("retrying", 1): 2 * AT_ONCE + 1, ("delivered", 1): 2 * AT_ONCE + 1}


async def test_a_defect_while_sending_is_told_and_holds_nobody_up(hooked: Hooked) -> None:
    await hooked.subscribe("add_lead")
    hooked.scene.account.ground.faults.add(FaultRequest("webhooks", Action(hold=1), times=None))
    await leads_added(hooked, AT_ONCE + 1)
    database = hooked.scene.account.database
    database.execute("UPDATE webhook_deliveries SET body = 'no JSON' WHERE id <= ?", AT_ONCE)
    database.execute("UPDATE webhook_deliveries SET state = 'waiting'")
    hooked.scene.account.resume_deliveries()
    with pytest.raises(ValueError, match="invalid literal"):
        await hooked.settle()
    failures = hooked.scene.account.ground.work.failures
    assert len(failures) == AT_ONCE - 1
    failures.clear()
    await hooked.settle()
    assert [row["state"] for row in hooked.log] == ["retrying"] * AT_ONCE + ["delivered"]


async def test_an_answer_has_to_come_within_two_seconds(hooked: Hooked) -> None:
    await hooked.subscribe("add_lead")
    faults = hooked.scene.account.ground.faults
    faults.add(FaultRequest("webhooks", Action(delay=1.999), phase="after"))
    await hooked.made("leads", name="A")
    assert hooked.log[0]["state"] == "waiting"
    await hooked.pass_time(seconds=1.999)
    assert (hooked.log[0]["state"], hooked.log[0]["status"]) == ("delivered", 200)
    faults.add(FaultRequest("webhooks", Action(delay=2), phase="after"))
    await hooked.made("leads", name="B")
    await hooked.pass_time(seconds=2)
    assert (hooked.log[1]["state"], hooked.log[1]["status"]) == ("retrying", None)
    assert hooked.log[1]["detail"] == "no answer within 0:00:02"
    faults.add(FaultRequest("webhooks", Action(delay=3)))
    await hooked.made("leads", name="C")
    await hooked.pass_time(seconds=2)
    assert (len(hooked.receiver.bodies), hooked.log[2]["state"]) == (2, "retrying")
    await hooked.pass_time(seconds=1)
    assert hooked.receiver.bodies[-1]["leads"]["add"]["0"]["name"] == "C"


async def test_faults_of_webhooks(hooked: Hooked) -> None:
    await hooked.subscribe("add_lead", "update_lead")
    faults = hooked.scene.account.ground.faults
    faults.add(FaultRequest("webhooks", Action(status=503), Match(path="update_lead *")))
    faults.add(
        FaultRequest("webhooks", Action(reset=True), Match(body={"leads": {"add": [{"name": "reset"}]}}), phase="after")
    )
    faults.add(FaultRequest("webhooks", Action(duplicate=1), Match(body={"leads": {"add": [{"name": "twice"}]}})))
    faults.add(FaultRequest("webhooks", Action(hang=True), Match(body={"leads": {"add": [{"name": "hung"}]}})))
    first = await hooked.made("leads", name="plain")
    await hooked.write("PATCH", f"leads/{first}", {"price": 1})
    for name in ("reset", "twice", "hung"):
        await hooked.made("leads", name=name)
    names = [item["name"] for _group, _action, item in hooked.receiver.said()]
    assert names == ["plain", "reset", "twice", "twice"]
    await hooked.pass_time(seconds=2)
    states = [(row["code"], row["state"], row["detail"]) for row in hooked.log]
    assert states == [
        ("add_lead", "delivered", "HTTP 200"),
        ("update_lead", "retrying", "answered by a fault"),
        ("add_lead", "retrying", "the connection was reset"),
        ("add_lead", "delivered", "HTTP 200"),
        ("add_lead", "retrying", "no answer within 0:00:02"),
    ]
    await hooked.pass_time(minutes=5)
    assert {row["state"] for row in hooked.log} == {"delivered"}
    for refused in (Action(truncate=1), Action()):
        with pytest.raises(BadRequest):
            faults.add(FaultRequest("webhooks", refused))


async def test_swap_and_hold(hooked: Hooked) -> None:
    await hooked.subscribe("add_lead")
    faults = hooked.scene.account.ground.faults
    faults.add(FaultRequest("webhooks", Action(swap=True)))
    for name in ("first", "second"):
        await hooked.made("leads", name=name)
    faults.add(FaultRequest("webhooks", Action(swap=True)))
    await hooked.made("leads", name="third")
    assert [item["name"] for *_, item in hooked.receiver.said()] == ["second", "first"]
    await hooked.pass_time(seconds=60)
    faults.add(FaultRequest("webhooks", Action(hold=30)))
    await hooked.made("leads", name="fourth")
    await hooked.pass_time(seconds=29)
    assert [item["name"] for *_, item in hooked.receiver.said()][2:] == ["third"]
    await hooked.pass_time(seconds=1)
    assert [item["name"] for *_, item in hooked.receiver.said()][3:] == ["fourth"]


async def test_a_swapped_delivery_that_fails_keeps_to_its_pauses(hooked: Hooked) -> None:
    await hooked.subscribe("add_lead")
    hooked.scene.account.ground.faults.add(FaultRequest("webhooks", Action(swap=True)))
    hooked.receiver.statuses = [200, 500, 500, 200]
    for name in ("swapped", "next"):
        await hooked.made("leads", name=name)
    assert [item["name"] for *_, item in hooked.receiver.said()] == ["next", "swapped"]
    for minutes, count in ((5, 3), (15, 4)):
        await hooked.pass_time(seconds=minutes * 60 - 0.001)
        assert len(hooked.receiver.bodies) == count - 1
        await hooked.pass_time(seconds=0.001)
        assert len(hooked.receiver.bodies) == count
    assert {row["state"] for row in hooked.log} == {"delivered"}


async def leads_added(hooked: Hooked, count: int) -> None:
    while count:
        batch = min(count, 250)
        await hooked.write("POST", "leads", [{"name": "L"}] * batch)
        count -= batch


async def test_more_than_a_hundred_invalid_answers_disable(hooked: Hooked) -> None:
    await hooked.subscribe("add_lead")
    await hooked.subscribe("add_lead", path="/sound")
    client, receiver = hooked.scene.client, hooked.receiver

    async def is_disabled() -> list[bool]:
        return [webhook["disabled"] for webhook in (await client.get(HOOKS)).items("webhooks")]

    receiver.status = 404
    await leads_added(hooked, 50)
    assert await is_disabled() == [False, False]
    await leads_added(hooked, 50)
    assert await is_disabled() == [False, False]
    receiver.status = 200
    await leads_added(hooked, 5)
    assert await is_disabled() == [False, False]
    receiver.statuses = [404, 200]
    await leads_added(hooked, 1)
    assert sorted(await is_disabled()) == [False, True]
    seen = len(receiver.bodies)
    await leads_added(hooked, 3)
    assert len(receiver.bodies) == seen + 3
    [entry] = [entry for entry in hooked.scene.account.ground.journal.entries("event") if "disabled" in entry.data]
    assert entry.data["invalid_answers"] == 101
    disabled = next(each for each in (await client.get(HOOKS)).items("webhooks") if each["disabled"])
    open_ = [row for row in hooked.log if row["destination"] == disabled["destination"] and row["state"] == "retrying"]
    assert open_ == []
    body = {"destination": disabled["destination"], "settings": ["add_lead"]}
    assert (await client.post(HOOKS, body)).body["disabled"] is False
    await leads_added(hooked, 1)
    assert len(receiver.bodies) == seen + 5


async def test_invalid_answers_of_long_ago_do_not_count(hooked: Hooked) -> None:
    await hooked.subscribe("add_lead")
    hooked.receiver.status = 404
    await leads_added(hooked, 60)
    hooked.receiver.status = 200
    await hooked.pass_time(hours=2, seconds=1)
    hooked.receiver.status = 404
    await leads_added(hooked, 60)
    [webhook] = (await hooked.scene.client.get(HOOKS)).items("webhooks")
    assert webhook["disabled"] is False


async def test_a_bounded_number_is_under_way(hooked: Hooked) -> None:
    await hooked.subscribe("add_lead")
    hooked.scene.account.ground.faults.add(FaultRequest("webhooks", Action(delay=1), times=None))
    await leads_added(hooked, 3 * AT_ONCE)
    pieces = hooked.scene.account.ground.work.pieces
    assert len(pieces) == AT_ONCE
    assert all(piece.parked and not piece.awaits_integration for piece in pieces)
    await hooked.pass_time(seconds=1)
    assert len(hooked.receiver.bodies) == AT_ONCE
    await hooked.pass_time(seconds=5)
    assert len(hooked.receiver.bodies) == 3 * AT_ONCE


async def test_settle_waits_for_a_receiver(hooked: Hooked, line: Receiver) -> None:
    await hooked.subscribe("add_lead")
    answer = asyncio.get_running_loop().create_future()
    usual = line.take

    async def slow(request: web.Request) -> web.Response:
        await answer
        return await usual(request)

    line.take = slow  # type: ignore[method-assign]
    settled = asyncio.ensure_future(hooked.made("leads", name="A"))
    done, _ = await asyncio.wait([settled], timeout=0.2)
    assert not done
    answer.set_result(None)
    await settled
    line.take = usual  # type: ignore[method-assign]
    assert hooked.log[0]["state"] == "delivered"


async def test_what_waits_goes_on_after_a_restart(hooked: Hooked) -> None:
    await hooked.subscribe("add_lead")
    hooked.scene.account.ground.faults.add(FaultRequest("webhooks", Action(hang=True)))
    await hooked.made("leads", name="A")
    await hooked.scene.account.ground.work.close()
    assert (hooked.log[0]["state"], hooked.log[0]["attempts"]) == ("waiting", 0)
    hooked.scene.account.resume_deliveries()
    await hooked.settle()
    assert hooked.log[0]["state"] == "delivered"


async def test_rows_that_were_replaced_bring_their_own_subscribers(hooked: Hooked) -> None:
    await hooked.subscribe("add_lead")
    await hooked.made("leads", name="A")
    database = hooked.scene.account.database
    database.execute("UPDATE webhooks SET settings = '[\"add_contact\"]'")
    database.restores += 1
    await hooked.made("leads", name="B")
    await hooked.made("contacts", name="C")
    assert [row["code"] for row in hooked.log] == ["add_lead", "add_contact"]


def test_an_account_without_a_client_says_so() -> None:
    with pytest.raises(RuntimeError, match="without an HTTP client"):
        no_session()


async def test_a_webhook_that_is_deleted_while_a_delivery_is_under_way(hooked: Hooked) -> None:
    made = await hooked.subscribe("add_lead")
    hooked.scene.account.ground.faults.add(FaultRequest("webhooks", Action(delay=1), phase="after"))
    await hooked.made("leads", name="A")
    deleted = await hooked.scene.client.ask("DELETE", HOOKS, {"destination": made["destination"]})
    assert deleted.status == 204
    await hooked.pass_time(seconds=1)
    [row] = hooked.log
    assert (row["state"], row["detail"]) == ("given up", "the webhook was deleted")
