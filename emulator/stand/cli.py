"""`amostand`: the command line."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Awaitable, Callable

import click
import orjson

from emulator.core.errors import Problem
from emulator.stand.stand import Stand

First = Callable[[Stand], Awaitable[None]]

PORTS = {"stand": 8800, "amocrm": 8801, "telephony": 8802, "integration": 8803}


@click.group(help="A fake amoCRM, a fake CoMagic/UIS telephony and a reference integration between them.")
def main() -> None:
    pass


_port = click.option(
    "--port",
    type=click.IntRange(0, 65532),
    default=PORTS["stand"],
    show_default=True,
    help="Port of the control plane; amoCRM, telephony and integration take the next three. 0 picks free ones.",
)
_host = click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")


@main.command(help="Serve the stand with one live sample world until interrupted.")
@_host
@_port
@click.option("--json", "as_json", is_flag=True, help="Print one machine-readable line when ready.")
def up(host: str, port: int, as_json: bool) -> None:
    _until_interrupted(host, port, lambda stand: _ready(stand, as_json))


@main.command(help="Play a call as a story in the terminal, then leave the live sample world running.")
@_host
@_port
@click.option("--story-only", is_flag=True, help="Stop after the story.")
def run(host: str, port: int, story_only: bool) -> None:
    from emulator.stand.story import tell

    async def first(stand: Stand) -> None:
        await tell(stand, click.echo)
        click.echo()
        if not story_only:
            await _ready(stand, as_json=False)

    _until_interrupted(host, port, first, wait=not story_only)


def _until_interrupted(host: str, port: int, first: First, wait: bool = True) -> None:
    ports = {name: port + offset for offset, name in enumerate(PORTS)} if port else {}
    try:
        asyncio.run(_serve(host, ports, first, wait))
    except BrokenPipeError:
        raise  # whoever read our output has left; click ends quietly
    except OSError as error:
        raise click.ClickException(f"cannot listen: {error.strerror}; another --port may be free") from None
    except Problem as problem:
        raise click.ClickException(problem.detail) from None


async def _serve(host: str, ports: dict[str, int], first: First, wait: bool) -> None:
    interrupted = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, interrupted.set)
    async with Stand(host, ports) as stand:
        await first(stand)
        calm_the_collector()
        if wait:
            await interrupted.wait()


def calm_the_collector() -> None:
    """What was imported stays, and what a stand keeps are rows and plain tuples: cycles to be found are rare."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


async def _ready(stand: Stand, as_json: bool) -> None:
    from emulator.stand.sample import create_sample_world, describe

    world = await create_sample_world(stand)
    click.echo(orjson.dumps(stand.urls).decode() if as_json else describe(stand, world))


if __name__ == "__main__":
    main()
