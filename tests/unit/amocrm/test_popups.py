"""Pop-ups of calls: POST /api/v2/events (facts §3.14)."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import MakeScene, Scene

PATH = "/api/v2/events"
PHONE = "79161234567"


def event(**fields: Any) -> dict[str, Any]:
    return {"add": [{"type": "phone_call", "phone_number": PHONE, **fields}]}


async def company(scene: Scene) -> int:
    field = {"field_code": "PHONE", "values": [{"value": PHONE}]}
    answer = await scene.client.post("/api/v4/companies", [{"custom_fields_values": [field]}])
    return int(answer.items("companies")[0]["id"])


@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
async def test_the_card_of_the_number_pops_up(scene: Scene, path: str) -> None:
    contact_id = await scene.client.contact("8 (916) 123-45-67")
    answer = await scene.client.post(path, event(users=[str(scene.users[2]), scene.users[1], scene.users[1]]))
    [item] = answer.items("items")
    assert answer.status == 202
    assert answer.body["_links"] == {"self": {"href": PATH, "method": "post"}}
    assert item == {"uid": item["uid"], "element_id": contact_id, "element_type": 1, "phone_number": PHONE}
    card = {"type": "contact", "id": contact_id}
    shown = [(popup["user_id"], popup["phone"], popup["card"]) for popup in scene.account.popups.of()]
    assert shown == [(scene.users[2], PHONE, card), (scene.users[1], PHONE, card)]
    [popup] = scene.account.popups.of(scene.users[1])
    assert popup["at"] == "2026-03-02T09:00:00+00:00"
    pushes = scene.account.ground.journal.entries(kind="push")
    assert [entry.subject for entry in pushes] == [f"user:{scene.users[2]}", f"user:{scene.users[1]}"]


async def test_everybody_sees_it_when_nobody_is_named(scene: Scene) -> None:
    await scene.client.post(PATH, event())
    assert [(popup["user_id"], popup["card"]) for popup in scene.account.popups.of()] == [
        (user_id, None) for user_id in scene.users
    ]


async def test_an_unknown_number_has_no_card(scene: Scene) -> None:
    [item] = (await scene.client.post(PATH, event(users=[scene.users[1]]))).items("items")
    assert (item["element_id"], item["element_type"]) == (None, None)


@pytest.mark.parametrize(("profile", "element"), [("documented", 3), ("v4", 2)])
async def test_a_company_or_its_only_deal(make_scene: MakeScene, profile: str, element: int) -> None:
    scene = make_scene(profile)
    embedded = {"companies": [{"id": await company(scene)}]}
    await scene.client.post("/api/v4/leads", [{"_embedded": embedded}, {"_embedded": embedded, "status_id": 142}])
    [item] = (await scene.client.post(PATH, event())).items("items")
    assert item["element_type"] == element


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (event(type="email"), "type"),
        (event(type=None), "type"),
        (event(phone_number=""), "phone_number"),
        (event(phone_number=7), "phone_number"),
        (event(users="501"), "users"),
        (event(users=[1]), "users.0"),
        (event(users=[True]), "users.0"),
        (event(users=[{}]), "users.0"),
        ({"add": [7]}, ""),
    ],
)
async def test_bad_events(scene: Scene, body: Any, path: str) -> None:
    answer = await scene.client.post(PATH, body)
    assert answer.status == 400
    assert answer.body["validation-errors"][0]["errors"][0]["path"] == path
    assert scene.account.popups.of() == []


@pytest.mark.parametrize("body", [[], {}, {"add": {}}, {"add": []}, "7", "{"])
async def test_bodies_without_events(scene: Scene, body: Any) -> None:
    assert (await scene.client.post(PATH, body)).status == 400
