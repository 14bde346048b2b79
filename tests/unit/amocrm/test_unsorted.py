"""«Неразобранное»: items of calls and forms, and how they are sorted (facts §3.12; UNS-01, UNS-02, GAP-16, GAP-33)."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.amocrm.changes import Change
from emulator.amocrm.unsorted_metadata import client_number

from .conftest import NOON_UNIX, Answer, MakeScene, Scene

PATH = "/api/v4/leads/unsorted"
PHONE = "+79160000002"
PHONE_FIELD = {"field_code": "PHONE", "values": [{"value": PHONE, "enum_code": "WORK"}]}
SIP: dict[str, Any] = {"phone": PHONE, "called_at": NOON_UNIX, "duration": 15, "uniq": "u1"}
FORM: dict[str, Any] = {"form_id": "order", "form_name": "Заказ", "form_page": "acme.test", "form_sent_at": NOON_UNIX}


def sip(metadata: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"source_name": "АТС", "source_uid": "pbx-1", "metadata": {**SIP, **(metadata or {})}, **more}


def form(metadata: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"source_name": "Сайт", "source_uid": "site-1", "metadata": {**FORM, **(metadata or {})}, **more}


def embedding(**cards: Any) -> dict[str, Any]:
    return {"_embedded": {table: [card] for table, card in cards.items()}}


async def add(scene: Scene, item: dict[str, Any], category: str = "sip") -> dict[str, Any]:
    """A new item as its answer shows it."""
    answer = await scene.client.post(f"{PATH}/{category}", [item])
    assert answer.status == 200, answer.body
    [added] = answer.items("unsorted")
    return dict(added)


async def pending(scene: Scene, query: str = "") -> list[Any]:
    answer = await scene.client.get(f"{PATH}{query}")
    return [] if answer.status == 204 else answer.items("unsorted")


async def accept(scene: Scene, uid: str, body: Any = None) -> Answer:
    return await scene.client.ask("POST", f"{PATH}/{uid}/accept", body)


async def decline(scene: Scene, uid: str, body: Any = None) -> Answer:
    return await scene.client.ask("DELETE", f"{PATH}/{uid}/decline", body)


def card(item: dict[str, Any], table: str) -> int:
    [found] = item["_embedded"][table]
    return int(found["id"])


def flaws(answer: Answer) -> list[tuple[str, str]]:
    assert answer.status == 400, answer.body
    [refused] = answer.body["validation-errors"]
    return [(error["code"], error["path"]) for error in refused["errors"]]


async def call(scene: Scene, phone: str = PHONE, **fields: Any) -> dict[str, Any]:
    item = {"direction": "inbound", "phone": phone, "duration": 3, "source": "pbx", "call_status": 4, **fields}
    answer = await scene.client.post("/api/v4/calls", [item])
    assert answer.status == 200, answer.body
    return dict(answer.items("calls")[0])


def states(scene: Scene) -> list[tuple[str | None, str]]:
    return [(row["uniq"], row["state"]) for row in scene.account.call_log()]


async def test_a_call_with_its_cards(scene: Scene) -> None:
    contact = {"name": "Пётр", "custom_fields_values": [PHONE_FIELD], "request_id": "0"}
    lead = {"name": "Входящий", "price": 700, "_embedded": {"tags": [{"name": "АТС"}]}, "request_id": "1"}
    cards = embedding(leads=lead, contacts=contact, companies={"name": "Ромашка"})
    answer = await scene.client.post(f"{PATH}/sip", [sip(request_id="r", **cards)])
    assert (answer.status, answer.body["_total_items"]) == (200, 1)
    [added] = answer.items("unsorted")
    base = f"{scene.client.base}/api/v4"
    ids = {table: card(added, table) for table in ("contacts", "leads", "companies")}
    assert added == {
        "uid": added["uid"],
        "account_id": scene.account.id,
        "request_id": "r",
        "_links": {"self": {"href": f"{base}/leads/unsorted/{added['uid']}"}},
        "_embedded": {
            table: [{"id": card_id, "_links": {"self": {"href": f"{base}/{table}/{card_id}"}}}]
            for table, card_id in ids.items()
        },
    }
    assert len(added["uid"]) == 60
    assert set(added["uid"]) <= set("0123456789abcdef")
    [shown] = await pending(scene)
    assert shown == (await scene.client.get(f"{PATH}/{added['uid']}")).body
    unknown = dict.fromkeys(("from", "link", "service_code", "call_responsible"))
    assert {key: shown[key] for key in ("source_uid", "source_name", "category", "created_at", "metadata")} == {
        "source_uid": "pbx-1",
        "source_name": "АТС",
        "category": "sip",
        "created_at": NOON_UNIX,
        "metadata": {**SIP, **unknown},
    }
    for table, card_id in ids.items():
        assert (await scene.client.get(f"/api/v4/{table}/{card_id}")).status == (200 if table == "leads" else 204)
        for query in ("", f"?query={PHONE[-10:]}", f"?filter[id]={card_id}"):
            assert (await scene.client.get(f"/api/v4/{table}{query}")).status == 204


async def test_a_bare_call_brings_a_deal_and_a_contact_with_the_number(scene: Scene) -> None:
    item = await add(scene, sip())
    await accept(scene, item["uid"])
    contact = (await scene.client.get(f"/api/v4/contacts/{card(item, 'contacts')}")).body
    assert contact["name"] == PHONE
    assert [value["value"] for value in contact["custom_fields_values"][0]["values"]] == [PHONE]
    lead = (await scene.client.get(f"/api/v4/leads/{card(item, 'leads')}")).body
    assert lead["name"] == f"Сделка #{lead['id']}"


async def test_a_contact_without_phones_gets_the_number_of_the_call(scene: Scene) -> None:
    item = await add(scene, sip(**embedding(contacts={"first_name": "Пётр"})))
    await accept(scene, item["uid"])
    found = await scene.client.get(f"/api/v4/contacts?query={PHONE[-10:]}")
    assert [contact["name"] for contact in found.items("contacts")] == ["Пётр"]


async def test_a_contact_whose_phones_are_null_gets_the_number_of_the_call(scene: Scene) -> None:
    nothing = {"field_code": "PHONE", "values": None}
    item = await add(scene, sip(**embedding(contacts={"first_name": "Пётр", "custom_fields_values": [nothing]})))
    await accept(scene, item["uid"])
    found = await scene.client.get(f"/api/v4/contacts?query={PHONE[-10:]}")
    assert [contact["name"] for contact in found.items("contacts")] == ["Пётр"]


async def test_a_form(scene: Scene) -> None:
    item = await add(scene, form({"form_type": 1}), "forms")
    assert (item["_embedded"]["contacts"], item["_embedded"]["companies"]) == ([], [])
    [shown] = await pending(scene)
    assert shown["metadata"] == {**FORM, "form_type": 1, "ip": None, "referer": None, "visitor_uid": None}
    numbered = await add(scene, form({"form_id": 7}, **embedding(contacts={"name": "Пётр"})), "forms")
    assert (await scene.client.get(f"{PATH}/{numbered['uid']}")).body["metadata"]["form_id"] == 7
    assert (await accept(scene, numbered["uid"])).status == 200
    assert (await accept(scene, item["uid"])).body["_embedded"]["contacts"] == []


@pytest.mark.parametrize(
    ("phone", "caller", "client"),
    [
        ("79160000002", None, "79160000002"),
        ("135", "+79160000002", "+79160000002"),
        ("79160000002", "135", "79160000002"),
        ("79160000002", "74951112233", "79160000002"),
        ("9160000002", "74951112233", "74951112233"),
        ("135", "200200", "135"),
        ("100500", "Пётр", "100500"),
    ],
)
def test_whose_number_it_is(phone: str, caller: str | None, client: str) -> None:
    assert client_number({"phone": phone, "from": caller}) == client


async def test_nulls_and_numbers_as_text_are_taken(scene: Scene) -> None:
    """What the official SDK and published clients send."""
    keys = ("from", "link", "service_code", "uniq", "call_responsible", "called_at", "duration", "is_call_event_needed")
    await add(scene, sip(dict.fromkeys(keys)))
    await add(scene, sip({"phone": 79160000003, "uniq": 0.25, "from": "onlinePBX", "call_result": "ok"}))
    assert [item["metadata"]["phone"] for item in await pending(scene)] == [PHONE, "79160000003"]
    added = await add(scene, form({"form_sent_at": str(NOON_UNIX)}, **embedding(contacts={}, companies={})), "forms")
    assert (await pending(scene))[2]["metadata"]["form_sent_at"] == NOON_UNIX
    assert (added["_embedded"]["contacts"], added["_embedded"]["companies"]) == ([], [])


@pytest.mark.parametrize(
    ("category", "item", "expected"),
    [
        ("sip", {**sip(), "source_uid": ""}, [("NotBlank", "source_uid")]),
        ("sip", {**sip(), "metadata": None}, [("NotNullable", "metadata")]),
        ("sip", {**sip(), "metadata": []}, [("InvalidType", "metadata")]),
        ("sip", {"source_name": "a", "source_uid": "b", "metadata": {}}, [("FieldMissing", "metadata.phone")]),
        ("sip", sip({"phone": None}), [("NotNullable", "metadata.phone")]),
        ("sip", sip({"called_at": "now"}), [("InvalidType", "metadata.called_at")]),
        ("sip", sip({"duration": -1}), [("TooLow", "metadata.duration")]),
        ("sip", sip({"is_call_event_needed": "yes"}), [("InvalidType", "metadata.is_call_event_needed")]),
        ("sip", sip({"call_responsible": []}), [("InvalidType", "metadata.call_responsible")]),
        ("sip", sip(pipeline_id=1), [("NotSupportedChoice", "pipeline_id")]),
        ("sip", sip(**embedding(leads={"id": 1})), [("FieldNotExpected", "_embedded.leads.0.id")]),
        ("sip", sip(**embedding(leads={"pipeline_id": 1})), [("NotSupportedChoice", "_embedded.leads.0.pipeline_id")]),
        ("sip", sip(**embedding(contacts={"id": 1})), [("NotSupportedChoice", "_embedded.contacts.0.id")]),
        ("sip", sip(**embedding(contacts=7)), [("InvalidType", "_embedded.contacts.0")]),
        ("sip", sip(_embedded={"contacts": {"name": "x"}}), [("InvalidType", "_embedded.contacts")]),
        ("sip", sip(_embedded={"companies": [{}, {}]}), [("TooMany", "_embedded.companies")]),
        ("forms", form({"form_id": ""}), [("NotBlank", "metadata.form_id")]),
        ("forms", form({"form_sent_at": None}), [("NotNullable", "metadata.form_sent_at")]),
        (
            "sip",
            sip(**embedding(contacts={"custom_fields_values": [{"field_id": 1, "values": []}]})),
            [("NotSupportedChoice", "_embedded.contacts.0.custom_fields_values.0.field_id")],
        ),
        (
            "sip",
            sip(**embedding(leads={"price": "1", "_embedded": {"tags": [{"id": 1}]}})),
            [
                ("NotSupportedChoice", "_embedded.leads.0._embedded.tags.0.id"),
                ("InvalidType", "_embedded.leads.0.price"),
            ],
        ),
    ],
)
async def test_bad_items(scene: Scene, category: str, item: Any, expected: list[tuple[str, str]]) -> None:
    good = {**(sip() if category == "sip" else form()), "source_uid": "another"}
    answer = await scene.client.post(f"{PATH}/{category}", [good, item])
    assert flaws(answer) == expected
    assert answer.body["validation-errors"][0]["request_id"] == "1"
    assert await pending(scene) == []


async def test_the_same_item_twice(scene: Scene) -> None:
    """Some clients send one source_uid for all their items, so the call has to be the same one too."""
    first = await add(scene, sip())
    assert flaws(await scene.client.post(f"{PATH}/sip", [sip({"uniq": "u2"}), sip()])) == [("NotUnique", "source_uid")]
    twins = [sip({"uniq": "u3"}), sip({"uniq": "u3"})]
    assert flaws(await scene.client.post(f"{PATH}/sip", twins)) == [("NotUnique", "source_uid")]
    assert len(await pending(scene)) == 1
    await add(scene, sip({"uniq": "u2"}))
    await decline(scene, first["uid"])
    await add(scene, sip())
    assert len(await pending(scene)) == 2


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


async def test_filters_and_order(scene: Scene) -> None:
    first = await add(scene, sip(created_at=NOON_UNIX - 60))
    second = await add(scene, form(created_at=NOON_UNIX - 90), "forms")
    pipeline = scene.account.pipelines.main()
    for query, uids in (
        ("", [first, second]),
        (f"?filter[uid][]={second['uid']}", [second]),
        (f"?filter[uid][0]={first['uid']}&filter[uid][1]={second['uid']}", [first, second]),
        ("?filter[category][]=forms", [second]),
        ("?filter[category][]=chats", []),
        (f"?filter[pipeline_id]={pipeline}", [first, second]),
        ("?filter[pipeline_id]=1", []),
        ("?order[created_at]=asc", [second, first]),
        ("?order[id]=desc", [second, first]),
        ("?limit=1&page=2", [second]),
    ):
        assert [item["uid"] for item in await pending(scene, query)] == [item["uid"] for item in uids], query


async def test_summary(scene: Scene) -> None:
    path = f"{PATH}/summary"
    categories = {name: {"total": 0} for name in ("sip", "mail", "forms", "chats")}
    assert (await scene.client.get(path)).body == {
        "total": 0,
        "accepted": 0,
        "declined": 0,
        "average_sort_time": 0,
        "categories": categories,
    }
    items = [await add(scene, sip({"uniq": str(number)})) for number in range(2)]
    await scene.pass_time(minutes=1)
    await add(scene, form(), "forms")
    await accept(scene, items[0]["uid"])
    await scene.pass_time(minutes=2)
    await decline(scene, items[1]["uid"])
    body = (await scene.client.get(path)).body
    assert {key: body[key] for key in ("total", "accepted", "declined", "average_sort_time")} == {
        "total": 3,
        "accepted": 1,
        "declined": 1,
        "average_sort_time": 120,
    }
    assert body["categories"] == {**categories, "sip": {"total": 2}, "forms": {"total": 1}}
    late = f"filter[created_at][from]={NOON_UNIX + 1}&filter[created_at][to]={NOON_UNIX + 99}"
    for query, total in ((late, 1), (f"filter[uid]={items[0]['uid']}", 1), ("filter[pipeline_id]=1", 0)):
        assert (await scene.client.get(f"{path}?{query}")).body["total"] == total, query


async def test_only_mails_and_chats_can_be_linked(scene: Scene) -> None:
    item = await add(scene, sip())
    path, body = f"{PATH}/{item['uid']}/link", {"link": {"entity_id": 1, "entity_type": "leads"}}
    answer = await scene.client.post(path, body)
    assert (answer.status, "only mail and chats" in answer.body["detail"]) == (400, True)
    assert (await scene.client.post(f"{PATH}/abc/link", body)).status == 404


async def test_what_is_announced(scene: Scene) -> None:
    heard: list[Change] = []
    scene.account.changes.listen(heard.append)
    item = await add(scene, sip())
    assert [(change.kind, change.action) for change in heard] == [("unsorted", "added")]
    assert (heard[0].id, heard[0].author) == (item["uid"], scene.users[0])
    assert heard[0].after is not None
    assert heard[0].after["lead_id"] == card(item, "leads")
    heard.clear()
    await accept(scene, item["uid"], {"user_id": scene.users[1]})
    assert [(change.kind, change.action) for change in heard] == [
        ("unsorted", "accepted"),
        ("lead", "added"),
        ("lead", "linked"),
        ("contact", "linked"),
        ("contact", "added"),
    ]
    assert heard[0].author == scene.users[1]
    assert heard[0].before is not None
    assert heard[0].before["state"] == "pending"
    other = await add(scene, sip())
    heard.clear()
    await decline(scene, other["uid"])
    assert [(change.kind, change.action) for change in heard] == [("unsorted", "declined")]
