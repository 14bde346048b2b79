"""Opening the worlds of a data folder again: first their rows, then, once all servers listen, what goes on in them.

A folder that cannot be opened is reported by the name of its world and left as it is; the other worlds are opened.
A world that was just being made or deleted when the process ended is cleared away, at its integration too.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from emulator.core.clock import ManualClock
from emulator.core.errors import Conflict, Problem, Unavailable
from emulator.stand.building import DEFAULT_NOW, Place, assemble, introduce
from emulator.stand.integration_link import IntegrationLink
from emulator.stand.keeping import DAMAGE, NOTES, KeptWorld, WorldFolder, remove_folder
from emulator.stand.snapshots import Snapshots
from emulator.stand.world import World


@dataclass(frozen=True)
class Found:
    """What lies in the folder of a world that is whole."""

    folder: WorldFolder
    kept: KeptWorld


def look_into(path: Path) -> Found | None:
    """What lies in the folder `path`; None when its world was being made or deleted, so that it is to be cleared away.

    Raises one of `keeping.DAMAGE` when the folder is not that of a world.
    """
    is_bare = all(each.name.startswith(NOTES) for each in path.iterdir())
    if not is_bare and not (path / NOTES).is_file():
        raise Conflict(f"{NOTES} is missing")
    folder = WorldFolder(path)
    try:
        state = folder.state or ("making" if is_bare else None)
        kept = folder.world()
        if state == "ready" and kept is not None:
            for name in ("amocrm.db", "telephony.db"):
                _check_account(path / name)
            return Found(folder, kept)
        if state not in ("making", "leaving"):
            raise Conflict(f"{NOTES} says nothing of the world")
    except BaseException:
        folder.close()
        raise
    folder.close()
    return None


def _check_account(path: Path) -> None:
    if not path.is_file():
        raise Conflict(f"{path.name} is missing")
    with closing(sqlite3.connect(path)) as connection:
        if connection.execute("SELECT count(*) FROM account").fetchone() != (1,):
            raise Conflict(f"{path.name} holds no account")


def reopen(found: Found, place: Place) -> World:
    """The world as it was, at the time where its clock stood; nothing goes on in it yet."""
    kept = found.kept
    clock = found.folder.clock()
    if clock is None:
        raise Conflict("world.db does not say what time it is")
    world = assemble(kept.request, kept.name, kept.seed, place, clock, subdomain=kept.subdomain, access=kept.access)
    world.integration.capabilities = kept.capabilities
    world.integration.connected = world.has_integration
    return world


async def clear_away(path: Path, builtin: str, session: Callable[[], aiohttp.ClientSession]) -> None:
    """Remove what is left of the world in the folder `path`, at its integration too.

    `builtin` is the address of the built-in integration, which is asked where the notes do not name another one.
    """
    link = IntegrationLink(_foreign(path) or builtin, path.name, "", ManualClock(DEFAULT_NOW), session)
    with suppress(Problem):  # one that was never told, or has gone, knows nothing of it
        await link.disconnect()
    remove_folder(path)


def _foreign(path: Path) -> str | None:
    with suppress(*DAMAGE), closing(WorldFolder(path)) as folder:
        kept = folder.world()
        if kept is not None and kept.request.integration != "builtin":
            return kept.integration
    return None


async def go_on(world: World, found: Found, snapshots: Snapshots) -> str | None:
    """Let the world go on: tell its integration new addresses, finish a restore, fire what came due, deliver what
    waits. Returns what could not be done."""
    said = None
    try:
        if world.told != found.kept.told:
            if world.has_integration:
                await introduce(world)
            found.folder.keep(world, "ready")
        if (name := found.folder.restoring) is not None:
            await snapshots.restore(name)
    except Problem as problem:
        said = f"the world {world.name} is open, but {problem.detail}"
    world.resume_deliveries()
    with suppress(Unavailable):
        await _catch_up(world)
    return said


async def _catch_up(world: World) -> None:
    """A live clock fires by itself what came due meanwhile; a manual one may have been moved and not fired yet."""
    clock = world.ground.clock
    clock.rearm()
    due = clock.next_timer()
    if clock.kind == "manual" and due is not None and due[0] <= clock.now():
        await world.advance(clock.now())
