"""The client of amoCRM: API v4 in business words, OAuth behind it, one HTTP request at the bottom."""

from integration.amocrm.client import AmoCrm
from integration.amocrm.oauth import TokenKeeper, exchange_code
from integration.amocrm.transport import Transport

__all__ = ["AmoCrm", "TokenKeeper", "Transport", "exchange_code"]
