"""Calls: which card gets them, which are held, dropped or refused (LOG, PRIM-11, PRIM-16, GAP-16, 22, 23, 25, 31)."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.amocrm.platform import CallFacts, Outcome, decide, target
from emulator.amocrm.profile import PROFILES, Profile

from .conftest import NOON_UNIX, Answer, MakeScene, Scene

CALLS = "/api/v4/calls"
PHONE = "+79161234567"
LITERAL = Profile(lost_calls="literal")
V4 = PROFILES["v4"]


async def call(scene: Scene, **fields: Any) -> Answer:
    item = {"direction": "inbound", "phone": PHONE, "duration": 40, "source": "pbx", "call_status": 4}
    return await scene.client.post(CALLS, [{**item, **fields}])


async def notes(scene: Scene, card: str) -> list[Any]:
    answer = await scene.client.get(f"/api/v4/{card}/notes")
    return [] if answer.status == 204 else answer.items("notes")


def facts(
    *, card: bool = False, item: bool = False, lost: bool = False, talk: int = 40, hidden: bool = False
) -> CallFacts:
    return CallFacts(hidden=hidden, card=card, item=item, lost=lost, talk=talk)


@pytest.mark.parametrize(
    ("known", "profile", "outcome"),
    [
        (facts(talk=5), Profile(), "drop"),
        (facts(talk=6), Profile(), "hold"),
        (facts(talk=7), Profile(), "hold"),
        (facts(card=True, talk=1), Profile(), "link"),
        (facts(item=True, talk=3), Profile(), "join"),
        (facts(lost=True, talk=0), Profile(), "drop"),
        (facts(lost=True, talk=40), Profile(), "drop"),
        (facts(card=True, lost=True, talk=0), Profile(), "link"),
        (facts(item=True, lost=True, talk=0), Profile(), "join"),
        (facts(card=True, lost=True, talk=0), LITERAL, "drop"),
        (facts(item=True, lost=True, talk=0), LITERAL, "drop"),
        (facts(hidden=True), Profile(), "drop"),
        (facts(), V4, "refuse"),
        (facts(talk=1), V4, "refuse"),
        (facts(card=True, lost=True, talk=0), V4, "link"),
    ],
)
def test_decisions(known: CallFacts, profile: Profile, outcome: Outcome) -> None:
    assert decide(known, profile) == outcome


CONTACT, COMPANY = ("contacts", 1), ("companies", 2)


@pytest.mark.parametrize(
    ("owner", "leads", "profile", "card"),
    [
        (CONTACT, [], Profile(), CONTACT),
        (CONTACT, [7], Profile(), CONTACT),
        (CONTACT, [], V4, CONTACT),
        (CONTACT, [7], V4, ("leads", 7)),
        (CONTACT, [7, 8], V4, CONTACT),
        (COMPANY, [7], Profile(), COMPANY),
        (COMPANY, [7], V4, ("leads", 7)),
        (COMPANY, [7, 8], V4, COMPANY),
    ],
)
def test_targets(owner: tuple[str, int], leads: list[int], profile: Profile, card: tuple[str, int]) -> None:
    assert target(owner, leads, profile) == card


async def test_a_call_of_a_known_number_is_logged_and_shown_in_the_card(scene: Scene) -> None:
    contact_id = await scene.client.contact("8 (916) 123-45-67")
    answer = await call(
        scene,
        uniq="c-1",
        link="https://pbx.test/1.mp3",
        call_result=None,
        call_responsible=scene.users[2],
        created_at=NOON_UNIX - 60,
        request_id="r",
    )
    [shown] = answer.items("calls")
    assert (answer.status, answer.body["_total_items"], answer.body["errors"]) == (200, 1, [])
    href = f"{scene.client.base}/api/v4/contacts/{contact_id}"
    assert shown == {
        "id": shown["id"],
        "entity_id": contact_id,
        "entity_type": "contact",
        "account_id": scene.account.id,
        "request_id": "r",
        "_embedded": {"entity": {"id": contact_id, "_links": {"self": {"href": href}}}},
    }
    assert scene.account.call_log() == [
        {
            "uniq": "c-1",
            "direction": "in",
            "phone": PHONE,
            "duration": 40,
            "status": 4,
            "link": "https://pbx.test/1.mp3",
            "responsible": scene.users[2],
            "at": "2026-03-02T08:59:00+00:00",
            "state": "linked",
            "entity": {"type": "contact", "id": contact_id},
        }
    ]
    [note] = await notes(scene, f"contacts/{contact_id}")
    assert (note["note_type"], note["created_by"], note["created_at"]) == ("call_in", 0, NOON_UNIX - 60)
    assert note["params"] == {
        "uniq": "c-1",
        "duration": 40,
        "source": "pbx",
        "link": "https://pbx.test/1.mp3",
        "phone": PHONE,
        "call_status": 4,
        "call_responsible": scene.users[2],
    }


async def test_an_outgoing_call(scene: Scene) -> None:
    contact_id = await scene.client.contact(PHONE)
    await call(scene, direction="outbound", created_by=scene.users[1], responsible_user_id=scene.users[1])
    [row] = scene.account.call_log()
    assert (row["direction"], row["responsible"]) == ("out", scene.users[1])
    [note] = await notes(scene, f"contacts/{contact_id}")
    assert (note["note_type"], note["created_by"]) == ("call_out", scene.users[1])


async def test_an_unknown_number_waits_for_its_contact(scene: Scene) -> None:
    answer = await call(scene, uniq="a")
    [shown] = answer.items("calls")
    assert (answer.status, shown["entity_id"], shown["entity_type"]) == (200, None, None)
    assert [(row["state"], row["entity"]) for row in scene.account.call_log()] == [("waiting", None)]
    await scene.pass_time(hours=2)
    await scene.client.contact("89990000000")
    assert scene.account.call_log()[0]["state"] == "waiting"
    contact_id = await scene.client.contact("89161234567")
    [row] = scene.account.call_log()
    assert (row["state"], row["entity"]) == ("linked", {"type": "contact", "id": contact_id})
    [note] = await notes(scene, f"contacts/{contact_id}")
    assert (note["params"]["uniq"], note["created_at"]) == ("a", NOON_UNIX)


async def test_an_old_contact_that_gets_the_number_gets_the_waiting_call(scene: Scene) -> None:
    contact_id = await scene.client.contact("+79990000000")
    await call(scene)
    field = {"field_code": "PHONE", "values": [{"value": "+79990000000"}, {"value": PHONE}]}
    await scene.client.patch(f"/api/v4/contacts/{contact_id}", {"custom_fields_values": [field]})
    assert scene.account.call_log()[0]["entity"] == {"type": "contact", "id": contact_id}


@pytest.mark.parametrize(
    ("fields", "rows"),
    [
        ({"duration": 5}, 0),
        ({"duration": 5.9}, 0),
        ({"duration": 6}, 1),
        ({"duration": 20, "call_status": 6}, 0),
        ({"duration": 20, "call_status": 1}, 1),
        ({"phone": None}, 0),
        ({"phone": ""}, 0),
    ],
)
async def test_calls_of_unknown_numbers_that_are_not_kept(scene: Scene, fields: dict[str, Any], rows: int) -> None:
    answer = await call(scene, **fields)
    assert (answer.status, answer.items("calls")[0]["entity_id"]) == (200, None)
    assert len(scene.account.call_log()) == rows
    contact_id = await scene.client.contact(PHONE)
    assert len(await notes(scene, f"contacts/{contact_id}")) == rows


async def test_a_call_that_names_a_deal_is_shown_there_and_still_waits(scene: Scene) -> None:
    lead_id = (await scene.client.post("/api/v4/leads", [{"name": "Звонок"}])).items("leads")[0]["id"]
    answer = await call(scene, entity_id=lead_id, entity_type="lead")
    assert answer.items("calls")[0]["entity_id"] is None
    [row] = scene.account.call_log()
    assert (row["state"], row["entity"]) == ("waiting", {"type": "lead", "id": lead_id})
    assert len(await notes(scene, f"leads/{lead_id}")) == 1
    contact_id = await scene.client.contact(PHONE)
    assert scene.account.call_log()[0]["entity"] == {"type": "contact", "id": contact_id}
    assert len(await notes(scene, f"contacts/{contact_id}")) == 1


async def test_one_call_per_uniq(make_scene: MakeScene) -> None:
    scene = make_scene()
    await scene.client.contact(PHONE)
    first, again = await call(scene, uniq="u"), await call(scene, uniq="u", duration=50)
    assert first.body == again.body
    assert len(scene.account.call_log()) == 1
    await call(scene, uniq=None)
    await call(scene, uniq=None)
    assert len(scene.account.call_log()) == 3
    today = make_scene("v4")
    await today.client.contact(PHONE)
    for _ in range(2):
        await call(today, uniq="u")
    assert len(today.account.call_log()) == 2


async def test_a_dropped_call_is_answered_again_as_the_first_time(scene: Scene) -> None:
    first = await call(scene, uniq="u", duration=2)
    await scene.client.contact(PHONE)
    assert (await call(scene, uniq="u", duration=2)).body == first.body
    assert scene.account.call_log() == []


async def test_several_contacts_with_the_number(scene: Scene) -> None:
    ids = [await scene.client.contact(PHONE) for _ in range(2)]
    await call(scene)
    assert scene.account.call_log()[0]["entity"]["id"] == ids[0]
    scene.account.database.update("contacts", ids[0], {"visible_at": scene.account.now() + 1})
    await call(scene)
    assert scene.account.call_log()[1]["entity"]["id"] == ids[1]


async def test_todays_api_refuses_unknown_numbers(make_scene: MakeScene) -> None:
    scene = make_scene("v4")
    answer = await call(scene, request_id=5)
    error = {"detail": "Entity not found", "title": "Entity not found", "status": 263, "request_id": 5}
    assert (answer.status, answer.body) == (400, {"_total_items": 0, "errors": [error], "_embedded": {"calls": []}})
    contact_id = await scene.client.contact("89990000000")
    item = {"direction": "inbound", "duration": 1, "source": "pbx"}
    answer = await scene.client.post(CALLS, [{**item, "phone": PHONE}, {**item, "phone": "+79990000000"}])
    assert (answer.status, answer.body["_total_items"], answer.body["errors"][0]["request_id"]) == (200, 1, "0")
    assert answer.items("calls")[0]["entity_id"] == contact_id


async def test_todays_api_prefers_the_only_active_lead(make_scene: MakeScene) -> None:
    scene = make_scene("v4")
    contact_id = await scene.client.contact(PHONE)
    leads = []
    for status in (None, 142, None):
        item = {"status_id": status, "_embedded": {"contacts": [{"id": contact_id}]}}
        answer = await scene.client.post("/api/v4/leads", [item])
        leads.append(answer.items("leads")[0]["id"])
        await call(scene)
    targets = [row["entity"] for row in scene.account.call_log()]
    assert targets == [
        {"type": "lead", "id": leads[0]},
        {"type": "lead", "id": leads[0]},
        {"type": "contact", "id": contact_id},
    ]


async def test_a_phone_may_be_a_number(scene: Scene) -> None:
    contact_id = await scene.client.contact("+7 916 000-00-01")
    answer = await call(scene, phone=79160000001)
    assert (answer.status, answer.items("calls")[0]["entity_id"]) == (200, contact_id)


@pytest.mark.parametrize(
    ("fields", "code", "path"),
    [
        ({"direction": None}, "NotNullable", "direction"),
        ({"direction": "sideways"}, "NotSupportedChoice", "direction"),
        ({"duration": "5"}, "InvalidType", "duration"),
        ({"duration": -1}, "InvalidType", "duration"),
        ({"source": ""}, "NotBlank", "source"),
        ({"phone": 7.5}, "InvalidType", "phone"),
        ({"call_status": 9}, "NotSupportedChoice", "call_status"),
        ({"call_responsible": []}, "InvalidType", "call_responsible"),
        ({"responsible_user_id": 1}, "NotSupportedChoice", "responsible_user_id"),
        ({"entity_id": 1}, "NotSupportedChoice", "entity_type"),
        ({"entity_id": 1, "entity_type": "lead"}, "NotSupportedChoice", "entity_id"),
    ],
)
async def test_bad_calls(scene: Scene, fields: dict[str, Any], code: str, path: str) -> None:
    answer = await call(scene, **fields)
    assert answer.status == 400
    [error] = answer.body["validation-errors"][0]["errors"]
    assert (error["code"], error["path"]) == (code, path)


async def test_a_number_that_only_a_company_has(make_scene: MakeScene) -> None:
    """GAP-80: a contact with the number comes first."""
    scene = make_scene()
    field = {"field_code": "PHONE", "values": [{"value": "8 916 123-45-67"}]}
    answer = await scene.client.post("/api/v4/companies", [{"name": "Ромашка", "custom_fields_values": [field]}])
    company_id = answer.items("companies")[0]["id"]
    [shown] = (await call(scene, duration=1)).items("calls")
    assert (shown["entity_type"], shown["entity_id"]) == ("company", company_id)
    assert shown["_embedded"]["entity"]["_links"]["self"]["href"].endswith(f"/api/v4/companies/{company_id}")
    assert len(await notes(scene, f"companies/{company_id}")) == 1
    contact_id = await scene.client.contact(PHONE)
    [shown] = (await call(scene)).items("calls")
    assert (shown["entity_type"], shown["entity_id"]) == ("contact", contact_id)


async def test_todays_api_prefers_the_only_active_lead_of_a_company(make_scene: MakeScene) -> None:
    scene = make_scene("v4")
    field = {"field_code": "PHONE", "values": [{"value": PHONE}]}
    answer = await scene.client.post("/api/v4/companies", [{"custom_fields_values": [field]}])
    company_id = answer.items("companies")[0]["id"]
    cards = []
    for _ in range(3):
        [shown] = (await call(scene)).items("calls")
        cards.append((shown["entity_type"], shown["entity_id"]))
        await scene.client.post("/api/v4/leads", [{"_embedded": {"companies": [{"id": company_id}]}}])
    lead_id = (await scene.client.get("/api/v4/leads")).items("leads")[0]["id"]
    assert cards == [("company", company_id), ("lead", lead_id), ("company", company_id)]


NULLS = {"uniq": None, "link": None, "call_result": None, "call_status": None}


async def test_nulls_are_taken_unless_a_switch_refuses_them(make_scene: MakeScene) -> None:
    assert (await call(make_scene(), **NULLS)).status == 200
    answer = await call(make_scene(null_call_fields="refuse"), **NULLS)
    [refused] = answer.body["validation-errors"]
    assert [(error["code"], error["path"]) for error in refused["errors"]] == [
        ("NotNullable", key) for key in ("link", "call_result", "call_status")
    ]
