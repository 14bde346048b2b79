"""Users and roles: made, switched off and on, and what they may do (facts §3.2)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from .conftest import Client, Scene

USERS = "/api/v4/users"
ROLES = "/api/v4/roles"
DENIED = {"view": "D", "edit": "D", "add": "D", "delete": "D", "export": "D"}


def flaws(body: Any) -> list[tuple[str, str]]:
    return [(error["code"], error["path"]) for item in body["validation-errors"] for error in item["errors"]]


def client_of(scene: Scene, user_id: int) -> Client:
    client_id = scene.account.oauth.register_client("x", "https://x.test").client_id
    return Client(scene.client.session, scene.client.base, scene.account.oauth.long_lived_token(client_id, user_id))


async def made(client: Client, **fields: Any) -> dict[str, Any]:
    answer = await client.post(USERS, [{"name": "Новый", "email": "new@acme.test", **fields}])
    assert answer.status == 201, answer.body
    user: dict[str, Any] = answer.items("users")[0]
    return user


async def test_a_user_is_made_with_rights_of_their_own(scene: Scene) -> None:
    client = scene.client
    pipeline = scene.account.pipelines.main()
    status = {"entity_type": "leads", "pipeline_id": pipeline, "status_id": 142, "rights": {"view": "M", "edit": "D"}}
    group_id = scene.account.users.groups()[1]["id"]
    rights = {
        "leads": {"view": "G"},
        "contacts": DENIED,
        "tasks": {"edit": "M"},
        "mail_access": True,
        "catalog_access": True,
        "status_rights": [status],
        "group_id": group_id,
        "companies": None,
    }
    user = await made(client, rights=rights, lang="en", password="s3cret-of-the-user", request_id="u")
    shown = user["rights"]
    assert (user["request_id"], user["lang"], user["email"]) == ("u", "en", "new@acme.test")
    assert (shown["leads"]["view"], shown["leads"]["edit"], shown["contacts"]) == ("G", "A", DENIED)
    assert (shown["tasks"], shown["mail_access"], shown["status_rights"]) == (
        {"edit": "M", "delete": "A"},
        True,
        [status],
    )
    assert (shown["is_admin"], shown["is_active"], shown["group_id"], shown["role_id"]) == (False, True, group_id, None)
    user.pop("request_id")
    assert (await client.get(f"{USERS}/{user['id']}")).body == user
    contact_id = await client.contact(responsible_user_id=user["id"])
    assert (await client.get(f"/api/v4/contacts/{contact_id}")).body["group_id"] == group_id
    assert "s3cret" not in str([entry.body() for entry in scene.account.ground.journal.entries()])


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"name": None}, ("NotNullable", "name")),
        ({"email": ""}, ("NotBlank", "email")),
        ({"email": "nobody"}, ("NotSupportedChoice", "email")),
        ({"email": "ANNA@acme.test"}, ("NotUnique", "email")),
        ({"lang": "xx"}, ("NotSupportedChoice", "lang")),
        ({"rights": []}, ("InvalidType", "rights")),
        ({"rights": {"leads": "A"}}, ("InvalidType", "rights.leads")),
        ({"rights": {"leads": {"view": "Z"}}}, ("NotSupportedChoice", "rights.leads.view")),
        ({"rights": {"leads": {"view": []}}}, ("NotSupportedChoice", "rights.leads.view")),
        ({"rights": {"tasks": {"view": "A"}}}, ("FieldNotExpected", "rights.tasks.view")),
        ({"rights": {"mail_access": 1}}, ("InvalidType", "rights.mail_access")),
        ({"rights": {"role_id": 5}}, ("NotSupportedChoice", "rights.role_id")),
        ({"rights": {"group_id": "5"}}, ("NotSupportedChoice", "rights.group_id")),
        ({"rights": {"is_free": "yes"}}, ("InvalidType", "rights.is_free")),
        ({"rights": {"is_admin": True}}, ("NotSupportedChoice", "rights.is_admin")),
        ({"rights": {"status_rights": {}}}, ("InvalidType", "rights.status_rights")),
        (
            {"rights": {"status_rights": [{"entity_type": "leads"}]}},
            ("NotSupportedChoice", "rights.status_rights.0.status_id"),
        ),
        *(
            ({"rights": {"status_rights": [{"rights": rights}]}}, ("InvalidType", "rights.status_rights.0.rights"))
            for rights in (5, "view", [None], [{}])
        ),
        ({"password": 5}, ("InvalidType", "password")),
    ],
)
async def test_a_user_that_cannot_be(scene: Scene, item: dict[str, Any], expected: tuple[str, str]) -> None:
    good = {"name": "Новый", "email": "new@acme.test"}
    answer = await scene.client.post(USERS, [{**good, "email": "other@acme.test"}, {**good, **item}])
    assert expected in flaws(answer.body)
    assert scene.account.user_ids == scene.users[:3]


async def test_at_most_ten_users_at_once_and_each_address_once(client: Client) -> None:
    many = [{"name": "x", "email": f"x{number}@acme.test"} for number in range(11)]
    answer = await client.post(USERS, many)
    assert (answer.status, answer.body["detail"]) == (422, "Limit 10 per request")
    assert flaws((await client.post(USERS, [many[0], many[0]])).body) == [("NotUnique", "email")]
    assert (await client.post(USERS, many[:10])).status == 201


async def test_a_user_who_is_switched_off_asks_nothing_and_answers_for_nothing(scene: Scene) -> None:
    client, anna = scene.client, client_of(scene, scene.users[2])
    assert (await anna.get("/api/v4/account")).status == 200
    answer = await client.post(f"{USERS}/deactivate", [{"id": scene.users[2]}])
    assert (answer.status, answer.body) == (204, None)
    assert (await anna.get("/api/v4/account")).status == 401
    shown = (await client.get(f"{USERS}/{scene.users[2]}")).body
    assert shown["rights"]["is_active"] is False
    refused = await client.post("/api/v4/contacts", [{"responsible_user_id": scene.users[2]}])
    assert flaws(refused.body) == [("NotSupportedChoice", "responsible_user_id")]
    assert (await client.post("/api/v4/contacts", [{"created_by": scene.users[2]}])).status == 200
    answer = await client.post(f"{USERS}/activate", [{"id": scene.users[2]}])
    assert (answer.status, answer.body) == (202, None)
    assert (await anna.get("/api/v4/account")).status == 200
    for action in ("activate", "deactivate"):
        for body, expected in (
            ([{"id": scene.users[0]}], ("NotSupportedChoice", "id")),
            ([{"id": scene.users[1]}, {"id": 5}], ("NotSupportedChoice", "id")),
            ([{}], ("FieldMissing", "id")),
        ):
            assert flaws((await client.post(f"{USERS}/{action}", body)).body) == [expected]
    assert (await client.get(f"{USERS}/{scene.users[1]}")).body["rights"]["is_active"] is True


async def test_with(scene: Scene) -> None:
    plain = (await scene.client.get(f"{USERS}/{scene.users[2]}")).body
    assert not {"uuid", "amojo_id", "user_rank", "phone_number"} & plain.keys()
    path = f"{USERS}?with=role,group,uuid,amojo_id,user_rank,phone_number"
    users = (await scene.client.get(path)).items("users")
    assert len({UUID(user[key]) for user in users for key in ("uuid", "amojo_id")}) == 6
    assert {(user["user_rank"], user["phone_number"]) for user in users} == {("newbie", None)}


async def test_roles(scene: Scene) -> None:
    client = scene.client
    assert (await client.get(ROLES)).status == 204
    rights = {"leads": DENIED, "contacts": None, "mail_access": True, "status_rights": None, "catalog_rights": None}
    answer = await client.post(ROLES, [{"name": "Менеджер", "rights": rights, "request_id": "r"}, {"name": "Другая"}])
    first, second = answer.items("roles")
    assert (answer.status, first["request_id"], first["name"], first["rights"]["leads"]) == (
        200,
        "r",
        "Менеджер",
        DENIED,
    )
    user = await made(client, rights={"role_id": first["id"]})
    assert user["rights"]["role_id"] == first["id"]
    assert user["rights"]["leads"] == DENIED
    assert [(role["id"], role["name"]) for role in user["_embedded"]["roles"]] == [(first["id"], "Менеджер")]
    changed = await client.patch(f"{ROLES}/{first['id']}", {"name": "Стажёр", "rights": {"tasks": {"edit": "D"}}})
    assert (changed.body["name"], changed.body["rights"]["leads"]) == ("Стажёр", DENIED)
    assert (await client.get(f"{USERS}/{user['id']}")).body["rights"]["tasks"] == {"edit": "D", "delete": "A"}
    batch = await client.patch(ROLES, [{"id": second["id"], "name": "Третья", "request_id": "q"}])
    assert [(role["name"], role["request_id"]) for role in batch.items("roles")] == [("Третья", "q")]
    assert (await client.get(f"{ROLES}/{second['id']}")).body["name"] == "Третья"
    listed = (await client.get(f"{ROLES}?with=users")).body
    assert (listed["_total_items"], listed["_page_count"]) == (2, 1)
    assert [[each["id"] for each in role["_embedded"]["users"]] for role in listed["_embedded"]["roles"]] == [
        [user["id"]],
        [],
    ]
    [shown], _ = (role["_embedded"]["users"] for role in listed["_embedded"]["roles"])
    assert (shown["email"], shown["rights"]["role_id"]) == (user["email"], first["id"])
    assert (await client.ask("DELETE", f"{ROLES}/{first['id']}")).status == 204
    left = (await client.get(f"{USERS}/{user['id']}")).body
    assert (left["rights"]["role_id"], left["rights"]["leads"]["view"], left["_embedded"]["roles"]) == (None, "A", [])
    for method in ("GET", "DELETE"):
        assert (await client.ask(method, f"{ROLES}/{first['id']}")).status == 404


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({}, ("FieldMissing", "name")),
        ({"name": "x", "rights": {"contacts": 5}}, ("InvalidType", "rights.contacts")),
        ({"name": "x", "rights": {"catalog_rights": 5}}, ("InvalidType", "rights.catalog_rights")),
        ({"name": 5}, ("InvalidType", "name")),
    ],
)
async def test_a_role_that_cannot_be(client: Client, item: dict[str, Any], expected: tuple[str, str]) -> None:
    assert flaws((await client.post(ROLES, [{"name": "good"}, {**item, "request_id": 1}])).body) == [expected]
    assert (await client.get(ROLES)).status == 204


async def test_all_of_it_is_for_administrators(scene: Scene) -> None:
    rita = client_of(scene, scene.users[1])
    for method, path, body in (
        ("GET", USERS, None),
        ("POST", USERS, [{"name": "x", "email": "x@x.test"}]),
        ("POST", f"{USERS}/activate", [{"id": scene.users[2]}]),
        ("POST", f"{USERS}/deactivate", [{"id": scene.users[2]}]),
        ("GET", ROLES, None),
        ("POST", ROLES, [{"name": "x"}]),
        ("PATCH", ROLES, [{"id": 1}]),
        ("DELETE", f"{ROLES}/1", None),
    ):
        assert (await rita.ask(method, path, body)).status == 403, (method, path)
