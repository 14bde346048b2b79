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


@then("the telephony reports {count:number} legs of employees, answered by {who}")
async def legs_of_employees(scene: Scene, count: int, who: str) -> None:
    legs = [leg for leg in await scene.do.legs_report() if leg["is_operator"]]
    assert len(legs) == count, legs
    answered = [leg["employee_id"] for leg in legs if not leg["is_failed"]]
    assert answered == [scene.do.employee_id(key(who))]


async def reported(scene: Scene) -> Json:
    """The row of the call in the calls report."""
    rows = [row for row in await scene.do.calls_report() if row["id"] == scene.call_id]
    assert len(rows) == 1, rows
    return rows[0]
