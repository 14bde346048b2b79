"""The filter grammar of the Data API (facts §1.4).

A filter is simple, `{field, operator, value}`, or a tree, `{filters: […], condition: "and" | "or"}`, of any depth;
one without filters holds for every row.
A row is given as a function from a field's name to its value. What lies inside an array or object is named with a dot,
`phone_numbers.status`, and stands for the values of all items: one that fits is enough, and what is negated holds when
none fits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from emulator.telephony.data_api.fields import Fields
from emulator.telephony.data_api.operators import OPERATORS, Operator, Test, is_empty
from emulator.telephony.data_api.wall_clock import wall_clock
from emulator.telephony.rpc import Refusal

ValueOf = Callable[[str], Any]
Predicate = Callable[[ValueOf], bool]

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


def compiled(given: Any, fields: Fields, at: str = "filter") -> tuple[Predicate, set[str]]:
    """(what decides on a row, the fields it looks at). Raises Refusal naming the dotted place.

    unexpected_parameters: an unknown field or key; filter_prohibited: a field that cannot be filtered by;
    invalid_parameter_value: an operator that does not suit the field, a date, `regexp` or `jsquery` that is none.
    """
    if not isinstance(given, dict):
        raise Refusal("data_type_error", at, given)
    return _tree(given, fields, at) if "filters" in given else _simple(given, fields, at)


def named_by(given: Any, field: str) -> set[Any] | None:
    """The only values of `field` for which a filter that was compiled can hold; None: it may hold for any."""
    if not given:
        return None
    if "filters" not in given:
        value = given.get("value")
        values = {"=": [value], "in": value}.get(given["operator"])
        return set(values) if given["field"] == field and values is not None else None
    sets = [named_by(part, field) for part in given["filters"]]
    some = [each for each in sets if each is not None]
    if given["condition"] == "and":
        return set.intersection(*some) if some else None
    return set.union(*some) if some and len(some) == len(sets) else None


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
    if condition == "and" or not tests:
        return lambda value_of: all(test(value_of) for test in tests), used
    return lambda value_of: any(test(value_of) for test in tests), used


def _simple(given: dict[str, Any], fields: Fields, at: str) -> tuple[Predicate, set[str]]:
    _no_other_keys(given, ("field", "operator", "value"), at)
    for key in ("field", "operator"):
        if key not in given:
            raise Refusal("required_parameter_missed", f"{at}.{key}")
        if not isinstance(given[key], str):
            raise Refusal("data_type_error", f"{at}.{key}", given[key])
    name, _, inside = given["field"].partition(".")
    kind = _type_of(given["field"], fields, at)
    chosen = OPERATORS.get(given["operator"])
    if chosen is None or (chosen.types is not None and kind not in chosen.types):
        raise Refusal("invalid_parameter_value", f"{at}.operator", given["operator"])
    test = _test(chosen, kind, given.get("value"), at)
    holds = _of_any(test, inside.split(".")) if inside else test
    if chosen.is_negative:
        return lambda value_of: not holds(value_of(name)), {name}
    return lambda value_of: holds(value_of(name)), {name}


def _type_of(name: str, fields: Fields, at: str) -> str:
    """The type of a field, or of what lies inside one."""
    outer, dot, inner = name.partition(".")
    field = fields.get(outer)
    kind = None if field is None else field.children.get(inner) if dot else field.type
    if field is None or kind is None:
        raise Refusal("unexpected_parameters", f"{at}.field", name)
    if not field.is_filterable:
        raise Refusal("filter_prohibited", f"{at}.field", name)
    return kind


def _test(chosen: Operator, kind: str, want: Any, at: str) -> Test:
    """What decides on a value. The filter's own must suit the operator and the field's type."""
    if chosen.wants == "nothing":
        fits = want is None
    elif chosen.wants == "text":
        fits = isinstance(want, str)
    elif chosen.wants == "list":
        fits = isinstance(want, list) and all(_is_of(kind, each) for each in want)
    elif chosen.wants == "anything":
        fits = want is not None
    else:
        fits = _is_of(kind, want)
    if not fits:
        raise Refusal("data_type_error", f"{at}.value", want)
    if kind == "iso8601":
        for each in want if isinstance(want, list) else [want]:
            if each is not None:
                wall_clock(each, f"{at}.value")
    try:
        return chosen.make(want)
    except ValueError as problem:
        raise Refusal("invalid_parameter_value", f"{at}.value", want, str(problem)) from None


def _of_any(test: Test, path: list[str]) -> Test:
    """Of all that lies at `path` some value fits; where nothing lies, empty does."""

    def holds(outer: Any) -> bool:
        inside = _inside(outer, path)
        if test is is_empty:
            return all(is_empty(value) for value in inside)
        return any(test(value) for value in inside or [None])

    return holds


def _inside(value: Any, path: list[str]) -> list[Any]:
    if isinstance(value, list):
        return [found for item in value for found in _inside(item, path)]
    if not path:
        return [value]
    return _inside(value.get(path[0]), path[1:]) if isinstance(value, dict) else []


def _is_of(kind: str, value: Any) -> bool:
    if value is None:
        return True
    if isinstance(value, bool) and kind != "boolean":
        return False
    return isinstance(value, _PYTHON_TYPES[kind])


def _no_other_keys(given: dict[str, Any], known: tuple[str, ...], at: str) -> None:
    for key in given:
        if key not in known:
            raise Refusal("unexpected_parameters", f"{at}.{key}", given[key])
