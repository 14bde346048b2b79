"""Why an employee cannot be rung, or cannot call: the vendor's finish reasons (facts §1.6, §1.9).

Asked by whatever rings people by itself; who drives a call by hand rings whom they like.
"""

from __future__ import annotations

from emulator.core.database import Row
from emulator.telephony.staff.employees import directions
from emulator.telephony.staff.records import Phone
from emulator.telephony.staff.statuses import STATUSES


def refusal_to_ring(card: Row, phone: Phone, *, is_internal: bool) -> str | None:
    """Why the employee with that card is not rung at `phone`; None: ring."""
    status = STATUSES[card["status"]]
    kind = "internal" if is_internal else "external"
    if "in" not in status.rings:
        return f"employee_status_{status.mnemonic}"
    if phone.protocol not in status.protocols:
        return "phone_protocol_not_allowed_by_status"
    if "in" not in directions(card[f"in_{kind}"]):
        return f"{kind}_call_not_allowed"
    return _of_number(phone)


def refusal_to_call(card: Row, phone: Phone, *, is_internal: bool) -> str | None:
    """Why the employee with that card cannot call somebody from `phone`; None: it may be."""
    status = STATUSES[card["status"]]
    kind = "internal" if is_internal else "external"
    if "out" not in status.calls:
        return "out_call_not_allowed_by_status"
    if phone.protocol not in status.protocols:
        return "phone_protocol_not_allowed_by_status"
    if "out" not in directions(card[f"out_{kind}"]):
        return f"{kind}_call_not_allowed"
    if not phone.is_outgoing_allowed:
        return "out_call_not_allowed"
    return _of_number(phone)


def _of_number(phone: Phone) -> str | None:
    if not phone.is_active:
        return "employee_phone_inactive"
    if phone.billing_state != "active":
        return "locked_phone"
    return None if phone.is_registered else "sip_offline"
