"""«Приветствие»: something is played, and the call goes on."""

from __future__ import annotations

from typing import Annotated

import msgspec

from emulator.telephony.scenarios.kinds.base import NEXT, Kind, Settings
from emulator.telephony.scenarios.run import NOBODY_LISTENS, Run

LONGEST = 3600
Seconds = Annotated[float, msgspec.Meta(gt=0, le=LONGEST)]


class GreetingSettings(Settings, frozen=True, forbid_unknown_fields=True):
    """`seconds` is how long it plays, `message` what is played."""

    seconds: Seconds
    message: str | None = None


class Greeting(Kind[GreetingSettings]):
    name = "greeting"
    title = "Проигрывание сообщения"
    settings = GreetingSettings
    fixed_exits = (NEXT,)

    def enter(self, run: Run, settings: GreetingSettings) -> None:
        if settings.message:
            run.details["message"] = settings.message
        if run.somebody_listens():
            run.wake_after(settings.seconds, "played")
        else:
            run.leave(NEXT, NOBODY_LISTENS)

    def elapsed(self, run: Run, settings: GreetingSettings, what: str) -> None:
        run.leave(NEXT)
