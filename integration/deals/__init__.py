"""The run that passes won deals on to the telephony."""

from integration.deals.run import DealRun

__all__ = ["DealRun"]
