"""«Голосовая почта»: the subscriber leaves a message; the call is successful (TERM-07, GAP-18)."""

from __future__ import annotations

from emulator.telephony.engine.reasons import Reason
from emulator.telephony.scenarios.kinds.base import Kind, Settings
from emulator.telephony.scenarios.kinds.greeting import Seconds
from emulator.telephony.scenarios.run import Run


class VoiceMailSettings(Settings, frozen=True, forbid_unknown_fields=True):
    """`longest` is how long a message may be before the call is ended."""

    longest: Seconds = 180


class VoiceMail(Kind[VoiceMailSettings]):
    name = "voice_mail"
    title = "Голосовая почта"
    mnemonic = "voice_mail"
    number = 7
    settings = VoiceMailSettings

    def enter(self, run: Run, settings: VoiceMailSettings) -> None:
        if run.somebody_listens():
            run.step.to_voice_mail()
            run.wake_after(settings.longest, "full")
        else:
            run.end_call(Reason.SCENARIO_DISCONNECTS)

    def elapsed(self, run: Run, settings: VoiceMailSettings, what: str) -> None:
        run.end_call(Reason.SCENARIO_DISCONNECTS)
