"""The one error tree of the stand.

    Problem                    a refusal with an HTTP status; renders as problem+json
    ├── BadRequest             400  a field, a key or a body that cannot be used
    ├── Unauthorized           401  no or conflicting credentials
    ├── NotFound               404  unknown world, call, route
    ├── Conflict               409  an illegal transition; says what is allowed
    ├── UnsupportedBody        415  a write whose Content-Type is not application/json
    └── Unavailable            503  a party of the world cannot be reached, or the world does not settle

Each fake formats a `Problem` as its vendor would; the control plane uses `Problem.body()` as it stands.
Nothing that raises a `Problem` may have changed anything before.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from http import HTTPStatus
from typing import Any


@dataclass(frozen=True)
class FieldError:
    """One bad field: its dotted path in the body, what was given and what would have been accepted."""

    path: str
    got: Any
    expected: str

    def body(self) -> dict[str, Any]:
        return {"path": self.path, "got": self.got, "expected": self.expected}


class Problem(Exception):
    """A refusal: `status` is the HTTP status, `detail` one sentence for a person."""

    status: int = 500

    def __init__(self, detail: str, errors: list[FieldError] | None = None, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = errors or []
        self.extra = extra

    @property
    def title(self) -> str:
        return HTTPStatus(self.status).phrase

    def body(self) -> dict[str, Any]:
        """The problem+json object of the control plane: {type, title, status, detail, errors, …}."""
        return {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "errors": [error.body() for error in self.errors],
            **self.extra,
        }


class BadRequest(Problem):
    status = 400

    @classmethod
    def field(cls, path: str, got: Any, expected: str) -> BadRequest:
        """A refusal because of one field."""
        return cls(f"{path}: expected {expected}", [FieldError(path, got, expected)])


class Unauthorized(Problem):
    status = 401


class NotFound(Problem):
    status = 404


class Conflict(Problem):
    status = 409


class UnsupportedBody(Problem):
    status = 415


class Unavailable(Problem):
    status = 503


def nearest(name: str, known: list[str]) -> str | None:
    """The known name most like `name`, or None when nothing comes near."""
    matches = get_close_matches(name, known, n=1, cutoff=0.5)
    return matches[0] if matches else None
