"""What a stand holds of a world besides the world: its doors, its folder if it is kept, its snapshots."""

from __future__ import annotations

from dataclasses import dataclass

from emulator.stand.doors import Doors
from emulator.stand.keeping import WorldFolder
from emulator.stand.snapshots import Snapshots
from emulator.stand.world import World


@dataclass(frozen=True)
class Residence:
    """One world's place in the stand."""

    doors: Doors
    folder: WorldFolder | None
    snapshots: Snapshots

    def leave(self, world: World) -> None:
        """The world is about to be deleted: no request finds it any more, and no later stand opens it again."""
        self.doors.remove(world)
        if self.folder:
            self.folder.keep(world, "leaving")

    def clear(self) -> None:
        """Nothing of the world is to stay."""
        self.snapshots.close()
        if self.folder:
            self.folder.remove()

    def put_down(self) -> None:
        """The stand ends; what is in the folder stays."""
        self.snapshots.close()
        if self.folder:
            self.folder.close()
