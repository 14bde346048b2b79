"""Values of custom fields: what a request may write, how they are kept and how they are shown (facts §3.5).

A card keeps its values as JSON by the id of the field: `{"301": [["+79160000001", 401]]}`, each value with the id of
its option where it has one; of a list the option alone, as `[null, 402]`. What a field and its options are called is
added when a card is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from emulator.amocrm.custom_fields import CustomFields, Definition, Option
from emulator.amocrm.validation import Item, is_integer
from emulator.core.instants import from_unix

Shown = dict[str, Any]
"""{field_id, field_name, field_code, field_type, values} as in an answer."""

Value = list[Any]
"""[what was written] or [what was written, id of the option]."""

FieldChanges = dict[int, list[Value] | None]
"""Per field id what it holds from now on; None clears it."""

_KEYS = frozenset({"value", "enum_id", "enum_code", "subtype"})
_TEXTS = frozenset({"text", "textarea", "url", "streetaddress", "tracking_data", "org_legal_name"})
_NUMBERS = frozenset({"numeric", "price", "monetary"})
_CHOICES = frozenset({"select", "radiobutton", "multiselect", "category"})
_TIMES = frozenset({"date", "birthday", "date_time"})
_DEFAULT_ENUM = "WORK"
_KEY = "custom_fields_values"


class _Unusable(Exception):
    """A value that its field does not take: amoCRM's code, the key it is at, and the type for InvalidType."""

    def __init__(self, code: str, key: str, expected: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.key = key
        self.expected = expected


class FieldValues:
    """Reads and shows the values of the cards of one kind."""

    def __init__(self, fields: CustomFields, zone: ZoneInfo, entity_type: str) -> None:
        self._fields = fields
        self._zone = zone
        self._entity_type = entity_type

    @property
    def _definitions(self) -> dict[int, Definition]:
        return self._fields.definitions(self._entity_type)

    def shown(self, kept: str | None) -> list[Shown] | None:
        """The values of a card as in an answer; None when no field is filled."""
        if kept is None:
            return None
        definitions = self._definitions
        return [
            _shown(definition, values)
            for field_id, values in orjson.loads(kept).items()
            if (definition := definitions.get(int(field_id))) is not None
        ] or None

    def texts(self, kept: str | None) -> Iterator[tuple[bool, str]]:
        """Every value as text, with whether it is a phone."""
        for field in self.shown(kept) or ():
            for value in field["values"]:
                yield field["field_code"] == "PHONE", str(value.get("value", ""))

    def read(self, item: Item) -> FieldChanges:
        """What `item` changes; flaws are noted in it."""
        changes: FieldChanges = {}
        for index, given in enumerate(item.list_of(_KEY) or []):
            path = f"{_KEY}.{index}"
            if not isinstance(given, dict):
                item.refuse_type(path, "object")
            elif (definition := self._named(given)) is None:
                item.refuse("NotSupportedChoice", f"{path}.{_named_by(given)}")
            else:
                changes[definition.id] = self._field(item, path, definition, given.get("values"))
        return changes

    def _named(self, given: dict[str, Any]) -> Definition | None:
        field_id, code = given.get("field_id"), given.get("field_code")
        if field_id is not None:
            return self._definitions.get(field_id) if is_integer(field_id) else None
        return self._fields.coded(self._entity_type, code) if isinstance(code, str) else None

    def _field(self, item: Item, path: str, definition: Definition, values: Any) -> list[Value] | None:
        if values is None:
            return None
        if not isinstance(values, list):
            item.refuse_type(f"{path}.values", "array")
            return None
        read = _READERS.get(definition.type, _as_is)
        kept: list[Value] = []
        for index, value in enumerate(values):
            at = f"{path}.values.{index}"
            if not isinstance(value, dict):
                item.refuse_type(at, "object")
                continue
            for key in value.keys() - _KEYS:
                item.refuse("FieldNotExpected", f"{at}.{key}")
            try:
                kept.append(read(value, definition, self._zone))
            except _Unusable as unusable:
                _note(item, f"{at}.{unusable.key}", unusable)
        return kept or None


def _note(item: Item, path: str, unusable: _Unusable) -> None:
    if unusable.expected:
        item.refuse_type(path, unusable.expected)
    else:
        item.refuse(unusable.code, path)


def _named_by(given: dict[str, Any]) -> str:
    return "field_code" if given.get("field_id") is None and given.get("field_code") is not None else "field_id"


def _shown(definition: Definition, values: list[Value]) -> Shown:
    return {
        "field_id": definition.id,
        "field_name": definition.name,
        "field_code": definition.code,
        "field_type": definition.type,
        "values": [_shown_value(definition, *value) for value in values],
    }


def _shown_value(definition: Definition, value: Any, option_id: int | None = None) -> dict[str, Any]:
    if option_id is None:
        return {"value": value}
    option = definition.options.get(option_id)
    text = option.value if value is None and option else value
    return {"value": text, "enum_id": option_id, "enum_code": option.code if option else None}


def merged(kept: str | None, changes: FieldChanges) -> str | None:
    """The values of a card after `changes`: those of a named field are replaced, the others stay."""
    values: dict[str, list[Value]] = orjson.loads(kept) if kept else {}
    for field_id, changed in changes.items():
        if changed is None:
            values.pop(str(field_id), None)
        else:
            values[str(field_id)] = changed
    return orjson.dumps(values).decode() if values else None


Reader = Callable[[dict[str, Any], Definition, ZoneInfo], Value]


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


def _text(given: dict[str, Any], _definition: Definition, _zone: ZoneInfo) -> Value:
    return [_text_of(_value(given))]


def _number(given: dict[str, Any], _definition: Definition, _zone: ZoneInfo) -> Value:
    text = _text_of(_value(given))
    try:
        float(text)
    except ValueError:
        raise _Unusable("InvalidType", "value", "numeric") from None
    return [text]


def _checkbox(given: dict[str, Any], _definition: Definition, _zone: ZoneInfo) -> Value:
    value = _value(given)
    if value not in (True, False, "1", "0"):
        raise _Unusable("InvalidType", "value", "bool")
    return [value in (True, "1")]


def _multitext(given: dict[str, Any], definition: Definition, _zone: ZoneInfo) -> Value:
    text = _text_of(_value(given))
    if given.get("enum_id") is not None or given.get("enum_code") is not None:
        return [text, _option(given, definition, with_text=False).id]
    usual = next((each for each in definition.options.values() if each.code == _DEFAULT_ENUM), None)
    return [text, usual.id] if usual else [text]


def _choice(given: dict[str, Any], definition: Definition, _zone: ZoneInfo) -> Value:
    return [None, _option(given, definition, with_text=True).id]


def _option(given: dict[str, Any], definition: Definition, *, with_text: bool) -> Option:
    """The option that the value names, by id, by code or by its text."""
    keys = [("enum_id", "id"), ("enum_code", "code")]
    if with_text:
        keys.append(("value", "value"))
    key, attribute = next(((key, name) for key, name in keys if given.get(key) is not None), keys[-1])
    for option in definition.options.values():
        if getattr(option, attribute) == given.get(key):
            return option
    raise _Unusable("NotSupportedChoice", key)


def _moment(given: dict[str, Any], definition: Definition, zone: ZoneInfo) -> Value:
    """Unix seconds; a date without a time is the account's midnight."""
    value = _value(given)
    try:
        if isinstance(value, str):
            moment = datetime.fromisoformat(value)
            moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        else:
            moment = from_unix(value)
        if definition.type != "date_time":
            moment = datetime.combine(moment.astimezone(zone).date(), time(), zone)
        return [int(moment.astimezone(UTC).timestamp())]
    except (ValueError, TypeError, OverflowError):
        raise _Unusable("InvalidType", "value", "timestamp") from None


def _as_is(given: dict[str, Any], _definition: Definition, _zone: ZoneInfo) -> Value:
    return [_value(given)]


_READERS: dict[str, Reader] = {
    **dict.fromkeys(_TEXTS, _text),
    **dict.fromkeys(_NUMBERS, _number),
    **dict.fromkeys(_CHOICES, _choice),
    **dict.fromkeys(_TIMES, _moment),
    "checkbox": _checkbox,
    "multitext": _multitext,
}
