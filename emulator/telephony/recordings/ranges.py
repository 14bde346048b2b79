"""The `Range` of a request (RFC 9110 §14): one range of bytes, or all of the file for whatever is not that."""

from __future__ import annotations

import re

_ONE_RANGE = re.compile(r"bytes=[ \t]*([0-9]*)-([0-9]*)[ \t]*", re.IGNORECASE)
_DIGITS = 20
"""More than any file has; longer numbers are cut, which leaves them larger than any file."""


class Unsatisfiable(Exception):
    """The range begins after the end of the file: 416."""


def range_in(header: str, size: int) -> tuple[int, int] | None:
    """`header` as (start, end before which to stop) within a file of `size` bytes.

    None means the whole file: for several ranges, other units and what is no range, as RFC 9110 §14.2 allows.
    Raises Unsatisfiable.
    """
    found = _ONE_RANGE.fullmatch(header)
    if found is None or not any(found.groups()):
        return None
    first, last = (_number(text) for text in found.groups())
    if first is None:
        start, end = max(0, size - (last or 0)), size
    else:
        start, end = first, size if last is None else min(last + 1, size)
        if last is not None and last < first:
            return None
    if start >= size:
        raise Unsatisfiable
    return start, end


def _number(text: str) -> int | None:
    return int(text.lstrip("0")[:_DIGITS] or 0) if text else None
