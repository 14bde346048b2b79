"""Pipelines and statuses: made, changed, described, deleted (facts §3.7)."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Client, Scene

PIPELINES = "/api/v4/leads/pipelines"


def flaws(body: Any) -> list[tuple[str, str]]:
    return [(error["code"], error["path"]) for item in body["validation-errors"] for error in item["errors"]]


async def pipeline(client: Client, **fields: Any) -> dict[str, Any]:
    answer = await client.post(PIPELINES, [{"name": "Вторая", **fields}])
    assert answer.status == 200, answer.body
    made: dict[str, Any] = answer.items("pipelines")[0]
    return made


async def status(client: Client, pipeline_id: int, **fields: Any) -> dict[str, Any]:
    answer = await client.post(f"{PIPELINES}/{pipeline_id}/statuses", [{"name": "Этап", **fields}])
    assert answer.status == 200, answer.body
    made: dict[str, Any] = answer.items("statuses")[0]
    return made


async def test_a_pipeline_comes_with_its_statuses(scene: Scene) -> None:
    client = scene.client
    statuses = [
        {"name": "Первый", "sort": 20, "color": "#fffeb2", "request_id": "a"},
        {"name": "Второй", "request_id": "b"},
        {"id": 142, "name": "Купил", "request_id": "w"},
    ]
    made = await pipeline(client, sort=5, is_main=True, request_id="p", _embedded={"statuses": statuses})
    assert (made["request_id"], made["sort"], made["is_main"], made["is_unsorted_on"]) == ("p", 5, True, True)
    shown = [
        (each["name"], each["sort"], each["type"], each.get("request_id")) for each in made["_embedded"]["statuses"]
    ]
    assert shown == [
        ("Неразобранное", 10, 1, None),
        ("Первый", 20, 0, "a"),
        ("Второй", 30, 0, "b"),
        ("Купил", 10000, 0, "w"),
        ("Закрыто и не реализовано", 11000, 0, None),
    ]
    listed = (await client.get(PIPELINES)).body
    assert (listed["_total_items"], [each["is_main"] for each in listed["_embedded"]["pipelines"]]) == (
        2,
        [False, True],
    )
    answer = await client.post("/api/v4/leads", [{}])
    lead = (await client.get(f"/api/v4/leads/{answer.items('leads')[0]['id']}")).body
    assert (lead["pipeline_id"], lead["status_id"]) == (made["id"], made["_embedded"]["statuses"][1]["id"])


async def test_ids_of_statuses_never_come_back(scene: Scene) -> None:
    client = scene.client
    main = scene.account.pipelines.main()
    before = {each["id"] for each in scene.account.pipelines.statuses(main)}
    second = await pipeline(client)
    assert not {each["id"] for each in second["_embedded"]["statuses"]} & before - {142, 143}
    last = await status(client, main)
    await client.ask("DELETE", f"{PIPELINES}/{main}/statuses/{last['id']}")
    assert (await status(client, main))["id"] > last["id"]


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"name": ""}, ("NotBlank", "name")),
        ({"sort": "x"}, ("InvalidType", "sort")),
        ({"is_main": 1}, ("InvalidType", "is_main")),
        ({"_embedded": {"statuses": {}}}, ("InvalidType", "_embedded.statuses")),
        ({"_embedded": {"statuses": [5]}}, ("InvalidType", "_embedded.statuses.0")),
        ({"_embedded": {"statuses": [{}]}}, ("FieldMissing", "_embedded.statuses.0.name")),
        ({"_embedded": {"statuses": [{"id": 5, "name": "x"}]}}, ("NotSupportedChoice", "_embedded.statuses.0.id")),
        (
            {"_embedded": {"statuses": [{"name": "x", "color": "red"}]}},
            ("NotSupportedChoice", "_embedded.statuses.0.color"),
        ),
    ],
)
async def test_a_pipeline_that_cannot_be(client: Client, item: dict[str, Any], expected: tuple[str, str]) -> None:
    answer = await client.post(PIPELINES, [{"name": "good"}, {"name": "x", **item}])
    assert flaws(answer.body) == [expected]
    assert (await client.get(PIPELINES)).body["_total_items"] == 1


async def test_a_pipeline_is_changed(scene: Scene) -> None:
    client, main = scene.client, scene.account.pipelines.main()
    second = await pipeline(client, is_unsorted_on=False)
    assert second["is_unsorted_on"] is False
    path = f"{PIPELINES}/{second['id']}"
    body = {"name": "Новая", "sort": 1, "is_main": True, "is_unsorted_on": True, "request_id": "0"}
    changed = (await client.patch(path, body)).body
    assert (changed["name"], changed["sort"], changed["is_main"], changed["is_unsorted_on"]) == ("Новая", 1, True, True)
    assert (await client.get(f"{PIPELINES}/{main}")).body["is_main"] is False
    assert flaws((await client.patch(path, {"is_main": False})).body) == [("NotSupportedChoice", "is_main")]
    assert flaws((await client.patch(path, {"name": ""})).body) == [("NotBlank", "name")]
    assert (await client.patch(f"{PIPELINES}/5", {"name": "x"})).status == 404


async def test_deleting_pipelines(scene: Scene) -> None:
    client, main = scene.client, scene.account.pipelines.main()
    refused = await client.ask("DELETE", f"{PIPELINES}/{main}")
    assert (refused.status, refused.body["detail"]) == (400, "The last pipeline can not be deleted")
    second = await pipeline(client)
    answer = await client.post("/api/v4/leads", [{"pipeline_id": second["id"]}])
    path = f"{PIPELINES}/{second['id']}"
    assert (await client.ask("DELETE", path)).body["detail"] == "A pipeline with leads can not be deleted"
    await client.patch(f"/api/v4/leads/{answer.items('leads')[0]['id']}", {"pipeline_id": main})
    await client.patch(path, {"is_main": True})
    assert (await client.ask("DELETE", path)).status == 204
    assert (await client.get(path)).status == 404
    assert scene.account.pipelines.main() == main


@pytest.mark.parametrize("whole", [False, True])
async def test_what_is_deleted_is_named_nowhere_any_more(scene: Scene, whole: bool) -> None:
    client, made = scene.client, await pipeline(scene.client)
    gone = await status(client, made["id"])
    main = scene.account.pipelines.main()
    pairs = [{"pipeline_id": made["id"], "status_id": gone["id"]}, {"pipeline_id": main, "status_id": 142}]
    item = {"name": "F", "type": "text", "is_required": True, "required_statuses": pairs, "hidden_statuses": pairs[:1]}
    [field] = (await client.post("/api/v4/leads/custom_fields", [item])).items("custom_fields")
    rights = {"status_rights": [{"entity_type": "leads", **pair, "rights": {"view": "D"}} for pair in pairs]}
    [role] = (await client.post("/api/v4/roles", [{"name": "R", "rights": rights}])).items("roles")
    person = {"name": "U", "email": "u@acme.test", "rights": rights}
    [user] = (await client.post("/api/v4/users", [person])).items("users")
    path = f"{PIPELINES}/{made['id']}" + ("" if whole else f"/statuses/{gone['id']}")
    assert (await client.ask("DELETE", path)).status == 204
    shown = (await client.get(f"/api/v4/leads/custom_fields/{field['id']}")).body
    assert (shown["required_statuses"], shown["hidden_statuses"], shown["is_required"]) == (pairs[1:], [], True)
    for holder, row in (("roles", role), ("users", user)):
        read = (await client.get(f"/api/v4/{holder}/{row['id']}")).body["rights"]["status_rights"]
        assert [(each["pipeline_id"], each["status_id"]) for each in read] == [(main, 142)]
    assert (await client.patch(f"/api/v4/leads/custom_fields/{field['id']}", shown)).status == 200


async def test_a_status_is_made_changed_and_deleted(scene: Scene) -> None:
    client, main = scene.client, scene.account.pipelines.main()
    made = await status(client, main, request_id="s", color="#87f2c0")
    assert (made["request_id"], made["sort"], made["type"], made["is_editable"]) == ("s", 60, 0, True)
    path = f"{PIPELINES}/{main}/statuses/{made['id']}"
    changed = (await client.patch(path, {"name": "Иной", "sort": 15, "color": "#ccc8f9"})).body
    assert (changed["name"], changed["sort"], changed["color"]) == ("Иной", 15, "#ccc8f9")
    answer = await client.post("/api/v4/leads", [{}])
    lead_id = answer.items("leads")[0]["id"]
    assert (await client.get(f"/api/v4/leads/{lead_id}")).body["status_id"] == made["id"]
    assert (await client.ask("DELETE", path)).body["detail"] == "A status with leads can not be deleted"
    await client.patch(f"/api/v4/leads/{lead_id}", {"status_id": 142})
    assert (await client.ask("DELETE", path)).status == 204
    assert (await client.get(path)).status == 404


async def test_statuses_that_stay_as_they_are(scene: Scene) -> None:
    client, main = scene.client, scene.account.pipelines.main()
    unsorted = scene.account.pipelines.statuses(main)[0]["id"]
    path = f"{PIPELINES}/{main}/statuses"
    for status_id, change, expected in (
        (142, {"color": "#fffeb2"}, [("NotSupportedChoice", "color")]),
        (143, {"sort": 5}, [("NotSupportedChoice", "sort")]),
        (unsorted, {"name": "x"}, [("NotSupportedChoice", "name")]),
    ):
        assert flaws((await client.patch(f"{path}/{status_id}", change)).body) == expected
        assert (await client.ask("DELETE", f"{path}/{status_id}")).status == 400
    same = {"name": "Купил", "sort": 10000, "color": "#CCFF66"}
    assert (await client.patch(f"{path}/142", same)).body["name"] == "Купил"
    second = await pipeline(client, _embedded={"statuses": [{"name": "Один"}]})
    one = second["_embedded"]["statuses"][1]
    refused = await client.ask("DELETE", f"{PIPELINES}/{second['id']}/statuses/{one['id']}")
    assert (refused.status, refused.body["detail"]) == (400, "The last status of a pipeline can not be deleted")
    for item, expected in (({"color": "red"}, ("NotSupportedChoice", "color")), ({"name": 5}, ("InvalidType", "name"))):
        assert flaws((await client.post(path, [{"name": "good"}, {"name": "x", **item}])).body) == [expected]
    assert (await client.get(path)).body["_total_items"] == 7


async def test_descriptions_are_shown_when_asked_for(scene: Scene) -> None:
    client, main = scene.client, scene.account.pipelines.main()
    made = await status(client, main, descriptions=[{"level": "newbie", "description": "Позвоните"}])
    path = f"{PIPELINES}/{main}/statuses/{made['id']}"
    assert "descriptions" not in (await client.get(path)).body
    await scene.pass_time(seconds=60)
    change = [{"level": "newbie", "description": "Напишите"}, {"level": "master", "description": "Решайте"}]
    await client.patch(path, {"descriptions": change})
    first, second = (await client.get(f"{path}?with=descriptions")).body["descriptions"]
    assert (first["description"], first["created_at"], first["updated_at"]) == (
        "Напишите",
        "2026-03-02 12:00:00",
        "2026-03-02 12:01:00",
    )
    assert (second["level"], second["status_id"], second["pipeline_id"], second["created_by"]) == (
        "master",
        made["id"],
        main,
        scene.users[0],
    )
    assert first["account_id"] == scene.account.id
    whole = (await client.get(f"{PIPELINES}?with=descriptions")).items("pipelines")[0]
    assert sum(len(each["descriptions"]) for each in whole["_embedded"]["statuses"]) == 2
    for bad, at in (
        ([{"level": "x"}], "0.level"),
        ([[]], "0.level"),
        ([{"level": "newbie", "description": 5}], "0.description"),
    ):
        [(_, found)] = flaws((await client.patch(path, {"descriptions": bad})).body)
        assert found == f"descriptions.{at}"


async def test_there_are_limits(client: Client) -> None:
    answer = await client.post(PIPELINES, [{"name": str(number)} for number in range(50)])
    assert (answer.status, answer.body["detail"]) == (422, "Limit 50 pipelines per account")
    made = await pipeline(client)
    many = [{"name": str(number)} for number in range(97)]
    path = f"{PIPELINES}/{made['id']}/statuses"
    assert (await client.post(path, many)).status == 422
    assert (await client.post(path, many[:96])).status == 200
    assert (await client.get(path)).body["_total_items"] == 100


async def test_writing_is_for_administrators(scene: Scene) -> None:
    client_id = scene.account.oauth.register_client("x", "https://x.test").client_id
    token = scene.account.oauth.long_lived_token(client_id, scene.users[1])
    rita, main = Client(scene.client.session, scene.client.base, token), scene.account.pipelines.main()
    assert (await rita.get(PIPELINES)).status == 200
    for method, path, body in (
        ("POST", PIPELINES, [{"name": "x"}]),
        ("PATCH", f"{PIPELINES}/{main}", {"name": "x"}),
        ("DELETE", f"{PIPELINES}/{main}", None),
        ("POST", f"{PIPELINES}/{main}/statuses", [{"name": "x"}]),
        ("PATCH", f"{PIPELINES}/{main}/statuses/142", {"name": "x"}),
        ("DELETE", f"{PIPELINES}/{main}/statuses/142", None),
    ):
        assert (await rita.ask(method, path, body)).status == 403, (method, path)
