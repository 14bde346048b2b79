"""/events: what each change leaves behind, and how it is found again (facts §3.11)."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.amocrm.changes import Change
from emulator.amocrm.custom_fields import FIELD_NUMBERS
from emulator.amocrm.event_types import TYPES
from emulator.amocrm.event_values import happenings
from emulator.core.database import Row
from emulator.core.faults import Action, FaultRequest, Match

from .conftest import NOON_UNIX, Client, MakeScene, Scene

EVENTS = "/api/v4/events"
PHONE = "+79161234567"


async def events(client: Client, query: str = "") -> list[dict[str, Any]]:
    """Oldest first."""
    answer = await client.get(f"{EVENTS}?{query}")
    assert answer.status in (200, 204), answer.body
    return answer.items("events")[::-1] if answer.status == 200 else []


async def types(client: Client, query: str = "") -> list[str]:
    return [event["type"] for event in await events(client, query)]


async def lead(client: Client, **fields: Any) -> int:
    answer = await client.post("/api/v4/leads", [fields])
    return int(answer.items("leads")[0]["id"])


async def change(client: Client, path: str, body: Any) -> None:
    answer = await client.patch(f"/api/v4/{path}", body)
    assert answer.status == 200, answer.body


async def test_a_new_card_is_one_event_with_every_key(scene: Scene) -> None:
    contact = await scene.client.contact(PHONE, name="Пётр", tags_to_add=[{"name": "vip"}])
    [event] = await events(scene.client)
    base = scene.client.base
    assert event == {
        "id": event["id"],
        "type": "contact_added",
        "entity_id": contact,
        "entity_type": "contact",
        "created_by": scene.users[0],
        "created_at": NOON_UNIX,
        "value_after": [],
        "value_before": [],
        "account_id": scene.account.id,
        "_links": {"self": {"href": f"{base}{EVENTS}/{event['id']}"}},
        "_embedded": {
            "entity": {"id": contact, "_links": {"self": {"href": f"{base}/api/v4/contacts/{contact}"}}},
        },
    }
    assert (len(event["id"]), event["id"].isdecimal()) == (26, False)
    assert (await scene.client.get(f"{EVENTS}/{event['id']}")).body == event


async def test_the_changes_of_a_lead(scene: Scene) -> None:
    client, account = scene.client, scene.account
    pipeline = account.pipelines.main()
    stage = account.pipelines.first_status(pipeline)
    made = await lead(client, name="A", price=5)
    await change(client, f"leads/{made}", {"name": "B", "price": 7, "status_id": 142})
    await change(client, f"leads/{made}", {"responsible_user_id": scene.users[1], "updated_by": scene.users[2]})
    await change(client, f"leads/{made}", {"name": "B"})
    found = await events(client)
    assert [(each["type"], each["value_before"], each["value_after"]) for each in found] == [
        ("lead_added", [], []),
        ("name_field_changed", [{"name_field_value": {"name": "A"}}], [{"name_field_value": {"name": "B"}}]),
        ("sale_field_changed", [{"sale_field_value": {"sale": 5}}], [{"sale_field_value": {"sale": 7}}]),
        (
            "lead_status_changed",
            [{"lead_status": {"id": stage, "pipeline_id": pipeline}}],
            [{"lead_status": {"id": 142, "pipeline_id": pipeline}}],
        ),
        (
            "entity_responsible_changed",
            [{"responsible_user": {"id": scene.users[0]}}],
            [{"responsible_user": {"id": scene.users[1]}}],
        ),
    ]
    assert {(each["entity_type"], each["entity_id"]) for each in found} == {("lead", made)}
    assert [each["created_by"] for each in found] == [scene.users[0]] * 4 + [scene.users[2]]


async def test_custom_fields_one_event_each(scene: Scene) -> None:
    client = scene.client
    contact = await client.contact(PHONE)
    phone, email = (scene.account.custom_fields.coded("contacts", code) for code in ("PHONE", "EMAIL"))
    assert phone
    assert email
    work, _, _, _, home, _ = phone.options
    fields = [
        {"field_code": "PHONE", "values": [{"value": PHONE}, {"value": "+74950000000", "enum_code": "HOME"}]},
        {"field_code": "EMAIL", "values": [{"value": "a@b.test"}]},
    ]
    await change(client, f"contacts/{contact}", {"custom_fields_values": fields})
    _, phones, mails = await events(client)
    assert phones["type"] == f"custom_field_{phone.id}_value_changed"
    shown = {"field_id": phone.id, "field_type": 8}
    assert phones["value_before"] == [{"custom_field_value": {**shown, "enum_id": work, "text": PHONE}}]
    assert phones["value_after"] == [
        {"custom_field_value": {**shown, "enum_id": work, "text": PHONE}},
        {"custom_field_value": {**shown, "enum_id": home, "text": "+74950000000"}},
    ]
    assert (mails["type"], mails["value_before"]) == (f"custom_field_{email.id}_value_changed", [])
    await change(client, f"contacts/{contact}", {"custom_fields_values": [{"field_code": "EMAIL", "values": None}]})
    assert (await events(client))[-1]["value_after"] == []
    for query, count in (
        ("filter[type]=custom_field_value_changed", 3),
        (f"filter[type]=custom_field_{email.id}_value_changed", 2),
        (f"filter[type]=contact_added,custom_field_{phone.id}_value_changed", 2),
        (f"filter[value_after][custom_field_values]={home}&filter[type]=custom_field_{phone.id}_value_changed", 1),
        (f"filter[value_before][custom_field_values]={home}", 0),
        ("filter[value_after][value]=a@b.test", 1),
        ("filter[value_before][value]=a@b.test", 1),
        (f"filter[value_after][value]={phone.id}", 0),
    ):
        assert len(await events(client, query)) == count, query


async def test_tags_deleting_and_restoring(scene: Scene) -> None:
    client, account = scene.client, scene.account
    contact = await client.contact(name="X", tags_to_add=[{"name": "old"}, {"name": "kept"}])
    await change(client, f"contacts/{contact}", {"_embedded": {"tags": [{"name": "kept"}, {"name": "new"}]}})
    account.contacts.delete([contact], author=scene.users[1])
    account.contacts.restore([contact], author=scene.users[0])
    found = (await events(client))[1:]
    assert [(each["type"], each["value_before"], each["value_after"]) for each in found] == [
        ("entity_tag_added", [], [{"tag": {"name": "new"}}]),
        ("entity_tag_deleted", [{"tag": {"name": "old"}}], []),
        ("contact_deleted", [], []),
        ("contact_restored", [], []),
    ]


async def test_links_are_seen_from_both_ends(scene: Scene) -> None:
    client = scene.client
    contact, made = await client.contact(name="X"), await lead(client)
    link = [{"to_entity_id": contact, "to_entity_type": "contacts"}]
    assert (await client.post(f"/api/v4/leads/{made}/link", link)).status == 200
    assert (await client.post(f"/api/v4/leads/{made}/unlink", link)).status == 204
    to_contact = [{"link": {"entity": {"type": "contact", "id": contact}}}]
    to_lead = [{"link": {"entity": {"type": "lead", "id": made}}}]
    found = [
        (each["type"], each["entity_type"], each["value_before"], each["value_after"]) for each in await events(client)
    ]
    assert found[2:] == [
        ("entity_linked", "lead", [], to_contact),
        ("entity_linked", "contact", [], to_lead),
        ("entity_unlinked", "lead", to_contact, []),
        ("entity_unlinked", "contact", to_lead, []),
    ]
    for key, entity in (("contact_linked", "lead"), ("lead_linked", "contact"), ("lead_unlinked", "contact")):
        [event] = await events(client, f"filter[type]={key}")
        assert (event["entity_type"], event["type"].rpartition("_")[2]) == (entity, key.rpartition("_")[2])


@pytest.mark.parametrize(
    ("note_type", "params", "expected"),
    [
        ("common", {"text": "x"}, "common_note_added"),
        ("call_in", {"duration": 1}, "incoming_call"),
        ("call_out", {"duration": 1}, "outgoing_call"),
        ("sms_in", {"text": "x", "phone": "1"}, "incoming_sms"),
        ("sms_out", {"text": "x", "phone": "1"}, "outgoing_sms"),
        ("service_message", {"service": "s", "text": "x"}, "service_note_added"),
        ("geolocation", {"text": "x", "address": "a", "longitude": "1", "latitude": "1"}, "geo_note_added"),
        ("message_cashier", {"status": "shown", "text": "x"}, "message_to_cashier_note_added"),
        ("site_visit", {"url": "https://x.test"}, "site_visit_note_added"),
    ],
)
async def test_notes_are_events_of_their_card(
    client: Client, note_type: str, params: dict[str, Any], expected: str
) -> None:
    made = await lead(client)
    body = [{"note_type": note_type, "params": params}]
    note = (await client.post(f"/api/v4/leads/{made}/notes", body)).items("notes")[0]["id"]
    event = (await events(client))[-1]
    assert (event["type"], event["entity_id"], event["value_after"]) == (expected, made, [{"note": {"id": note}}])


async def test_a_call_is_an_event_of_the_card_that_shows_it(client: Client) -> None:
    contact = await client.contact(PHONE)
    call = {"direction": "inbound", "duration": 9, "source": "x", "phone": PHONE, "uniq": "u", "call_status": 4}
    assert (await client.post("/api/v4/calls", [call])).status == 200
    event = (await events(client))[-1]
    assert (event["type"], event["entity_id"], event["created_by"]) == ("incoming_call", contact, 0)


async def test_a_task_is_an_event_of_its_own(client: Client) -> None:
    made = await lead(client)
    body = [{"text": "Позвонить", "complete_till": NOON_UNIX, "entity_id": made, "entity_type": "leads"}]
    task = (await client.post("/api/v4/tasks", body)).items("tasks")[0]["id"]
    event = (await events(client, "with=task_name,lead_name"))[-1]
    assert (event["type"], event["entity_type"], event["entity_id"]) == ("task_added", "task", task)
    assert event["_embedded"]["entity"]["_links"]["self"]["href"].endswith(f"/api/v4/tasks/{task}")


def test_the_changes_of_a_task() -> None:
    before: Row = {
        "text": "A",
        "task_type_id": 1,
        "complete_till": 5_000_000,
        "responsible_user_id": 1,
        "result": None,
        "is_completed": 0,
    }
    after = {
        "text": "B",
        "task_type_id": 2,
        "complete_till": 6_000_000,
        "responsible_user_id": 2,
        "result": "done",
        "is_completed": 1,
    }
    found = [each[:1] + each[3:] for each in happenings(Change("task", "changed", 9, 1, before, after), _no_fields)]
    assert found == [
        ("task_text_changed", [{"task": {"text": "A"}}], [{"task": {"text": "B"}}]),
        ("task_type_changed", [{"task_type": {"id": 1}}], [{"task_type": {"id": 2}}]),
        ("task_deadline_changed", [{"task_deadline": {"timestamp": 5}}], [{"task_deadline": {"timestamp": 6}}]),
        ("entity_responsible_changed", [{"responsible_user": {"id": 1}}], [{"responsible_user": {"id": 2}}]),
        ("task_result_added", [], []),
        ("task_completed", [], []),
    ]
    assert list(happenings(Change("task", "changed", 9, 1, before, before), _no_fields)) == []
    [deleted] = happenings(Change("task", "deleted", 9, 1, before), _no_fields)
    assert deleted.type == "task_deleted"


def _no_fields(_kind: str, _row: Row) -> None:
    return None


async def test_filters_in_every_spelling(scene: Scene) -> None:
    client, (olga, rita, *_) = scene.client, scene.users
    first = await client.contact(name="A")
    await scene.pass_time(seconds=60)
    made = await lead(client, name="L", responsible_user_id=rita, created_by=rita)
    await scene.pass_time(seconds=60)
    await change(client, f"leads/{made}", {"responsible_user_id": olga, "price": 155, "status_id": 143})
    everything = await events(client)
    ids = [event["id"] for event in everything]
    pipeline = scene.account.pipelines.main()
    for query, expected in {
        f"filter[id]={ids[0]},{ids[2]}": [0, 2],
        f"filter[id][]={ids[1]}": [1],
        "filter[id]=17": [],
        "filter[entity]=contact": [0],
        "filter[entity][]=contact&filter[entity][]=lead": [0, 1, 2, 3, 4],
        f"filter[entity]=lead&filter[entity_id]={made},{first}": [1, 2, 3, 4],
        f"filter[entity][]=contact&filter[entity_id][0]={first}": [0],
        f"filter[created_by][]={rita}": [1],
        f"filter[created_by]={olga},{rita}&limit=100": [0, 1, 2, 3, 4],
        "filter[type]=lead_added,contact_added": [0, 1],
        "filter[type][]=sale_field_changed": [2],
        "filter[type]=incoming_chat_message": [],
        "filter[type]=nonsense": [],
        f"filter[created_at]={NOON_UNIX + 60}": [1, 2, 3, 4],
        f"filter[created_at]={NOON_UNIX},{NOON_UNIX + 60}": [0, 1],
        f"filter[created_at][]={NOON_UNIX}&filter[created_at][]={NOON_UNIX + 60}": [0, 1],
        f"filter[created_at][from]={NOON_UNIX + 60}&filter[created_at][to]={NOON_UNIX + 60}": [1],
        f"filter[value_after][responsible_user_id]={olga}": [4],
        f"filter[value_before][responsible_user_id]={olga}": [],
        "filter[value_after][leads_statuses][0][status_id]=143": [3],
        f"filter[value_before][leads_statuses][0][pipeline_id]={pipeline}": [3],
        f"filter[value_after][leads_statuses][0][pipeline_id]={pipeline}"
        "&filter[value_after][leads_statuses][0][status_id]=142": [],
        "filter[value_after][value]=155&filter[type]=sale_field_changed&filter[entity]=lead": [2],
        "filter[unknown]=1": [0, 1, 2, 3, 4],
    }.items():
        assert await events(client, query) == [everything[index] for index in expected], query


async def test_newest_first_in_pages(client: Client) -> None:
    contacts = [await client.contact(name=str(number)) for number in range(5)]
    first = await client.get(f"{EVENTS}?limit=2")
    assert [event["entity_id"] for event in first.items("events")] == contacts[:2:-1]
    last = await client.get(f"{EVENTS}?limit=2&page=3")
    assert [event["entity_id"] for event in last.items("events")] == contacts[:1]
    assert ("next" in first.body["_links"], "next" in last.body["_links"]) == (True, False)


@pytest.mark.parametrize(
    ("query", "status", "detail"),
    [
        ("limit=101", 422, "Limit 100 per page"),
        ("limit=0", 400, "limit"),
        ("filter[entity_id]=1", 400, "filter[entity]"),
        ("filter[entity_id]=1&filter[entity]=lead,contact", 400, "filter[entity]"),
        ("filter[created_by]=" + ",".join("1" * 11), 400, "filter[created_by]"),
        ("filter[entity]=lead&filter[entity_id]=" + ",".join("1" * 11), 400, "filter[entity_id]"),
        ("filter[created_at]=yesterday", 400, "filter[created_at][from]"),
        ("filter[created_by]=me", 400, "filter[created_by]"),
        ("filter[value_after][leads_statuses][0][status_id]=x", 400, "filter[value_after]"),
        ("filter[value_after][custom_field_values]=1&filter[type]=lead_added,contact_added", 400, "filter[type]"),
    ],
)
async def test_refused_queries_name_the_key(client: Client, query: str, status: int, detail: str) -> None:
    answer = await client.get(f"{EVENTS}?{query}")
    assert answer.status == status
    assert detail in answer.body["detail"]


@pytest.mark.parametrize(
    "query",
    [
        "filter=1",
        "filter[type]=",
        "filter[type][a][b]=lead_added",
        "filter[value_after]=1",
        "filter[value_after][leads_statuses]=1",
        "filter[value_after][value][]=a'b",
        "filter[created_at]=",
        "filter[id]=01ev9999999999999999999999",
        "filter[entity]=catalog_5",
    ],
)
async def test_odd_queries_are_no_defects(client: Client, query: str) -> None:
    await client.contact(name="X")
    assert (await client.get(f"{EVENTS}?{query}")).status in (200, 204)


async def test_names_of_entities(scene: Scene) -> None:
    contact = await scene.client.contact(name="Пётр")
    made = await lead(scene.client, name="Сделка")
    found = await events(scene.client, "with=contact_name,lead_name,catalog_name")
    assert [event["_embedded"]["entity"]["name"] for event in found] == ["Пётр", "Сделка"]
    assert "name" not in (await events(scene.client, "with=company_name"))[0]["_embedded"]["entity"]
    assert {contact, made} == {event["entity_id"] for event in found}


async def test_an_event_that_is_not_there(make_scene: MakeScene) -> None:
    one, other = make_scene(), make_scene()
    await one.client.contact(name="X")
    [event] = await events(one.client)
    assert (await other.client.get(f"{EVENTS}/{event['id']}")).status == 204
    assert (await one.client.get(f"{EVENTS}/17")).status == 204
    assert (await other.client.get(EVENTS)).status == 204


async def test_types_in_two_languages(client: Client) -> None:
    russian, english = [await client.get(f"{EVENTS}/types{query}") for query in ("", "?language_code=en")]
    listed = russian.items("events_types")
    assert russian.body["_total_items"] == len(listed) == len(TYPES)
    assert listed[0] == {"key": "lead_added", "type": 1, "lang": "Сделка создана"}
    assert english.items("events_types")[0]["lang"] == "Deal created"
    assert len({each["key"] for each in listed}) == len(listed)


def test_every_type_of_field_has_a_number_of_its_own() -> None:
    assert len(set(FIELD_NUMBERS.values())) == len(FIELD_NUMBERS)
    assert FIELD_NUMBERS["multitext"] == 8


async def test_a_refused_batch_leaves_no_event(scene: Scene) -> None:
    answer = await scene.client.post("/api/v4/contacts", [{"name": "A"}, {"name": 5}])
    assert answer.status == 400
    assert await events(scene.client) == []
    fault = FaultRequest("amocrm", Action(status=503), Match(path="/api/v4/contacts"))
    scene.account.ground.faults.add(fault)
    assert (await scene.client.post("/api/v4/contacts", [{"name": "A"}])).status == 503
    assert await events(scene.client) == []


def test_a_new_card_costs_few_bytes(scene: Scene) -> None:
    """Ids are those of a world with a small seed: longer ones take up to six bytes more."""
    database, count, first, author = scene.account.database, 20_000, 10_200_001, 10_100_001

    def size() -> int:
        pages = int(database.value("PRAGMA page_count")) - int(database.value("PRAGMA freelist_count"))
        return pages * int(database.value("PRAGMA page_size"))

    before = size()
    with database.transaction():
        for number in range(count):
            scene.account.events._heard(Change("contact", "added", first + number, author=author))
    assert (size() - before) / count < 48
