"""Additional fields: what the cards of contacts and deals hold, and what «Настройки» → «Поля» of amoCRM lists."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from features.driver import Json
from features.slots import given, then, when
from features.steps.scene import Scene, key
from features.steps.tasks import card_table

ADDITIONAL = (
    *("utm_term", "utm_campaign", "utm_source", "utm_medium", "utm_content", "ua_client_id"),
    *("communication_id", "communication_type", "communication_source", "communication_time"),
    *("CoMagic_Session", "CoMagic_SearchQuery", "CoMagic_Site", "CoMagic_Campaign"),
)


@then("the field {name:text} of the {card} is {value:text}")
async def holds(scene: Scene, name: str, card: str, value: str) -> None:
    """A date with a time is written as 2026-03-02 12:00:00, on the clock of the account."""
    assert await value_of(scene, card, name) == value


@then("the field {name:text} of the {card} is empty")
async def holds_nothing(scene: Scene, name: str, card: str) -> None:
    assert await value_of(scene, card, name) is None


@then("the field {name:text} of the {card} names the {communication}")
async def names_communication(scene: Scene, name: str, card: str, communication: str) -> None:
    assert await value_of(scene, card, name) == str(scene.communication_of(communication))


@then("the field {name:text} of the {card} names the {nth:ordinal} call")
async def names_nth_call(scene: Scene, name: str, card: str, nth: int) -> None:
    """In the order in which the calls came."""
    calls = await scene.do.calls()
    assert await value_of(scene, card, name) == str(calls[nth - 1]["communication_id"])


@then("the field {name:text} of the {card} names the visit")
async def names_visit(scene: Scene, name: str, card: str) -> None:
    assert scene.visit is not None, "no visit has been spoken of yet"
    assert await value_of(scene, card, name) == str(scene.visit["id"])


@then("the field {name:text} of the {card} names the {nth:ordinal} visit")
async def names_nth_visit(scene: Scene, name: str, card: str, nth: int) -> None:
    """In the order in which the visitors came."""
    visits = await scene.do.visits()
    assert await value_of(scene, card, name) == str(visits[nth - 1]["id"])


@then("all additional fields of the {card} are filled")
async def all_filled(scene: Scene, card: str) -> None:
    assert set(await values_of(scene, card)) >= set(await additional(scene, card))


@then("all additional fields of the {card} are empty")
async def all_empty(scene: Scene, card: str) -> None:
    assert not set(await values_of(scene, card)) & set(await additional(scene, card))


@then("the {card} has no field {name:text}")
async def has_no_field(scene: Scene, card: str, name: str) -> None:
    """Cards of that kind have none, in the whole account."""
    assert name not in [field["name"] for field in await scene.do.fields(card_table(card))]


@then("these additional fields of the {card} are filled and no others")
async def these_filled(scene: Scene, card: str, datatable: list[list[str]]) -> None:
    filled = set(await values_of(scene, card)) & set(await additional(scene, card))
    assert filled == set(names_in(datatable))


@then("«Настройки» → «Поля» lists {count:number} additional fields of {card}s")
async def number_of_fields(scene: Scene, count: int, card: str) -> None:
    names = await additional(scene, card)
    assert len(names) == count, names


@then("«Настройки» → «Поля» lists these additional fields of {card}s and no others")
async def listed(scene: Scene, card: str, datatable: list[list[str]]) -> None:
    """Each of them once."""
    assert sorted(await additional(scene, card)) == sorted(names_in(datatable))


@given("{who} has written {value:text} into the field {name:text} of the {card}")
async def writes(scene: Scene, who: str, value: str, name: str, card: str) -> None:
    assert scene.do.is_user(key(who))
    await write(scene, card, name, value)


@given("{who} has written the number of the {communication} into the field {name:text} of the {card}")
async def writes_number(scene: Scene, who: str, communication: str, name: str, card: str) -> None:
    await writes(scene, who, str(scene.communication_of(communication)), name, card)


@given("{who} has emptied the field {name:text} of the {card}")
async def empties(scene: Scene, who: str, name: str, card: str) -> None:
    assert scene.do.is_user(key(who))
    await write(scene, card, name, None)


@given("the widget is not that of CoMagic")
async def another_widget(scene: Scene) -> None:
    await scene.do.change_settings(**{"widget.type": "other"})


@given("somebody has deleted the additional fields in amoCRM")
@when("somebody deletes the additional fields in amoCRM")
async def delete_fields(scene: Scene) -> None:
    """Those that can be deleted: the utm_* of deals are amoCRM's own."""
    for table in ("contacts", "leads"):
        for field in await scene.do.fields(table):
            if not field["is_predefined"]:
                await scene.do.delete_field(table, field["id"])


@given("somebody has replaced the field {name:text} of the {card} by one for {kind}")
async def replace_field(scene: Scene, name: str, card: str, kind: str) -> None:
    """A field of another type under the same name."""
    table = card_table(card)
    for field in await scene.do.fields(table):
        if field["name"] == name:
            await scene.do.delete_field(table, field["id"])
    await scene.do.make_field(table, name, KINDS[kind])


@given("somebody has renamed the choice {choice:text} of the field {name:text} of the {card}")
async def rename_choice(scene: Scene, choice: str, name: str, card: str) -> None:
    await scene.do.rename_choice(card_table(card), name, choice)


@then("the decision log names the field {name:text}")
async def decision_names(scene: Scene, name: str) -> None:
    """As one that was left out, because it is of another type."""
    assert [said for said in await scene.do.decisions() if said["data"]["rule"] == "FIELD-01" and name in str(said)]


@then("amoCRM refuses {value:text} in the field {name:text} of the {card}")
async def refuses(scene: Scene, value: str, name: str, card: str) -> None:
    found = await scene.the_card(card)
    assert not await scene.do.takes_value(card_table(card), found["id"], name, value)


@then("amoCRM takes {value:text} in the field {name:text} of the {card}")
async def takes(scene: Scene, value: str, name: str, card: str) -> None:
    found = await scene.the_card(card)
    assert await scene.do.takes_value(card_table(card), found["id"], name, value)


@then("the telephony finds the call by the field {name:text} of the {card}")
async def finds_call(scene: Scene, name: str, card: str) -> None:
    assert scene.call is not None, "no call has been spoken of yet"
    found = await scene.do.communication(int(await value_of(scene, card, name) or 0))
    assert [row["id"] for row in found] == [scene.call["communication_id"]]


@then("the telephony finds the visit with utm_source {source:text} by the field {name:text} of the {card}")
async def finds_visit(scene: Scene, source: str, name: str, card: str) -> None:
    session = await value_of(scene, card, name)
    visits = [visit for visit in await scene.do.visits_report() if str(visit["id"]) == session]
    assert [visit["utm_source"] for visit in visits] == [source]


KINDS = {"numbers": "numeric", "paragraphs": "textarea"}


def names_in(table: list[list[str]]) -> list[str]:
    """The names in a table, however many a line."""
    return [name for line in table for name in line if name]


async def write(scene: Scene, card: str, name: str, value: str | None) -> None:
    found = await scene.the_card(card)
    await scene.do.write_value(card_table(card), found["id"], name, value)


async def additional(scene: Scene, card: str) -> list[str]:
    """The names of the fields that somebody added for cards of that kind, and of amoCRM's own that serve as such."""
    fields = await scene.do.fields(card_table(card))
    return [field["name"] for field in fields if not field["is_predefined"] or field["name"] in ADDITIONAL]


async def value_of(scene: Scene, card: str, name: str) -> str | None:
    """What the field shows; None when nothing. There has to be such a field."""
    names = [field["name"] for field in await scene.do.fields(card_table(card))]
    assert names.count(name) == 1, f"expected one field {name}, found {names}"
    return (await values_of(scene, card)).get(name)


async def values_of(scene: Scene, card: str) -> dict[str, str]:
    """The values of a card by the names of their fields, as the card shows them."""
    found = await scene.the_card(card)
    zone = scene.do.zone
    return {field["field_name"]: shown(field, zone) for field in found["custom_fields_values"] or ()}


def shown(field: Json, zone: ZoneInfo) -> str:
    values = [value["value"] for value in field["values"]]
    if field["field_type"] == "date_time":
        moments = (datetime.fromtimestamp(value, UTC).astimezone(zone) for value in values)
        return ", ".join(f"{moment:%Y-%m-%d %H:%M:%S}" for moment in moments)
    return ", ".join(map(str, values))
