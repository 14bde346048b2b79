"""What a person sees in amoCRM: contacts, companies, cards."""

from __future__ import annotations

from datetime import datetime

from features.slots import given, then, when
from features.steps.scene import Scene, key


@given("there is a contact {name:text} with the phone {phone:phone}")
async def a_contact(scene: Scene, name: str, phone: str) -> None:
    scene.contact = await scene.do.create_contact(name, [phone], "anna")


@given("there is a contact {name:text} with the phones {first:phone} and {second:phone}")
async def a_contact_with_two_phones(scene: Scene, name: str, first: str, second: str) -> None:
    scene.contact = await scene.do.create_contact(name, [first, second], "anna")


@given("there is a contact {name:text} with the e-mail {email:text}")
async def a_contact_with_email(scene: Scene, name: str, email: str) -> None:
    scene.contact = await scene.do.create_contact(name, [], "anna", email)


@given("{who} has made a contact {name:text} with the phone {phone:phone}")
@when("{who} makes a contact {name:text} with the phone {phone:phone}")
async def makes_contact(scene: Scene, who: str, name: str, phone: str) -> None:
    """By hand, in amoCRM."""
    scene.contact = await scene.do.create_contact(name, [phone], key(who))


@given("there is a company {name:text} with the phone {phone:phone}")
async def a_company(scene: Scene, name: str, phone: str) -> None:
    await scene.do.create_company(name, phone, "anna")


@when("{who} deletes the contact")
async def deletes_contact(scene: Scene, who: str) -> None:
    assert scene.do.user_id(key(who))
    await scene.do.delete_contact((await scene.the_contact())["id"])
    scene.contact = None


@when("{who} adds the phone {phone:phone} to the contact")
async def adds_phone(scene: Scene, who: str, phone: str) -> None:
    await scene.do.add_phone((await scene.the_contact())["id"], phone, key(who))


@then("amoCRM holds {count:number} contact")
@then("amoCRM holds {count:number} contacts")
async def number_of_contacts(scene: Scene, count: int) -> None:
    names = [contact["name"] for contact in await scene.do.contacts()]
    assert len(names) == count, names


@then("amoCRM holds {count:number} contact with the phone {phone:phone}")
@then("amoCRM holds {count:number} contacts with the phone {phone:phone}")
async def number_of_contacts_with_phone(scene: Scene, count: int, phone: str) -> None:
    found = await scene.do.contacts(phone)
    assert len(found) == count, [contact["name"] for contact in found]
    scene.contact = found[0] if found else None


@then("the contact was created at the moment the call arrived")
async def created_at_arrival(scene: Scene) -> None:
    assert scene.call is not None
    arrived = datetime.fromisoformat(scene.call["started_at"])
    assert (await scene.the_contact())["created_at"] == int(arrived.timestamp())


@then("the contact belongs to {who}")
async def responsible(scene: Scene, who: str) -> None:
    contact = await scene.the_contact()
    assert scene.do.person_of_user(contact["responsible_user_id"]) == key(who)


@then("the contact was created by {who}")
async def creator(scene: Scene, who: str) -> None:
    contact = await scene.the_contact()
    assert scene.do.person_of_user(contact["created_by"]) == key(who)


@then("the contact carries the tag {tag:text}")
async def has_tag(scene: Scene, tag: str) -> None:
    assert tags_of(await scene.the_contact()) == [tag]


@then("the contact carries no tag")
async def no_tag(scene: Scene) -> None:
    assert tags_of(await scene.the_contact()) == []


@then("the card of the contact shows {count:number} call")
@then("the card of the contact shows {count:number} calls")
async def calls_on_card(scene: Scene, count: int) -> None:
    contact = await scene.the_contact()
    calls = await scene.do.calls_on_card(contact["id"])
    assert len(calls) == count, [call["params"] for call in calls]


@then("the call on the card is the one in the call log")
async def same_call(scene: Scene) -> None:
    contact = await scene.the_contact()
    (note,) = await scene.do.calls_on_card(contact["id"])
    (row,) = await scene.do.call_log()
    assert note["params"]["uniq"] == row["uniq"]
    assert row["entity"] == {"type": "contact", "id": contact["id"]}


def tags_of(card: dict[str, object]) -> list[str]:
    embedded: dict[str, list[dict[str, str]]] = card["_embedded"]  # type: ignore[assignment]
    return [tag["name"] for tag in embedded["tags"]]
