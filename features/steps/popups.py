"""Pop-ups of calls in the amoCRM pages that people have open."""

from __future__ import annotations

from features.slots import given, then
from features.steps.scene import Scene, key


@given("{who} has amoCRM open")
async def has_amocrm_open(scene: Scene, who: str) -> None:
    await scene.do.opens_amocrm(key(who))


@then("{who} sees a pop-up that offers to open the contact")
async def offers_to_open(scene: Scene, who: str) -> None:
    """One, of the call spoken of, with the name that the card has."""
    assert scene.call is not None, "no call has been spoken of yet"
    contact = await scene.the_contact()
    seen = [popup for popup in await scene.do.popups_of(key(who)) if popup["is_open"]]
    said = {"phone": scene.call["from"], "contact": contact["id"], "name": contact["name"], "is_open": True}
    assert seen == [said]


@then("{who} sees no pop-up")
async def sees_none(scene: Scene, who: str) -> None:
    """None has appeared, not even one that is closed by now."""
    assert await scene.do.popups_of(key(who)) == []
