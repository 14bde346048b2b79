"""Values of custom fields: what a request may write, how they are kept and how they are shown (facts §3.5).

A card keeps its values as JSON by the id of the field: `{"301": [["+79160000001", 401]]}`, each value with the id of
its option where it has one; of a list the option alone, as `[null, 402]`. What a field and its options are called is
added when a card is shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from emulator.amocrm.custom_fields import CustomFields, Definition
from emulator.amocrm.field_readers import Unusable, keys_of, reader_of
from emulator.amocrm.kept_values import FieldChanges, Value
from emulator.amocrm.validation import Item, is_integer

Shown = dict[str, Any]
"""{field_id, field_name, field_code, field_type, values} as in an answer."""

_KEY = "custom_fields_values"


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
        """Every text among the values, with whether it is a phone."""
        for field in self.shown(kept) or ():
            for value in field["values"]:
                for text in _texts_in(value.get("value")):
                    yield field["field_code"] == "PHONE", text

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
        read, keys = reader_of(definition.type), keys_of(definition.type)
        kept: list[Value] = []
        for index, value in enumerate(values):
            at = f"{path}.values.{index}"
            if not isinstance(value, dict):
                item.refuse_type(at, "object")
                continue
            for key in value.keys() - keys:
                item.refuse("FieldNotExpected", f"{at}.{key}")
            try:
                kept.append(read(value, definition, self._zone))
            except Unusable as unusable:
                _note(item, f"{at}.{unusable.key}", unusable)
        return [value for value in kept if value[0] != ""] or None


def _note(item: Item, path: str, unusable: Unusable) -> None:
    if unusable.expected:
        item.refuse_type(path, unusable.expected)
    else:
        item.refuse(unusable.code, path)


def _named_by(given: dict[str, Any]) -> str:
    return "field_code" if given.get("field_id") is None and given.get("field_code") is not None else "field_id"


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts_in(part)


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
        return dict(value) if definition.type == "chained_list" else {"value": value}
    option = definition.options.get(option_id)
    text = option.value if value is None and option else value
    return {"value": text, "enum_id": option_id, "enum_code": option.code if option else None}
