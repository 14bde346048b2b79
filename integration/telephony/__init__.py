"""The client of the telephony's Data API."""

from integration.telephony.client import DataApi

__all__ = ["DataApi"]
