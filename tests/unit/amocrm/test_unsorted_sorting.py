"""Sorting «Неразобранное»: accepted or declined items, their calls and their cards (facts §3.12; UNS, PRIM-17)."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import NOON_UNIX, MakeScene, Scene
from .unsorted import (
    PATH,
    PHONE,
    PHONE_FIELD,
    accept,
    add,
    call,
    card,
    decline,
    embedding,
    flaws,
    form,
    pending,
    sip,
    states,
)


@pytest.mark.parametrize("body", [None, "", "[]", "{}", {"user_id": None, "status_id": None}])
async def test_accepted(scene: Scene, body: Any) -> None:
    contact = {"name": "Пётр", "responsible_user_id": scene.users[2]}
    item = await add(scene, sip(**embedding(contacts=contact, companies={"name": "Ромашка"})))
    await scene.pass_time(minutes=10)
    answer = await accept(scene, item["uid"], body)
    assert (answer.status, answer.body["uid"], answer.body["category"]) == (200, item["uid"], "sip")
    assert answer.body["pipeline_id"] == scene.account.pipelines.main()
    [accepted] = answer.body["_embedded"]["contacts"]
    assert (accepted["is_deleted"], accepted["is_unsorted"]) == (False, False)
    lead = (await scene.client.get(f"/api/v4/leads/{card(item, 'leads')}?with=contacts")).body
    first = scene.account.pipelines.first_status(lead["pipeline_id"])
    assert (lead["status_id"], lead["responsible_user_id"]) == (first, scene.users[0])
    assert (lead["created_at"], lead["updated_at"]) == (NOON_UNIX, NOON_UNIX + 600)
    assert [(each["id"], each["is_main"]) for each in lead["_embedded"]["contacts"]] == [(accepted["id"], True)]
    assert card(lead, "companies") == card(item, "companies")
    shown = (await scene.client.get(f"/api/v4/contacts/{accepted['id']}")).body
    assert (shown["responsible_user_id"], card(shown, "companies")) == (scene.users[2], card(item, "companies"))
    assert await pending(scene) == []
    for again in (await accept(scene, item["uid"]), await decline(scene, item["uid"])):
        assert (again.status, again.type) == (404, "application/problem+json")
    assert (await scene.client.get(f"{PATH}/{item['uid']}")).status == 404


async def test_accepted_by_a_user_onto_a_stage(scene: Scene) -> None:
    [_, _, stage, *_] = scene.account.pipelines.statuses(scene.account.pipelines.main())
    item = await add(scene, sip())
    await accept(scene, item["uid"], {"user_id": scene.users[2], "status_id": stage["id"]})
    lead = (await scene.client.get(f"/api/v4/leads/{card(item, 'leads')}")).body
    assert (lead["status_id"], lead["responsible_user_id"], lead["updated_by"]) == (
        stage["id"],
        scene.users[2],
        scene.users[2],
    )
    assert lead["group_id"] == scene.account.users.group_of(scene.users[2])
    won = await add(scene, sip())
    await accept(scene, won["uid"], {"status_id": 142})
    assert (await scene.client.get(f"/api/v4/leads/{card(won, 'leads')}")).body["closed_at"] == NOON_UNIX


async def test_bad_acceptance(scene: Scene) -> None:
    unsorted_stage = scene.account.pipelines.statuses(scene.account.pipelines.main())[0]["id"]
    item = await add(scene, sip())
    for body, expected in (
        ({"status_id": 1}, ("NotSupportedChoice", "status_id")),
        ({"status_id": unsorted_stage}, ("NotSupportedChoice", "status_id")),
        ({"status_id": "142"}, ("InvalidType", "status_id")),
        ({"user_id": 1}, ("NotSupportedChoice", "user_id")),
        ("7", ("InvalidType", "")),
        ("[1]", ("InvalidType", "")),
    ):
        assert flaws(await accept(scene, item["uid"], body)) == [expected]
    assert flaws(await decline(scene, item["uid"], {"user_id": 1})) == [("NotSupportedChoice", "user_id")]
    assert (await accept(scene, item["uid"], "{")).status == 400
    for answer in (await accept(scene, "abc"), await decline(scene, "abc"), await scene.client.get(f"{PATH}/%ff")):
        assert answer.status == 404
    assert len(await pending(scene)) == 1


async def test_declined(scene: Scene) -> None:
    item = await add(scene, sip({"is_call_event_needed": True}, **embedding(companies={"name": "Ромашка"})))
    answer = await decline(scene, item["uid"], {"user_id": scene.users[1]})
    assert (answer.status, answer.body["uid"], answer.body["category"]) == (200, item["uid"], "sip")
    assert answer.body["_embedded"]["contacts"][0]["is_deleted"]
    for table in ("contacts", "leads", "companies"):
        assert (await scene.client.get(f"/api/v4/{table}?with=only_deleted")).status == 204
        assert (await scene.client.get(f"/api/v4/{table}/{card(item, table)}")).status == 204
    assert scene.account.call_log() == []
    await call(scene, duration=40)
    assert scene.account.call_log()[0]["state"] == "waiting"


async def test_the_call_of_a_declined_item_comes_again_with_the_item(scene: Scene) -> None:
    declined = await add(scene, sip({"is_call_event_needed": True}))
    await decline(scene, declined["uid"])
    item = await add(scene, sip({"is_call_event_needed": True}))
    assert states(scene) == [("u1", "unsorted")]
    assert (await call(scene, uniq="u1"))["entity_id"] == card(item, "contacts")
    await accept(scene, item["uid"])
    assert states(scene) == [("u1", "linked")]
    notes = await scene.client.get(f"/api/v4/contacts/{card(item, 'contacts')}/notes")
    assert [note["params"]["uniq"] for note in notes.items("notes")] == ["u1"]


async def test_a_contact_that_exists_is_linked_and_stays(scene: Scene) -> None:
    contact_id = await scene.client.contact("+79990000000")
    for sort, leads in ((decline, 0), (accept, 1)):
        item = await add(scene, sip(**embedding(contacts={"id": contact_id})))
        assert card(item, "contacts") == contact_id
        answer = await sort(scene, item["uid"])
        assert not answer.body["_embedded"]["contacts"][0]["is_deleted"]
        contact = (await scene.client.get(f"/api/v4/contacts/{contact_id}?with=leads")).body
        assert len(contact["_embedded"]["leads"]) == leads


async def test_the_call_of_an_item_is_in_the_log_once(scene: Scene) -> None:
    """PRIM-13.d: its item shows it, whatever its length; the contact does when the item is accepted."""
    item = await add(scene, sip({"is_call_event_needed": True, "duration": 2, "call_responsible": scene.users[2]}))
    assert (await call(scene, uniq="u1"))["entity_id"] == card(item, "contacts")
    [row] = scene.account.call_log()
    assert (row["state"], row["direction"], row["phone"], row["responsible"]) == (
        "unsorted",
        "in",
        PHONE,
        scene.users[2],
    )
    assert (await scene.client.get("/api/v4/contacts/notes")).status == 204
    await accept(scene, item["uid"])
    assert states(scene) == [("u1", "linked")]
    [note] = (await scene.client.get(f"/api/v4/contacts/{card(item, 'contacts')}/notes")).items("notes")
    assert (note["note_type"], note["params"]["uniq"], note["params"]["duration"]) == ("call_in", "u1", 2)


async def test_calls_join_an_item_and_leave_with_it(scene: Scene) -> None:
    """GAP-16, LOG-06.e, LOG-07.d: whatever their length and outcome, and those that waited too."""
    await call(scene, uniq="waited", duration=40)
    item = await add(scene, sip())
    await call(scene, uniq="short")
    await call(scene, uniq="lost", duration=0, call_status=6)
    assert states(scene) == [("waited", "unsorted"), ("short", "unsorted"), ("lost", "unsorted")]
    await scene.pass_time(hours=11)
    assert len(await pending(scene)) == 1
    await accept(scene, item["uid"])
    assert {state for _, state in states(scene)} == {"linked"}
    notes = (await scene.client.get(f"/api/v4/contacts/{card(item, 'contacts')}/notes")).items("notes")
    assert [note["params"]["uniq"] for note in notes] == ["waited", "short", "lost"]
    assert (await call(scene))["entity_id"] == card(item, "contacts")


async def test_under_the_literal_reading_no_lost_call_joins(make_scene: MakeScene) -> None:
    scene = make_scene(lost_calls="literal")
    await add(scene, sip())
    await call(scene, duration=0, call_status=6)
    assert scene.account.call_log() == []


async def test_a_form_with_the_phone_takes_the_calls_too(scene: Scene) -> None:
    await add(scene, form(**embedding(contacts={"custom_fields_values": [PHONE_FIELD]})), "forms")
    await call(scene, uniq="a")
    assert states(scene) == [("a", "unsorted")]


async def test_the_contact_that_was_visible_first_keeps_the_number(scene: Scene) -> None:
    """LOG-11.b."""
    item = await add(scene, sip())
    await scene.pass_time(hours=1)
    later = await scene.client.contact(PHONE)
    await scene.pass_time(hours=1)
    await accept(scene, item["uid"])
    assert (await call(scene))["entity_id"] == later


async def test_calls_of_an_accepted_item_go_to_its_deal_where_the_profile_says_so(make_scene: MakeScene) -> None:
    scene = make_scene("v4")
    item = await add(scene, sip({"is_call_event_needed": True}))
    await call(scene, uniq="second")
    await accept(scene, item["uid"])
    lead = {"type": "lead", "id": card(item, "leads")}
    assert [row["entity"] for row in scene.account.call_log()] == [lead, lead]


async def test_the_cards_of_an_item_can_be_changed_but_not_moved(scene: Scene) -> None:
    """UNS-06.b: a call that joins refreshes the contact inside the item."""
    item = await add(scene, sip())
    contact_id, lead_id = card(item, "contacts"), card(item, "leads")
    assert (await scene.client.patch(f"/api/v4/contacts/{contact_id}", {"name": "Пётр"})).status == 200
    assert (await scene.client.patch("/api/v4/leads", [{"id": lead_id, "price": 5}])).status == 200
    answer = await scene.client.patch(f"/api/v4/leads/{lead_id}", {"status_id": 142})
    assert flaws(answer) == [("NotSupportedChoice", "status_id")]
    assert (await scene.client.get("/api/v4/contacts")).status == 204
    await accept(scene, item["uid"])
    assert (await scene.client.get(f"/api/v4/contacts/{contact_id}")).body["name"] == "Пётр"
    assert (await scene.client.get(f"/api/v4/leads/{lead_id}")).body["price"] == 5


async def test_the_deal_of_an_item_is_shown_by_its_id_only(scene: Scene) -> None:
    item = await add(scene, sip())
    lead_id = card(item, "leads")
    await scene.client.patch(f"/api/v4/leads/{lead_id}", {"price": 5})
    shown = (await scene.client.get(f"/api/v4/leads/{lead_id}?with=contacts")).body
    unsorted_status = scene.account.pipelines.unsorted_status(shown["pipeline_id"])
    assert (shown["is_unsorted"], shown["price"], shown["status_id"]) == (True, 5, unsorted_status)
    assert shown["_embedded"]["contacts"] == []
    assert (await scene.client.get("/api/v4/leads")).status == 204
    await accept(scene, item["uid"])
    assert "is_unsorted" not in (await scene.client.get(f"/api/v4/leads/{lead_id}")).body
    other = await add(scene, sip())
    await decline(scene, other["uid"])
    assert (await scene.client.get(f"/api/v4/leads/{card(other, 'leads')}")).status == 204
