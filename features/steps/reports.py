"""What the reports of the telephony say."""

from __future__ import annotations

from features.driver import Json
from features.slots import then
from features.steps.scene import Scene, key


@then("the telephony reports the call as lost")
async def reported_lost(scene: Scene) -> None:
    assert (await reported(scene))["is_lost"] is True


@then("the telephony reports the call as not lost")
async def reported_not_lost(scene: Scene) -> None:
    assert (await reported(scene))["is_lost"] is False


@then("the telephony reports the call as {direction}")
async def reported_direction(scene: Scene, direction: str) -> None:
    assert (await reported(scene))["direction"] == direction


@then("the telephony reports {count:number} leg of employees, answered by {who}")
@then("the telephony reports {count:number} legs of employees, answered by {who}")
async def legs_of_employees(scene: Scene, count: int, who: str) -> None:
    legs = [leg for leg in await legs_of_call(scene) if leg["is_operator"]]
    assert len(legs) == count, legs
    answered = [scene.do.person_of_employee(leg["employee_id"]) for leg in legs if not leg["is_failed"]]
    assert answered == [key(who)]


@then("the telephony dialled {people:people}")
@then("the telephony dialled only {people:people}")
async def dialled(scene: Scene, people: list[str]) -> None:
    """In this order and nobody else, each of them at one number or several."""
    assert await dialled_in_call(scene) == [key(who) for who in people]


@then("nobody was dialled")
async def dialled_nobody(scene: Scene) -> None:
    assert await dialled_in_call(scene) == []


async def reported(scene: Scene) -> Json:
    """The row of the call in the calls report."""
    rows = [row for row in await scene.do.calls_report() if row["id"] == scene.call_id]
    assert len(rows) == 1, rows
    return rows[0]


async def legs_of_call(scene: Scene) -> list[Json]:
    """The rows of the call in the report of legs, oldest first."""
    rows = [row for row in await scene.do.legs_report() if row["call_session_id"] == scene.call_id]
    return sorted(rows, key=lambda row: row["id"])


async def dialled_in_call(scene: Scene) -> list[str]:
    """Keys of those whom the telephony dialled, each once."""
    legs = [leg for leg in await legs_of_call(scene) if leg["direction"] == "out"]
    people = [scene.do.person_of_employee(leg["employee_id"]) if leg["is_operator"] else "contact" for leg in legs]
    return list(dict.fromkeys(people))
