"""Consent, the two hooks, keys of old, domains, owners and acting as another user (facts §1.1–§1.4)."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Iterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from yarl import URL

from emulator.amocrm.oauth import OAuthClient
from emulator.core.settle import settle

from .conftest import REDIRECT, Answer, Client, MakeScene, Scene


class Receiver:
    """What was fetched, as (path, query, headers); it answers with `status`."""

    def __init__(self) -> None:
        self.url = ""
        self.status = 200
        self.visits: list[tuple[str, dict[str, str], dict[str, str]]] = []

    async def take(self, request: web.Request) -> web.Response:
        self.visits.append((request.path, dict(request.query), dict(request.headers)))
        return web.Response(status=self.status)


@pytest.fixture
def receiver(loop: asyncio.AbstractEventLoop) -> Iterator[Receiver]:
    found, app = Receiver(), web.Application()
    app.router.add_get("/{path:.*}", found.take)
    server = TestServer(app)
    loop.run_until_complete(server.start_server())
    found.url = str(server.make_url("")).rstrip("/")
    yield found
    loop.run_until_complete(server.close())


def nobody(scene: Scene) -> Client:
    return Client(scene.client.session, scene.client.base, None)


async def pair_of(scene: Scene, client: OAuthClient, code: str) -> Answer:
    body = {"client_id": client.client_id, "client_secret": client.client_secret, "redirect_uri": client.redirect_uri}
    return await nobody(scene).post("/oauth2/access_token", {**body, "grant_type": "authorization_code", "code": code})


async def status_of(scene: Scene, token: str) -> int:
    return (await nobody(scene).ask("GET", "/api/v4/account", Authorization=f"Bearer {token}")).status


async def test_an_installation_brings_a_code(scene: Scene, receiver: Receiver) -> None:
    client = scene.account.oauth.register_client("x", f"{receiver.url}/back?shop=1")
    row = scene.account.oauth.client(client.client_id)
    assert row is not None
    visit = await scene.account.oauth_hooks.install(row, scene.users[0], "st ate", from_widget=True)
    assert visit == (200, "HTTP 200")
    [(path, query, headers)] = receiver.visits
    code = query.pop("code")
    assert (path, headers["User-Agent"]) == ("/back", "amoService-oAuth-Code-Sender/1.0")
    assert query == {
        "shop": "1",
        "state": "st ate",
        "referer": f"{scene.account.subdomain}.amocrm.ru",
        "platform": "1",
        "client_id": client.client_id,
        "from_widget": "1",
    }
    pair = await pair_of(scene, client, code)
    assert pair.status == 200
    assert await status_of(scene, pair.body["access_token"]) == 200
    journal = str([entry.body() for entry in scene.account.ground.journal.entries()])
    assert "oauth install" in journal
    assert code not in journal


async def test_a_disabled_integration_is_told_and_refused(scene: Scene, receiver: Receiver) -> None:
    client = scene.account.oauth.register_client("x", REDIRECT)
    pair = (await pair_of(scene, client, scene.account.oauth.issue_code(client.client_id, scene.users[0]))).body
    row = scene.account.oauth.client(client.client_id)
    assert row is not None
    receiver.status = 500
    visit = await scene.account.oauth_hooks.disable(row, f"{receiver.url}/off")
    assert visit.status == 500
    [(path, query, _)] = receiver.visits
    message = f"{client.client_id}|{scene.account.id}".encode()
    signature = hmac.new(client.client_secret.encode(), message, hashlib.sha256).hexdigest()
    assert (path, query) == (
        "/off",
        {"client_uuid": client.client_id, "account_id": str(scene.account.id), "signature": signature},
    )
    assert await status_of(scene, pair["access_token"]) == 401
    body = {"client_id": client.client_id, "client_secret": client.client_secret, "redirect_uri": REDIRECT}
    refresh = {**body, "grant_type": "refresh_token", "refresh_token": pair["refresh_token"]}
    assert (await nobody(scene).post("/oauth2/access_token", refresh)).body["hint"] == "Token has been revoked"
    assert await status_of(scene, str(scene.client.token)) == 200
    again = await pair_of(scene, client, scene.account.oauth.issue_code(client.client_id, scene.users[0]))
    assert await status_of(scene, again.body["access_token"]) == 200
    assert signature not in str([entry.body() for entry in scene.account.ground.journal.entries()])


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "http://xn--a/", "http://a..b/"])
async def test_nobody_there_is_no_defect(scene: Scene, url: str) -> None:
    client = scene.account.oauth.register_client("x", url)
    row = scene.account.oauth.client(client.client_id)
    assert row is not None
    assert (await scene.account.oauth_hooks.install(row, scene.users[0])).status is None


async def test_the_consent_page_agrees_or_refuses(scene: Scene) -> None:
    client = scene.account.oauth.register_client("x", "https://pbx.test/back")

    async def asked(**query: str) -> tuple[int, URL]:
        url = URL(scene.client.base).with_path("/oauth").with_query(query)
        async with scene.client.session.get(url, allow_redirects=False) as answer:
            return answer.status, URL(answer.headers.get("Location", ""))

    status, location = await asked(client_id=client.client_id, state="s", mode="popup")
    assert (status, location.host, location.query["state"]) == (302, "pbx.test", "s")
    assert location.query["client_id"] == client.client_id
    assert (await pair_of(scene, client, location.query["code"])).status == 200
    status, location = await asked(client_id=client.client_id, state="s", deny="1")
    assert dict(location.query) == {"error": "access_denied", "client_id": client.client_id, "state": "s"}
    assert (await asked(client_id="nobody"))[0] in (400, 404)
    assert (await asked(client_id=client.client_id, redirect_uri="https://evil.test"))[0] == 400


@pytest.mark.parametrize("path", ["/oauth2/exchange_api_key", "//oauth2/exchange_api_key"])
async def test_an_api_key_is_exchanged_for_a_code(scene: Scene, receiver: Receiver, path: str) -> None:
    client = scene.account.oauth.register_client("x", f"{receiver.url}/back")
    good = {
        "login": "Olga@acme.test",
        "api_key": scene.account.users.api_key(scene.users[0]),
        "client_uuid": client.client_id,
        "client_secret": client.client_secret,
    }
    answer = await nobody(scene).post(path, good)
    assert (answer.status, answer.body) == (202, None)
    await settle(scene.account.ground.work, None, [])
    [(_, query, _)] = receiver.visits
    assert (await pair_of(scene, client, query["code"])).status == 200
    for wrong in ("login", "api_key", "client_secret"):
        assert (await nobody(scene).post(path, {**good, wrong: "x"})).status == 401
        assert (await nobody(scene).post(path, {**good, wrong: 5})).status == 401
    assert good["api_key"] not in str([entry.body() for entry in scene.account.ground.journal.entries()])


async def test_domains_and_the_owner_of_a_token(make_scene: MakeScene) -> None:
    scene, _other = make_scene(), make_scene()
    account = scene.account
    client = account.oauth.register_client("x", REDIRECT)
    pair = (await pair_of(scene, client, account.oauth.issue_code(client.client_id, scene.users[2]))).body
    anna = Client(scene.client.session, scene.client.base, pair["access_token"])
    expected = {
        "id": account.id,
        "subdomain": account.subdomain,
        "domain": URL(scene.client.base).authority,
        "top_level_domain": "ru",
    }
    assert (await anna.get("/oauth2/account/subdomain")).body == expected
    named = {**expected, "domain": f"{account.subdomain}.amocrm.ru"}
    assert (await anna.get("/oauth2/account/subdomain/", Host=f"{account.subdomain}.amocrm.ru")).body == named
    path, holder = "/oauth2/account/current/subdomain", nobody(scene)
    answer = await holder.ask("GET", path, [], **{"X-Refresh-Token": pair["refresh_token"]})
    assert (answer.status, answer.body) == (200, expected)
    bad = await holder.ask("GET", path, **{"X-Refresh-Token": "x", "Host": f"{account.subdomain}.amocrm.ru"})
    assert bad.status == 401
    assert (await holder.ask("GET", path, Host=f"{account.subdomain}.amocrm.ru")).status == 401
    owner = (await anna.get("/v3/user")).body
    assert (owner["id"], owner["name"], owner["email"]) == (scene.users[2], "Анна", "anna@acme.test")
    assert (await holder.ask("GET", "/v3/user", Host=f"{account.subdomain}.amocrm.ru")).status == 401


async def test_an_administrator_acts_as_another_user(scene: Scene) -> None:
    client, (olga, rita, _) = scene.client, scene.users
    body: Any = [{"name": "x"}]
    made = await client.ask("POST", "/api/v4/contacts", body, **{"X-Context-User-ID": str(rita)})
    shown = (await client.get(f"/api/v4/contacts/{made.items('contacts')[0]['id']}")).body
    assert (shown["created_by"], shown["responsible_user_id"]) == (rita, rita)
    assert (await client.get("/api/v4/account", **{"X-Context-User-ID": str(rita)})).body["current_user_id"] == rita
    assert (await client.get("/api/v4/users", **{"X-Context-User-ID": str(rita)})).status == 403
    for bad in ("5", "x", "", "-1", "9" * 30):
        answer = await client.get("/api/v4/account", **{"X-Context-User-ID": bad})
        assert (answer.status, answer.body["title"]) == (403, "Forbidden"), bad
    client_id = scene.account.oauth.register_client("x", "https://x.test").client_id
    token = scene.account.oauth.long_lived_token(client_id, rita)
    no_admin = Client(client.session, client.base, token)
    assert (await no_admin.get("/api/v4/account", **{"X-Context-User-ID": str(olga)})).status == 403
    scene.account.users.set_active([rita], 0, is_active=False)
    assert (await client.get("/api/v4/account", **{"X-Context-User-ID": str(rita)})).status == 403


async def test_a_short_link_leads_to_its_page_without_a_token(scene: Scene) -> None:
    contact_id = await scene.client.contact()
    item = {"url": "https://shop.test/a?b=1", "metadata": {"entity_type": "contacts", "entity_id": contact_id}}
    url = (await scene.client.post("/api/v4/short_links", [item])).items("short_links")[0]["url"]
    async with scene.client.session.get(url, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (302, "https://shop.test/a?b=1")
    assert (await nobody(scene).get("/s/abc")).status == 404
