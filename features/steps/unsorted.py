"""«Неразобранное»: its items, what they hold, and who sorts them."""

from __future__ import annotations

from features.driver import Json
from features.slots import given, then, when
from features.steps.recordings import Stretches, with_the_caller
from features.steps.scene import Scene, key


@then("Unsorted is empty")
async def is_empty(scene: Scene) -> None:
    assert await scene.do.unsorted() == []


@then("Unsorted holds {count:number} item")
@then("Unsorted holds {count:number} items")
async def number_of_items(scene: Scene, count: int) -> None:
    items = await scene.do.unsorted()
    assert len(items) == count, [item["metadata"] for item in items]


@then("the item holds {count:number} call")
@then("the item holds {count:number} calls")
async def calls_of_item(scene: Scene, count: int) -> None:
    calls = await scene.do.calls_on_item(await the_item(scene))
    assert len(calls) == count, calls


@then("the item is about the contact {name:text}")
async def is_about_contact(scene: Scene, name: str) -> None:
    """One that can be seen already, and no other."""
    inside = [contact["id"] for contact in (await the_item(scene))["_embedded"]["contacts"]]
    assert inside == [contact["id"] for contact in await scene.do.contacts() if contact["name"] == name]


@given("{who} has accepted the item")
@when("{who} accepts the item")
async def accepts(scene: Scene, who: str) -> None:
    """To the first stage. «The contact» and «the deal» are those of the item from then on."""
    await accept(scene, who)


@when("the item is accepted and its deal stays whose it is")
async def accepted_for_nobody(scene: Scene) -> None:
    await accept(scene, None)


@when("{who} accepts the item to the stage {stage:text}")
async def accepts_to_stage(scene: Scene, who: str, stage: str) -> None:
    await accept(scene, who, stage)


@given("{who} has declined the item")
@when("{who} declines the item")
async def declines(scene: Scene, who: str) -> None:
    await scene.do.decline_item((await the_item(scene))["uid"], key(who))


@then("no stage of the pipeline has a deal")
async def no_stage_has_a_deal(scene: Scene) -> None:
    assert await scene.do.deals() == []


@then("the deal is on the stage {stage:text}")
async def deal_is_on_stage(scene: Scene, stage: str) -> None:
    assert (await scene.the_deal())["status_id"] == await scene.do.stage_id(stage)


@then("the item plays {stretches:stretches}")
async def item_plays(scene: Scene, stretches: Stretches) -> None:
    """Each of them together with the caller, and nothing else: the recording of the call spoken of."""
    link = (await the_item(scene))["metadata"]["link"]
    assert link is not None
    assert await scene.do.hears(scene.call_id, link) == with_the_caller(stretches)


@then("the item has nothing to play")
async def item_plays_nothing(scene: Scene) -> None:
    assert (await the_item(scene))["metadata"]["link"] is None


async def accept(scene: Scene, who: str | None, stage: str | None = None) -> None:
    item = await the_item(scene)
    await scene.do.accept_item(item["uid"], None if who is None else key(who), stage)
    cards = item["_embedded"]
    scene.deal = await scene.do.deal(cards["leads"][0]["id"])
    scene.contact = await scene.do.contact(cards["contacts"][0]["id"]) if cards["contacts"] else None


async def the_item(scene: Scene) -> Json:
    """The only one there is."""
    items = await scene.do.unsorted()
    assert len(items) == 1, f"expected one item to speak of, found {[item['metadata'] for item in items]}"
    return items[0]
