"""The page «Звонки» of amoCRM."""

from __future__ import annotations

from datetime import datetime, timedelta

from features.driver import Json
from features.slots import then
from features.steps.scene import Scene

TALKED, MISSED = 4, 6
"""amoCRM's call_status: 4 talked, 6 no answer."""


@then("the call log has {count:number} row")
@then("the call log has {count:number} rows")
async def number_of_rows(scene: Scene, count: int) -> None:
    rows = await scene.do.call_log()
    assert len(rows) == count, rows


@then("the call log has one row: {direction}, {talk:duration} of talk, on the contact {name:text}")
async def one_row(scene: Scene, direction: str, talk: timedelta, name: str) -> None:
    row = await the_row(scene)
    assert row["direction"] == direction
    assert row["duration"] == int(talk.total_seconds())
    assert row["entity"]["type"] == "contact"
    assert (await scene.do.contact(row["entity"]["id"]))["name"] == name


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


@then("the call log shows it as missed")
async def missed(scene: Scene) -> None:
    assert (await the_row(scene))["status"] == MISSED


@then("the call log shows it as talked")
async def talked(scene: Scene) -> None:
    assert (await the_row(scene))["status"] == TALKED


async def the_row(scene: Scene) -> Json:
    rows = await scene.do.call_log()
    assert len(rows) == 1, rows
    return rows[0]
