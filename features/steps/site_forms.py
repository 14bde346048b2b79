"""Forms that visitors fill in on a site, and how they are passed on."""

from __future__ import annotations

from features.driver import FORM_MODES
from features.slots import given, when
from features.steps.scene import Scene


@given("site forms are passed on in the mode {mode:text}")
async def form_mode(scene: Scene, mode: str) -> None:
    await scene.do.change_settings(**{"forms.enabled": True, "forms.mode": FORM_MODES[mode]})


@given("{phone:phone} has sent a form on {site}")
@when("{phone:phone} sends a form on {site}")
async def sends_form(scene: Scene, phone: str, site: str) -> None:
    """A request with nothing but the number."""
    await scene.do.visitor_sends_form(phone, site)
