"""The methods that the Call API serves."""

from __future__ import annotations

from emulator.telephony.answer import Methods
from emulator.telephony.call_api import inside, listing, managing, starting
from emulator.telephony.dispatch import Api
from emulator.telephony.log_in import log_in_methods

VERSION = "v4.0"

METHODS: Methods = {
    **log_in_methods({"success": True}),
    **starting.METHODS,
    **managing.METHODS,
    **inside.METHODS,
    **listing.METHODS,
}

METADATA = {"api_version": {"current_version_depricated": False, "current_version": VERSION, "latest_version": VERSION}}
"""`depricated` is how the vendor writes it."""

CALL_API = Api("call", METHODS, METADATA)
