"""Time that passes in the world."""

from __future__ import annotations

from datetime import timedelta

from features.slots import when
from features.steps.scene import Scene


@when("{span:duration} pass")
@when("{span:duration} passes")
async def time_passes(scene: Scene, span: timedelta) -> None:
    await scene.do.time_passes(span)
