"""Tasks: completed, moved and changed; the earliest open deadline on the card (facts §3.9)."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import NOON_UNIX, Client, Scene

TASKS = "/api/v4/tasks"


def flaws(body: Any) -> list[tuple[str, str]]:
    return [(error["code"], error["path"]) for item in body["validation-errors"] for error in item["errors"]]


async def task(client: Client, contact_id: int, **fields: Any) -> int:
    item = {"text": "Перезвонить", "complete_till": NOON_UNIX + 60, "entity_id": contact_id, "entity_type": "contacts"}
    answer = await client.post(TASKS, [{**item, **fields}])
    assert answer.status == 200, answer.body
    return int(answer.items("tasks")[0]["id"])


async def closest(client: Client, contact_id: int) -> int | None:
    found: int | None = (await client.get(f"/api/v4/contacts/{contact_id}")).body["closest_task_at"]
    return found


async def test_a_task_is_completed_with_a_result(scene: Scene) -> None:
    client = scene.client
    contact_id = await client.contact()
    early, late = await task(client, contact_id), await task(client, contact_id, complete_till=NOON_UNIX + 90)
    await scene.pass_time(seconds=7)
    answer = await client.patch(f"{TASKS}/{early}", {"is_completed": True, "result": {"text": "Готово"}})
    href = f"{client.base}{TASKS}/{early}"
    assert answer.body == {"id": early, "updated_at": NOON_UNIX + 7, "_links": {"self": {"href": href}}}
    shown = (await client.get(f"{TASKS}/{early}")).body
    assert (shown["is_completed"], shown["result"]) == (True, {"text": "Готово"})
    assert (shown["text"], shown["created_at"]) == ("Перезвонить", NOON_UNIX)
    assert await closest(client, contact_id) == NOON_UNIX + 90
    await client.patch(TASKS, [{"id": late, "is_completed": True, "result": []}])
    assert await closest(client, contact_id) is None
    assert (await client.get(f"{TASKS}?filter[is_completed]=0")).status == 204
    await client.patch(f"{TASKS}/{early}", {"is_completed": False})
    assert await closest(client, contact_id) == NOON_UNIX + 60


async def test_a_task_changes_its_text_type_deadline_responsible_and_card(scene: Scene) -> None:
    client = scene.client
    contact_id, other = await client.contact(), await client.contact()
    task_id = await task(client, contact_id)
    change = {
        "text": "Написать",
        "task_type_id": 3,
        "complete_till": NOON_UNIX + 30,
        "responsible_user_id": scene.users[2],
        "duration": 600,
        "entity_type": "contacts",
        "entity_id": other,
        "updated_by": 0,
        "request_id": 0,
    }
    assert (await client.patch(f"{TASKS}/{task_id}", {**change, "id": task_id})).body["request_id"] == 0
    shown = (await client.get(f"{TASKS}/{task_id}")).body
    change.pop("request_id")
    assert change.items() <= shown.items()
    assert shown["group_id"] == scene.account.users.group_of(scene.users[2])
    assert (await closest(client, contact_id), await closest(client, other)) == (None, NOON_UNIX + 30)


async def test_a_task_stays_with_its_card_unless_an_id_is_named(client: Client) -> None:
    contact_id = await client.contact()
    task_id = await task(client, contact_id)
    assert (await client.patch(f"{TASKS}/{task_id}", {"entity_type": "contacts", "text": "Иначе"})).status == 200
    assert (await client.patch(f"{TASKS}/{task_id}", {"entity_type": "leads", "entity_id": None})).status == 200
    shown = (await client.get(f"{TASKS}/{task_id}")).body
    assert (shown["entity_type"], shown["entity_id"]) == ("contacts", contact_id)
    refused = await client.patch(f"{TASKS}/{task_id}", {"entity_type": 5})
    assert flaws(refused.body) == [("InvalidType", "entity_type")]


async def test_a_batch_with_one_bad_item_changes_nothing(client: Client) -> None:
    contact_id = await client.contact()
    task_id = await task(client, contact_id)
    good = {"id": task_id, "text": "new"}
    for bad, expected in (
        ({"id": 5}, ("NotSupportedChoice", "id")),
        ({}, ("FieldMissing", "id")),
        ({"id": task_id, "text": ""}, ("NotBlank", "text")),
        ({"id": task_id, "task_type_id": 9}, ("NotSupportedChoice", "task_type_id")),
        ({"id": task_id, "result": {"text": 5}}, ("InvalidType", "result.text")),
        ({"id": task_id, "responsible_user_id": 5}, ("NotSupportedChoice", "responsible_user_id")),
        ({"id": task_id, "entity_id": 5, "entity_type": "leads"}, ("NotSupportedChoice", "entity_id")),
        ({"id": task_id, "complete_till": -1}, ("TooLow", "complete_till")),
        ({"id": task_id, "is_completed": 1}, ("InvalidType", "is_completed")),
    ):
        assert flaws((await client.patch(TASKS, [good, bad])).body) == [expected]
    assert (await client.get(f"{TASKS}/{task_id}")).body["text"] == "Перезвонить"
    assert (await client.patch(f"{TASKS}/5", {"text": "x"})).status == 404
    answer = await client.patch(TASKS, [{**good, "request_id": "q"}, {"id": task_id, "duration": 5}])
    assert [each["request_id"] for each in answer.items("tasks")] == ["q", "1"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("filter[is_completed]=0", [0]),
        ("filter[is_completed]=1", [1]),
        ("filter[task_type]=2", [1]),
        ("filter[task_type_id][]=1&filter[task_type_id][]=2", [0, 1]),
        (f"filter[updated_at][from]={NOON_UNIX + 1}", [1]),
        ("order[complete_till]=desc", [1, 0]),
        ("order[id]=desc&limit=1", [1]),
    ],
)
async def test_filters_and_order(scene: Scene, query: str, found: list[int]) -> None:
    contact_id = await scene.client.contact()
    first = await task(scene.client, contact_id)
    await scene.pass_time(seconds=5)
    more = {"complete_till": NOON_UNIX + 99, "is_completed": True, "task_type_id": 2}
    ids = [first, await task(scene.client, contact_id, **more)]
    shown = (await scene.client.get(f"{TASKS}?{query}")).items("tasks")
    assert [each["id"] for each in shown] == [ids[place] for place in found]


async def test_changes_are_announced_and_tasks_follow_their_card_into_the_bin(scene: Scene) -> None:
    told = []
    contact_id = await scene.client.contact()
    task_id = await task(scene.client, contact_id)
    scene.account.changes.listen(told.append)
    await scene.client.patch(f"{TASKS}/{task_id}", {"text": "new"})
    [change] = told
    assert (change.kind, change.action, change.id, change.author) == ("task", "changed", task_id, scene.users[0])
    assert change.before is not None
    assert change.after is not None
    assert (change.before["text"], change.after["text"]) == ("Перезвонить", "new")
    scene.account.contacts.delete([contact_id], 0)
    assert (await scene.client.get(TASKS)).status == 204
    assert (await scene.client.get(f"{TASKS}/{task_id}")).status == 204
    scene.account.contacts.restore([contact_id], 0)
    assert len((await scene.client.get(TASKS)).items("tasks")) == 1
