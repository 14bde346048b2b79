"""Loss reasons, sources, widgets, short links and the tags of leads (facts §3.3, §3.6, §3.17)."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import NOON_UNIX, Client, Scene

LEADS = "/api/v4/leads"
REASONS = f"{LEADS}/loss_reasons"
SOURCES = "/api/v4/sources"
WIDGETS = "/api/v4/widgets"
LINKS = "/api/v4/short_links"
TAGS = f"{LEADS}/tags"


def flaws(body: Any) -> list[tuple[str, str]]:
    return [(error["code"], error["path"]) for item in body["validation-errors"] for error in item["errors"]]


async def lead(client: Client, **fields: Any) -> int:
    answer = await client.post(LEADS, [fields])
    assert answer.status == 200, answer.body
    return int(answer.items("leads")[0]["id"])


def another(scene: Scene, user: int = 0) -> Client:
    """A client of another integration."""
    client_id = scene.account.oauth.register_client("other", "https://x.test").client_id
    token = scene.account.oauth.long_lived_token(client_id, scene.users[user])
    return Client(scene.client.session, scene.client.base, token)


async def test_loss_reasons(scene: Scene) -> None:
    client = scene.client
    first = (await client.get(REASONS)).items("loss_reasons")[0]
    assert (first["name"], first["sort"], first["created_at"]) == ("Слишком дорого", 1, NOON_UNIX)
    made = (await client.post(REASONS, [{"name": "Ошибка", "request_id": "r"}])).items("loss_reasons")[0]
    assert (made["name"], made["sort"], made["request_id"]) == ("Ошибка", 5, "r")
    await scene.pass_time(seconds=3)
    changed = (await client.patch(f"{REASONS}/{made['id']}", {"name": "Спам", "sort": 0})).body
    assert (changed["name"], changed["updated_at"] - changed["created_at"]) == ("Спам", 3)
    assert [each["name"] for each in (await client.get(REASONS)).items("loss_reasons")][:2] == ["Спам", first["name"]]
    assert (await client.get(f"{REASONS}/{made['id']}")).body["name"] == "Спам"
    assert (await client.ask("DELETE", f"{REASONS}/{made['id']}")).status == 204
    assert (await client.get(f"{REASONS}/{made['id']}")).status == 404
    assert flaws((await client.post(REASONS, [{"name": "x"}, {"sort": 1}])).body) == [("FieldMissing", "name")]
    assert flaws((await client.patch(f"{REASONS}/{first['id']}", {"name": ""})).body) == [("NotBlank", "name")]
    assert (await another(scene, 1).post(REASONS, [{"name": "x"}])).status == 403


async def test_a_lead_says_why_it_was_lost(client: Client) -> None:
    reason = (await client.get(REASONS)).items("loss_reasons")[1]
    lead_id = await lead(client, status_id=143, loss_reason_id=reason["id"])
    shown = (await client.get(f"{LEADS}/{lead_id}?with=loss_reason")).body
    assert (shown["loss_reason_id"], shown["_embedded"]["loss_reason"]) == (reason["id"], [reason])
    for change, expected in (
        ({"status_id": 143, "loss_reason_id": 5}, [("NotSupportedChoice", "loss_reason_id")]),
        ({"status_id": 142, "loss_reason_id": reason["id"]}, [("NotSupportedChoice", "loss_reason_id")]),
        ({"loss_reason_id": "x"}, [("InvalidType", "loss_reason_id")]),
    ):
        assert flaws((await client.patch(f"{LEADS}/{lead_id}", change)).body) == expected
    await client.patch(f"{LEADS}/{lead_id}", {"status_id": 142})
    shown = (await client.get(f"{LEADS}/{lead_id}?with=loss_reason")).body
    assert (shown["loss_reason_id"], shown["_embedded"]["loss_reason"]) == (None, [])
    open_lead = await lead(client)
    body = (await client.patch(f"{LEADS}/{open_lead}", {"loss_reason_id": reason["id"]})).body
    assert flaws(body) == [("NotSupportedChoice", "loss_reason_id")]
    await client.patch(f"{LEADS}/{open_lead}", {"status_id": 143, "loss_reason_id": reason["id"]})
    await client.ask("DELETE", f"{REASONS}/{reason['id']}")
    assert (await client.get(f"{LEADS}/{open_lead}")).body["loss_reason_id"] is None


async def test_sources_belong_to_an_integration(scene: Scene) -> None:
    client, other, main = scene.client, another(scene), scene.account.pipelines.main()
    assert (await client.get(SOURCES)).status == 204
    services = [{"type": "whatsapp", "pages": [{"name": "n", "id": "1", "link": "+79160000001"}]}]
    items = [
        {"name": "Сайт", "external_id": "site", "default": True, "services": services, "request_id": "s"},
        {"name": "АТС", "external_id": "pbx", "pipeline_id": main, "origin_code": "com.pbx"},
    ]
    site, pbx = (await client.post(SOURCES, items)).items("sources")
    assert {
        "name": "Сайт",
        "pipeline_id": main,
        "default": True,
        "services": services,
        "request_id": "s",
    }.items() <= site.items()
    assert (pbx["default"], pbx["origin_code"], pbx["services"]) == (False, "com.pbx", [])
    assert [each["id"] for each in (await client.get(f"{SOURCES}?filter[external_id][]=pbx")).items("sources")] == [
        pbx["id"]
    ]
    await client.patch(f"{SOURCES}/{pbx['id']}", {"id": pbx["id"], "default": True, "external_id": "pbx"})
    assert [each["default"] for each in (await client.get(SOURCES)).items("sources")] == [False, True]
    assert (await other.get(SOURCES)).status == 204
    assert (await other.get(f"{SOURCES}/{pbx['id']}")).status == 404
    assert (await other.post(SOURCES, [items[0]])).status == 200
    batch = await client.patch(SOURCES, [{"id": site["id"], "name": "Новый", "request_id": "q"}])
    assert [(each["name"], each["request_id"]) for each in batch.items("sources")] == [("Новый", "q")]
    assert (await client.ask("DELETE", SOURCES, [{"id": site["id"], "name": "Новый"}])).status == 204
    assert (await client.ask("DELETE", f"{SOURCES}/{pbx['id']}")).status == 204
    assert (await client.ask("DELETE", f"{SOURCES}/{pbx['id']}")).status == 404
    assert (await client.get(SOURCES)).status == 204


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"name": None}, ("NotNullable", "name")),
        ({"external_id": ""}, ("NotBlank", "external_id")),
        ({"external_id": "good"}, ("NotUnique", "external_id")),
        ({"pipeline_id": 5}, ("NotSupportedChoice", "pipeline_id")),
        ({"default": 1}, ("InvalidType", "default")),
        ({"services": {}}, ("InvalidType", "services")),
        ({"services": [{"pages": []}]}, ("InvalidType", "services.0.type")),
    ],
)
async def test_a_source_that_cannot_be(client: Client, item: dict[str, Any], expected: tuple[str, str]) -> None:
    good = {"name": "x", "external_id": "good"}
    assert flaws((await client.post(SOURCES, [good, {**good, "external_id": "e", **item}])).body) == [expected]
    assert (await client.get(SOURCES)).status == 204


async def test_there_are_at_most_a_hundred_sources(client: Client) -> None:
    many = [{"name": "x", "external_id": str(number)} for number in range(101)]
    assert (await client.post(SOURCES, many)).status == 422
    assert (await client.post(SOURCES, many[:100])).status == 200
    assert (await client.post(SOURCES, many[100:])).status == 422


async def test_a_lead_comes_from_a_source(scene: Scene) -> None:
    client = scene.client
    [source] = (await client.post(SOURCES, [{"name": "Сайт", "external_id": "site"}])).items("sources")
    lead_id = await lead(client, _embedded={"source": {"external_id": "site", "type": "widget"}})
    shown = (await client.get(f"{LEADS}/{lead_id}?with=source,source_id")).body
    expected = {"id": source["id"], "type": "widget", "name": "Сайт", "external_id": "site"}
    assert (shown["source_id"], shown["_embedded"]["source"]) == (source["id"], expected)
    plain = (await client.get(f"{LEADS}/{await lead(client)}?with=source,source_id")).body
    assert (plain["source_id"], plain["_embedded"]["source"]) == (None, None)
    stranger = await lead(client, _embedded={"source": {"external_id": "moon", "type": "widget"}})
    shown = (await client.get(f"{LEADS}/{stranger}?with=source,source_id")).body
    assert (shown["source_id"], shown["_embedded"]["source"]) == (None, {"external_id": "moon", "type": "widget"})
    for given, path in ((5, ""), ({"external_id": 5}, ".external_id"), ({"external_id": "site", "type": []}, ".type")):
        body = (await client.post(LEADS, [{"_embedded": {"source": given}}])).body
        assert flaws(body) == [("InvalidType", f"_embedded.source{path}")]
    second = (await client.post(f"{LEADS}/pipelines", [{"name": "x"}])).items("pipelines")[0]
    await client.patch(f"{SOURCES}/{source['id']}", {"pipeline_id": second["id"]})
    await client.ask("DELETE", f"{LEADS}/pipelines/{second['id']}")
    assert (await client.get(f"{SOURCES}/{source['id']}")).body["pipeline_id"] == scene.account.pipelines.main()
    await client.ask("DELETE", f"{SOURCES}/{source['id']}")
    assert (await client.get(f"{LEADS}/{lead_id}?with=source_id")).body["source_id"] is None


async def test_widgets_are_installed_with_settings(scene: Scene) -> None:
    client = scene.client
    assert (await client.get(WIDGETS)).status == 204
    template = [
        {"key": "login", "name": "Логин", "type": "text", "is_required": True},
        {"key": "phones", "name": "Номера", "type": "users", "is_required": False},
    ]
    client_id = scene.account.oauth.register_client("pbx", "https://x.test").client_id
    scene.account.widgets.publish("pbx", "1.2.0", template, client_id)
    [offered] = (await client.get(WIDGETS)).items("widgets")
    assert (offered["code"], offered["version"], offered["client_uuid"]) == ("pbx", "1.2.0", client_id)
    assert (offered["settings_template"], offered["is_active_in_account"]) == (template, False)
    assert {"rating", "is_lead_source", "is_work_with_dp", "is_crm_template", "pipeline_id"} <= offered.keys()
    path, phones = f"{WIDGETS}/pbx", {str(scene.users[0]): "101"}
    for body, expected in (
        ({}, ("FieldMissing", "login")),
        ({"login": ""}, ("NotBlank", "login")),
        ({"login": "x", "logn": "y"}, ("FieldNotExpected", "logn")),
        ({"login": "x", "phones": "101"}, ("InvalidType", "phones")),
        ({"login": []}, ("InvalidType", "login")),
    ):
        assert expected in flaws((await client.post(path, body)).body)
    installed = (await client.post(path, {"login": "acme", "phones": phones})).body
    assert (installed["is_active_in_account"], installed["settings"]) == (True, {"login": "acme", "phones": phones})
    assert (await client.post(path, {"login": "other"})).body["settings"] == {"login": "other", "phones": phones}
    assert (await client.post(path, [])).status == 200
    assert (await another(scene, 1).post(path, {"login": "x"})).status == 403
    assert (await client.ask("DELETE", path)).status == 204
    left = (await client.get(path)).body
    assert (left["is_active_in_account"], "settings" in left) == (False, False)
    assert (await client.get(f"{WIDGETS}/moon")).status == 404


async def test_short_links(scene: Scene) -> None:
    client, contact_id = scene.client, await scene.client.contact()
    metadata = {"entity_type": "contacts", "entity_id": contact_id}
    answer = await client.post(LINKS, [{"url": "https://shop.test/a?b=1", "metadata": metadata}] * 2)
    first, second = answer.items("short_links")
    assert (first["account_id"], first["metadata"]) == (scene.account.id, metadata)
    assert first["url"] != second["url"]
    assert first["url"].startswith(f"{client.base}/s/")
    for body, expected in (
        ({"metadata": metadata}, ("FieldMissing", "url")),
        ({"url": "shop", "metadata": metadata}, ("NotSupportedChoice", "url")),
        ({"url": "https://[", "metadata": metadata}, ("NotSupportedChoice", "url")),
        ({"url": "https://a.test"}, ("FieldMissing", "metadata")),
        (
            {"url": "https://a.test", "metadata": {"entity_type": "leads"}},
            ("NotSupportedChoice", "metadata.entity_type"),
        ),
        (
            {"url": "https://a.test", "metadata": {**metadata, "entity_id": 5}},
            ("NotSupportedChoice", "metadata.entity_id"),
        ),
    ):
        assert flaws((await client.post(LINKS, [body])).body) == [expected]


async def test_tags_of_leads_are_renamed_and_coloured(client: Client) -> None:
    first, second = (await client.post(TAGS, [{"name": "A", "color": None}, {"name": "B"}])).items("tags")
    lead_id = await lead(client, _embedded={"tags": [{"name": "A"}, {"name": "B"}]})
    change = {"id": first["id"], "name": "C", "color": "FF8F92", "request_id": "0"}
    assert (await client.patch(f"{TAGS}/{first['id']}", change)).body == {
        "id": first["id"],
        "name": "C",
        "color": "FF8F92",
    }
    batch = await client.patch(TAGS, [{"id": second["id"], "color": "EBEBEB", "request_id": "q"}])
    assert batch.items("tags") == [{"id": second["id"], "name": "B", "color": "EBEBEB", "request_id": "q"}]
    shown = (await client.get(f"{LEADS}/{lead_id}")).body["_embedded"]["tags"]
    assert [(tag["name"], tag["color"]) for tag in shown] == [("C", "FF8F92"), ("B", "EBEBEB")]
    for body, expected in (
        ({"id": second["id"], "name": "C"}, ("NotUnique", "name")),
        ({"id": second["id"], "name": ""}, ("NotBlank", "name")),
        ({"id": second["id"], "color": "red"}, ("NotSupportedChoice", "color")),
        ({"id": 5}, ("NotSupportedChoice", "id")),
    ):
        assert flaws((await client.patch(TAGS, [body])).body) == [expected]
    both = [{"id": first["id"], "name": "D"}, {"id": second["id"], "name": "D"}]
    assert flaws((await client.patch(TAGS, both)).body) == [("NotUnique", "name")]
    assert (await client.patch(f"{TAGS}/5", {"name": "x"})).status == 404
    assert flaws((await client.post(TAGS, [{"name": "x" * 256}])).body) == [("TooLong", "name")]
    assert flaws((await client.post("/api/v4/contacts/tags", [{"name": "x", "color": "EBEBEB"}])).body) == [
        ("NotSupportedChoice", "color")
    ]
    assert (await client.patch("/api/v4/contacts/tags", [{"id": 1}])).status == 405
