"""The call is ended by the scenario."""

from __future__ import annotations

from emulator.telephony.engine.reasons import Reason
from emulator.telephony.scenarios.kinds.base import Kind, Settings
from emulator.telephony.scenarios.run import Run


class HangUpSettings(Settings, frozen=True, forbid_unknown_fields=True):
    """Nothing to set."""


class HangUp(Kind[HangUpSettings]):
    name = "hang_up"
    title = "Завершение звонка"
    settings = HangUpSettings

    def enter(self, run: Run, settings: HangUpSettings) -> None:
        run.end_call(Reason.SCENARIO_DISCONNECTS)
