"""Links between cards: one by one and many at once, the main contact, what cannot be linked (facts §3.10)."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Answer, Client, Scene


def flaws(body: Any) -> list[tuple[str, str]]:
    return [(error["code"], error["path"]) for item in body["validation-errors"] for error in item["errors"]]


async def made(client: Client, table: str, **fields: Any) -> int:
    answer = await client.post(f"/api/v4/{table}", [fields])
    assert answer.status == 200, answer.body
    return int(answer.items(table)[0]["id"])


async def link(client: Client, table: str, card: int, to: str, other: int, **metadata: Any) -> Answer:
    item = {"entity_type": None, "entity_id": None, "to_entity_type": to, "to_entity_id": other}
    return await client.post(f"/api/v4/{table}/{card}/link", [{**item, "metadata": metadata or None}])


async def unlink(client: Client, table: str, card: int, to: str, other: int) -> Answer:
    return await client.post(f"/api/v4/{table}/{card}/unlink", [{"to_entity_type": to, "to_entity_id": other}])


async def contacts_of(client: Client, lead: int) -> list[tuple[int, bool]]:
    shown = (await client.get(f"/api/v4/leads/{lead}?with=contacts")).body["_embedded"]["contacts"]
    return [(each["id"], each["is_main"]) for each in shown]


@pytest.mark.parametrize(
    ("table", "to"),
    [
        ("leads", "contacts"),
        ("contacts", "leads"),
        ("leads", "companies"),
        ("companies", "leads"),
        ("contacts", "companies"),
        ("companies", "contacts"),
    ],
)
async def test_a_link_is_seen_from_both_ends_and_cut_from_either(client: Client, table: str, to: str) -> None:
    card, other = await made(client, table, name="a"), await made(client, to, name="b")
    answer = await link(client, table, card, to, other)
    assert (answer.status, answer.body["_total_items"]) == (200, 1)
    main = {"main_contact": True} if {table, to} == {"leads", "contacts"} else None
    seen = {"entity_id": card, "entity_type": table, "to_entity_id": other, "to_entity_type": to, "metadata": main}
    assert answer.items("links") == [seen]
    assert (await client.get(f"/api/v4/{table}/{card}/links")).items("links") == [seen]
    [back] = (await client.get(f"/api/v4/{to}/{other}/links")).items("links")
    assert (back["entity_id"], back["to_entity_id"], back["to_entity_type"]) == (other, card, table)
    assert (await unlink(client, to, other, table, card)).status == 204
    for path in (f"{table}/{card}", f"{to}/{other}"):
        empty = await client.get(f"/api/v4/{path}/links")
        assert (empty.status, empty.body["_total_items"], empty.items("links")) == (200, 0, [])


async def test_the_main_contact_is_handed_over(client: Client) -> None:
    first, second, third = [await client.contact(name=name) for name in "abc"]
    lead = await made(client, "leads", _embedded={"contacts": [{"id": first}, {"id": second}]})
    assert await contacts_of(client, lead) == [(first, True), (second, False)]
    await link(client, "leads", lead, "contacts", third, is_main=True)
    assert await contacts_of(client, lead) == [(third, True), (first, False), (second, False)]
    await link(client, "contacts", second, "leads", lead, main_contact=True)
    assert await contacts_of(client, lead) == [(second, True), (first, False), (third, False)]
    await link(client, "leads", lead, "contacts", second)
    assert (await contacts_of(client, lead))[0] == (second, True)
    await unlink(client, "leads", lead, "contacts", second)
    assert await contacts_of(client, lead) == [(first, True), (third, False)]
    await unlink(client, "contacts", third, "leads", lead)
    await unlink(client, "contacts", first, "leads", lead)
    assert await contacts_of(client, lead) == []
    await link(client, "leads", lead, "contacts", third)
    assert await contacts_of(client, lead) == [(third, True)]


async def test_a_card_has_one_company(scene: Scene) -> None:
    client = scene.client
    first, second = await made(client, "companies", name="a"), await made(client, "companies", name="b")
    contact = await made(client, "contacts", _embedded={"companies": [{"id": first}]})
    told = []
    scene.account.changes.listen(told.append)
    await link(client, "contacts", contact, "companies", second)
    shown = (await client.get(f"/api/v4/contacts/{contact}")).body["_embedded"]["companies"]
    assert [each["id"] for each in shown] == [second]
    said = [(change.kind, change.action, change.id, change.other) for change in told]
    assert said == [
        ("contact", "unlinked", contact, ("companies", first)),
        ("company", "unlinked", first, ("contacts", contact)),
        ("contact", "linked", contact, ("companies", second)),
        ("company", "linked", second, ("contacts", contact)),
    ]
    told.clear()
    await link(client, "contacts", contact, "companies", second)
    assert (await unlink(client, "contacts", contact, "companies", first)).status == 204
    assert not told


async def test_many_at_once(client: Client) -> None:
    leads = [await made(client, "leads", name=name) for name in "ab"]
    contact, company = await client.contact(), await made(client, "companies", name="c")
    items = [
        {"entity_id": leads[0], "to_entity_type": "contacts", "to_entity_id": contact},
        {"entity_id": leads[1], "to_entity_type": "companies", "to_entity_id": company, "metadata": {"quantity": 1}},
    ]
    answer = await client.post("/api/v4/leads/link", items)
    assert (answer.status, [each["entity_id"] for each in answer.items("links")]) == (200, leads)
    path = f"/api/v4/leads/links?filter[entity_id][]={leads[0]}&filter[entity_id][]={leads[1]}"
    assert (await client.get(path)).body["_total_items"] == 2
    found = (await client.get(f"{path}&filter[to_entity_type]=companies&filter[to_entity_id]={company}")).items("links")
    assert [(each["entity_id"], each["to_entity_id"]) for each in found] == [(leads[1], company)]
    assert (await client.get("/api/v4/leads/links")).body["_total_items"] == 0
    assert (await client.get("/api/v4/leads/links?filter[entity_id]=x")).status == 400
    assert (await client.post("/api/v4/leads/unlink", items)).status == 204
    assert (await client.get(path)).items("links") == []


async def test_what_cannot_be_linked_changes_nothing(client: Client) -> None:
    lead, contact = await made(client, "leads"), await client.contact()
    other = await made(client, "leads")
    good = {"to_entity_type": "contacts", "to_entity_id": contact}
    for bad, expected in (
        ({"to_entity_type": "leads", "to_entity_id": other}, ("NotSupportedChoice", "to_entity_type")),
        ({"to_entity_type": "moons", "to_entity_id": other}, ("NotSupportedChoice", "to_entity_type")),
        ({"to_entity_type": "contacts", "to_entity_id": 5}, ("NotSupportedChoice", "to_entity_id")),
        ({"to_entity_type": "contacts", "to_entity_id": "x"}, ("InvalidType", "to_entity_id")),
        ({"to_entity_type": "contacts"}, ("FieldMissing", "to_entity_id")),
        ({"to_entity_id": contact}, ("FieldMissing", "to_entity_type")),
        ({**good, "metadata": []}, ("InvalidType", "metadata")),
    ):
        for action in ("link", "unlink"):
            answer = await client.post(f"/api/v4/leads/{lead}/{action}", [good, bad])
            assert (answer.status, flaws(answer.body)) == (400, [expected]), bad
    for bad, expected in (
        (good, ("FieldMissing", "entity_id")),
        ({**good, "entity_id": 5}, ("NotSupportedChoice", "entity_id")),
    ):
        assert flaws((await client.post("/api/v4/leads/link", [{**good, "entity_id": lead}, bad])).body) == [expected]
    assert await contacts_of(client, lead) == []
    for path in ("link", "unlink"):
        assert (await client.post(f"/api/v4/leads/5/{path}", [good])).status == 404
    assert (await client.get("/api/v4/leads/5/links")).status == 404


async def test_unlinking_what_is_not_linked_is_done_already(client: Client) -> None:
    lead, contact, company = await made(client, "leads"), await client.contact(), await made(client, "companies")
    assert (await unlink(client, "leads", lead, "contacts", contact)).status == 204
    assert (await unlink(client, "companies", company, "leads", lead)).status == 204


async def bin_(client: Client, action: str, *contacts: int) -> None:
    form = "&".join(f"ID[]={contact}" for contact in contacts)
    answer = await client.ask("POST", f"/ajax/contacts/multiple/{action}/", form)
    assert answer.status == 200, answer.body


async def main_seen_from(client: Client, contact: int) -> bool:
    [seen] = (await client.get(f"/api/v4/contacts/{contact}/links")).items("links")
    is_main: bool = seen["metadata"]["main_contact"]
    return is_main


async def test_while_the_main_contact_is_in_the_bin_another_one_is_main(client: Client) -> None:
    first, second, third = [await client.contact(name=name) for name in "abc"]
    embedded = [{"id": first}, {"id": second}, {"id": third, "is_main": True}]
    lead = await made(client, "leads", _embedded={"contacts": embedded})
    await bin_(client, "delete", third)
    assert await contacts_of(client, lead) == [(first, True), (second, False)]
    assert [await main_seen_from(client, contact) for contact in (first, second)] == [True, False]
    await bin_(client, "restore", third)
    assert (await contacts_of(client, lead))[0] == (third, True)
    assert not await main_seen_from(client, first)


async def test_a_contact_linked_while_all_others_are_in_the_bin_is_main(client: Client) -> None:
    first, second = [await client.contact(name=name) for name in "ab"]
    lead = await made(client, "leads", _embedded={"contacts": [{"id": first}]})
    await bin_(client, "delete", first)
    [linked] = (await link(client, "leads", lead, "contacts", second)).items("links")
    assert linked["metadata"] == {"main_contact": True}
    await bin_(client, "restore", first)
    assert await contacts_of(client, lead) == [(second, True), (first, False)]


async def test_no_contact_in_the_bin_inherits_a_lead(client: Client) -> None:
    first, second, third = [await client.contact(name=name) for name in "abc"]
    embedded = [{"id": first}, {"id": second}, {"id": third, "is_main": True}]
    lead = await made(client, "leads", _embedded={"contacts": embedded})
    await bin_(client, "delete", first)
    await unlink(client, "leads", lead, "contacts", third)
    assert await contacts_of(client, lead) == [(second, True)]
    await bin_(client, "restore", first)
    assert await contacts_of(client, lead) == [(second, True), (first, False)]


async def test_a_new_deal_is_there_before_it_is_linked_and_by_whom(scene: Scene) -> None:
    client, author = scene.client, scene.users[0]
    company = await made(client, "companies", name="a")
    contact = await made(client, "contacts", name="b", _embedded={"companies": [{"id": company}]})
    embedded = {"contacts": [{"id": contact}], "companies": [{"id": company}]}
    lead = await made(client, "leads", name="c", _embedded=embedded)
    seen = [
        (event["type"], event["entity_type"], event["entity_id"], event["created_by"])
        for event in reversed((await client.get("/api/v4/events")).items("events"))
    ]
    ends = {"lead": lead, "contact": contact, "company": company}

    def pair(*kinds: str) -> list[tuple[str, str, int, int]]:
        return [("entity_linked", kind, ends[kind], author) for kind in kinds]

    assert seen == [
        ("company_added", "company", company, author),
        ("contact_added", "contact", contact, author),
        *pair("contact", "company"),
        ("lead_added", "lead", lead, author),
        *pair("lead", "company"),
        *pair("lead", "contact"),
    ]
