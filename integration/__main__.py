"""`python -m integration --port N --data DIR`: the reference integration as a program of its own.

It prints one JSON line when it listens, and ends cleanly on SIGTERM and SIGINT. All it knows lies in DIR.
"""

from __future__ import annotations

import asyncio
import json
import signal
from pathlib import Path

import click
from aiohttp import web

from integration.app import create_app
from integration.http.logs import LOGGER


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=0, show_default=True, help="Port to listen on; 0 picks a free one.")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder of the tenants.")
def main(host: str, port: int, data: Path) -> None:
    """Run the reference integration until it is told to stop."""
    asyncio.run(_serve(host, port, data))


async def _serve(host: str, port: int, data: Path) -> None:
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    runner = web.AppRunner(create_app(data), access_log=None, logger=LOGGER, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        address = f"[{host}]" if ":" in host else host
        click.echo(json.dumps({"integration": f"http://{address}:{runner.addresses[0][1]}"}))
        await stop.wait()
    finally:
        await runner.cleanup()


if __name__ == "__main__":
    main()
