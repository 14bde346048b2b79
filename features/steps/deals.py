"""Deals passed on to the telephony, the sites they came from, and the report «Список сделок»."""

from __future__ import annotations

from datetime import timedelta

from features.slots import given, then, when
from features.steps.calls import answers_after, hangs_up_after
from features.steps.scene import Scene, key

VISITOR = "+79161234567"


@given("there is a second site")
async def second_site(scene: Scene) -> None:
    await scene.do.site_opens("second", "dacha.test", "+74951112255")


@given("«Учитывать продажи» is on for {site}")
@when("«Учитывать продажи» is switched on for {site}")
async def counts_sales(scene: Scene, site: str) -> None:
    await scene.do.count_sales(site, on=True)


@given("«Учитывать продажи» is off for {site}")
async def counts_no_sales(scene: Scene, site: str) -> None:
    await scene.do.count_sales(site, on=False)


@given("a visitor of {site} has talked to {who}")
async def visitor_has_talked(scene: Scene, site: str, who: str) -> None:
    """The visitor calls the number that the site shows; it is answered after five seconds and ends after thirty."""
    scene.call = await scene.do.visitor_calls(VISITOR, site)
    await answers_after(scene, who, timedelta(seconds=5))
    await hangs_up_after(scene, "caller", timedelta(seconds=30))


@given("deals that are won are passed on to the telephony")
async def transfer_is_on(scene: Scene) -> None:
    await scene.do.change_settings(**{"deals.transfer_enabled": True})


@given("{who} has won the deal")
@when("{who} wins the deal")
async def wins(scene: Scene, who: str) -> None:
    """It is moved to the stage of deals that were won."""
    deal = await scene.the_deal()
    await scene.do.win_deal(deal["id"], key(who))


@when("the deals of the day are passed on")
async def deals_are_passed_on(scene: Scene) -> None:
    """By the button in the settings, an hour later."""
    await scene.do.time_passes(timedelta(hours=1))
    await scene.do.deals_are_passed_on()


@given("the deal {name:text} of the call was passed on")
@when("the deal {name:text} of the call is passed on")
async def passed_on(scene: Scene, name: str) -> None:
    """With the tag «Продажа», as the transfer of deals does."""
    await scene.do.tag_call(communication_of(scene), "Продажа")
    await scene.do.deal_is_passed_on(name, communication_of(scene))


@then("«Список сделок» lists {name:text}")
async def lists(scene: Scene, name: str) -> None:
    """This deal and no other."""
    assert await listed(scene) == [name]


@then("«Список сделок» is empty")
async def lists_nothing(scene: Scene) -> None:
    assert await listed(scene) == []


@then("the call carries the tag {tag:text} in the telephony")
async def carries(scene: Scene, tag: str) -> None:
    assert await scene.do.tags_of_call(communication_of(scene)) == [tag]


@then("the call carries no tag in the telephony")
async def carries_nothing(scene: Scene) -> None:
    assert await scene.do.tags_of_call(communication_of(scene)) == []


async def listed(scene: Scene) -> list[str]:
    return [deal["name"] for deal in await scene.do.deal_list()]


def communication_of(scene: Scene) -> int:
    assert scene.call is not None, "no call has been spoken of yet"
    return int(scene.call["communication_id"])
