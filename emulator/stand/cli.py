"""`amostand`: the command line."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click
import orjson

from emulator.core.errors import Problem

if TYPE_CHECKING:
    from emulator.stand.stand import Stand
    from emulator.stand.tls import Tls

First = Callable[["Stand"], Awaitable[None]]

PORTS = {
    "stand": 8800,
    "amocrm": 8801,
    "telephony": 8802,
    "integration": 8803,
    "amocrm_tls": 8804,
    "proxy": 8805,
}
"""Where each server listens; the last two are there with --tls only."""

HIGHEST_PORT = 65535
CERTIFICATES = Path(click.get_app_dir("amostand")) / "tls"


@click.group(help="A fake amoCRM, a fake CoMagic/UIS telephony and a reference integration between them.")
def main() -> None:
    pass


_port = click.option(
    "--port",
    type=click.IntRange(0, HIGHEST_PORT - 3),
    default=PORTS["stand"],
    show_default=True,
    help="Port of the control plane; amoCRM, telephony and integration take the next three. 0 picks free ones.",
)
_host = click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")


@main.command(help="Serve the stand with one live sample world until interrupted.")
@_host
@_port
@click.option("--json", "as_json", is_flag=True, help="Print one machine-readable line when ready.")
@click.option(
    "--tls",
    "by_tls",
    is_flag=True,
    help="Serve amoCRM by TLS as well, and a CONNECT proxy for clients that know only https://*.amocrm.ru or "
    "https://*.kommo.com; they take the next two ports.",
)
@click.option(
    "--tls-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help=f"Where the certificates of --tls are kept; made when missing.  [default: {CERTIFICATES}]",
)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder that keeps the worlds, so that they are there again at the next start.",
)
def up(host: str, port: int, as_json: bool, by_tls: bool, tls_dir: Path | None, data: Path | None) -> None:
    if tls_dir and not by_tls:
        raise click.UsageError("--tls-dir says where the certificates of --tls are kept: ask for --tls as well")
    if by_tls and port > (most := HIGHEST_PORT - len(PORTS) + 1):
        raise click.UsageError(f"--tls takes {len(PORTS)} ports in a row: --port is at most {most} then")
    folder = (tls_dir or CERTIFICATES) if by_tls else None
    _until_interrupted(host, port, lambda stand: _ready(stand, as_json), folder=folder, data=data)


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


@main.command(help="Place a call in a running stand, or play a script of one call or of a whole day.")
@click.option("--from", "from_", metavar="WHO", help="A telephone number, a person such as anna, or hidden.")
@click.option("--to", metavar="WHOM", help="A virtual number or its name, a person, or a number to call.")
@click.option(
    "--script",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="YAML with the steps of the call, or with a day of many calls.",
)
@click.option("--world", default="sample", show_default=True, help="The world to call in.")
@click.option("--stand", default=f"http://127.0.0.1:{PORTS['stand']}", show_default=True, help="The running stand.")
@click.option("--speed", type=click.FloatRange(min=1), help="How many times quicker on a live clock.  [default: 10]")
@click.option("--json", "as_json", is_flag=True, help="Print each call as JSON.")
def call(
    from_: str | None, to: str | None, script: Path | None, world: str, stand: str, speed: float | None, as_json: bool
) -> None:
    from emulator.stand.calling import Wanted, call

    try:
        asyncio.run(call(Wanted(stand, world, from_, to, script, speed, as_json), click.echo))
    except Problem as problem:
        raise click.ClickException(problem.detail) from None


def _until_interrupted(
    host: str, port: int, first: First, wait: bool = True, folder: Path | None = None, data: Path | None = None
) -> None:
    """Serve until interrupted; with a `folder` for certificates, by TLS too; with `data`, worlds that stay."""
    gc.disable()  # nothing of what is imported is garbage
    from emulator.stand.stand import Stand

    ports = {name: port + offset for offset, name in enumerate(PORTS)} if port else {}
    try:
        tls = _certificates(folder) if folder else None
        asyncio.run(_serve(Stand(host, ports, tls, data), first, wait))
    except BrokenPipeError:
        raise  # whoever read our output has left; click ends quietly
    except OSError as error:
        raise click.ClickException(f"cannot listen: {error.strerror}; another --port may be free") from None
    except Problem as problem:
        raise click.ClickException(problem.detail) from None


def _certificates(folder: Path) -> Tls:
    from emulator.stand.tls import prepare

    return prepare(folder)


async def _serve(stand: Stand, first: First, wait: bool) -> None:
    interrupted = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, interrupted.set)
    async with stand:
        _complain(stand)
        await first(stand)
        calm_the_collector()
        if wait:
            await interrupted.wait()


def _complain(stand: Stand) -> None:
    for name, reason in stand.damaged.items():
        click.echo(f"The world {name} could not be opened again: {reason}", err=True)
    for notice in stand.notices:
        click.echo(f"Note: {notice}", err=True)


def calm_the_collector() -> None:
    """What was imported stays, and what a stand keeps are rows and plain tuples: cycles to be found are rare."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()


async def _ready(stand: Stand, as_json: bool) -> None:
    from emulator.stand.sample import create_sample_world, describe

    world = await create_sample_world(stand)
    click.echo(_line(stand) if as_json else describe(stand, world))


def _line(stand: Stand) -> str:
    ca = {"ca": str(stand.tls.ca)} if stand.tls else {}
    return orjson.dumps({**stand.urls, **ca}).decode()


if __name__ == "__main__":
    main()
