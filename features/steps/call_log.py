"""The page «Звонки» of amoCRM."""

from __future__ import annotations

from datetime import datetime, timedelta

from features.driver import Json
from features.slots import then
from features.steps.scene import Scene, key

MESSAGE, TALKED, MISSED = 1, 4, 6
"""amoCRM's call_status: 1 left a voice message, 4 talked, 6 no answer."""


@then("the call log has {count:number} row")
@then("the call log has {count:number} rows")
async def number_of_rows(scene: Scene, count: int) -> None:
    rows = await scene.do.call_log()
    assert len(rows) == count, rows


@then("the call log has one row: {direction}, {talk:duration} of talk, on the contact {name:text}")
async def one_row(scene: Scene, direction: str, talk: timedelta, name: str) -> None:
    row = await the_row(scene)
    assert_talk(row, direction, talk)
    assert entity_type(row) == "contact", row
    assert (await scene.do.contact(row["entity"]["id"]))["name"] == name


@then("the call log has one row: {direction}, {talk:duration} of talk, without a contact")
async def one_row_without_contact(scene: Scene, direction: str, talk: timedelta) -> None:
    """On the card of a deal or on no card at all."""
    row = await the_row(scene)
    assert_talk(row, direction, talk)
    assert entity_type(row) in (None, "lead"), row


@then("the call waits for a contact")
async def waits(scene: Scene) -> None:
    """The call spoken of last, on no card or on that of the deal that it made."""
    row = await row_of_call(scene)
    assert (row["state"], entity_type(row)) in (("waiting", None), ("waiting", "lead")), row


@then("the call is on the item")
async def is_on_item(scene: Scene) -> None:
    """The call spoken of last is part of an item in «Неразобранное», whose contact nobody sees yet."""
    assert (await row_of_call(scene))["state"] == "unsorted"


@then("the call is on the contact {name:text}")
async def is_on_contact(scene: Scene, name: str) -> None:
    """The call spoken of last."""
    row = await row_of_call(scene)
    assert (row["state"], entity_type(row)) == ("linked", "contact"), row
    assert (await scene.do.contact(row["entity"]["id"]))["name"] == name


@then("the call is on the company {name:text}")
async def is_on_company(scene: Scene, name: str) -> None:
    """The call spoken of last."""
    row = await row_of_call(scene)
    assert (row["state"], entity_type(row)) == ("linked", "company"), row
    company = await scene.the_card("company")
    assert (row["entity"]["id"], name) == (company["id"], company["name"])


@then("the call is on the contact of the call before")
async def is_on_same_contact(scene: Scene) -> None:
    before, last = (await scene.do.call_log())[-2:]
    assert before["entity"] == last["entity"]
    assert entity_type(last) == "contact"


@then("the call is not in the call log")
async def is_not_logged(scene: Scene) -> None:
    """The call spoken of last."""
    assert await rows_of_call(scene) == []


@then("the row has the time at which the call began")
async def time_of_call(scene: Scene) -> None:
    assert scene.call is not None
    row = await the_row(scene)
    assert datetime.fromisoformat(row["at"]) == datetime.fromisoformat(scene.call["started_at"])


@then("the row has the recording of the call")
async def recording(scene: Scene) -> None:
    assert scene.call is not None
    assert scene.call["recording"]
    assert (await the_row(scene))["link"] == scene.call["recording"]


@then("the row has no recording")
async def no_recording(scene: Scene) -> None:
    assert (await the_row(scene))["link"] is None


@then("the call log shows it as missed")
async def missed(scene: Scene) -> None:
    assert (await the_row(scene))["status"] == MISSED


@then("the call log shows it as talked")
async def talked(scene: Scene) -> None:
    assert (await the_row(scene))["status"] == TALKED


@then("the call log shows it as a voice message")
async def message(scene: Scene) -> None:
    assert (await the_row(scene))["status"] == MESSAGE


@then("the row is of {who}")
async def row_of_employee(scene: Scene, who: str) -> None:
    """Who stands in the row as the one who talked or should have."""
    assert scene.do.person_of_user((await the_row(scene))["responsible"]) == key(who)


async def the_row(scene: Scene) -> Json:
    rows = await scene.do.call_log()
    assert len(rows) == 1, rows
    return rows[0]


async def rows_of_call(scene: Scene) -> list[Json]:
    """The rows of the call spoken of last; a call has one by the number of its communication."""
    assert scene.call is not None, "no call has been spoken of yet"
    return [row for row in await scene.do.call_log() if row["uniq"] == str(scene.call["communication_id"])]


async def row_of_call(scene: Scene) -> Json:
    rows = await rows_of_call(scene)
    assert len(rows) == 1, rows
    return rows[0]


def assert_talk(row: Json, direction: str, talk: timedelta) -> None:
    assert row["direction"] == direction
    assert row["duration"] == int(talk.total_seconds())


def entity_type(row: Json) -> str | None:
    return row["entity"]["type"] if row["entity"] else None
