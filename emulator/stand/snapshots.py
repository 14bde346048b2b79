"""Snapshots of whole worlds by name, the only way in which time goes back (design §2).

A snapshot holds the rows of both fakes, the time of the world and, where the integration can keep one, a snapshot of
its tenant. Journal and faults are instruments of the tester and stay as they are. In a stand with a data folder
snapshots are files and survive a restart; otherwise they are temporary and go with the stand. Each snapshot of a
world is kept under its name; one of the same name is replaced, once all parts of the new one are there: the
integration gets a name that no other snapshot of the world has.
"""

from __future__ import annotations

import itertools
import re
import shutil
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from emulator.core.copies import Copy
from emulator.core.errors import BadRequest, Conflict, NotFound, Unavailable, nearest
from emulator.core.work import one_turn
from emulator.stand.keeping import KeptSnapshot, WorldFolder
from emulator.stand.world import World

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_TURNS = 4
"""Turns of the loop in which a connection that the other side has closed ends its handler."""


@dataclass(frozen=True)
class Snapshot:
    """A world at one moment. `decisions_seen` is how far the integration's log had been read, None without it; `tenant`
    is the name under which it keeps the tenant."""

    name: str
    at: datetime
    decisions_seen: int | None
    tenant: str
    amocrm: Copy
    telephony: Copy

    def body(self) -> dict[str, Any]:
        """The snapshot of contract §1."""
        return {"name": self.name, "at": self.at.isoformat(), "integration": self.decisions_seen is not None}

    def close(self) -> None:
        self.amocrm.close()
        self.telephony.close()


class Snapshots:
    """The snapshots of one world, kept in `folder` if it has one."""

    def __init__(self, world: World, folder: WorldFolder | None) -> None:
        self._world = world
        self._folder = folder
        self._doubtful: set[str] = set()
        self._by_name = {kept.name: _opened(kept, folder) for kept in folder.snapshots()} if folder else {}

    def listing(self) -> list[dict[str, Any]]:
        """In the order in which they were taken."""
        return [snapshot.body() for snapshot in self._by_name.values()]

    async def take(self, name: str) -> Snapshot:
        """Keep the world as it is once it has come to rest. Raises BadRequest for a name that cannot be one."""
        if not _NAME.fullmatch(name):
            raise BadRequest.field("name", name[:80], "1 to 64 letters, digits, - and _")
        world = self._world
        async with world.still():
            await world.collect_decisions()
            folder = self._folder.new_snapshot() if self._folder else None
            snapshot = self._copied(name, folder)
            try:
                if snapshot.decisions_seen is not None:
                    await world.integration.take_snapshot(snapshot.tenant)
            except BaseException:
                self._doubtful.add(snapshot.tenant)
                snapshot.close()
                if folder:
                    shutil.rmtree(folder)
                raise
            self._keep(snapshot, folder)
            self._note(snapshot, "taken")
        return snapshot

    def _copied(self, name: str, folder: Path | None) -> Snapshot:
        world = self._world
        seen = world.integration.decisions_seen if world.integration.capabilities.snapshot else None
        try:
            copies = [
                database.snapshot(folder / f"{part}.db" if folder else None)
                for part, database in (("amocrm", world.amocrm.database), ("telephony", world.telephony.database))
            ]
        except sqlite3.Error as error:
            raise Unavailable(f"the snapshot {name} cannot be stored: {error}") from None
        return Snapshot(name, world.ground.clock.now(), seen, self._free_tenant_name(), *copies)

    def _free_tenant_name(self) -> str:
        """One that no snapshot here has, nor one that failed, which the integration may still be writing."""
        taken = {snapshot.tenant for snapshot in self._by_name.values()} | self._doubtful
        return next(name for name in map(str, itertools.count(1)) if name not in taken)

    def _keep(self, snapshot: Snapshot, folder: Path | None) -> None:
        if self._folder and folder:
            kept = KeptSnapshot(snapshot.name, snapshot.at, snapshot.decisions_seen, snapshot.tenant, folder.name)
            self._folder.keep_snapshot(kept)
        if old := self._by_name.pop(snapshot.name, None):
            old.close()
        self._by_name[snapshot.name] = snapshot

    async def restore(self, name: str) -> Snapshot:
        """Put the world back: its rows, its time, its tenant. What is under way, held requests too, is cut off.

        Raises NotFound for an unknown name and Conflict when the tables are of another version, with nothing changed;
        Unavailable when the integration does not go back, and then the world has not gone back either.
        """
        self.find(name)
        world = self._world
        async with world.still(settled=False):
            snapshot = self.find(name)
            world.amocrm.database.check(snapshot.amocrm)
            world.telephony.database.check(snapshot.telephony)
            with suppress(Unavailable):
                await world.collect_decisions()
            if self._folder:
                self._folder.restoring = name
            await self._go_back(snapshot)
            if self._folder:
                self._folder.restoring = None
            self._note(snapshot, "restored")
        await world.settle()
        return snapshot

    async def _go_back(self, snapshot: Snapshot) -> None:
        """The integration first, since only it can refuse. Its requests wait at the gate until the rows are there."""
        world, clock = self._world, self._world.ground.clock
        began = clock.now()
        await world.ground.work.close()
        if snapshot.decisions_seen is not None:
            try:
                await world.integration.restore_snapshot(snapshot.tenant, snapshot.at, snapshot.decisions_seen)
            except (BadRequest, Unavailable) as problem:
                if self._folder:
                    self._folder.restoring = None
                raise Unavailable(f"nothing was restored: {problem.detail}") from None
        for _ in range(_TURNS):
            await one_turn()
        try:
            world.amocrm.database.restore(snapshot.amocrm)
            world.telephony.database.restore(snapshot.telephony)
        except sqlite3.Error as error:
            raise Unavailable(f"the snapshot {snapshot.name} was restored in part only: {error}") from None
        clock.put_back(snapshot.at + (clock.now() - began))

    def find(self, name: str) -> Snapshot:
        """The snapshot of that name. Raises NotFound naming the nearest."""
        if snapshot := self._by_name.get(name):
            return snapshot
        near = nearest(name, list(self._by_name))
        hint = f"; did you mean {near}?" if near else ""
        raise NotFound(f"the world {self._world.name} has no snapshot {name[:80]}{hint}", nearest=near)

    def _note(self, snapshot: Snapshot, did: str) -> None:
        said = {"did": did, "at": snapshot.at.isoformat()}
        self._world.ground.journal.add("change", "stand", "stand", f"snapshot:{snapshot.name}", said)

    def close(self) -> None:
        """Forget the temporary ones; files stay."""
        for snapshot in self._by_name.values():
            snapshot.close()
        self._by_name.clear()


def refuse_without_snapshots(world: World) -> None:
    """Raises Conflict when this world has an integration that cannot copy its tenant."""
    if world.has_integration and not world.integration.capabilities.snapshot:
        raise Conflict(
            f"the integration at {world.integration.base_url} lacks the capability `snapshot`, so its tenant cannot "
            "be copied for a fork"
        )


def _opened(kept: KeptSnapshot, folder: WorldFolder) -> Snapshot:
    path = folder.path / "snapshots" / kept.folder
    copies = [Copy.at(path / f"{part}.db") for part in ("amocrm", "telephony")]
    return Snapshot(kept.name, kept.at, kept.decisions_seen, kept.tenant, *copies)
