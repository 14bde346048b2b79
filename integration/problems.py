"""Errors of the HTTP surface as problem+json: `{type, title, status, detail, errors: [{path, got, expected}]}`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class FieldError:
    """One bad field: where it is, what was there, what belongs there."""

    path: str
    got: Any
    expected: str

    def __str__(self) -> str:
        return f"{self.path} must be {self.expected}"


class Problem(Exception):
    """An answer that says what is wrong. Whoever raises it has changed nothing."""

    def __init__(self, status: int, title: str, detail: str, errors: Sequence[FieldError] = (), **more: Any) -> None:
        super().__init__(detail)
        self.status = status
        self.title = title
        self.detail = detail
        self.errors = tuple(errors)
        self.more = more

    def as_json(self) -> dict[str, Any]:
        return {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "errors": [asdict(error) for error in self.errors],
            **self.more,
        }
