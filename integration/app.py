"""The integration as one aiohttp application. It runs in a process of its own or on the loop of whoever makes it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

from aiohttp import web

from integration.amocrm.transport import new_session
from integration.http import control, telephony, widget
from integration.http.errors import problems
from integration.http.keys import TENANTS
from integration.tenants import Tenants


def create_app(data: Path | None = None) -> web.Application:
    """The application. Tenants are files in the folder `data` and start with it; without one they are in memory."""
    app = web.Application(middlewares=[problems])
    app.add_routes(control.routes)
    app.add_routes(telephony.routes)
    app.add_routes(widget.routes)
    app.on_shutdown.append(_close_sockets)

    async def tenants(app: web.Application) -> AsyncIterator[None]:
        async with new_session() as session:
            app[TENANTS] = Tenants(session, data)
            await app[TENANTS].load_all()
            yield
            await app[TENANTS].close()

    app.cleanup_ctx.append(tenants)
    return app


async def _close_sockets(app: web.Application) -> None:
    await app[TENANTS].close_sockets("the service goes down")
