"""What is logged of requests that are no HTTP: that they came and why they were refused, not what was in them.

aiohttp would log the bytes, and a broken request may hold a token. The fakes have a twin of this on purpose: the
integration is a program of its own.
"""

from __future__ import annotations

import logging

from aiohttp.http_exceptions import HttpProcessingError


class _Discreet(logging.Filter):
    """Puts the kind of the failure in place of its text."""

    def filter(self, record: logging.LogRecord) -> bool:
        failure = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
        if isinstance(failure, HttpProcessingError):
            record.msg, record.args = f"{record.getMessage()}: {type(failure).__name__}", ()
            record.exc_info = None
        return True


LOGGER = logging.getLogger("integration.http")
LOGGER.addFilter(_Discreet())
