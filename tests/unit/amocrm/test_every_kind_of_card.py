"""What contacts, companies and leads have in common is there for each of them, by every path that leads to it."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Client

KINDS = ("contacts", "companies", "leads")
OTHER = {"contacts": "leads", "companies": "contacts", "leads": "contacts"}

pytestmark = pytest.mark.parametrize("kind", KINDS)


async def card(client: Client, kind: str) -> int:
    [thin] = (await client.post(f"/api/v4/{kind}", [{"name": "Окна"}])).items(kind)
    return int(thin["id"])


async def test_notes(client: Client, kind: str) -> None:
    own, all_notes = f"/api/v4/{kind}/{await card(client, kind)}/notes", f"/api/v4/{kind}/notes"
    common: dict[str, Any] = {"note_type": "common", "params": {"text": "Раз"}}
    [first] = (await client.post(own, [common])).items("notes")
    [second] = (await client.post(all_notes, [{**common, "entity_id": first["entity_id"]}])).items("notes")
    for path, text in ((own, "Два"), (all_notes, "Три")):
        changes = {"params": {"text": text}}
        assert (await client.patch(path, [{"id": first["id"], **changes}])).status == 200
        assert (await client.patch(f"{path}/{second['id']}", changes)).status == 200
        assert [note["params"]["text"] for note in (await client.get(path)).items("notes")] == [text, text]
        assert (await client.post(f"{path}/{second['id']}/pin", None)).status == 204
        shown = (await client.get(f"{path}/{second['id']}?with=is_pinned")).body
        assert (shown["id"], shown["is_pinned"]) == (second["id"], True)
        assert (await client.post(f"{path}/{second['id']}/unpin", None)).status == 204
        assert (await client.get(f"{path}/{second['id']}?with=is_pinned")).body["is_pinned"] is False


async def test_links(client: Client, kind: str) -> None:
    one, two = await card(client, kind), await card(client, OTHER[kind])
    end = {"to_entity_id": two, "to_entity_type": OTHER[kind]}
    for path, item in ((f"/api/v4/{kind}/{one}", end), (f"/api/v4/{kind}", {"entity_id": one, **end})):
        [link] = (await client.post(f"{path}/link", [item])).items("links")
        assert (link["entity_id"], link["to_entity_id"]) == (one, two)
        shown = await client.get(f"{path}/links?filter[entity_id][]={one}")
        assert [each["to_entity_id"] for each in shown.items("links")] == [two]
        assert (await client.post(f"{path}/unlink", [item])).status == 204
        assert (await client.get(f"{path}/links?filter[entity_id][]={one}")).items("links") == []


async def test_tags(client: Client, kind: str) -> None:
    path = f"/api/v4/{kind}/tags"
    [made] = (await client.post(path, [{"name": "Успех"}])).items("tags")
    assert [tag["id"] for tag in (await client.get(path)).items("tags")] == [made["id"]]


async def test_fields(client: Client, kind: str) -> None:
    path = f"/api/v4/{kind}/custom_fields"
    [made] = (await client.post(path, [{"name": "Цвет", "type": "text"}])).items("custom_fields")
    assert (await client.patch(path, [{"id": made["id"], "name": "Тон"}])).status == 200
    assert (await client.patch(f"{path}/{made['id']}", {"sort": 7})).status == 200
    shown = (await client.get(f"{path}/{made['id']}")).body
    assert (shown["name"], shown["sort"]) == ("Тон", 7)
    assert made["id"] in [field["id"] for field in (await client.get(f"{path}?limit=250")).items("custom_fields")]
    assert (await client.ask("DELETE", f"{path}/{made['id']}")).status == 204
    assert (await client.get(f"{path}/{made['id']}")).status == 404


async def test_groups_of_fields(client: Client, kind: str) -> None:
    path = f"/api/v4/{kind}/custom_fields/groups"
    [made] = (await client.post(path, [{"name": "Размеры"}])).items("custom_field_groups")
    assert (await client.patch(f"{path}/{made['id']}", {"name": "Меры"})).status == 200
    assert (await client.get(f"{path}/{made['id']}")).body["name"] == "Меры"
    assert made["id"] in [group["id"] for group in (await client.get(path)).items("custom_field_groups")]
    assert (await client.ask("DELETE", f"{path}/{made['id']}")).status == 204
    assert (await client.get(f"{path}/{made['id']}")).status == 404
