"""Which virtual number a call of the Call API shows: `virtual_phone_usage_rule` (facts §2.1).

A region is the code behind the country's one. Where a rule finds no number, the one that was asked for is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from emulator.core.phones import match_key
from emulator.telephony.account import TelephonyAccount
from emulator.telephony.staff import VirtualNumber

_CODE = 3
"""Digits of a Russian region's code; the number itself has ten."""


def used_number(account: TelephonyAccount, rule: str, asked: VirtualNumber, contact: str) -> VirtualNumber:
    """The number to show to `contact`."""
    return _RULES[rule](account, account.virtual_numbers, contact) or asked


def _fixed(account: TelephonyAccount, among: Sequence[VirtualNumber], contact: str) -> VirtualNumber | None:
    """The one that was asked for."""
    return None


def _fixed_for_contact(account: TelephonyAccount, among: Sequence[VirtualNumber], contact: str) -> VirtualNumber | None:
    """The one of the last call with them."""
    shown = account.database.value(
        "SELECT virtual_phone FROM sessions WHERE contact_phone = ? AND virtual_phone IS NOT NULL"
        " ORDER BY id DESC LIMIT 1",
        contact,
    )
    return next((each for each in among if each.number == shown), None)


def _drawn(account: TelephonyAccount, among: Sequence[VirtualNumber], contact: str) -> VirtualNumber | None:
    if not among:
        return None
    last_call = account.database.value("SELECT max(id) FROM sessions") or 0
    draw = int(account.ground.ids.token("virtual_number", last_call, 8), 16)
    return among[draw % len(among)]


def _of_the_region(
    then: Callable[[TelephonyAccount, Sequence[VirtualNumber], str], VirtualNumber | None],
) -> Callable[[TelephonyAccount, Sequence[VirtualNumber], str], VirtualNumber | None]:
    def rule(account: TelephonyAccount, among: Sequence[VirtualNumber], contact: str) -> VirtualNumber | None:
        region = match_key(contact)[:_CODE]
        local = [each for each in among if match_key(each.number)[:_CODE] == region]
        return then(account, local, contact)

    return rule


def _kept(account: TelephonyAccount, among: Sequence[VirtualNumber], contact: str) -> VirtualNumber | None:
    """The one of the last call with them, or the first there is."""
    return _fixed_for_contact(account, among, contact) or next(iter(among), None)


_RULES = {
    "fixed": _fixed,
    "fixed_for_numa": _fixed_for_contact,
    "random": _drawn,
    "regional_random": _of_the_region(_drawn),
    "regional_fixed_for_numa": _of_the_region(_kept),
}

RULES = tuple(_RULES)
