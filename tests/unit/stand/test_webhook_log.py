"""The webhooks that a world's amoCRM sent, on the control plane (contract §1)."""

from __future__ import annotations

from typing import Any

import orjson
from aiohttp import web
from aiohttp.test_utils import TestServer

from features.driver import Driver
from tests.unit.stand.conftest import Control


async def api(control: Control, driver: Driver, path: str, body: Any) -> Any:
    """A POST to the world's amoCRM as a client of a developer."""
    amocrm = driver.world["amocrm"]
    headers = {"Authorization": f"Bearer {amocrm['access_token']}"}
    url = f"{amocrm['base_url']}/api/v4/{path}"
    async with control.http.post(url, data=orjson.dumps(body), headers=headers) as answer:
        assert answer.status == 200
        return orjson.loads(await answer.read())


async def test_the_log_of_a_world(control: Control) -> None:
    statuses = [500, 200, 200]

    async def take(_request: web.Request) -> web.Response:
        return web.Response(status=statuses.pop(0))

    app = web.Application()
    app.router.add_post("/hook", take)
    async with TestServer(app) as server, control.alone(name="hooks") as driver:
        url, path = str(server.make_url("/hook")), "/_stand/worlds/hooks/webhooks"
        assert await control.ask("GET", path) == (200, [])
        await api(control, driver, "webhooks", {"destination": url, "settings": ["add_lead"]})
        fault = {"target": "webhooks", "action": {"delay": 1}, "match": {"path": "add_lead *", "nth": 2}}
        assert (await control.ask("POST", "/_stand/worlds/hooks/faults", fault))[0] == 201
        await api(control, driver, "leads", [{"name": "A"}])
        await control.ask("POST", "/_stand/worlds/hooks/settle", {})
        await api(control, driver, "leads", [{"name": "B"}])
        await control.ask("POST", "/_stand/worlds/hooks/settle", {})
        _, log = await control.ask("GET", path)
        assert [(row["state"], row["status"]) for row in log] == [("retrying", 500), ("waiting", None)]
        _, moved = await control.ask("POST", "/_stand/worlds/hooks/clock", {"advance": 300})
        assert [fired["what"] for fired in moved["fired"] if fired["owner"] == "amocrm"] == ["webhook 1"]
        _, log = await control.ask("GET", f"{path}?since=1")
        assert [(row["id"], row["state"], row["attempts"]) for row in log] == [(2, "delivered", 1)]
        _, log = await control.ask("GET", path)
        assert [(row["destination"], row["code"], row["state"]) for row in log] == [(url, "add_lead", "delivered")] * 2
        assert (await control.ask("GET", f"{path}?sinc=1"))[0] == 400
