"""Webhooks: subscriptions, which change sends what, delivery by the world's clock (facts §3.16)."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import web

from emulator.amocrm.changes import Change
from emulator.amocrm.webhook_codes import CODES
from emulator.amocrm.webhook_sender import AT_ONCE, pause_after
from emulator.amocrm.webhooks import no_session
from emulator.core.errors import BadRequest
from emulator.core.faults import Action, FaultRequest, Match

from .conftest import Scene
from .hooks import Hooked, Receiver, hooked, line

__all__ = ["hooked", "line"]

HOOKS = "/api/v4/webhooks"
EVERY = sorted(CODES)


async def test_a_webhook_with_every_key(hooked: Hooked) -> None:
    client, account = hooked.scene.client, hooked.scene.account
    empty = await client.get(HOOKS)
    assert (empty.status, empty.body["_total_items"], empty.items("webhooks")) == (200, 0, [])
    made = await hooked.subscribe("add_lead", "add_contact", "add_lead")
    assert made == {
        "id": account.ground.ids.first("webhook"),
        "destination": f"{hooked.receiver.url}/hook",
        "created_at": account.now() // 1_000_000,
        "updated_at": account.now() // 1_000_000,
        "account_id": account.id,
        "created_by": hooked.scene.users[0],
        "sort": 1,
        "disabled": False,
        "settings": ["add_lead", "add_contact"],
    }
    await hooked.subscribe("add_lead", path="/other")
    listed = await client.get(HOOKS)
    assert (listed.body["_total_items"], listed.items("webhooks")[0]) == (2, made)
    found = await client.get(f"{HOOKS}?filter[destination]={made['destination']}")
    assert found.items("webhooks") == [made]
    assert (await client.get(f"{HOOKS}?filter[destination]=https://no.test")).items("webhooks") == []


async def test_a_destination_again_replaces_its_settings(hooked: Hooked) -> None:
    made = await hooked.subscribe("add_lead")
    await hooked.pass_time(seconds=5)
    again = await hooked.subscribe("update_lead")
    assert again == {**made, "updated_at": made["updated_at"] + 5, "settings": ["update_lead"]}
    await hooked.made("leads", name="A")
    assert hooked.log == []


async def test_deleting_a_webhook(hooked: Hooked) -> None:
    client, body = hooked.scene.client, {"destination": f"{hooked.receiver.url}/hook"}
    assert (await client.ask("DELETE", HOOKS, body)).status == 404
    await hooked.subscribe("add_lead")
    hooked.receiver.status = 500
    await hooked.made("leads", name="A")
    assert (await client.ask("DELETE", HOOKS, body)).status == 204
    await hooked.made("leads", name="B")
    await hooked.pass_time(hours=3)
    assert len(hooked.receiver.bodies) == 1
    assert [(row["state"], row["detail"]) for row in hooked.log] == [("given up", "the webhook was deleted")]
    assert (await client.ask("DELETE", HOOKS, body)).status == 404


@pytest.mark.parametrize(
    ("body", "path", "code"),
    [
        ({"settings": ["add_lead"]}, "destination", "FieldMissing"),
        ({"destination": "", "settings": ["add_lead"]}, "destination", "NotBlank"),
        ({"destination": 5, "settings": ["add_lead"]}, "destination", "InvalidType"),
        ({"destination": "ftp://x.test/a", "settings": ["add_lead"]}, "destination", "InvalidUrl"),
        ({"destination": "x.test/a", "settings": ["add_lead"]}, "destination", "InvalidUrl"),
        ({"destination": "http://", "settings": ["add_lead"]}, "destination", "InvalidUrl"),
        ({"destination": "http://x.test:99999/", "settings": ["add_lead"]}, "destination", "InvalidUrl"),
        ({"destination": "http://[x/", "settings": ["add_lead"]}, "destination", "InvalidUrl"),
        ({"destination": "http://a..b/x", "settings": ["add_lead"]}, "destination", "InvalidUrl"),
        ({"destination": f"http://{'a' * 70}.test/x", "settings": ["add_lead"]}, "destination", "InvalidUrl"),
        ({"destination": "http://x.test/a b", "settings": ["add_lead"]}, "destination", "InvalidUrl"),
        ({"destination": f"http://x.test/{'a' * 2048}", "settings": ["add_lead"]}, "destination", "InvalidUrl"),
        ({"destination": "http://x.test"}, "settings", "FieldMissing"),
        ({"destination": "http://x.test", "settings": []}, "settings", "NotBlank"),
        ({"destination": "http://x.test", "settings": "add_lead"}, "settings", "InvalidType"),
        ({"destination": "http://x.test", "settings": ["add_lead", "add_leads"]}, "settings.1", "NotSupportedChoice"),
        ({"destination": "http://x.test", "settings": [7]}, "settings.0", "NotSupportedChoice"),
        ({"destination": "http://x.test", "settings": ["add_lead"], "sort": "x"}, "sort", "InvalidType"),
    ],
)
async def test_refused_subscriptions(scene: Scene, body: Any, path: str, code: str) -> None:
    answer = await scene.client.post(HOOKS, body)
    assert answer.status == 400
    [flaw] = answer.body["validation-errors"][0]["errors"]
    assert (flaw["path"], flaw["code"]) == (path, code)
    assert (await scene.client.get(HOOKS)).items("webhooks") == []


async def test_only_administrators_and_at_most_a_hundred(scene: Scene) -> None:
    client, account = scene.client, scene.account
    rita = account.oauth.long_lived_token(
        account.oauth.register_client("r", "https://r.test").client_id, scene.users[1]
    )
    body = {"destination": "https://x.test/0", "settings": ["add_lead"]}
    for method in ("GET", "POST", "DELETE"):
        asked = None if method == "GET" else body
        assert (await client.ask(method, HOOKS, asked, Authorization=f"Bearer {rita}")).status == 403
    for number in range(100):
        assert (await client.post(HOOKS, {**body, "destination": f"https://x.test/{number}"})).status == 200
    assert (await client.post(HOOKS, {**body, "destination": "https://x.test/100"})).status == 422
    assert (await client.post(HOOKS, body)).status == 200


async def everything(hooked: Hooked) -> list[tuple[str, str]]:
    """Something of every kind happens; returns (code, subject) of what every subscriber of all codes is told."""
    account, (olga, rita, *_) = hooked.scene.account, hooked.scene.users
    told: list[tuple[str, str]] = []
    for kind, table in (("contact", "contacts"), ("company", "companies"), ("lead", "leads")):
        card = await hooked.made(table, name="A")
        await hooked.write("PATCH", f"{table}/{card}", {"name": "B"})
        await hooked.write("PATCH", f"{table}/{card}", {"responsible_user_id": rita})
        note = await hooked.made(f"{table}/{card}/notes", note_type="common", params={"text": "x"})
        account.cards[table].delete([card], olga)
        account.cards[table].restore([card], olga)
        await hooked.settle()
        verbs = ("add", "update", "update", "responsible", "delete", "restore")
        told += [(f"{verb}_{kind}", f"{kind}:{card}") for verb in verbs] + [(f"note_{kind}", f"note:{note}")]
    await hooked.write("PATCH", f"leads/{card}", {"status_id": 142})
    told += [("update_lead", f"lead:{card}"), ("status_lead", f"lead:{card}")]
    task = await hooked.made("tasks", text="x", complete_till=1, entity_id=card, entity_type="leads")
    before = account.tasks.get(task)
    assert before
    after = {**before, "responsible_user_id": rita}
    account.changes.announce(Change("task", "changed", task, olga, before, after))
    account.changes.announce(Change("task", "deleted", task, olga, before))
    told += [(f"{verb}_task", f"task:{task}") for verb in ("add", "update", "responsible", "delete")]
    item = unsorted_item(card)
    for action in ("added", "changed", "accepted", "declined"):
        account.changes.announce(Change("unsorted", action, item["uid"], olga, after=item))
    await hooked.settle()
    return told + [(f"{verb}_unsorted", "unsorted:u1") for verb in ("add", "update", "delete", "delete")]


def unsorted_item(lead_id: int) -> dict[str, Any]:
    return {
        "uid": "u1",
        "category": "sip",
        "source_uid": "s1",
        "source_name": "АТС",
        "pipeline_id": 71,
        "lead_id": lead_id,
        "contact_id": None,
        "metadata": '{"phone":"79160000002","from":null,"service_code":"x","duration":15}',
        "created_at": 5_000_000,
    }


async def test_a_subscription_is_told_of_exactly_what_it_names(hooked: Hooked) -> None:
    for code in EVERY:
        await hooked.subscribe(code, path=f"/{code}")
    await hooked.subscribe(*EVERY, path="/all")
    told = Counter(await everything(hooked))
    log = hooked.log
    assert {row["state"] for row in log} == {"delivered"}
    for code in EVERY:
        own = [row for row in log if row["destination"].endswith(f"/{code}")]
        assert {row["code"] for row in own} <= {code}
        assert Counter((row["code"], row["subject"]) for row in own) == Counter(
            {key: count for key, count in told.items() if key[0] == code}
        )
        assert hooked.receiver.paths.count(f"/{code}") == len(own)
    assert Counter((row["code"], row["subject"]) for row in log if row["destination"].endswith("/all")) == told
    never = {code for code in EVERY if code.endswith(("customer", "talk", "message", "review"))}
    assert {code for code, _subject in told} == set(EVERY) - never


async def test_without_a_subscription_nothing_is_stored(hooked: Hooked) -> None:
    await everything(hooked)
    assert hooked.log == []


async def test_links_and_refused_batches_send_nothing(hooked: Hooked) -> None:
    contact, lead = await hooked.made("contacts", name="A"), await hooked.made("leads", name="L")
    await hooked.subscribe(*EVERY)
    await hooked.write("POST", f"leads/{lead}/link", [{"to_entity_id": contact, "to_entity_type": "contacts"}])
    assert (await hooked.scene.client.post("/api/v4/contacts", [{"name": "B"}, {"name": 5}])).status == 400
    await hooked.settle()
    assert hooked.log == []


async def test_a_change_that_is_taken_back_sends_nothing(hooked: Hooked) -> None:
    await hooked.subscribe("add_lead")
    database, changes = hooked.scene.account.database, hooked.scene.account.changes
    lead = {"id": 1, "status_id": 1, "pipeline_id": 1, "price": 0, "name": "L", "fields": None, "tags": "[]"}
    people = dict.fromkeys(
        ("responsible_user_id", "group_id", "created_by", "updated_by", "created_at", "updated_at"), 1
    )
    with pytest.raises(RuntimeError), database.transaction():
        changes.announce(Change("lead", "added", 1, after={**lead, **people}))
        raise RuntimeError
    await hooked.settle()
    assert (hooked.receiver.bodies, hooked.log) == ([], [])


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
