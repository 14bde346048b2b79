"""The frames that a widget shows pop-ups by (facts/telephony-api.md 5.3).

`call_session_id` and `leg_id` are our own: they tell which of several pop-ups closes.
"""

from __future__ import annotations

from integration.events import LegEvent
from integration.model import Call, Customer
from integration.widget.hub import Frame

NOBODY = Customer(None, None, None)


def call(call: Call, event: LegEvent, customer: Customer) -> Frame:
    """A telephone rings. `start_time` is Unix seconds; what is not known is null."""
    data = {
        "ani": event.contact_phone_number,
        "did": event.virtual_phone_number,
        "start_time": int(call.started_at.timestamp()),
        "comagic_context": {
            "site": event.site_domain_name,
            "search_query": event.search_query,
            "campaign": event.campaign_name,
        },
        "customer": {
            "id": customer.id,
            "person_name": customer.person_name,
            "company_name": customer.company_name,
        },
    }
    return {"event": "notify", "type": "call", "data": data | which(call.id, event.leg)}


def release_call(call_id: str, leg: str) -> Frame:
    """It rings no longer."""
    return {"event": "notify", "type": "release_call", "data": which(call_id, leg)}


def which(call_id: str, leg: str) -> dict[str, str]:
    return {"call_session_id": call_id, "leg_id": leg}
