"""Values of custom fields: what a request may write and how they are shown (the table of facts §3.5).

A card keeps its values as shown, as one JSON text, so that reading a card costs nothing; whoever renames a field
rewrites them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from emulator.amocrm.custom_fields import CustomFields
from emulator.amocrm.validation import Item, is_integer
from emulator.core.database import Row
from emulator.core.instants import from_unix

Shown = dict[str, Any]
Changes = dict[int, Shown | None]
"""Per field id what it holds from now on; None clears it."""

_KEYS = frozenset({"value", "enum_id", "enum_code", "subtype"})
_TEXTS = frozenset({"text", "textarea", "url", "streetaddress", "tracking_data", "org_legal_name"})
_NUMBERS = frozenset({"numeric", "price", "monetary"})
_CHOICES = frozenset({"select", "radiobutton", "multiselect", "category"})
_TIMES = frozenset({"date", "birthday", "date_time"})
_DEFAULT_ENUM = "WORK"
_NO_OPTION: Row = {"id": None, "code": None}
_KEY = "custom_fields_values"


class _Unusable(Exception):
    """A value that its field does not take: amoCRM's code, the key it is at, and the type for InvalidType."""

    def __init__(self, code: str, key: str, expected: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.key = key
        self.expected = expected


class FieldValues:
    """Reads `custom_fields_values` of the cards of one kind."""

    def __init__(self, definitions: CustomFields, zone: ZoneInfo, entity_type: str) -> None:
        self._definitions = definitions
        self._zone = zone
        self._entity_type = entity_type

    def read(self, item: Item) -> Changes:
        """What `item` changes; flaws are noted in it."""
        changes: Changes = {}
        for index, given in enumerate(item.list_of(_KEY) or []):
            path = f"{_KEY}.{index}"
            if not isinstance(given, dict):
                item.refuse_type(path, "object")
            elif (definition := self._definition(given)) is None:
                item.refuse("NotSupportedChoice", f"{path}.{_named_by(given)}")
            else:
                changes[definition["id"]] = self._field(item, path, definition, given.get("values"))
        return changes

    def _definition(self, given: dict[str, Any]) -> Row | None:
        field_id, code = given.get("field_id"), given.get("field_code")
        if field_id is not None:
            return self._definitions.get(self._entity_type, field_id) if is_integer(field_id) else None
        return self._definitions.by_code(self._entity_type, code) if isinstance(code, str) else None

    def _field(self, item: Item, path: str, definition: Row, values: Any) -> Shown | None:
        if values is None:
            return None
        if not isinstance(values, list):
            item.refuse_type(f"{path}.values", "array")
            return None
        read = _READERS.get(definition["type"], _as_is)
        options = self._definitions.enums(definition["id"]) if read in (_multitext, _choice) else []
        shown = []
        for index, value in enumerate(values):
            at = f"{path}.values.{index}"
            if not isinstance(value, dict):
                item.refuse_type(at, "object")
                continue
            for key in value.keys() - _KEYS:
                item.refuse("FieldNotExpected", f"{at}.{key}")
            try:
                shown.append(read(value, options, definition["type"], self._zone))
            except _Unusable as unusable:
                _note(item, f"{at}.{unusable.key}", unusable)
        return _shown(definition, shown) if shown else None


def _note(item: Item, path: str, unusable: _Unusable) -> None:
    if unusable.expected:
        item.refuse_type(path, unusable.expected)
    else:
        item.refuse(unusable.code, path)


def _named_by(given: dict[str, Any]) -> str:
    return "field_code" if given.get("field_id") is None and given.get("field_code") is not None else "field_id"


def _shown(definition: Row, values: list[dict[str, Any]]) -> Shown:
    return {
        "field_id": definition["id"],
        "field_name": definition["name"],
        "field_code": definition["code"],
        "field_type": definition["type"],
        "values": values,
    }


def merged(before: list[Shown], changes: Changes) -> list[Shown]:
    """The values of a card after `changes`: those of a named field are replaced, the others stay."""
    kept = {shown["field_id"]: shown for shown in before}
    for field_id, shown in changes.items():
        if shown is None:
            kept.pop(field_id, None)
        else:
            kept[field_id] = shown
    return list(kept.values())


Reader = Callable[[dict[str, Any], list[Row], str, ZoneInfo], dict[str, Any]]


def _value(given: dict[str, Any]) -> Any:
    if "value" not in given:
        raise _Unusable("FieldMissing", "value")
    if given["value"] is None:
        raise _Unusable("NotNullable", "value")
    return given["value"]


def _text_of(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise _Unusable("InvalidType", "value", "string")


def _text(given: dict[str, Any], _options: list[Row], _type: str, _zone: ZoneInfo) -> dict[str, Any]:
    return {"value": _text_of(_value(given))}


def _number(given: dict[str, Any], _options: list[Row], _type: str, _zone: ZoneInfo) -> dict[str, Any]:
    text = _text_of(_value(given))
    try:
        float(text)
    except ValueError:
        raise _Unusable("InvalidType", "value", "numeric") from None
    return {"value": text}


def _checkbox(given: dict[str, Any], _options: list[Row], _type: str, _zone: ZoneInfo) -> dict[str, Any]:
    value = _value(given)
    if value not in (True, False, "1", "0"):
        raise _Unusable("InvalidType", "value", "bool")
    return {"value": value in (True, "1")}


def _multitext(given: dict[str, Any], options: list[Row], _type: str, _zone: ZoneInfo) -> dict[str, Any]:
    text = _text_of(_value(given))
    if given.get("enum_id") is None and given.get("enum_code") is None:
        option = next((each for each in options if each["code"] == _DEFAULT_ENUM), _NO_OPTION)
    else:
        option = _option(given, options, with_text=False)
    return {"value": text, "enum_id": option["id"], "enum_code": option["code"]}


def _choice(given: dict[str, Any], options: list[Row], _type: str, _zone: ZoneInfo) -> dict[str, Any]:
    option = _option(given, options, with_text=True)
    return {"value": option["value"], "enum_id": option["id"], "enum_code": option["code"]}


def _option(given: dict[str, Any], options: list[Row], *, with_text: bool) -> Row:
    """The option that the value names, by id, by code or by its text."""
    keys = [("enum_id", "id"), ("enum_code", "code")]
    if with_text:
        keys.append(("value", "value"))
    key, column = next(((key, column) for key, column in keys if given.get(key) is not None), keys[-1])
    for option in options:
        if option[column] == given.get(key):
            return option
    raise _Unusable("NotSupportedChoice", key)


def _moment(given: dict[str, Any], _options: list[Row], field_type: str, zone: ZoneInfo) -> dict[str, Any]:
    """Unix seconds; a date without a time is the account's midnight."""
    value = _value(given)
    try:
        if isinstance(value, str):
            moment = datetime.fromisoformat(value)
            moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        else:
            moment = from_unix(value)
        if field_type != "date_time":
            moment = datetime.combine(moment.astimezone(zone).date(), time(), zone)
        return {"value": int(moment.astimezone(UTC).timestamp())}
    except (ValueError, TypeError, OverflowError):
        raise _Unusable("InvalidType", "value", "timestamp") from None


def _as_is(given: dict[str, Any], _options: list[Row], _type: str, _zone: ZoneInfo) -> dict[str, Any]:
    shown = {"value": _value(given)}
    if given.get("enum_code") is not None:
        shown["enum_code"] = given["enum_code"]
    return shown


_READERS: dict[str, Reader] = {
    **dict.fromkeys(_TEXTS, _text),
    **dict.fromkeys(_NUMBERS, _number),
    **dict.fromkeys(_CHOICES, _choice),
    **dict.fromkeys(_TIMES, _moment),
    "checkbox": _checkbox,
    "multitext": _multitext,
}
