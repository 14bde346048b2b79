"""Calls of unknown numbers wait ten hours for a contact, then make an item (PRIM-11, 16, 17; GAP-16, 31, 78, 80)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from emulator.amocrm.account import Account
from emulator.amocrm.profile import Profile
from emulator.amocrm.validation import Item
from emulator.core.clock import ManualClock
from emulator.core.ground import Ground

from .conftest import NOON_UNIX, PEOPLE, Answer, MakeScene, Scene

PHONE = "+79161234567"
UNSORTED = "/api/v4/leads/unsorted"


async def call(scene: Scene, **fields: Any) -> Answer:
    item = {"direction": "inbound", "phone": PHONE, "duration": 40, "source": "pbx", "call_status": 4, **fields}
    return await scene.client.post("/api/v4/calls", [item])


async def items(scene: Scene) -> list[Any]:
    answer = await scene.client.get(UNSORTED)
    return [] if answer.status == 204 else answer.items("unsorted")


def states(scene: Scene) -> list[str]:
    return [row["state"] for row in scene.account.call_log()]


@pytest.mark.parametrize(
    ("hours", "minutes", "seconds", "state"),
    [
        (9, 59, 59, "linked"),
        (9, 59, 59.999999, "linked"),
        (10, 0, 0, "unsorted"),
        (10, 0, 1, "unsorted"),
    ],
)
async def test_the_contact_has_to_be_there_before_the_tenth_hour(
    scene: Scene, hours: int, minutes: int, seconds: float, state: str
) -> None:
    await call(scene, uniq="a")
    await scene.pass_time(hours=hours, minutes=minutes, seconds=seconds)
    contact_id = await scene.client.contact(PHONE)
    await scene.pass_time(hours=12)
    assert states(scene) == [state]
    assert len(await items(scene)) == (state == "unsorted")
    notes = await scene.client.get(f"/api/v4/contacts/{contact_id}/notes")
    assert notes.status == (200 if state == "linked" else 204)


async def test_an_item_is_made_when_nobody_works_here_any_more(scene: Scene) -> None:
    await call(scene, uniq="a")
    for user_id in scene.users:
        scene.account.users.deactivate(user_id)
    await scene.pass_time(hours=10)
    assert states(scene) == ["unsorted"]
    lead = scene.account.database.one("SELECT * FROM leads")
    contact = scene.account.database.one("SELECT * FROM contacts")
    for card in (lead, contact):
        owner = scene.account.users.get(scene.users[0])
        assert card
        assert owner
        assert (card["responsible_user_id"], card["group_id"]) == (owner["id"], owner["group_id"])


async def test_what_the_item_is(scene: Scene) -> None:
    """It says what the call said; its owner is an administrator, not whom the integration named (PRIM-17.e)."""
    anna = scene.users[2]
    await call(
        scene,
        uniq="a",
        link="https://pbx.test/1.mp3",
        call_responsible=anna,
        responsible_user_id=anna,
        created_at=NOON_UNIX - 60,
    )
    await scene.pass_time(hours=10)
    [item] = await items(scene)
    assert {key: item[key] for key in ("category", "source_uid", "source_name", "created_at", "metadata")} == {
        "category": "sip",
        "source_uid": "a",
        "source_name": "pbx",
        "created_at": NOON_UNIX + 36_000,
        "metadata": {
            "from": None,
            "phone": PHONE,
            "called_at": NOON_UNIX - 60,
            "duration": 40,
            "link": "https://pbx.test/1.mp3",
            "service_code": "pbx",
            "uniq": "a",
            "call_responsible": anna,
        },
    }
    [row] = scene.account.call_log()
    assert row["entity"] == {"type": "contact", "id": item["_embedded"]["contacts"][0]["id"]}
    await scene.client.post(f"{UNSORTED}/{item['uid']}/accept", {})
    contact = (await scene.client.get(f"/api/v4/contacts/{row['entity']['id']}")).body
    lead = (await scene.client.get(f"/api/v4/leads/{item['_embedded']['leads'][0]['id']}")).body
    for card in (contact, lead):
        assert (card["created_by"], card["responsible_user_id"], card["_embedded"]["tags"]) == (0, scene.users[0], [])
    assert lead["custom_fields_values"] is None
    assert contact["name"] == PHONE
    assert scene.account.call_log()[0]["state"] == "linked"
    [note] = (await scene.client.get(f"/api/v4/contacts/{contact['id']}/notes")).items("notes")
    assert note["params"]["uniq"] == "a"


async def test_one_item_for_all_waiting_calls_of_a_number(scene: Scene) -> None:
    """PRIM-17.b, g, i: the others go with the first, and after a decline none comes back."""
    await call(scene, uniq="09:00")
    await scene.pass_time(hours=3)
    await call(scene, uniq="12:00", direction="outbound")
    await call(scene, uniq="other", phone="+79990000000")
    await scene.pass_time(hours=7)
    [item] = await items(scene)
    assert states(scene) == ["unsorted", "unsorted", "waiting"]
    await scene.pass_time(minutes=30)
    await call(scene, uniq="19:30", duration=3)
    await scene.pass_time(minutes=30)
    assert states(scene) == ["unsorted", "unsorted", "waiting", "unsorted"]
    await scene.client.ask("DELETE", f"{UNSORTED}/{item['uid']}/decline", None)
    await scene.pass_time(hours=2)
    assert [found["source_uid"] for found in await items(scene)] == ["other"]
    assert states(scene) == ["unsorted"]


async def test_a_declined_number_is_unknown_again(scene: Scene) -> None:
    """PRIM-17.h."""
    await call(scene)
    await scene.pass_time(hours=10)
    [item] = await items(scene)
    await scene.client.ask("DELETE", f"{UNSORTED}/{item['uid']}/decline", None)
    await call(scene, uniq="again")
    await call(scene, duration=3)
    assert states(scene) == ["waiting"]
    await scene.pass_time(hours=9, minutes=59, seconds=59)
    assert await items(scene) == []
    await scene.pass_time(seconds=1)
    assert len(await items(scene)) == 1


@pytest.mark.parametrize(
    "fields",
    [{"duration": 5}, {"call_status": 6}, {"phone": None}, {"duration": 0, "call_status": 7}],
    ids=["short", "lost", "hidden", "busy"],
)
async def test_dropped_calls_have_no_timer(scene: Scene, fields: dict[str, Any]) -> None:
    await call(scene, **fields)
    assert scene.account.timers.next_timer() is None
    await scene.pass_time(hours=11)
    assert await items(scene) == []


async def test_a_call_that_names_its_deal_waits_without_end(scene: Scene) -> None:
    """PRIM-11.c and e: also when an item of the number comes and goes meanwhile."""
    lead_id = (await scene.client.post("/api/v4/leads", [{"name": "Звонок"}])).items("leads")[0]["id"]
    await call(scene, uniq="named", entity_id=lead_id, entity_type="lead")
    assert scene.account.timers.next_timer() is None
    await call(scene, uniq="plain")
    await scene.pass_time(hours=11)
    assert states(scene) == ["waiting", "unsorted"]
    [item] = await items(scene)
    await scene.client.ask("DELETE", f"{UNSORTED}/{item['uid']}/decline", None)
    await scene.pass_time(days=3)
    contact_id = await scene.client.contact(PHONE)
    [row] = scene.account.call_log()
    assert (row["uniq"], row["state"], row["entity"]) == ("named", "linked", {"type": "contact", "id": contact_id})


async def test_a_claimed_call_has_no_timer(scene: Scene) -> None:
    """PRIM-16.d: also when an old contact gets the number."""
    contact_id = await scene.client.contact("+79990000000")
    await call(scene)
    await scene.pass_time(hours=5)
    field = {"field_code": "PHONE", "values": [{"value": "8 (916) 123-45-67"}]}
    await scene.client.patch(f"/api/v4/contacts/{contact_id}", {"custom_fields_values": [field]})
    assert states(scene) == ["linked"]
    assert scene.account.timers.next_timer() is None


async def test_a_company_and_a_restored_contact_claim_calls_too(scene: Scene) -> None:
    contact_id = await scene.client.contact(PHONE)
    scene.account.contacts.delete([contact_id], scene.users[0])
    await call(scene)
    scene.account.contacts.restore([contact_id], scene.users[0])
    assert states(scene) == ["linked"]
    await call(scene, phone="+79990000000")
    field = {"field_code": "PHONE", "values": [{"value": "+79990000000"}]}
    answer = await scene.client.post("/api/v4/companies", [{"name": "Ромашка", "custom_fields_values": [field]}])
    company = {"type": "company", "id": answer.items("companies")[0]["id"]}
    assert [row["entity"] for row in scene.account.call_log()][1] == company


async def test_ten_elapsed_hours_over_a_change_of_the_clocks() -> None:
    """PRIM-17.c: in the night in which Berlin puts its clocks forward."""
    evening = datetime(2026, 3, 28, 20, 0, tzinfo=UTC)
    ground = Ground.lay("berlin", ManualClock(evening), 1, ZoneInfo("Europe/Berlin"))
    account = Account.open(ground, subdomain="berlin", profile=Profile(), people=PEOPLE)
    data = {"direction": "inbound", "phone": PHONE, "duration": 40, "source": "pbx"}
    account.calls.receive([account.calls.read(Item(data, "0", {}, ""), account.user_ids[0])])
    head = account.timers.next_timer()
    assert head is not None
    assert head[0] == evening + timedelta(hours=10)
    await account.close()


async def test_todays_api_holds_nothing(make_scene: MakeScene) -> None:
    scene = make_scene("v4")
    assert (await call(scene)).status == 400
    assert scene.account.timers.next_timer() is None
