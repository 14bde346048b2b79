"""How a user writes against `amocrm-api`: a model of their own, the settings, a code."""

from __future__ import annotations

from typing import Any

from amocrm.v2 import Contact, custom_field
from amocrm.v2.interaction import GenericInteraction
from amocrm.v2.tokens import MemoryTokensStorage, TokenManager

from tests.contract.conftest import ServedStand

PHONE = "+79161234567"


class Person(Contact):
    """A contact with mapped custom fields, as the client's documentation shows."""

    phone = custom_field.ContactPhoneField("Телефон")
    mobile = custom_field.ContactPhoneField("Телефон", enum_code="MOB")
    email = custom_field.ContactEmailField("Email")
    city = custom_field.TextCustomField("Город")
    size = custom_field.NumericCustomField("Размер")
    source = custom_field.SelectCustomField("Источник")
    likes = custom_field.MultiSelectCustomField("Интересы")
    met_at = custom_field.DateTimeCustomField("Знакомство")
    agreed = custom_field.CheckboxCustomField("Согласие")


class Fields(GenericInteraction):
    path = "contacts/custom_fields"
    field = "custom_fields"


def set_up(manager: TokenManager, world: dict[str, Any]) -> MemoryTokensStorage:
    """Give the client its settings; returns where it keeps its tokens."""
    amocrm = world["amocrm"]
    storage = MemoryTokensStorage()
    manager(amocrm["client_id"], amocrm["client_secret"], amocrm["subdomain"], amocrm["redirect_uri"], storage)
    return storage


def fresh_code(served_stand: ServedStand, world: dict[str, Any]) -> str:
    return str(served_stand.post(world, "/oauth-code")["code"])
