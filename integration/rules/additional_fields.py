"""Additional fields of contacts and deals (FIELD-01..19, SALE-08, SALE-09; GAP-08..10, 43..45, 83)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from integration.rules.decisions import FieldValue, FillFields, Nothing, RefreshFields
from integration.rules.facts import LaterFacts, Origin

CALL, SITE_FORM = "Звонок", "Заявка с сайта"
OUR_WIDGET = "comagic"

TEXT = frozenset({"text", "textarea", "tracking_data"})


@dataclass(frozen=True, slots=True)
class Field:
    """One field: the type that it is made with, the types that take its values, and its choices if it is a list."""

    name: str
    type: str = "text"
    takes: frozenset[str] = TEXT
    choices: tuple[str, ...] = ()


_TYPE = Field("communication_type", "select", frozenset({"select"}), (CALL, SITE_FORM))
_TIME = Field("communication_time", "date_time", frozenset({"date_time"}))
_VISITOR = ("utm_term", "utm_campaign", "utm_source", "utm_medium", "utm_content", "ua_client_id")
_COMAGIC = ("CoMagic_Session", "CoMagic_SearchQuery", "CoMagic_Site", "CoMagic_Campaign")

OF_DEAL = (
    *map(Field, _VISITOR),
    Field("communication_id"),
    _TYPE,
    Field("communication_source"),
    *map(Field, _COMAGIC),
)
"""13 fields: no communication_time (GAP-43)."""

OF_CONTACT = (*OF_DEAL, _TIME)


def of_new_contact(origin: Origin) -> FillFields | Nothing:
    """What is written to a contact that this communication makes."""
    return _filled(origin, OF_CONTACT)


def of_new_deal(origin: Origin) -> FillFields | Nothing:
    """What is written to a deal that this communication makes."""
    return _filled(origin, OF_DEAL)


def _filled(origin: Origin, fields: tuple[Field, ...]) -> FillFields | Nothing:
    if origin.widget != OUR_WIDGET:
        return Nothing("FIELD-03", "another widget has none of these fields")
    values = dict(_values(origin))
    mine = {field.name: values[field.name] for field in fields if field.name in values}
    return FillFields("FIELD-01", mine, "data of the communication that made the card")


def refreshed(origin: Origin) -> dict[str, FieldValue]:
    """The values of the fields that follow the last communication: those whose name starts so (FIELD-16)."""
    return {name: value for name, value in _values(origin) if name.startswith("communication")}


def _values(origin: Origin) -> Iterator[tuple[str, FieldValue]]:
    """What is known, by the name of its field; what is not known is not written (GAP-45)."""
    named = {
        "utm_term": origin.utm_term,
        "utm_campaign": origin.utm_campaign,
        "utm_source": origin.utm_source,
        "utm_medium": origin.utm_medium,
        "utm_content": origin.utm_content,
        "ua_client_id": origin.ua_client_id,
        "communication_id": origin.communication_id,
        "communication_type": origin.communication_type,
        "communication_source": origin.source,
        "communication_time": origin.arrived_at,
        "CoMagic_Session": origin.session,
        "CoMagic_SearchQuery": origin.search_query,
        "CoMagic_Site": origin.site,
        "CoMagic_Campaign": origin.campaign,
    }
    return ((name, value) for name, value in named.items() if value)


def at_later_communication(facts: LaterFacts) -> RefreshFields | Nothing:
    """Whether the contact's communication* fields become those of a communication that arrives now (SALE-08)."""
    if facts.direction == "out" and not facts.refresh_on_outgoing:
        return Nothing("SALE-08", "outgoing calls do not refresh the fields (GAP-09)")
    if facts.contact_id is None:
        return Nothing("SALE-08", "there is no contact")
    if not facts.is_automatic:
        return Nothing("SALE-09", "a contact made by hand stays without them (GAP-08)")
    if facts.holds_since is not None and facts.holds_since > facts.arrived_at:
        return Nothing("SALE-08", "the card holds a later communication already (GAP-10)")
    return RefreshFields("SALE-08", facts.contact_id, "the last communication of an automatic contact")


@dataclass(frozen=True, slots=True)
class Found:
    """A field as the account has it: its type, and its choices if it is a list."""

    type: str
    choices: frozenset[str] = frozenset()


def missing(fields: tuple[Field, ...], there: Mapping[str, Found]) -> list[Field]:
    """The fields that the account lacks; `there` are those it has, by name."""
    return [field for field in fields if field.name not in there]


def takes(found: Found, field: Field, value: FieldValue) -> bool:
    """Whether that value can be written into the field as the account has it."""
    return found.type in field.takes and (not field.choices or value in found.choices)
