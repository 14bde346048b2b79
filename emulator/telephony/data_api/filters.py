"""The filter grammar of the Data API (facts §1.4).

A filter is simple, `{field, operator, value}`, or a tree, `{filters: […], condition: "and" | "or"}`, of any depth.
A row is given as a function from a field's name to its value.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from emulator.telephony.data_api.fields import Field, Fields
from emulator.telephony.rpc import Refusal

ValueOf = Callable[[str], Any]
Predicate = Callable[[ValueOf], bool]
Test = Callable[[Any, Any], bool]

_ORDERED = ("number", "iso8601", "id")
_TEXTS = ("string", "enum")
_PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "number": (int, float),
    "id": (int, float),
    "string": (str,),
    "enum": (str,),
    "iso8601": (str,),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


def _when_both(compare: Test) -> Test:
    """An empty value is neither less nor greater than anything."""
    return lambda have, want: have is not None and want is not None and compare(have, want)


def _like(have: str | None, mask: str) -> bool:
    """`%` stands for any text. One walk through the text, whatever the mask: no mask can hold the server up."""
    if have is None:
        return False
    first, *middle = mask.split("%")
    if not middle:
        return have == mask
    last = middle.pop()
    end = len(have) - len(last)
    at = len(first)
    if end < at or not have.startswith(first) or not have.endswith(last):
        return False
    for part in middle:
        found = have.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True


_TESTS: dict[str, Test] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": _when_both(operator.lt),
    ">": _when_both(operator.gt),
    "<=": _when_both(operator.le),
    ">=": _when_both(operator.ge),
    "in": lambda have, want: have in want,
    "not_in": lambda have, want: have not in want,
    "like": _like,
    "ilike": lambda have, want: have is not None and _like(have.casefold(), want.casefold()),
    "is_null": lambda have, _: have is None,
    "is_not_null": lambda have, _: have is not None,
}


def compiled(given: Any, fields: Fields, at: str = "filter") -> tuple[Predicate, set[str]]:
    """(what decides on a row, the fields it looks at). Raises Refusal naming the dotted place.

    unexpected_parameters: an unknown field or key; filter_prohibited: a field that cannot be filtered by.
    """
    if not isinstance(given, dict):
        raise Refusal("data_type_error", at, given)
    return _tree(given, fields, at) if "filters" in given else _simple(given, fields, at)


def _tree(given: dict[str, Any], fields: Fields, at: str) -> tuple[Predicate, set[str]]:
    _no_other_keys(given, ("filters", "condition"), at)
    condition = given.get("condition")
    if condition is None:
        raise Refusal("required_parameter_missed", f"{at}.condition")
    if condition not in ("and", "or"):
        raise Refusal("invalid_parameter_value", f"{at}.condition", condition)
    if not isinstance(given["filters"], list):
        raise Refusal("data_type_error", f"{at}.filters", given["filters"])
    parts = [compiled(part, fields, f"{at}.filters") for part in given["filters"]]
    tests = [test for test, _ in parts]
    used = {name for _, names in parts for name in names}
    if condition == "and":
        return lambda value_of: all(test(value_of) for test in tests), used
    return lambda value_of: any(test(value_of) for test in tests), used


def _simple(given: dict[str, Any], fields: Fields, at: str) -> tuple[Predicate, set[str]]:
    _no_other_keys(given, ("field", "operator", "value"), at)
    for key in ("field", "operator"):
        if key not in given:
            raise Refusal("required_parameter_missed", f"{at}.{key}")
        if not isinstance(given[key], str):
            raise Refusal("data_type_error", f"{at}.{key}", given[key])
    field = fields.get(given["field"])
    if field is None:
        raise Refusal("unexpected_parameters", f"{at}.field", given["field"])
    if not field.is_filterable:
        raise Refusal("filter_prohibited", f"{at}.field", field.name)
    name, test, want = field.name, _TESTS.get(given["operator"]), given.get("value")
    if test is None:
        raise Refusal("invalid_parameter_value", f"{at}.operator", given["operator"])
    _fitting(field, given["operator"], want, at)
    return lambda value_of: test(value_of(name), want), {name}


def _fitting(field: Field, named: str, want: Any, at: str) -> None:
    """The operator must suit the field's type, and the value both."""
    if (named in ("<", ">", "<=", ">=") and field.type not in _ORDERED) or (
        named in ("like", "ilike") and field.type not in _TEXTS
    ):
        raise Refusal("invalid_parameter_value", f"{at}.operator", named)
    if named in ("is_null", "is_not_null"):
        fits = want is None
    elif named in ("in", "not_in"):
        fits = isinstance(want, list) and all(_is_of(field, each) for each in want)
    elif named in ("like", "ilike"):
        fits = isinstance(want, str)
    else:
        fits = _is_of(field, want)
    if not fits:
        raise Refusal("data_type_error", f"{at}.value", want)


def _is_of(field: Field, value: Any) -> bool:
    if value is None:
        return True
    if isinstance(value, bool) and field.type != "boolean":
        return False
    return isinstance(value, _PYTHON_TYPES[field.type])


def _no_other_keys(given: dict[str, Any], known: tuple[str, ...], at: str) -> None:
    for key in given:
        if key not in known:
            raise Refusal("unexpected_parameters", f"{at}.{key}", given[key])
