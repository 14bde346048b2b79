"""The methods that the Data API serves."""

from __future__ import annotations

from emulator.telephony.answer import Methods
from emulator.telephony.data_api import account as account_methods
from emulator.telephony.data_api import calls, employees, media_files, virtual_numbers
from emulator.telephony.dispatch import Api
from emulator.telephony.log_in import log_in_methods

METHODS: Methods = {
    **log_in_methods({}),
    **account_methods.METHODS,
    **calls.METHODS,
    **employees.METHODS,
    **media_files.METHODS,
    **virtual_numbers.METHODS,
}

DATA_API = Api("data", METHODS)
