"""What the methods of both vendor APIs are made of: a function of account and parameters that gives an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from emulator.telephony.account import TelephonyAccount

Params = Mapping[str, Any]


@dataclass(frozen=True)
class Answer:
    """`data` of the result; `total` is how many rows fit in all, for lists."""

    data: Any
    total: int | None = None


Method = Callable[[TelephonyAccount, Params], Answer]
Methods = dict[str, Method]
