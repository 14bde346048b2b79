"""«Меню»: a prompt, and a key that says where to go on (facts §4.2: outputs key 0-9, wait timeout, incorrect input)."""

from __future__ import annotations

from typing import Annotated

import msgspec

from emulator.telephony.scenarios.kinds.base import Kind, Settings
from emulator.telephony.scenarios.kinds.greeting import LONGEST
from emulator.telephony.scenarios.run import NOBODY_LISTENS, Run

WAIT, INCORRECT = "wait", "incorrect"
KEYS = tuple("0123456789")


class MenuSettings(Settings, frozen=True, forbid_unknown_fields=True):
    """`prompt` is how long the prompt plays, during which keys count too; `wait` is the time for a key after it.

    `attempts`: how often the prompt is played in all, after no key or an incorrect one.
    """

    wait: Annotated[float, msgspec.Meta(gt=0, le=LONGEST)] = 5
    prompt: Annotated[float, msgspec.Meta(ge=0, le=LONGEST)] = 0
    attempts: Annotated[int, msgspec.Meta(ge=1, le=10)] = 1
    message: str | None = None


class Menu(Kind[MenuSettings]):
    name = "menu"
    title = "Меню"
    mnemonic = "menu"
    number = 4
    settings = MenuSettings
    fixed_exits = (*KEYS, WAIT, INCORRECT)

    def enter(self, run: Run, settings: MenuSettings) -> None:
        if settings.message:
            run.details["message"] = settings.message
        run.details["keys"] = []
        if run.somebody_listens():
            self._play(run, settings, 1)
        else:
            run.leave(WAIT, NOBODY_LISTENS)

    def _play(self, run: Run, settings: MenuSettings, attempt: int) -> None:
        run.state["attempt"] = attempt
        run.wake_after(settings.prompt + settings.wait, WAIT)

    def pressed(self, run: Run, settings: MenuSettings, key: str) -> None:
        run.details["keys"].append(key)
        run.stop_waiting()
        if key in run.operation.exits and key in KEYS:
            run.leave(key)
        else:
            self._again(run, settings, INCORRECT)

    def elapsed(self, run: Run, settings: MenuSettings, what: str) -> None:
        self._again(run, settings, WAIT)

    def _again(self, run: Run, settings: MenuSettings, otherwise: str) -> None:
        attempt: int = run.state["attempt"]
        if attempt < settings.attempts:
            self._play(run, settings, attempt + 1)
        else:
            run.leave(otherwise)
