"""A receiver of events that keeps each in a file before it acknowledges: `python -m tests.bench.durable_receiver FILE`.

Prints its base URL when ready; GET /count says how many distinct events it has.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys

import orjson
from aiohttp import web


def create_app(path: str) -> web.Application:
    kept = sqlite3.connect(path, isolation_level=None)
    kept.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; CREATE TABLE events (id PRIMARY KEY, body)")

    async def take(request: web.Request) -> web.Response:
        body = await request.read()
        kept.execute("INSERT OR IGNORE INTO events VALUES (?, ?)", (orjson.loads(body)["event_id"], body))
        return web.Response(status=204)

    async def count(_request: web.Request) -> web.Response:
        return web.Response(text=str(kept.execute("SELECT count(*) FROM events").fetchone()[0]))

    app = web.Application()
    app.router.add_post("/events", take)
    app.router.add_get("/count", count)
    return app


async def main(path: str) -> None:
    runner = web.AppRunner(create_app(path), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    print(f"http://{host}:{port}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
