"""What the rows of one report share: the account's time and names, where communications came from, what they carry.

Each part is read once, with few statements, and only when a column looks at it.
"""

from __future__ import annotations

from functools import cached_property

from emulator.core.instants import local_text
from emulator.telephony.account import TelephonyAccount
from emulator.telephony.communications.ledger import Communication
from emulator.telephony.data_api.origins import Origins
from emulator.telephony.data_api.tagging import Tagging


class Report:
    """A report of what began in [since, until), in microseconds."""

    def __init__(self, account: TelephonyAccount, since: int, until: int) -> None:
        self.account = account
        self.since = since
        self.until = until

    def time(self, instant: int | None) -> str | None:
        return None if instant is None else local_text(instant, self.account.ground.zone)

    def name(self, employee_id: int | None) -> str | None:
        return None if employee_id is None else self.names.get(employee_id)

    @cached_property
    def names(self) -> dict[int, str]:
        return self.account.staff.names()

    @cached_property
    def communications(self) -> dict[int, Communication]:
        return {each.id: each for each in self.account.communications.between(self.since, self.until)}

    @cached_property
    def origins(self) -> Origins:
        return Origins(self.account.marketing, self.since, self.until)

    @cached_property
    def tagging(self) -> Tagging:
        return Tagging(self.account, self.since, self.until)
