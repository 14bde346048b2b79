"""Answers are kept until anything is written, and no longer."""

from __future__ import annotations

from .conftest import Client, Scene

CONTACTS = "/api/v4/contacts"
LEADS = "/api/v4/leads?with=contacts"


async def test_a_card_that_changed_is_read_as_it_is_now(client: Client) -> None:
    contact_id = await client.contact("+79160000001", name="Пётр")
    path = f"{CONTACTS}/{contact_id}"
    assert [(await client.get(path)).body["name"] for _ in range(2)] == ["Пётр", "Пётр"]
    await client.patch(path, {"name": "Павел"})
    assert (await client.get(path)).body["name"] == "Павел"
    assert (await client.get(f"{CONTACTS}?query=Павел")).items("contacts")[0]["name"] == "Павел"


async def test_a_page_follows_what_its_cards_are_linked_to(client: Client) -> None:
    await client.post("/api/v4/leads", [{"name": "Окна"}])
    [lead] = (await client.get(LEADS)).items("leads")
    assert lead["_embedded"]["contacts"] == []
    contact_id = await client.contact(name="Пётр")
    link = {"to_entity_type": "contacts", "to_entity_id": contact_id}
    await client.post(f"/api/v4/leads/{lead['id']}/link", [link])
    [lead] = (await client.get(LEADS)).items("leads")
    assert [contact["id"] for contact in lead["_embedded"]["contacts"]] == [contact_id]


async def test_a_card_that_was_missing_is_found_once_it_is_there(scene: Scene) -> None:
    contact_id = await scene.client.contact(name="Пётр")
    path = f"{CONTACTS}/{contact_id}"
    scene.account.contacts.delete([contact_id], 0)
    assert (await scene.client.get(path)).status == 204
    scene.account.contacts.restore([contact_id], 0)
    assert (await scene.client.get(path)).status == 200


async def test_links_in_an_answer_have_the_host_that_was_asked(scene: Scene) -> None:
    client, subdomain = scene.client, scene.account.subdomain
    path = f"{CONTACTS}/{await client.contact(name='Пётр')}"
    for host in ("a", "b", "a"):
        answer = await client.get(path, Host=f"{subdomain}.{host}.test")
        assert answer.body["_links"]["self"]["href"] == f"http://{subdomain}.{host}.test{path}"
