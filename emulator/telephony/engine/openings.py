"""How calls begin: who is on the line at first, who is dialled, and who next.

incoming   the subscriber is there; the scenario, or whoever drives, rings employees
callback   ordered on the site: employees are rung first, then the subscriber; incoming all the same (TERM-08)
dial       an employee dials by his own telephone; the other party is rung at once
click      the telephony rings the employee, and when he answers the other party (DIAL-03)
internal   an employee dials a colleague
api        begun by the Call API: who is first is asked for
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["incoming", "callback", "dial", "click", "internal", "api"]
First = Literal["contact", "employee", "operator", "scenario"]


@dataclass(frozen=True)
class Opening:
    """A call to be. `source` is the Data API's word for where it came from; `is_automatic`: nobody drives it.

    `dials_next` is who is dialled once the first party has answered; of the called employee only `called_phone_id` is,
    where it is given. `shows_virtual`: employees who are rung see the virtual number and not the subscriber's.
    """

    kind: Kind
    direction: Literal["in", "out"]
    source: str
    contact_phone: str | None
    virtual_phone: str | None
    records: bool = True
    is_internal: bool = False
    caller_employee_id: int | None = None
    called_employee_id: int | None = None
    called_phone_id: int | None = None
    operator_number: str | None = None
    dials_next: First | None = None
    is_automatic: bool = False
    shows_virtual: bool = False
    external_id: str | None = None
    scenario_id: int | None = None

    def row(self) -> dict[str, Any]:
        return dict(vars(self))
