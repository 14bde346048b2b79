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


@then("{who} sees a pop-up that offers to make a contact")
async def offers_to_make(scene: Scene, who: str) -> None:
    """One, of the call spoken of, that names nobody."""
    assert scene.call is not None, "no call has been spoken of yet"
    said = {"phone": scene.call["from"], "contact": None, "name": None, "is_open": True}
    assert [popup for popup in await scene.do.popups_of(key(who)) if popup["is_open"]] == [said]


@then("the pop-up of {who} has closed")
async def has_closed(scene: Scene, who: str) -> None:
    """There was one, or one for each of the phones that rang, and none is open any longer."""
    popups = await scene.do.popups_of(key(who))
    assert popups
    assert not [popup for popup in popups if popup["is_open"]]


@given("the widget shows no notifications")
async def no_notifications(scene: Scene) -> None:
    await scene.do.change_settings(**{"widget.notifications": False})


@then("{who} sees no pop-up")
async def sees_none(scene: Scene, who: str) -> None:
    """None has appeared, not even one that is closed by now."""
    assert await scene.do.popups_of(key(who)) == []
