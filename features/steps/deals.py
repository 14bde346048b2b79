"""Deals passed on to the telephony, the sites they came from, and the report «Список сделок»."""

from __future__ import annotations

from datetime import datetime, timedelta

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


@given("deals made by hand go to the first communication of their contact")
async def choose_first(scene: Scene) -> None:
    await scene.do.change_settings(**{"deals.manual_contact_choice": "first"})


@given("deals made by hand go to the last communication within {days:number} days")
async def choose_last(scene: Scene, days: int) -> None:
    choice = {"deals.manual_contact_choice": "last_in_period", "deals.manual_contact_period_days": days}
    await scene.do.change_settings(**choice)


@given("the period for deals made by hand is {days:number} days")
async def choose_period(scene: Scene, days: int) -> None:
    """However the choice is made."""
    await scene.do.change_settings(**{"deals.manual_contact_period_days": days})


@given("there is a deal {name:text} of the contact")
async def deal_of_contact(scene: Scene, name: str) -> None:
    """Made by hand; it is Anna's."""
    scene.deal = await scene.do.create_deal(name, "anna", contacts=await scene.the_contact())


@when("{who} links the deal to the contact")
async def links(scene: Scene, who: str) -> None:
    assert scene.do.is_user(key(who))
    await scene.do.link_deal((await scene.the_deal())["id"], (await scene.the_contact())["id"])


@given("there is a deal {name:text} of the company")
async def deal_of_company(scene: Scene, name: str) -> None:
    """Made by hand, of the only company there is and without a contact."""
    scene.deal = await scene.do.create_deal(name, "anna", companies=await scene.the_card("company"))


@given("{who} has written the number of the call into a note on the contact")
async def writes_note(scene: Scene, who: str) -> None:
    assert scene.do.is_user(key(who))
    text = f"Звонок {scene.communication_of('call')}"
    await scene.do.write_note((await scene.the_contact())["id"], text)


@given("another telephony has noted a call on the contact, under the number of the call")
async def note_of_another(scene: Scene) -> None:
    """Numbers of two telephonies may be the same by chance."""
    note = {"uniq": str(scene.communication_of("call")), "source": "АТС", "duration": 40, "phone": VISITOR}
    await scene.do.note_call((await scene.the_contact())["id"], "in", **note)


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


@then("the transfer of deals shows success at this moment")
async def transfer_succeeded(scene: Scene) -> None:
    shown = await scene.do.last_transfer()
    assert shown["last_error"] is None
    assert datetime.fromisoformat(shown["last_success"]) == await scene.do.now()


@given("the deal {name:text} of the call was passed on")
@when("the deal {name:text} of the call is passed on")
async def passed_on(scene: Scene, name: str) -> None:
    """With the tag «Продажа», as the transfer of deals does."""
    await scene.do.tag_call(scene.communication_of("call"), "Продажа")
    await scene.do.deal_is_passed_on(name, scene.communication_of("call"))


@then("«Список сделок» lists {name:text}")
async def lists(scene: Scene, name: str) -> None:
    """This deal and no other."""
    assert await listed(scene) == [name]


@then("«Список сделок» is empty")
async def lists_nothing(scene: Scene) -> None:
    assert await listed(scene) == []


@then("the call carries the tag {tag:text} in the telephony")
async def carries(scene: Scene, tag: str) -> None:
    assert await scene.do.tags_of_call(scene.communication_of("call")) == [tag]


@then("the call carries no tag in the telephony")
async def carries_nothing(scene: Scene) -> None:
    assert await scene.do.tags_of_call(scene.communication_of("call")) == []


@then("only the {communication} carries the tag {tag:text} in the telephony")
async def only_this_carries(scene: Scene, communication: str, tag: str) -> None:
    """Of the communications of the last weeks."""
    assert await scene.do.tagged(tag) == [scene.communication_of(communication)]


@then("only the {nth:ordinal} call carries the tag {tag:text} in the telephony")
async def only_nth_carries(scene: Scene, nth: int, tag: str) -> None:
    """In the order in which the calls came."""
    calls = await scene.do.calls()
    assert await scene.do.tagged(tag) == [calls[nth - 1]["communication_id"]]


@then("nothing carries the tag {tag:text} in the telephony")
async def nothing_carries(scene: Scene, tag: str) -> None:
    assert await scene.do.tagged(tag) == []


async def listed(scene: Scene) -> list[str]:
    return [deal["name"] for deal in await scene.do.deal_list()]
