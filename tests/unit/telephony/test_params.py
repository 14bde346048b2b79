"""What writing methods of the vendor APIs check of their parameters."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from emulator.core.instants import micros
from emulator.telephony.data_api.params import (
    Shape,
    array,
    batch,
    boolean,
    checked,
    choice,
    filled,
    moment,
    money,
    number,
    required,
    structure,
    telephone,
    text,
)
from emulator.telephony.rpc import Refusal

SHAPE: Shape = {
    "id": required(number(1)),
    "name": text(5, least=1),
    "cost": money(),
    "at": moment(ZoneInfo("Europe/Moscow")),
    "status": choice("on", "off"),
    "is_new": boolean(),
    "tags": array(number(), 3, 1, unique=True),
    "phones": array(structure({"number": required(text()), "times": array(number(0, 9))})),
}


def test_what_was_given_and_nothing_else_comes_back() -> None:
    given = checked(
        {
            "access_token": "x",
            "user_id": 5,
            "id": 1,
            "name": None,
            "cost": 10.5,
            "at": "2026-03-02 12:00:00",
            "is_new": False,
            "phones": [{"number": "1", "times": []}, {"number": "2"}],
        },
        SHAPE,
    )
    assert given == {
        "id": 1,
        "name": None,
        "cost": 1050,
        "at": micros(datetime(2026, 3, 2, 9, tzinfo=UTC)),
        "is_new": False,
        "phones": [{"number": "1", "times": []}, {"number": "2"}],
    }
    assert checked({"id": 1}, SHAPE) == {"id": 1}


MISTAKES: list[tuple[dict[str, Any], str, str]] = [
    ({"id": None}, "required_parameter_missed", "id"),
    ({"id": True}, "data_type_error", "id"),
    ({"id": 1.0}, "data_type_error", "id"),
    ({"id": 0}, "invalid_parameter_value", "id"),
    ({"id": 2**63}, "invalid_parameter_value", "id"),
    ({"nmae": "x"}, "unexpected_parameters", "nmae"),
    ({"name": ""}, "invalid_parameter_value", "name"),
    ({"name": "longer"}, "invalid_parameter_value", "name"),
    ({"cost": "1"}, "data_type_error", "cost"),
    ({"cost": True}, "data_type_error", "cost"),
    ({"cost": 1e16}, "invalid_parameter_value", "cost"),
    ({"at": 5}, "data_type_error", "at"),
    ({"at": "2026-03-02"}, "invalid_parameter_value", "at"),
    ({"at": "0001-01-01 00:00:00"}, "invalid_date_time", "at"),
    ({"at": "9999-12-31 23:59:59"}, "invalid_date_time", "at"),
    ({"status": "maybe"}, "invalid_parameter_value", "status"),
    ({"status": ["on"]}, "data_type_error", "status"),
    ({"is_new": 1}, "data_type_error", "is_new"),
    ({"tags": []}, "invalid_parameter_value", "tags"),
    ({"tags": [1, 2, 3, 4]}, "invalid_parameter_value", "tags"),
    ({"tags": [1, 1]}, "invalid_parameter_value", "tags"),
    ({"tags": {"1": 1}}, "data_type_error", "tags"),
    ({"tags": [None]}, "data_type_error", "tags"),
    ({"phones": [[]]}, "data_type_error", "phones"),
    ({"phones": [{"number": "1"}, {}]}, "required_parameter_missed", "phones.number"),
    ({"phones": [{"number": "1", "x": 1}]}, "unexpected_parameters", "phones.x"),
    ({"phones": [{"number": "1", "times": [10]}]}, "invalid_parameter_value", "phones.times"),
    ({"user_id": "5"}, "data_type_error", "user_id"),
]


@pytest.mark.parametrize(("changes", "mnemonic", "field"), MISTAKES, ids=[str(n) for n in range(len(MISTAKES))])
def test_a_mistake_is_named(changes: dict[str, Any], mnemonic: str, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        checked({"id": 1, **changes}, SHAPE)
    assert (refused.value.mnemonic, refused.value.field) == (mnemonic, field)


def test_a_refusal_says_which_item_it_is_about() -> None:
    with pytest.raises(Refusal) as refused:
        checked({"id": 1, "phones": [{"number": "1"}, {"number": "2", "times": [1, 10]}]}, SHAPE)
    assert refused.value.field == "phones.times"
    assert refused.value.message.endswith("phones.times[1], phones[1]")


def test_a_batch_has_something_in_it_and_not_too_much() -> None:
    shape: Shape = {"deals": batch(structure({"ext_id": required(filled())}), 2)}
    for given, mnemonic in (
        (None, "required_parameter_missed"),
        ({}, "data_type_error"),
        ([], "invalid_parameter_value"),
        ([{"ext_id": "1"}] * 3, "data_limit_exceeded"),
        ([{"ext_id": " "}], "invalid_parameter_value"),
    ):
        with pytest.raises(Refusal) as refused:
            checked({"deals": given}, shape)
        assert refused.value.mnemonic == mnemonic
    assert len(checked({"deals": [{"ext_id": "1"}] * 2}, shape)["deals"]) == 2


def test_many_items_are_looked_through_once() -> None:
    """Twenty thousand ids are a moment's work; compared with each other they would be ten seconds'."""
    ids = list(range(20_000))
    shape: Shape = {"ids": array(number(), unique=True)}
    assert checked({"ids": ids}, shape) == {"ids": ids}
    with pytest.raises(Refusal) as refused:
        checked({"ids": [*ids, 5]}, shape)
    assert refused.value.value == 5


def test_telephones_are_written_in_one_way() -> None:
    shape: Shape = {"phone": telephone()}
    assert checked({"phone": "8 (916) 123-45-67"}, shape) == {"phone": "+79161234567"}
    assert checked({"phone": ""}, shape) == {"phone": None}
    with pytest.raises(Refusal) as refused:
        checked({"phone": "нет"}, shape)
    assert refused.value.mnemonic == "invalid_parameter_value"
