"""Bodies of requests: declared as msgspec Structs, and their errors told as path, got and expected.

No value of a body is ever repeated in an error, because some of them are secrets: `got` names its type.
"""

from __future__ import annotations

import difflib
import re
from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar, get_args, get_type_hints

import msgspec
from msgspec import Meta, Struct

from integration.model import EmployeeLink, TelephonyAccess
from integration.problems import FieldError, Problem

S = TypeVar("S", bound=Struct)
Instant = Annotated[datetime, Meta(tz=True)]


class AmoBody(Struct, frozen=True, forbid_unknown_fields=True):
    """The amoCRM account to connect to; `code` is a one-time code of the administrator who connects, or absent when
    the tokens of another tenant are copied."""

    base_url: Annotated[str, Meta(pattern="^https?://")]
    client_id: str
    client_secret: str
    redirect_uri: str
    code: str | None = None


class ClockBody(Struct, frozen=True, forbid_unknown_fields=True):
    """The clock of the tenant; a manual one begins at `now`, a live one without `now` shows real time."""

    kind: Literal["manual", "live"]
    now: Instant | None = None

    def __post_init__(self) -> None:
        _check_year(self.now)


class ConnectBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Body of `PUT /_sut/tenants/{t}`. `copy_of` names the tenant to begin as a copy of, instead of with a code."""

    amocrm: AmoBody
    telephony: TelephonyAccess
    timezone: str
    connecting_user: int
    clock: ClockBody
    employees: tuple[EmployeeLink, ...] = ()
    copy_of: str | None = None


class RestoreBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Body of `POST .../snapshots/{name}/restore`: the time to go on at, that of the snapshot if it is absent."""

    now: Instant | None = None

    def __post_init__(self) -> None:
        _check_year(self.now)


class AdvanceBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Body of `POST .../clock`."""

    to: Instant

    def __post_init__(self) -> None:
        _check_year(self.to)


def _check_year(instant: datetime | None) -> None:
    if instant is not None and not 1971 <= instant.year <= 2199:
        raise ValueError("Expected `an instant in the years 1971 to 2199`, got `another`")


_WHERE = re.compile(r"(?P<what>.*?)(?: - at `(?P<path>[^`]*)`)?$", re.DOTALL)
_UNKNOWN = re.compile(r"Object contains unknown field `(.*)`")
_MISSING = re.compile(r"Object missing required field `(.*)`")
_WRONG_TYPE = re.compile(r"Expected `(.*?)`, got `(.*?)`")


def decode(raw: bytes, form: type[S]) -> S:
    """The body as `form`, or a 400 that names the bad field and what was expected."""
    try:
        return msgspec.json.decode(raw, type=form)
    except msgspec.ValidationError as error:
        raise bad_field(_explain(str(error), form)) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise bad_field(FieldError("", "text that is not JSON", "a JSON object")) from None


def bad_field(error: FieldError) -> Problem:
    return Problem(400, "Bad request", str(error), [error])


def _explain(message: str, form: type[Struct]) -> FieldError:
    found = _WHERE.match(message)
    assert found is not None
    what, path = found["what"], (found["path"] or "$").removeprefix("$").removeprefix(".")
    if unknown := _UNKNOWN.fullmatch(what):
        known = _known_keys(form, path)
        nearest = difflib.get_close_matches(unknown[1], known, 1, 0.0)
        return FieldError(_join(path, unknown[1]), "an unknown key", f"a known key; the nearest one is {nearest[0]}")
    if missing := _MISSING.fullmatch(what):
        return FieldError(_join(path, missing[1]), "nothing", "there: it is required")
    if wrong := _WRONG_TYPE.fullmatch(what):
        return FieldError(path, wrong[2], wrong[1])
    return FieldError(path, "an invalid value", what.removeprefix("Expected "))


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _known_keys(form: type[Struct], path: str) -> list[str]:
    """Keys of the object at `path`, which msgspec writes as `a.b[...].c`."""
    here: Any = form
    for step in re.findall(r"[^.\[\]]+|\[[^\]]*\]", path):
        here = get_args(here)[0] if step.startswith("[") else get_type_hints(here)[step]
    return list(here.__struct_fields__)
