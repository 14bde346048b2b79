"""The methods that the Data API serves."""

from __future__ import annotations

from emulator.telephony.answer import Methods
from emulator.telephony.data_api import account as account_methods
from emulator.telephony.data_api import (
    calls,
    campaigns,
    communications,
    deal_contacts,
    deals,
    employees,
    form_uploads,
    offline_messages,
    scenarios,
    sites,
    tags,
    virtual_numbers,
    visitor_sessions,
)
from emulator.telephony.dispatch import Api
from emulator.telephony.log_in import log_in_methods

METHODS: Methods = {
    **log_in_methods({}),
    **account_methods.METHODS,
    **calls.METHODS,
    **campaigns.METHODS,
    **communications.METHODS,
    **deal_contacts.METHODS,
    **deals.METHODS,
    **employees.METHODS,
    **form_uploads.METHODS,
    **offline_messages.METHODS,
    **sites.METHODS,
    **tags.METHODS,
    **scenarios.METHODS,
    **virtual_numbers.METHODS,
    **visitor_sessions.METHODS,
}

DATA_API = Api("data", METHODS)
