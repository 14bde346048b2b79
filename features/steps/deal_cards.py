"""The cards of deals in amoCRM."""

from __future__ import annotations

from features.slots import given, then, when
from features.steps.amocrm import tags_of
from features.steps.scene import Scene, key


@given("there is a deal {name:text}")
async def a_deal(scene: Scene, name: str) -> None:
    """Made by hand; it is Anna's."""
    scene.deal = await scene.do.create_deal(name, "anna")


@when("the deal is given to {who}")
async def given_to(scene: Scene, who: str) -> None:
    deal = await scene.the_deal()
    await scene.do.give_deal(deal["id"], key(who))


@then("amoCRM holds {count:number} deal")
@then("amoCRM holds {count:number} deals")
async def number_of_deals(scene: Scene, count: int) -> None:
    """Those in «Неразобранное» are no deals yet."""
    names = [deal["name"] for deal in await scene.do.deals()]
    assert len(names) == count, names


@then("the deal belongs to {who}")
async def responsible(scene: Scene, who: str) -> None:
    deal = await scene.the_deal()
    assert scene.do.person_of_user(deal["responsible_user_id"]) == key(who)


@then("the deal was created by {who}")
async def creator(scene: Scene, who: str) -> None:
    deal = await scene.the_deal()
    assert scene.do.person_of_user(deal["created_by"]) == key(who)


@then("the deal carries the tag {tag:text}")
async def has_tag(scene: Scene, tag: str) -> None:
    assert tags_of(await scene.the_deal()) == [tag]


@then("the deal carries no tag")
async def no_tag(scene: Scene) -> None:
    assert tags_of(await scene.the_deal()) == []


@then("the deal is linked to the contact")
async def linked(scene: Scene) -> None:
    """To this contact and to no other."""
    contact = await scene.the_contact()
    assert await contacts_of_deal(scene) == [contact["id"]]


@then("the deal is linked to no contact")
async def linked_to_nobody(scene: Scene) -> None:
    assert await contacts_of_deal(scene) == []


async def contacts_of_deal(scene: Scene) -> list[int]:
    return [contact["id"] for contact in (await scene.the_deal())["_embedded"]["contacts"]]
