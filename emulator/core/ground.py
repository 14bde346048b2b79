"""The ground that both fakes of one world stand on."""

from __future__ import annotations

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from emulator.core.clock import Clock
from emulator.core.database import Databases
from emulator.core.faults import Fault, Faults, Target
from emulator.core.gate import Gate
from emulator.core.ids import Ids
from emulator.core.journal import Journal
from emulator.core.settle import Barrier
from emulator.core.work import Work


@dataclass
class Ground:
    """One world's clock, work in flight, journal, faults and ids. `zone` is the account's time zone."""

    name: str
    clock: Clock
    ids: Ids
    zone: ZoneInfo
    journal: Journal
    work: Work = field(default_factory=Work)
    faults: Faults = field(default_factory=Faults)
    gate: Gate = field(default_factory=Gate)
    databases: Databases = field(default_factory=lambda: Databases(spares=0))
    barriers: list[Barrier] = field(default_factory=list)
    """One per open websocket: each passes a ping through before settle believes in silence."""

    def __post_init__(self) -> None:
        self.clock.on_failure = self.work.failures.append

    @classmethod
    def lay(cls, name: str, clock: Clock, seed: int, zone: ZoneInfo, databases: Databases | None = None) -> Ground:
        """`databases` may be shared by worlds of one process."""
        return cls(name, clock, Ids(seed), zone, Journal(clock), databases=databases or Databases(spares=0))

    def fault_for(
        self,
        target: Target,
        method: str,
        path: str,
        body: bytes,
        cause: str | None,
        subject: str | None = None,
        asker: str | None = None,
    ) -> Fault | None:
        """The fault that spoils a request of `asker` or a delivery, noted in the journal under `subject`, else
        `path`."""
        fault = self.faults.match(target, method, path, body, asker) if self.faults.entries else None
        if fault:
            said = {"fault": fault.id, "action": fault.request.action.name}
            self.journal.add("fault", "stand", target, subject or path, said, cause)
        return fault

    async def close(self) -> None:
        self.clock.close()
        await self.work.close()
