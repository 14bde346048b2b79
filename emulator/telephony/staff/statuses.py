"""The statuses an employee can be in and what each allows (facts §1.9).

They are the vendor's standard ones and cannot be changed, so that no row keeps them.
"""

from __future__ import annotations

from dataclasses import dataclass

from emulator.core.ids import Ids
from emulator.telephony.staff.records import BOTH_WAYS, Direction

_ALL_PROTOCOLS = ("PSTN", "SIP", "SIP_TRUNK", "FMC")
_MOBILES = ("PSTN", "FMC")


@dataclass(frozen=True)
class Status:
    """`rings` and `calls` are the directions that are allowed in incoming and in outgoing sessions."""

    mnemonic: str
    name: str
    description: str
    color: str
    rings: tuple[Direction, ...] = BOTH_WAYS
    calls: tuple[Direction, ...] = BOTH_WAYS
    protocols: tuple[str, ...] = _ALL_PROTOCOLS
    is_selectable: bool = True
    is_worktime: bool = True
    is_auto_out_calls_ready: bool = False


_ALL = (
    Status("available", "Доступен", "Все вызовы", "#48b23d", is_auto_out_calls_ready=True),
    Status("break", "Перерыв", "Вызовы не принимаются", "#ffab00", rings=(), calls=()),
    Status("do_not_disturb", "Не беспокоить", "Только исходящие вызовы", "#ff8f00", rings=(), calls=("out",)),
    Status("not_at_workplace", "Нет на месте", "Все вызовы на мобильный", "#1179ad", protocols=_MOBILES),
    Status("not_at_work", "Нет на работе", "Вызовы не принимаются", "#cc5d35", rings=(), calls=(), is_worktime=False),
    Status("unknown", "Неизвестно", "Статус не выбран", "#a8a8a8", is_selectable=False, is_worktime=False),
    Status("auto_out_call", "Исходящий обзвон", "Только исходящий обзвон", "#7b1fa2", rings=(), calls=("out",)),
)

STATUSES = {status.mnemonic: status for status in _ALL}
"""By mnemonic, in the order of their ids."""


def status_id(ids: Ids, mnemonic: str) -> int:
    """The id of a status in a world: statuses are numbered in their order."""
    return ids.first("employee_status") + list(STATUSES).index(mnemonic)


def status_of_id(ids: Ids, identifier: int) -> str | None:
    """The mnemonic of the status with that id; None for an unknown one."""
    index = identifier - ids.first("employee_status")
    return _ALL[index].mnemonic if 0 <= index < len(_ALL) else None
