"""Checks of what a writing method is given: known names, what is required, types and values (facts §1.5).

    SHAPE = {
        "last_name": required(text(most=100)),
        "status": choice("available", "break"),
        "phone_numbers": array(structure({"phone_number": required(text())}), most=10),
    }
    given = checked(params, SHAPE)   # only what was given; a parameter that was emptied with null is None

Every check raises Refusal with the dotted name of the parameter. Those of the items of an array have no number in it;
the message ends with which item it is, `deals[3]`. A year that nobody can mean is `invalid_date_time`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from emulator.core.errors import BadRequest
from emulator.core.instants import micros
from emulator.core.parsing import FIRST_YEAR, LAST_YEAR
from emulator.telephony.communications.money import MOST, hundredths
from emulator.telephony.data_api.wall_clock import wall_clock
from emulator.telephony.numbers import written
from emulator.telephony.rpc import Refusal

COMMON = ("access_token", "user_id")
"""What every method takes: who asks, and for an agent the user of a client in whose name."""

LARGEST = 2**63 - 1
"""The largest whole number that a row can hold."""

Check = Callable[[Any, str], Any]


@dataclass(frozen=True)
class Parameter:
    """`check` gives the value as it is to be used, or raises Refusal for the name it is told."""

    check: Check
    is_required: bool = False


Shape = Mapping[str, Parameter]


def required(parameter: Parameter) -> Parameter:
    """Must be there and not null."""
    return replace(parameter, is_required=True)


def checked(params: Mapping[str, Any], shape: Shape) -> dict[str, Any]:
    """The parameters of a method besides the common ones. Raises Refusal: unexpected_parameters,
    required_parameter_missed, data_type_error, invalid_parameter_value.
    """
    own = {name: value for name, value in params.items() if name not in COMMON}
    check_user(params)
    return _fields(own, shape, "")


def check_user(params: Mapping[str, Any]) -> None:
    """`user_id`, for which an agent acts. Raises Refusal `data_type_error`."""
    if params.get("user_id") is not None:
        _number(params["user_id"], "user_id")


def _fields(given: Mapping[str, Any], shape: Shape, at: str) -> dict[str, Any]:
    for name, value in given.items():
        if name not in shape:
            raise Refusal("unexpected_parameters", at + name, value)
    for name, parameter in shape.items():
        if parameter.is_required and given.get(name) is None:
            raise Refusal("required_parameter_missed", at + name)
    return {
        name: None if given[name] is None else parameter.check(given[name], at + name)
        for name, parameter in shape.items()
        if name in given
    }


def text(most: int | None = None, least: int = 0) -> Parameter:
    """Text of `least` to `most` characters."""

    def check(value: Any, at: str) -> str:
        if not isinstance(value, str):
            raise Refusal("data_type_error", at, value)
        if len(value) < least or (most is not None and len(value) > most):
            longest = f"from {least} to {most} characters" if most is not None else f"at least {least} characters"
            raise Refusal("invalid_parameter_value", at, value, longest)
        return value

    return Parameter(check)


def filled(most: int | None = None) -> Parameter:
    """Text that is not blank."""
    whole = text(most)

    def check(value: Any, at: str) -> str:
        given: str = whole.check(value, at)
        if not given.strip():
            raise Refusal("invalid_parameter_value", at, value, "a text that is not blank")
        return given

    return Parameter(check)


def telephone() -> Parameter:
    """A telephone number as people write it, in E.164 with `+`; empty text is none."""
    whole = text()

    def check(value: Any, at: str) -> str | None:
        given: str = whole.check(value, at)
        try:
            return written(given, at) if given else None
        except BadRequest as refused:
            raise Refusal("invalid_parameter_value", at, value, refused.detail) from None

    return Parameter(check)


def number(least: int | None = None, most: int | None = None) -> Parameter:
    """A whole number: an id, a count, seconds."""

    def check(value: Any, at: str) -> int:
        _number(value, at)
        if not isinstance(value, int):
            raise Refusal("data_type_error", at, value)
        _bounded(value, at, -LARGEST if least is None else least, LARGEST if most is None else most)
        return value

    return Parameter(check)


def money() -> Parameter:
    """An amount that may have a fraction, in hundredths."""

    def check(value: Any, at: str) -> int:
        _number(value, at)
        _bounded(value, at, -MOST, MOST)
        return hundredths(value)

    return Parameter(check)


def boolean() -> Parameter:
    def check(value: Any, at: str) -> bool:
        if not isinstance(value, bool):
            raise Refusal("data_type_error", at, value)
        return value

    return Parameter(check)


def choice(*known: str) -> Parameter:
    """One of some words."""

    def check(value: Any, at: str) -> str:
        if not isinstance(value, str):
            raise Refusal("data_type_error", at, value)
        if value not in known:
            raise Refusal("invalid_parameter_value", at, value, f"one of {', '.join(known)}")
        return value

    return Parameter(check)


def moment(zone: ZoneInfo) -> Parameter:
    """`YYYY-MM-DD hh:mm:ss` in the account's time zone, as microseconds."""

    def check(value: Any, at: str) -> int:
        local = wall_clock(value, at)
        if not FIRST_YEAR <= local.year <= LAST_YEAR:
            raise Refusal("invalid_date_time", at, value, f"a year from {FIRST_YEAR} to {LAST_YEAR}")
        return micros(local.replace(tzinfo=zone))

    return Parameter(check)


def array(of: Parameter, most: int | None = None, least: int = 0, *, unique: bool = False) -> Parameter:
    """A list of `least` to `most` items; `unique`: none of them twice."""

    def check(value: Any, at: str) -> list[Any]:
        if not isinstance(value, list):
            raise Refusal("data_type_error", at, value)
        if len(value) < least or (most is not None and len(value) > most):
            raise Refusal("invalid_parameter_value", at, value, f"from {least} to {most if most else 'any'} items")
        items = [_item(of, item, at, index) for index, item in enumerate(value)]
        if unique and len(set(items)) < len(items):
            raise Refusal("invalid_parameter_value", at, _twice(items), "each once")
        return items

    return Parameter(check)


def batch(of: Parameter, most: int) -> Parameter:
    """What one request brings: a list of one to `most` items. More are `data_limit_exceeded`."""
    whole = array(of, least=1)

    def check(value: Any, at: str) -> Any:
        if isinstance(value, list) and len(value) > most:
            raise Refusal("data_limit_exceeded", at, len(value), f"at most {most} in one request")
        return whole.check(value, at)

    return required(Parameter(check))


@contextmanager
def of_item(at: str, index: int) -> Iterator[None]:
    """A refusal from inside says which item of the list `at` it is about."""
    try:
        yield
    except Refusal as refusal:
        refusal.say(f"{at}[{index}]")
        raise


def _item(of: Parameter, value: Any, at: str, index: int) -> Any:
    with of_item(at, index):
        return of.check(value, at)


def structure(shape: Shape) -> Parameter:
    """An object of these parameters."""

    def check(value: Any, at: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise Refusal("data_type_error", at, value)
        return _fields(value, shape, f"{at}.")

    return Parameter(check)


def _number(value: Any, at: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refusal("data_type_error", at, value)


def _bounded(value: float, at: str, least: float | None, most: float | None) -> None:
    if (least is not None and value < least) or (most is not None and value > most):
        bounds = f"from {least}" if most is None else f"up to {most}" if least is None else f"from {least} to {most}"
        raise Refusal("invalid_parameter_value", at, value, bounds)


def _twice(items: Sequence[Any]) -> Any:
    """The first item that was there before."""
    seen: set[Any] = set()
    for item in items:
        if item in seen:
            return item
        seen.add(item)
    return None
