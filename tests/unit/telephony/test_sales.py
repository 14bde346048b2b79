"""`set.tag_sales`: the sale of a communication, and what the reports show of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.telephony.conftest import Office
from tests.unit.telephony.selling import call, count_sales, done, refused, site

SOLD = "2026-03-02 12:00:00"


def sale(communication: int, value: float = 1500, **other: Any) -> dict[str, Any]:
    given = {"communication_id": communication, "communication_type": "call", "date_time": SOLD}
    return {**given, "transaction_value": value, **other}


async def shown(office: Office) -> list[tuple[Any, ...]]:
    """(names of tags, sale_date, sale_cost) of each communication."""
    rows = await office.report("get.communications_report", fields=["tags", "sale_date", "sale_cost"])
    return [([tag["tag_name"] for tag in row["tags"]], row["sale_date"], row["sale_cost"]) for row in rows]


async def test_a_sale_puts_the_tag_and_shows_in_the_reports(office: Office) -> None:
    communication = call(office, site(office))
    made = await done(office, "set.tag_sales", **sale(communication, 1500.5, date_time="2026-03-03 10:00:00"))
    assert made == {"id": office.ground.ids.first("sale")}
    assert await shown(office) == [(["Продажа"], "2026-03-03 10:00:00", 1500.5)]


async def test_set_again_the_sale_is_changed_and_keeps_its_id(office: Office) -> None:
    communication = call(office, site(office))
    made = await done(office, "set.tag_sales", **sale(communication, comment="первая"))
    assert await done(office, "set.tag_sales", **sale(communication, 20)) == made
    assert await shown(office) == [(["Продажа"], SOLD, 20)]
    [kept] = office.account.sales.shown()
    assert kept.comment is None


async def test_a_tag_that_was_there_becomes_a_sale(office: Office) -> None:
    communication = call(office, site(office))
    office.account.tags.put(communication, office.account.tags.sale_id)
    assert await shown(office) == [(["Продажа"], None, None)]
    await done(office, "set.tag_sales", **sale(communication))
    assert await shown(office) == [(["Продажа"], SOLD, 1500)]


async def test_taking_the_tag_off_removes_the_sale(office: Office) -> None:
    communication, tags = call(office, site(office)), office.account.tags
    await done(office, "set.tag_sales", **sale(communication))
    spam = tags.id_of("Спам")
    assert spam is not None
    tags.put(communication, spam)
    tags.take_off(communication, spam)
    assert await shown(office) == [(["Продажа"], SOLD, 1500)]
    unset = {"communication_id": communication, "communication_type": "call", "tag_id": tags.sale_id}
    await done(office, "unset.tag_communications", **unset)
    assert await shown(office) == [([], None, None)]
    tags.put(communication, tags.sale_id)
    assert await shown(office) == [(["Продажа"], None, None)]


async def test_a_site_that_does_not_count_sales_refuses_them(office: Office) -> None:
    off = site(office, counts_sales=False)
    for communication in (call(office, off), call(office)):
        assert await refused(office, "set.tag_sales", **sale(communication)) == ("forbidden", "communication_id")
    assert await shown(office) == [([], None, None)] * 2


async def test_what_was_sold_is_shown_only_while_the_site_counts_sales(office: Office) -> None:
    there = site(office)
    await done(office, "set.tag_sales", **sale(call(office, there)))
    count_sales(office, there, on=False)
    assert await shown(office) == [(["Продажа"], None, None)]
    count_sales(office, there, on=True)
    assert await shown(office) == [(["Продажа"], SOLD, 1500)]


async def test_a_sale_of_the_very_second_of_the_communication(office: Office) -> None:
    await office.pass_time(0.7)
    communication = call(office, site(office))
    assert await refused(office, "set.tag_sales", **sale(communication, date_time="2026-03-02 11:59:59")) == (
        "invalid_date_time",
        "date_time",
    )
    assert await shown(office) == [([], None, None)]
    await done(office, "set.tag_sales", **sale(communication))
    assert await shown(office) == [(["Продажа"], SOLD, 1500)]


@pytest.mark.parametrize(
    ("given", "kept"),
    [(0, 0), (0.005, 0.01), (10.004, 10), (1e3, 1000), (99.99, 99.99), (-5, -5), (2.675, 2.68), (-0.5, -0.5)],
)
async def test_money_has_two_places(office: Office, given: float, kept: float) -> None:
    await done(office, "set.tag_sales", **sale(call(office, site(office)), given))
    assert await shown(office) == [(["Продажа"], SOLD, kept)]


REFUSALS: list[tuple[dict[str, Any], str, str]] = [
    ({"communication_id": None}, "required_parameter_missed", "communication_id"),
    ({"communication_ext_id": "x"}, "unexpected_parameters", "communication_ext_id"),
    ({"communication_id": 4711}, "entity_not_found", "communication_id"),
    ({"communication_type": "offline_message"}, "entity_not_found", "communication_id"),
    ({"date_time": None}, "required_parameter_missed", "date_time"),
    ({"date_time": 5}, "data_type_error", "date_time"),
    ({"date_time": "2026-03-02"}, "invalid_parameter_value", "date_time"),
    ({"date_time": "0001-01-01 00:00:00"}, "invalid_date_time", "date_time"),
    ({"transaction_value": None}, "required_parameter_missed", "transaction_value"),
    ({"transaction_value": "5"}, "data_type_error", "transaction_value"),
    ({"transaction_value": True}, "data_type_error", "transaction_value"),
    ({"transaction_value": 1e300}, "invalid_parameter_value", "transaction_value"),
    ({"comment": "о" * 256}, "invalid_parameter_value", "comment"),
    ({"comment": 5}, "data_type_error", "comment"),
]


@pytest.mark.parametrize(("changed", "mnemonic", "field"), REFUSALS)
async def test_a_sale_that_is_none(office: Office, changed: dict[str, Any], mnemonic: str, field: str) -> None:
    given = {**sale(call(office, site(office)), comment="о" * 255), **changed}
    assert await refused(office, "set.tag_sales", **given) == (mnemonic, field)
    assert await shown(office) == [([], None, None)]
