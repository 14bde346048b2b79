"""The amoCRM account: where it is and how it is set up. The world is made so before the first step (`beginning.py`)."""

from __future__ import annotations

from features.beginning import IN_ZONE, NO_LOST_CALLS
from features.driver import Json
from features.slots import given
from features.steps.scene import Scene


@given(IN_ZONE)
async def in_zone(scene: Scene, zone: str) -> None:
    assert scene.do.world["timezone"] == zone


@given(NO_LOST_CALLS)
def no_lost_calls(world_request: Json) -> None:
    """The other reading of the documentation, a switch of the account (LOG-07)."""
    assert world_request["switches"]["lost_calls"] == "literal"
