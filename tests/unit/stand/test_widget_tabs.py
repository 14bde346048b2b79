"""The widget in a tab: its socket to the integration, its frames, and settle, which waits for frames under way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import jwt
import pytest
from aiohttp import web

from features.driver import Driver
from tests.unit.stand.conftest import Control
from tests.unit.stand.test_snapshots import restored, taken
from tests.unit.stand.test_tabs import Office, office

Handler = Callable[[web.WebSocketResponse], Awaitable[None]]

SUCCESS = {"event": "start_session", "seq": 1, "data": {"status": "success"}}


async def state(there: Office, tab: str) -> tuple[str, str | None]:
    """(page, widget) of a tab."""
    _, said = await there.control.ask("GET", f"{there.path}/tabs")
    return next((each["state"], each["widget"]) for each in said["tabs"] if each["id"] == tab)


async def test_a_tab_loads_the_widget_which_starts_its_session(control: Control) -> None:
    async with office(control) as there:
        anna = await there.opens("anna")
        (told,) = await there.frames(anna, "integration")
        assert told == {"at": "2026-03-02T09:00:00+00:00", "from": "integration", "frame": SUCCESS}
        assert await state(there, anna) == ("open", "open")
        _, said = await control.ask("GET", f"{there.path}/journal?kind=push&subject=tab:{anna}")
        assert [(each["from"], each["data"]) for each in said["entries"]] == [("integration", SUCCESS)]


async def test_the_widget_is_there_for_a_real_browser_too(control: Control) -> None:
    """The address in the world is a websocket that lets nobody in without a token."""
    async with control.world() as driver:
        url = driver.world["integration"]["widget_socket_url"]
        assert url.startswith("ws://127.0.0.1:")
        async with driver.http.ws_connect(url) as wire:
            await wire.send_json({"service": "amo_crm_ws", "event": "start_session", "context": {}})
            assert (await wire.receive_json())["data"]["status"] == "error"


async def test_a_reload_starts_another_session(control: Control) -> None:
    async with office(control) as there:
        anna = await there.opens("anna")
        await there.reloads(anna)
        assert [each["frame"] for each in await there.frames(anna, "integration")] == [SUCCESS, SUCCESS]
        assert await state(there, anna) == ("open", "open")


async def test_a_page_that_amocrm_closes_takes_its_widget_along(control: Control) -> None:
    async with office(control) as there:
        anna, boris = await there.opens("anna"), await there.opens("boris")
        await there.driver.is_deleted_in_amocrm("anna")
        assert await state(there, anna) == ("closed", "closed")
        assert await state(there, boris) == ("open", "open")


async def test_a_restore_closes_widgets_and_a_reload_loads_them_again(control: Control) -> None:
    async with office(control) as there:
        anna = await there.opens("anna")
        await taken(there.driver)
        await restored(there.driver)
        assert await state(there, anna) == ("closed", "closed")
        await there.reloads(anna)
        assert await state(there, anna) == ("open", "open")


async def test_a_widget_stays_when_the_integration_is_connected_anew(control: Control) -> None:
    async with office(control) as there:
        anna = await there.opens("anna")
        await there.driver.connects_integration("pavel")
        assert await state(there, anna) == ("open", "open")


async def test_without_an_installed_widget_there_is_none(control: Control) -> None:
    async with office(control) as there:
        amocrm = there.driver.world["amocrm"]
        headers = {"Authorization": f"Bearer {amocrm['access_token']}"}
        async with control.http.delete(f"{amocrm['base_url']}/api/v4/widgets/comagic", headers=headers) as answer:
            assert answer.status < 300
        anna = await there.opens("anna")
        assert await state(there, anna) == ("open", None)
        assert await there.frames(anna, "integration") == []


class Foreign:
    """An integration of somebody else, which serves widgets by `talk` and is idle whenever it is asked."""

    def __init__(self, can: dict[str, bool], talk: Handler) -> None:
        self.can = can
        self.talk = talk
        self.wires: list[web.WebSocketResponse] = []
        self.secret = ""
        self.before_idle: Callable[[], Awaitable[None]] | None = None

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.path.endswith("/crm_websocket"):
            wire = web.WebSocketResponse()
            await wire.prepare(request)
            self.wires.append(wire)
            await self.talk(wire)
            return wire
        if request.path.endswith("/idle") and self.before_idle:
            await self.before_idle()
        if request.method == "PUT":
            self.secret = (await request.json())["amocrm"]["client_secret"]
        said: dict[str, Any] = {"_sut": self.can, "idle": {"busy": 0, "awaiting": 0}, "decisions": []}
        return web.json_response(said.get(request.path.rsplit("/", 1)[1], {}))


@asynccontextmanager
async def foreign(control: Control, talk: Handler, **can: bool) -> AsyncIterator[tuple[Foreign, Office]]:
    """A world with such an integration."""
    integration = Foreign({"idle": True, "widget": True} | can, talk)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", integration.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        async with office(control, integration=url) as there:
            yield integration, there
    finally:
        await runner.cleanup()


async def greet(wire: web.WebSocketResponse) -> None:
    """Let everybody in and say nothing more."""
    async for _ in wire:
        await wire.send_json(SUCCESS)


async def test_frames_under_way_have_arrived_when_the_world_has_settled(control: Control) -> None:
    """They are sent in the same breath in which the integration says that it has nothing left to do."""
    async with foreign(control, greet) as (integration, there):
        anna = await there.opens("anna")

        async def before_idle() -> None:
            integration.before_idle = None
            for number in range(300):
                await integration.wires[0].send_json({"number": number, "text": "x" * 2000})

        integration.before_idle = before_idle
        await there.driver.settle()
        frames = await there.frames(anna, "integration")
        assert [each["frame"]["number"] for each in frames[1:]] == list(range(300))


async def test_a_page_proves_whose_it_is_by_a_token_of_amocrm(control: Control) -> None:
    said: list[Any] = []

    async def listen(wire: web.WebSocketResponse) -> None:
        async for message in wire:
            said.append(message.json())
            await wire.send_json(SUCCESS)

    async with foreign(control, listen) as (integration, there):
        await there.opens("anna")
        await there.opens("anna")
        driver: Driver = there.driver
        first, second = (each["context"] for each in said)
        assert (said[0]["service"], said[0]["event"]) == ("amo_crm_ws", "start_session")
        assert first["reg_id"] == driver.user_id("anna")
        unjudged: Any = {f"verify_{claim}": False for claim in ("exp", "nbf", "iat", "aud")}
        claims = jwt.decode(first["comagic_key"], integration.secret, algorithms=["HS256"], options=unjudged)
        assert claims["exp"] - claims["iat"] == 1800
        assert (claims["account_id"], claims["user_id"]) == (first["account_id"], first["reg_id"])
        assert (claims["aud"], claims["subdomain"]) == ("https://integration.example.test", driver.world["id"])
        assert (claims["iss"], claims["is_admin"]) == (f"https://{driver.world['id']}.amocrm.ru", False)
        again = jwt.decode(second["comagic_key"], integration.secret, algorithms=["HS256"], options=unjudged)
        assert again["jti"] != claims["jti"]


async def test_an_integration_without_a_widget_has_no_socket(control: Control) -> None:
    async with foreign(control, greet, widget=False) as (integration, there):
        assert there.driver.world["integration"]["widget_socket_url"] is None
        assert await state(there, await there.opens("anna")) == ("open", None)
        assert integration.wires == []


async def test_a_widget_that_is_turned_away_is_closed_and_its_page_open(control: Control) -> None:
    async def refuse(wire: web.WebSocketResponse) -> None:
        await wire.receive()
        await wire.send_str("go away")
        await wire.close()

    async with foreign(control, refuse) as (_, there):
        anna = await there.opens("anna")
        assert await state(there, anna) == ("open", "closed")
        assert [each["frame"] for each in await there.frames(anna, "integration")] == ["go away"]
        await there.leaves(anna)


async def test_an_integration_that_drops_the_socket_closes_the_widget(control: Control) -> None:
    async with foreign(control, greet) as (integration, there):
        anna = await there.opens("anna")
        await integration.wires[0].close()
        await there.driver.settle()
        assert await state(there, anna) == ("open", "closed")
        await there.reloads(anna)
        assert await state(there, anna) == ("open", "open")


async def test_an_integration_that_cannot_be_reached_is_noted(control: Control) -> None:
    async with control.world() as driver:
        there = Office(control, driver)
        settings = driver.world["integration"]["settings_url"]
        async with control.http.delete(settings.removesuffix("/settings")) as answer:
            assert answer.status == 204
        _, said = await control.ask("POST", f"{there.path}/tabs", {"user": "anna"})
        assert said.get("status", 503) == 503
        (tab,) = (await control.ask("GET", f"{there.path}/tabs"))[1]["tabs"]
        assert (tab["state"], tab["widget"]) == ("open", "closed")


@pytest.mark.parametrize("how", ["close", "vanish"])
async def test_a_tab_that_goes_takes_its_widget_along(control: Control, how: str) -> None:
    gone = asyncio.get_running_loop().create_future()

    async def attend(wire: web.WebSocketResponse) -> None:
        await greet(wire)
        gone.set_result(wire.close_code)

    async with foreign(control, attend) as (_, there):
        anna = await there.opens("anna")
        await there.leaves(anna, how)
        assert await gone == (1000 if how == "close" else 1006)
        await there.driver.settle()
