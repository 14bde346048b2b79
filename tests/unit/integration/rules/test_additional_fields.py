"""Additional fields: which a card has, what they hold, when they are refreshed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from integration.rules import additional_fields
from integration.rules.additional_fields import Found
from integration.rules.decisions import FillFields, Nothing, RefreshFields
from tests.unit.integration.rules.facts import CONTACT, LATER, STRANGER, VISITOR

HOUR = timedelta(hours=1)


def test_contacts_have_fourteen_fields_and_deals_thirteen() -> None:
    contact = {field.name for field in additional_fields.OF_CONTACT}
    deal = {field.name for field in additional_fields.OF_DEAL}
    assert (len(contact), len(deal), contact - deal) == (14, 13, {"communication_time"})


def test_everything_that_is_known_of_a_visitor() -> None:
    contact, deal = additional_fields.of_new_contact(VISITOR), additional_fields.of_new_deal(VISITOR)
    assert isinstance(contact, FillFields)
    assert isinstance(deal, FillFields)
    assert contact.values == {
        "utm_term": "окна",
        "utm_campaign": "spring",
        "utm_source": "yandex",
        "utm_medium": "cpc",
        "utm_content": "banner2",
        "ua_client_id": "35009a79-1a05",
        "communication_id": "1081",
        "communication_type": "Звонок",
        "communication_source": "Директ",
        "communication_time": 1_772_442_000,
        "CoMagic_Session": "77",
        "CoMagic_SearchQuery": "купить окна",
        "CoMagic_Site": "okna.ru",
        "CoMagic_Campaign": "Директ",
    }
    assert deal.values == {name: value for name, value in contact.values.items() if name != "communication_time"}


def test_what_is_not_known_is_not_written() -> None:
    contact = additional_fields.of_new_contact(STRANGER)
    assert isinstance(contact, FillFields)
    assert contact.values == {
        "communication_id": "1081",
        "communication_type": "Звонок",
        "communication_source": "Офис",
        "communication_time": 1_772_442_000,
    }


def test_another_widget_has_none_of_them() -> None:
    other = replace(VISITOR, widget="other")
    assert isinstance(additional_fields.of_new_contact(other), Nothing)
    assert isinstance(additional_fields.of_new_deal(other), Nothing)


def test_only_fields_of_the_communication_are_refreshed() -> None:
    assert additional_fields.refreshed(VISITOR).keys() == {
        "communication_id",
        "communication_type",
        "communication_source",
        "communication_time",
    }


@pytest.mark.parametrize(
    ("change", "refreshes"),
    [
        ({}, True),
        ({"direction": "out"}, False),
        ({"direction": "out", "refresh_on_outgoing": True}, True),
        ({"is_automatic": False}, False),
        ({"contact_id": None}, False),
        ({"holds_since": LATER.arrived_at - HOUR}, True),
        ({"holds_since": LATER.arrived_at}, True),
        ({"holds_since": LATER.arrived_at + HOUR}, False),
    ],
)
def test_a_later_communication(change: dict[str, Any], refreshes: bool) -> None:
    decision = additional_fields.at_later_communication(replace(LATER, **change))
    assert isinstance(decision, RefreshFields) is refreshes
    if isinstance(decision, RefreshFields):
        assert decision.contact_id == CONTACT


def test_what_an_account_lacks() -> None:
    there = {field.name: Found(field.type, frozenset(field.choices)) for field in additional_fields.OF_DEAL}
    assert additional_fields.missing(additional_fields.OF_DEAL, there) == []
    del there["CoMagic_Site"]
    assert [field.name for field in additional_fields.missing(additional_fields.OF_DEAL, there)] == ["CoMagic_Site"]


def test_a_list_takes_the_choices_that_it_has() -> None:
    found = Found("select", frozenset({"Звонок", "Письмо"}))
    (field,) = (field for field in additional_fields.OF_DEAL if field.name == "communication_type")
    assert [additional_fields.takes(found, field, value) for value in field.choices] == [True, False]
