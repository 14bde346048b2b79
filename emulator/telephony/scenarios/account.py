"""The parts of one account that lead its calls through scenarios, put together."""

from __future__ import annotations

from collections.abc import Callable

import aiohttp

from emulator.core.database import Database
from emulator.core.ground import Ground
from emulator.core.sender import Destination
from emulator.core.timers import Timers
from emulator.telephony.engine.engine import Engine
from emulator.telephony.scenarios.crew import Crew
from emulator.telephony.scenarios.details import CallDetails
from emulator.telephony.scenarios.editor import Scenarios
from emulator.telephony.scenarios.integration import IntegrationDoor
from emulator.telephony.scenarios.managers import Managers
from emulator.telephony.scenarios.passages import Passages
from emulator.telephony.scenarios.requests import Requests
from emulator.telephony.scenarios.run import TagList, Tools
from emulator.telephony.scenarios.runner import Runner
from emulator.telephony.staff import Staff


class ScenarioParts:
    """`scenarios` are edited, `runner` is the routing of `engine`, `passages` and `details` say what came of calls."""

    def __init__(
        self,
        ground: Ground,
        database: Database,
        timers: Timers,
        staff: Staff,
        engine: Engine,
        integration: Callable[[], Destination | None],
        session: Callable[[], aiohttp.ClientSession],
        tags: TagList,
    ) -> None:
        door = IntegrationDoor(integration)
        requests = Requests(ground, database, door, session)
        self.crew = Crew(database, staff)
        self.managers = Managers(database)
        self.tools = Tools(ground, database, timers, staff, self.crew, door, self.managers, requests, tags)
        self.scenarios = Scenarios(self.tools)
        self.passages = Passages(database)
        self.details = CallDetails(database, self.passages)
        self.runner = engine.routing = Runner(engine, self.tools, self.scenarios, self.passages)

    def integration_disconnected(self) -> None:
        """To be told when the integration is disconnected: stored managers are forgotten (GAP-48)."""
        self.managers.forget_all()
