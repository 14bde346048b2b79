"""What a stand keeps on disk with `--data DIR`, so that its worlds survive the process.

    DIR/lock                        held as long as a stand works here
    DIR/stand.db                    the ports it last listened on
    DIR/worlds/NAME/world.db        what the world was made from, its access, its clock
                    amocrm.db       the rows of the fakes, committed before each answer
                    telephony.db
                    snapshots/N/    copies of both
    DIR/integration/                the built-in integration's own, one file per tenant

Tokens lie in all of it: nobody else may look into it. A kill at any moment leaves whole worlds and such as are to be
cleared away: a world begins with the note that it is being made, and its folder goes in one step.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import msgspec

from emulator.core.clock import Clock, LiveClock, ManualClock
from emulator.core.errors import Conflict, Problem, Unavailable
from emulator.core.instants import from_micros, micros
from emulator.stand.answers import Capabilities
from emulator.stand.building import WorldRequest
from emulator.stand.notes import Notes
from emulator.stand.world import OutsideAccess, World

State = Literal["making", "ready", "leaving"]
"""How far a world has come; unless it is ready it is not there yet or not any more."""

NOTES = "world.db"
_GONE = ".gone"
"""What the name of a folder ends in while it is being removed; no world is called so."""


class KeptWorld(msgspec.Struct, frozen=True):
    """A world as it was made. `told` are the addresses that its integration was told."""

    request: WorldRequest
    name: str
    seed: int
    subdomain: str
    access: OutsideAccess
    told: dict[str, str]
    integration: str
    capabilities: Capabilities


class KeptClock(msgspec.Struct, frozen=True):
    """`at`: microseconds since 1970 of a manual clock, microseconds ahead of real time of a live one."""

    kind: Literal["manual", "live"]
    at: int

    @classmethod
    def of(cls, clock: Clock) -> KeptClock:
        if isinstance(clock, LiveClock):
            return cls("live", clock.offset // timedelta(microseconds=1))
        return cls("manual", micros(clock.now()))

    def again(self) -> Clock:
        if self.kind == "live":
            return LiveClock(offset=timedelta(microseconds=self.at))
        return ManualClock(from_micros(self.at))


class KeptSnapshot(msgspec.Struct, frozen=True):
    """A snapshot of a world; its copies lie in `folder`, that of its tenant is called `tenant` by the integration."""

    name: str
    at: datetime
    decisions_seen: int | None
    tenant: str
    folder: str


class WorldFolder:
    """The folder of one world. Its notes are in `world.db`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._notes = Notes(path / NOTES)

    def world(self) -> KeptWorld | None:
        return self._notes.get("world", KeptWorld)

    @property
    def state(self) -> State | None:
        return self._notes.get("state", State)  # type: ignore[arg-type]

    @state.setter
    def state(self, state: State) -> None:
        self._notes.put("state", state)

    def keep(self, world: World, state: State) -> None:
        """Keep what `world` is made from, and that it has come as far as `state`."""
        kept = KeptWorld(
            world.request,
            world.name,
            world.ground.ids.seed,
            world.amocrm.subdomain,
            world.access,
            world.told,
            world.integration.base_url,
            world.integration.capabilities,
        )
        self._notes.put("world", kept)
        self.state = state

    def follow(self, clock: Clock) -> None:
        """Keep where `clock` stands, now and after each move."""

        def keep() -> None:
            self._notes.put("clock", KeptClock.of(clock))

        clock.on_move = keep
        keep()

    def clock(self) -> Clock | None:
        kept = self._notes.get("clock", KeptClock)
        return kept.again() if kept else None

    @property
    def restoring(self) -> str | None:
        """The snapshot that was being restored when the process ended."""
        return self._notes.get("restoring", str)

    @restoring.setter
    def restoring(self, name: str | None) -> None:
        self._notes.put("restoring", name)

    def snapshots(self) -> list[KeptSnapshot]:
        """Those that were kept whole; what is left of others is removed."""
        kept = self._notes.get("snapshots", list[KeptSnapshot]) or []
        folders = {each.folder for each in kept}
        for path in (self.path / "snapshots").glob("*"):
            if path.name not in folders:
                shutil.rmtree(path)
        return kept

    def new_snapshot(self) -> Path:
        """An empty folder for the copies of a snapshot."""
        parent = self.path / "snapshots"
        parent.mkdir(exist_ok=True, mode=0o700)
        number = max((int(each.name) for each in parent.iterdir() if each.name.isdecimal()), default=0) + 1
        path = parent / str(number)
        path.mkdir(mode=0o700)
        return path

    def keep_snapshot(self, snapshot: KeptSnapshot) -> None:
        """Keep it in place of the one of its name."""
        before = self._notes.get("snapshots", list[KeptSnapshot]) or []
        self._notes.put("snapshots", [*(each for each in before if each.name != snapshot.name), snapshot])
        self.snapshots()

    def close(self) -> None:
        self._notes.close()

    def remove(self) -> None:
        self.close()
        remove_folder(self.path)


def remove_folder(path: Path) -> None:
    """Remove the folder of a world that is not open. A kill leaves all of it, or what the next stand clears away."""
    gone = path.with_name(path.name + _GONE)
    shutil.rmtree(gone, ignore_errors=True)
    path.rename(gone)
    shutil.rmtree(gone)


class DataFolder:
    """The folder of a stand, which no other stand may work on meanwhile."""

    def __init__(self, path: Path) -> None:
        """Raises Conflict when another stand works here, Unavailable when the folder cannot be used."""
        self.path = path
        try:
            path.mkdir(parents=True, exist_ok=True, mode=0o700)
            (path / "worlds").mkdir(exist_ok=True, mode=0o700)
            self._lock = os.open(path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise Unavailable(f"the folder {path} cannot be used: {error.strerror}") from None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for gone in (path / "worlds").glob(f"*{_GONE}"):
                shutil.rmtree(gone)
            self._notes = Notes(path / "stand.db")
        except BlockingIOError:
            os.close(self._lock)
            raise Conflict(f"another stand works on the folder {path}") from None
        except (OSError, sqlite3.Error) as error:
            os.close(self._lock)
            raise Unavailable(f"the folder {path} cannot be used: {error}") from None

    @property
    def integration(self) -> Path:
        return self.path / "integration"

    @property
    def ports(self) -> dict[str, int]:
        """The ports of the last stand here, by part."""
        return self._notes.get("ports", dict[str, int]) or {}

    @ports.setter
    def ports(self, ports: dict[str, int]) -> None:
        self._notes.put("ports", ports)

    def worlds(self) -> list[Path]:
        """The folders of worlds, by name."""
        return sorted(path for path in (self.path / "worlds").iterdir() if path.is_dir())

    def path_of(self, name: str) -> Path:
        return self.path / "worlds" / name

    def make(self, name: str) -> WorldFolder:
        """A folder for a world that is being made."""
        path = self.path_of(name)
        try:
            path.mkdir(mode=0o700)
            folder = WorldFolder(path)
            folder.state = "making"
            return folder
        except (OSError, sqlite3.Error) as error:
            raise Unavailable(f"the world {name} cannot be kept in {path}: {error}") from None

    def close(self) -> None:
        self._notes.close()
        os.close(self._lock)


DAMAGE = (sqlite3.Error, msgspec.MsgspecError, OSError, Problem)
"""What opening a world can fail with when its folder is damaged or of another version."""
