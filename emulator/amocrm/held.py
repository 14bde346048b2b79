"""Calls of unknown numbers wait ten hours for a contact, then amoCRM makes an item of them (PRIM-16, PRIM-17, GAP-31).

The contact has to be there before the hour: at that instant the item is made. A call that names its deal waits without
end, and has no timer.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from emulator.amocrm.account import Account

HELD_FOR = timedelta(hours=10)
"""Elapsed hours from the moment amoCRM was told of the call."""

_KIND = "held call"


class HeldCalls:
    """One timer for each waiting call, under the id of the call."""

    def __init__(self, account: Account) -> None:
        self._account = account
        account.timers.on(_KIND, self._nobody_came)

    def hold(self, call_id: int) -> None:
        self._account.timers.set(_KIND, str(call_id), self._account.ground.clock.now() + HELD_FOR)

    def release(self, call_id: int) -> None:
        """The call waits no more."""
        self._account.timers.cancel(_KIND, str(call_id))

    def _nobody_came(self, call_id: str, _payload: dict[str, Any]) -> None:
        call = self._account.calls.get(int(call_id))
        if call is not None and call["state"] == "waiting":
            self._account.unsorted.make_of(call)
