"""Custom fields whose value is an object: which keys each type has, and of what kind they are (facts §3.5)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from emulator.amocrm.validation import is_integer


class Shape(NamedTuple):
    """`keys` name what a value may hold, each with its kind; `required` what it must hold."""

    keys: Mapping[str, str]
    required: tuple[str, ...] = ()
    inner: Mapping[str, Shape] = {}


class ObjectFlaw(NamedTuple):
    """What is wrong at the dotted `key` inside a value."""

    code: str
    key: str
    expected: str = ""


def _texts(*keys: str) -> dict[str, str]:
    return dict.fromkeys(keys, "string")


_BANK = _texts("bank_code", "unp", "bin", "egrpou", "mfo", "bank_account_number", "oked", "director")
_LEGAL = {
    **_texts("name", "vat_id", "tax_registration_reason_code", "address", "real_address", "kpp", "external_uid"),
    **_BANK,
    "entity_type": "int",
}
_ITEM = {
    **_texts("sku", "description", "unit_type", "external_uid"),
    **dict.fromkeys(("unit_price", "quantity", "vat_rate_value", "bonus_points_per_purchase", "total_sum"), "numeric"),
    **dict.fromkeys(("vat_rate_id", "product_id"), "int"),
    **dict.fromkeys(("is_discount_recalculated", "is_total_sum_recalculated"), "bool"),
    "discount": "object",
    "metadata": "",
}
_PARTY = {**_LEGAL, **_texts("phone", "email", "type"), "entity_type": "", "entity_id": "int"}

CHAINED_KEYS = frozenset({"catalog_id", "catalog_element_id"})

OBJECTS: dict[str, Shape] = {
    "legal_entity": Shape(_LEGAL, ("name",)),
    "items": Shape(_ITEM, (), {"discount": Shape({"type": "string", "value": "numeric"})}),
    "linked_entity": Shape(
        {"name": "string", "entity_id": "int", "entity_type": "string", "catalog_id": "int"}, ("entity_id",)
    ),
    "file": Shape(
        {**_texts("file_uuid", "version_uuid", "file_name"), "file_size": "int", "is_deleted": "bool"}, ("file_uuid",)
    ),
    "payer": Shape(_PARTY),
    "supplier": Shape(_PARTY, ("entity_id",)),
    "chained_list": Shape(dict.fromkeys(CHAINED_KEYS, "int"), tuple(sorted(CHAINED_KEYS))),
}
"""The types whose value is an object. A null counts as a key that is not there."""


def check_object(value: Mapping[str, Any], shape: Shape) -> ObjectFlaw | None:
    """The first thing that does not fit `shape`."""
    for key in shape.required:
        if value.get(key) is None:
            return ObjectFlaw("NotNullable" if key in value else "FieldMissing", key)
    for key, given in value.items():
        if key not in shape.keys:
            return ObjectFlaw("FieldNotExpected", key)
        if given is not None and not _is_kind(given, shape.keys[key]):
            return ObjectFlaw("InvalidType", key, shape.keys[key])
        if key in shape.inner and given is not None:
            inner = check_object(given, shape.inner[key])
            if inner is not None:
                return inner._replace(key=f"{key}.{inner.key}")
    return None


def _is_kind(value: Any, kind: str) -> bool:
    if kind == "string":
        return isinstance(value, str)
    if kind == "int":
        return is_integer(value)
    if kind == "bool":
        return isinstance(value, bool)
    if kind == "object":
        return isinstance(value, dict)
    if kind == "numeric":
        return not isinstance(value, bool) and (isinstance(value, int | float) or _is_number(value))
    return True


def _is_number(value: Any) -> bool:
    try:
        return isinstance(value, str) and math.isfinite(float(value))
    except ValueError:
        return False
