from __future__ import annotations

from typing import Any

import pytest

from integration import settings
from integration.problems import Problem

OLGA = 501


def refusal(patch: dict[str, Any], role: str | None = None) -> Problem:
    with pytest.raises(Problem) as caught:
        settings.changed({}, patch, role)
    return caught.value


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("deals.night_time", "06:00"),
        ("deals.night_time", "00:00"),
        ("calls.primary_mode", "contact"),
        ("calls.success_tag", "Успех"),
        ("calls.success_tag", None),
        ("calls.responsible_user_id", 503),
        ("calls.responsible_user_id", None),
        ("tasks.outgoing.assignee", "caller"),
        ("phone.options_block_in_s", 0),
        ("forms.mode", "unsorted"),
    ],
)
def test_accepted(key: str, value: object) -> None:
    assert settings.changed({}, {key: value}, None) == {key: value}


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("deals.night_time", "06:01", "HH:MM"),
        ("deals.night_time", 2, "HH:MM"),
        ("calls.primary_mode", "sixth", "one of manual, contact, deal"),
        ("calls.apply_to_outgoing", 1, "true or false"),
        ("calls.primary_mode", ["contact"], "one of"),
        ("calls.primary_mod", "contact", "nearest one is calls.primary_mode"),
        ("calls.responsible_user_id", True, "user id"),
        ("calls.responsible_user_id", "503", "user id"),
        ("calls.success_tag", 5, "a text of 255 characters"),
        ("calls.success_tag", "У" * 256, "a text of 255 characters"),
        ("deals.manual_contact_period_days", 0, "whole days, 1 to 36500"),
        ("deals.manual_contact_period_days", 10**9, "whole days, 1 to 36500"),
        ("phone.options_block_in_s", 10**12, "whole seconds, 0 to 86400"),
        ("tasks.incoming.assignee", "caller", "one of"),
        ("c2c.override_caller_id", True, "c2c.number"),
    ],
)
def test_refused(key: str, value: object, expected: str) -> None:
    problem = refusal({key: value})
    assert problem.status == 400
    assert [(error.path, error.got) for error in problem.errors] == [(key, value)]
    assert expected in problem.errors[0].expected


def test_all_bad_keys_are_named_at_once() -> None:
    problem = refusal({"calls.primary_mode": "x", "calls.lost_tag": "fine", "nonsense": 1, "forms.enabled": None})
    assert [error.path for error in problem.errors] == ["calls.primary_mode", "nonsense", "forms.enabled"]


def test_empty_texts_are_null_and_texts_are_trimmed() -> None:
    assert settings.changed({}, {"calls.lost_tag": "  ", "calls.success_tag": " Успех "}, None) == {
        "calls.lost_tag": None,
        "calls.success_tag": "Успех",
    }


def test_defaults() -> None:
    values = settings.complete({}, OLGA)
    assert values["calls.primary_mode"] == "manual"
    assert values["calls.responsible_user_id"] == OLGA
    assert values["deals.night_time"] == "02:00"
    assert settings.complete({"calls.responsible_user_id": 503}, OLGA)["calls.responsible_user_id"] == 503


def test_the_card_update_delay_belongs_to_support() -> None:
    values = settings.complete({}, OLGA)
    assert "calls.card_update_delay" not in settings.visible(values, None)
    assert settings.visible(values, "support")["calls.card_update_delay"] == 0
    assert refusal({"calls.card_update_delay": 0}).status == 403
    assert refusal({"calls.card_update_delay": 0, "forms.mode": 1}).status == 400
    assert settings.changed({}, {"calls.card_update_delay": 0}, "support") == {"calls.card_update_delay": 0}
    assert refusal({"calls.card_update_delay": -1}, "support").status == 400
