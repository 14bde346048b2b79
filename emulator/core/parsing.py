"""Bodies from outside become typed structs here; what does not fit is refused by the name of its field.

Shapes are declared as `msgspec.Struct` with `forbid_unknown_fields=True`. msgspec reports the first thing that does
not fit as text with a JSON path; this module turns that into a `FieldError` with path, got and expected, and names
the nearest known key for an unknown one.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec
import orjson

from emulator.core.errors import BadRequest, FieldError, nearest

T = TypeVar("T")

DEEPEST = 64
FIRST_YEAR, LAST_YEAR = 1971, 2199
LONGEST_SPAN = 100 * 366 * 86_400
"""A hundred years in seconds."""

_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_PATH = re.compile(r" - at `(?:key in )?\$(?P<path>[^`]*)`$")
_UNKNOWN = re.compile(r"^Object contains unknown field `(?P<key>[^`]*)`")
_MISSING = re.compile(r"^Object missing required field `(?P<key>[^`]*)`")
_ENUM = re.compile(r"^Invalid enum value ")
_EXPECTED = re.compile(r"^Expected (?P<expected>.*?)(?:, got .*)?$")


def load_json(body: bytes) -> Any:
    """The JSON value in `body`. Raises BadRequest saying where the text stops being JSON; an empty body is {}."""
    if not body:
        return {}
    if is_too_deep(body):
        raise BadRequest("the body nests too deep", [FieldError("", None, f"at most {DEEPEST} levels")])
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"the body is not JSON: {error}", [FieldError("", None, "a JSON document")]) from None


def is_too_deep(text: bytes) -> bool:
    """Whether JSON nests deeper than anything sensible does. What is read so deep could not be written again."""
    if text.count(b"[") + text.count(b"{") <= DEEPEST:
        return False
    depth = 0
    for sign in _STRING.sub(b"", text).translate(None, _NO_BRACKETS):
        depth += 1 if sign in b"[{" else -1
        if depth > DEEPEST:
            return True
    return False


def parse(shape: type[T], value: Any, at: str = "") -> T:
    """`value` as `shape`. Raises BadRequest naming the field, what was given and what was expected.

    `at` is the path of `value` in the whole body.
    """
    try:
        return msgspec.convert(value, shape, strict=True)
    except msgspec.ValidationError as error:
        raise _refusal(str(error), shape, value, at) from None


def parse_body(shape: type[T], body: bytes) -> T:
    """The JSON object in `body` as `shape`; refusals as `load_json` and `parse`."""
    return parse(shape, load_json(body))


def _refusal(text: str, shape: type, value: Any, at: str) -> BadRequest:
    found = _PATH.search(text)
    path = (found["path"] if found else "").lstrip(".")
    reason = text[: found.start()] if found else text
    if unknown := _UNKNOWN.match(reason):
        full = _join(at, path, unknown["key"])
        near = nearest(unknown["key"], _keys_at(shape, path))
        hint = f"; did you mean `{near}`?" if near else ""
        known = ", ".join(sorted(_keys_at(shape, path)))
        error = FieldError(full, _at(value, _join("", path, unknown["key"])), f"one of the known keys: {known}")
        return BadRequest(f"unknown key `{full}`{hint}", [error], nearest=near)
    if missing := _MISSING.match(reason):
        full = _join(at, path, missing["key"])
        return BadRequest(f"`{full}` is missing", [FieldError(full, None, "a value: the field is required")])
    full = _join(at, path)
    if _ENUM.match(reason):
        return _unknown_choice(full, _at(value, path), _choices_at(shape, path))
    expected = _EXPECTED.match(reason)
    error = FieldError(full, _at(value, path), expected["expected"] if expected else reason)
    return BadRequest(f"{full or 'the body'}: {reason[0].lower()}{reason[1:]}", [error])


def _unknown_choice(path: str, got: Any, known: list[str]) -> BadRequest:
    near = nearest(str(got), known)
    hint = f" (did you mean {near}?)" if near else ""
    problem = BadRequest.field(path, got, f"one of {', '.join(known)}{hint}")
    problem.extra["nearest"] = near
    return problem


def _join(*parts: str) -> str:
    joined = ""
    for part in parts:
        joined = f"{joined}{part}" if part.startswith("[") or not joined or not part else f"{joined}.{part}"
    return joined


def _steps(path: str) -> list[str]:
    return [step for step in re.split(r"\.|\[|\]", path) if step]


def _at(value: Any, path: str) -> Any:
    for step in _steps(path):
        try:
            value = value[int(step)] if isinstance(value, list) else value[step]
        except (KeyError, IndexError, TypeError, ValueError):
            return None
    return value


def _keys_at(shape: Any, path: str) -> list[str]:
    """The keys a struct knows at `path` (a JSON path as msgspec prints it)."""
    info = msgspec.inspect.type_info(shape)
    for step in [*_steps(path), None]:
        info = _unwrap(info)
        if isinstance(info, msgspec.inspect.StructType):
            if step is None:
                return [field.encode_name for field in info.fields]
            info = next((f.type for f in info.fields if f.encode_name == step), info)
        elif isinstance(info, msgspec.inspect.ListType):
            info = info.item_type
    return []


def _choices_at(shape: Any, path: str) -> list[str]:
    """What a literal at `path` may be; `...` is any key of a mapping."""
    found = [msgspec.inspect.type_info(shape)]
    for step in re.findall(r"\.\.\.|[^.\[\]]+", path):
        found = [inner for info in found for inner in _inside(info, step)]
    return [str(value) for info in found for each in _members(info) for value in getattr(each, "values", ())]


def _inside(info: Any, step: str) -> list[Any]:
    """The types of what lies under `step`, a key or a place in a list."""
    inside = []
    for each in _members(info):
        if isinstance(each, msgspec.inspect.StructType):
            inside += [field.type for field in each.fields if field.encode_name == step]
        elif isinstance(each, msgspec.inspect.DictType):
            inside.append(each.value_type)
        elif hasattr(each, "item_type"):
            inside.append(each.item_type)
    return inside


def _members(info: Any) -> list[Any]:
    if isinstance(info, msgspec.inspect.Metadata):
        return _members(info.type)
    if isinstance(info, msgspec.inspect.UnionType):
        return [member for each in info.types for member in _members(each)]
    return [info]


def _unwrap(info: Any) -> Any:
    while isinstance(info, msgspec.inspect.UnionType):
        structs = [t for t in info.types if isinstance(t, msgspec.inspect.StructType | msgspec.inspect.ListType)]
        if not structs:
            return info
        info = structs[0]
    return info


def instant(text: str, path: str) -> datetime:
    """An ISO 8601 instant with offset as an aware UTC datetime. Raises BadRequest naming `path`."""
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        raise BadRequest.field(
            path, text, "an ISO 8601 instant with offset, such as 2026-03-02T12:00:00+03:00"
        ) from None
    if value.tzinfo is None:
        raise BadRequest.field(path, text, "an offset: the instant has none")
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise BadRequest.field(path, text, f"an instant in the years {FIRST_YEAR} to {LAST_YEAR}")
    return value.astimezone(UTC)


def within_time(value: datetime, path: str, got: Any) -> datetime:
    """An instant that a clock may be moved to. Raises BadRequest naming `path` when it is after the last year."""
    if value.year > LAST_YEAR:
        raise BadRequest.field(path, got, f"an instant not after the year {LAST_YEAR}; this is {value.isoformat()}")
    return value


def bounded(seconds: float, path: str) -> float:
    """A span of world time that a test may ask for. Raises BadRequest naming `path`."""
    if not 0 <= seconds <= LONGEST_SPAN:
        raise BadRequest.field(path, seconds, f"seconds from 0 to {LONGEST_SPAN:,}: time never goes back")
    return seconds


def number_in(text: str) -> int | None:
    """A whole number of 0 or more out of a path or a query; None for anything else, also for one that fits no id."""
    return int(text) if text.isdecimal() and len(text) <= 18 else None
