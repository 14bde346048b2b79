"""«Неразобранное»: items of calls and forms as they come, and how they are listed (facts §3.12; UNS-01, GAP-33)."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.amocrm.changes import Change
from emulator.amocrm.unsorted_metadata import client_number

from .conftest import NOON_UNIX, Scene
from .unsorted import (
    FORM,
    PATH,
    PHONE,
    PHONE_FIELD,
    SIP,
    accept,
    add,
    card,
    decline,
    embedding,
    flaws,
    form,
    pending,
    sip,
)


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
