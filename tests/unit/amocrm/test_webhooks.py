"""Webhooks: subscriptions, and which change sends what (facts §3.16)."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from emulator.amocrm.changes import Change
from emulator.amocrm.webhook_codes import CODES

from .conftest import Scene
from .hooks import Hooked, hooked, line

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
