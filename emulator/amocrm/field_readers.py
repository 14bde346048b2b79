"""How a value of each type of custom field is read from a request (facts §3.5).

A reader turns one item of `values` into what is kept: `[written]`, `[written, id of the option]`, or `[None, id of the
option]` for a list. It raises Unusable for what its type does not take.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from emulator.amocrm.custom_fields import Definition, Option
from emulator.amocrm.field_objects import CHAINED_KEYS, OBJECTS, check_object
from emulator.amocrm.kept_values import Value
from emulator.core.instants import from_unix

Reader = Callable[[dict[str, Any], Definition, ZoneInfo], Value]

_VALUE_KEYS = frozenset({"value", "enum_id", "enum_code", "subtype"})
_TEXTS = frozenset({"text", "textarea", "url", "streetaddress", "tracking_data", "org_legal_name"})
_NUMBERS = frozenset({"numeric", "price", "monetary"})
_CHOICES = frozenset({"select", "radiobutton", "multiselect", "category"})
_TIMES = frozenset({"date", "birthday", "date_time"})
_DEFAULT_ENUM = "WORK"


class Unusable(Exception):
    """A value that its field does not take: amoCRM's code, the key it is at, and the type for InvalidType."""

    def __init__(self, code: str, key: str, expected: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.key = key
        self.expected = expected


def keys_of(kind: str) -> frozenset[str]:
    """The keys that an item of `values` of that type may have."""
    return CHAINED_KEYS if kind == "chained_list" else _VALUE_KEYS


def reader_of(kind: str) -> Reader:
    return _READERS[kind]


def _value(given: dict[str, Any]) -> Any:
    if "value" not in given:
        raise Unusable("FieldMissing", "value")
    if given["value"] is None:
        raise Unusable("NotNullable", "value")
    return given["value"]


def _text_of(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise Unusable("InvalidType", "value", "string")


def _text(given: dict[str, Any], _definition: Definition, _zone: ZoneInfo) -> Value:
    return [_text_of(_value(given))]


def _number(given: dict[str, Any], _definition: Definition, _zone: ZoneInfo) -> Value:
    text = _text_of(_value(given)).strip()
    try:
        if text and not math.isfinite(float(text)):
            raise Unusable("InvalidType", "value", "numeric")
    except ValueError:
        raise Unusable("InvalidType", "value", "numeric") from None
    return [text]


def _checkbox(given: dict[str, Any], _definition: Definition, _zone: ZoneInfo) -> Value:
    value = _value(given)
    if value not in (True, False, "1", "0"):
        raise Unusable("InvalidType", "value", "bool")
    return [value in (True, "1")]


def _multitext(given: dict[str, Any], definition: Definition, _zone: ZoneInfo) -> Value:
    text = _text_of(_value(given))
    if given.get("enum_id") is not None or given.get("enum_code") is not None:
        return [text, _option(given, definition, "enum_id", "enum_code").id]
    usual = next((each for each in definition.options.values() if each.code == _DEFAULT_ENUM), None)
    return [text, usual.id] if usual else [text]


def _choice(given: dict[str, Any], definition: Definition, _zone: ZoneInfo) -> Value:
    return [None, _option(given, definition, "enum_id", "enum_code", "value").id]


def _address(given: dict[str, Any], definition: Definition, _zone: ZoneInfo) -> Value:
    return [_text_of(_value(given)), _option(given, definition, "enum_code", "enum_id").id]


_ATTRIBUTES = {"enum_id": "id", "enum_code": "code", "value": "value"}


def _option(given: dict[str, Any], definition: Definition, *keys: str) -> Option:
    """The option that the value names by the first of `keys` that it has."""
    key = next((key for key in keys if given.get(key) is not None), keys[0] if "value" not in keys else "value")
    for option in definition.options.values():
        if getattr(option, _ATTRIBUTES[key]) == given.get(key):
            return option
    raise Unusable("NotSupportedChoice", key)


def _moment(given: dict[str, Any], definition: Definition, zone: ZoneInfo) -> Value:
    """Unix seconds; a date without a time is the account's midnight."""
    value = _value(given)
    try:
        if isinstance(value, bool):
            raise TypeError
        if isinstance(value, str) and not value.isdecimal():
            moment = datetime.fromisoformat(value)
            moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        else:
            moment = from_unix(int(value) if isinstance(value, str) else value)
        if definition.type != "date_time":
            moment = datetime.combine(moment.astimezone(zone).date(), time(), zone)
        return [int(moment.astimezone(UTC).timestamp())]
    except (ValueError, TypeError, OverflowError):
        raise Unusable("InvalidType", "value", "timestamp") from None


def _object(given: dict[str, Any], definition: Definition, _zone: ZoneInfo) -> Value:
    value = _value(given)
    if not isinstance(value, dict):
        raise Unusable("InvalidType", "value", "object")
    flaw = check_object(value, OBJECTS[definition.type])
    if flaw is not None:
        raise Unusable(flaw.code, f"value.{flaw.key}", flaw.expected)
    return [value]


def _chained(given: dict[str, Any], _definition: Definition, _zone: ZoneInfo) -> Value:
    value = {key: given[key] for key in sorted(CHAINED_KEYS) if key in given}
    flaw = check_object(value, OBJECTS["chained_list"])
    if flaw is not None:
        raise Unusable(flaw.code, flaw.key, flaw.expected)
    return [value]


_READERS: dict[str, Reader] = {
    **dict.fromkeys(_TEXTS, _text),
    **dict.fromkeys(_NUMBERS, _number),
    **dict.fromkeys(_CHOICES, _choice),
    **dict.fromkeys(_TIMES, _moment),
    **dict.fromkeys(OBJECTS, _object),
    "chained_list": _chained,
    "smart_address": _address,
    "checkbox": _checkbox,
    "multitext": _multitext,
}
