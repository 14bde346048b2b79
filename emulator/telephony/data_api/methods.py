"""The methods that the Data API serves: those of each resource, and the log-in."""

from __future__ import annotations

from emulator.telephony.answer import Methods
from emulator.telephony.data_api import account as account_methods
from emulator.telephony.data_api import (
    calls,
    campaigns,
    communications,
    contacts,
    deal_contacts,
    deals,
    employees,
    form_uploads,
    group_employees,
    media_files,
    offline_messages,
    scenarios,
    sip_lines,
    sites,
    statuses,
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
    **contacts.METHODS,
    **deal_contacts.METHODS,
    **deals.METHODS,
    **employees.METHODS,
    **form_uploads.METHODS,
    **group_employees.METHODS,
    **offline_messages.METHODS,
    **scenarios.METHODS,
    **sip_lines.METHODS,
    **sites.METHODS,
    **statuses.METHODS,
    **tags.METHODS,
    **media_files.METHODS,
    **virtual_numbers.METHODS,
    **visitor_sessions.METHODS,
}

DATA_API = Api("data", METHODS)
