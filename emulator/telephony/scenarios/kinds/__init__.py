"""The kinds of operations by their names (facts §4.2)."""

from __future__ import annotations

from emulator.telephony.scenarios.kinds.base import AnyKind
from emulator.telephony.scenarios.kinds.distribution import Employees, Groups
from emulator.telephony.scenarios.kinds.greeting import Greeting
from emulator.telephony.scenarios.kinds.hang_up import HangUp
from emulator.telephony.scenarios.kinds.interactive import Interactive
from emulator.telephony.scenarios.kinds.menu import Menu
from emulator.telephony.scenarios.kinds.personal_manager import PersonalManager
from emulator.telephony.scenarios.kinds.schedule import Schedule
from emulator.telephony.scenarios.kinds.set_tag import SetTag
from emulator.telephony.scenarios.kinds.voice_mail import VoiceMail

KINDS: dict[str, AnyKind] = {
    kind.name: kind
    for kind in (
        Greeting(),
        Menu(),
        Employees(),
        Groups(),
        Schedule(),
        PersonalManager(),
        Interactive(),
        SetTag(),
        VoiceMail(),
        HangUp(),
    )
}
