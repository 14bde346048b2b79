"""What is said of additional fields which the account has in another shape (FIELD-01)."""

from __future__ import annotations

from integration.amocrm.fields import conflicting
from integration.rules.additional_fields import OF_DEAL, Found


def test_fields_of_other_types_are_in_the_way() -> None:
    there = {field.name: Found(field.type, frozenset(field.choices)) for field in OF_DEAL}
    assert conflicting(OF_DEAL, there) == {}
    there |= {"utm_source": Found("tracking_data"), "utm_term": Found("numeric"), "communication_type": Found("text")}
    assert conflicting(OF_DEAL, there) == {
        "utm_term": "is numeric, it must be text",
        "communication_type": "is text, it must be select",
    }


def test_a_list_without_our_choices_is_in_the_way() -> None:
    there = {"communication_type": Found("select", frozenset({"Звонок", "Письмо"}))}
    assert conflicting(OF_DEAL, there) == {"communication_type": "lacks the choices Заявка с сайта"}
