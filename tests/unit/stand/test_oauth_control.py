"""The administrator's part of OAuth on the control plane: installing, switching off, API keys."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from features.driver import Driver
from tests.unit.stand.conftest import Control


@pytest.fixture
def visited(loop: asyncio.AbstractEventLoop) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """An address, and the queries it is fetched with."""
    queries: list[dict[str, str]] = []

    async def take(request: web.Request) -> web.Response:
        queries.append(dict(request.query))
        return web.Response(status=204)

    app = web.Application()
    app.router.add_get("/back", take)
    server = TestServer(app)
    loop.run_until_complete(server.start_server())
    yield str(server.make_url("/back")), queries
    loop.run_until_complete(server.close())


async def account_status(driver: Driver, token: str) -> int:
    url = f"{driver.world['amocrm']['base_url']}/api/v4/account"
    async with driver.http.get(url, headers={"Authorization": f"Bearer {token}"}) as answer:
        return answer.status


async def test_install_and_disable(control: Control, visited: tuple[str, list[dict[str, str]]]) -> None:
    address, queries = visited
    async with control.world() as driver:
        amocrm, path = driver.world["amocrm"], f"/_stand/worlds/{driver.world['id']}/oauth"
        asked = {"redirect_uri": address, "state": "s", "from_widget": True}
        status, body = await control.ask("POST", f"{path}/install", asked)
        assert (status, body) == (200, {"client_id": amocrm["client_id"], "status": 204, "detail": "HTTP 204"})
        assert (queries[0]["state"], queries[0]["from_widget"]) == ("s", "1")
        exchange = {key: amocrm[key] for key in ("client_id", "client_secret")}
        exchange |= {"grant_type": "authorization_code", "code": queries[0]["code"], "redirect_uri": address}
        async with driver.http.post(f"{amocrm['base_url']}/oauth2/access_token", json=exchange) as answer:
            token = (await answer.json())["access_token"]
        assert await account_status(driver, token) == 200
        status, body = await control.ask("POST", f"{path}/disable", {})
        assert (status, body["status"]) == (200, 204)
        assert queries[1].keys() == {"client_uuid", "account_id", "signature"}
        assert await account_status(driver, token) == 401
        for route, bad, at in (
            ("install", {"client_id": "x"}, "client_id"),
            ("install", {"redirect_uri": "pbx"}, "redirect_uri"),
            ("install", {"stat": "s"}, "stat"),
            ("disable", {"url": "ftp://x.test"}, "url"),
            ("disable", {"url": "http://x:99999/"}, "url"),
        ):
            status, problem = await control.ask("POST", f"{path}/{route}", bad)
            assert (status, problem["errors"][0]["path"]) == (400, at)


async def test_api_keys_of_users(control: Control) -> None:
    async with control.world() as driver:
        status, keys = await control.ask("GET", f"/_stand/worlds/{driver.world['id']}/amocrm/api-keys")
        assert (status, set(keys)) == (200, {"olga", "pavel", "rita", "anna", "boris"})
        assert len(set(keys.values())) == 5


async def test_the_widget_of_the_integration_is_installed(control: Control) -> None:
    async with control.world() as driver:
        amocrm = driver.world["amocrm"]
        headers = {"Authorization": f"Bearer {amocrm['access_token']}"}
        async with driver.http.get(f"{amocrm['base_url']}/api/v4/widgets/comagic", headers=headers) as answer:
            widget = await answer.json(content_type=None)
        assert (widget["is_active_in_account"], widget["settings"]) == (True, {})
