"""The client of amoCRM: API v4 in business words, OAuth behind it, one HTTP request at the bottom."""

from integration.amocrm.client import AmoCrm
from integration.amocrm.fields import AccountFields
from integration.amocrm.oauth import TokenKeeper, exchange_code
from integration.amocrm.requests import Requests
from integration.amocrm.transport import Transport

__all__ = ["AccountFields", "AmoCrm", "Requests", "TokenKeeper", "Transport", "exchange_code"]
