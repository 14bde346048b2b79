"""Tags of cards: named by id or by name, found by any case (facts §3.6)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from .conftest import Client

CONTACTS = "/api/v4/contacts"


async def tags_of(client: Client, contact: int) -> list[str]:
    shown = (await client.get(f"{CONTACTS}/{contact}")).body["_embedded"]["tags"]
    return [tag["name"] for tag in shown]


@pytest.mark.parametrize("by_name", [True, False])
async def test_a_tag_whose_name_looks_like_an_id_is_another_tag(client: Client, by_name: bool) -> None:
    [vip] = (await client.post(f"{CONTACTS}/tags", [{"name": "vip"}])).items("tags")
    contact = await client.contact(tags_to_add=[{"name": "vip"}, {"name": str(vip["id"])}])
    named: dict[str, Any] = {"name": str(vip["id"])} if by_name else {"id": vip["id"]}
    await client.patch(f"{CONTACTS}/{contact}", {"tags_to_delete": [named]})
    assert await tags_of(client, contact) == ["vip" if by_name else str(vip["id"])]


async def test_an_unknown_tag_is_taken_away_in_vain(client: Client) -> None:
    contact = await client.contact(tags_to_add=[{"name": "vip"}])
    await client.patch(f"{CONTACTS}/{contact}", {"tags_to_delete": [{"name": "other"}]})
    assert await tags_of(client, contact) == ["vip"]


@pytest.mark.parametrize("where", ["tags_to_add", "tags_to_delete", "_embedded"])
async def test_a_tag_on_a_card_is_no_longer_than_any_other(client: Client, where: str) -> None:
    for length, status in ((255, 200), (256, 400)):
        tags = [{"name": "x" * length}]
        body = {where: {"tags": tags} if where == "_embedded" else tags}
        answer = await client.post(CONTACTS, [body])
        assert answer.status == status
    [flaw] = answer.body["validation-errors"][0]["errors"]
    assert (flaw["code"], flaw["path"]) == ("TooLong", f"{where}{'.tags' * (where == '_embedded')}.0.name")


@pytest.mark.parametrize("asked", ["постоянный", "ПОСТОЯН", "Клиент"])
async def test_tags_are_found_in_any_case(client: Client, asked: str) -> None:
    await client.post(f"{CONTACTS}/tags", [{"name": "Постоянный клиент"}, {"name": "vip"}])
    found = (await client.get(f"{CONTACTS}/tags?query={quote(asked)}")).items("tags")
    assert [tag["name"] for tag in found] == ["Постоянный клиент"]


async def test_a_tag_with_a_comma_is_found_by_its_name(client: Client) -> None:
    await client.post(f"{CONTACTS}/tags", [{"name": "Москва, Центр"}, {"name": "Москва"}])
    for key in ("filter[name]", "filter[name][]", "filter[name][0]"):
        found = (await client.get(f"{CONTACTS}/tags?{key}={quote('Москва, Центр')}")).items("tags")
        assert [tag["name"] for tag in found] == ["Москва, Центр"]
