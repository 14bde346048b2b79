"""What webhooks say, key by key (facts §3.16): every value a text, what is empty left out."""

from __future__ import annotations

from typing import Any

import orjson

from emulator.amocrm.changes import Change
from emulator.amocrm.field_definitions import FieldDraft, OptionDraft
from emulator.amocrm.forms import as_texts, encoded
from emulator.amocrm.validation import Item

from .conftest import NOON_UNIX
from .hooks import Hooked, body_of, hooked, line

__all__ = ["hooked", "line"]

NOON = str(NOON_UNIX)
PHONE = "+79161234567"


async def told(hooked: Hooked, *codes: str) -> None:
    """Subscribe; what was sent before is forgotten."""
    await hooked.settle()
    hooked.receiver.forget()
    await hooked.subscribe(*codes)


def only(hooked: Hooked) -> tuple[str, str, dict[str, Any]]:
    [said] = hooked.receiver.said()
    return said


def times_of(hooked: Hooked, author: int) -> dict[str, str]:
    return {
        "last_modified": NOON,
        "modified_user_id": str(author),
        "created_user_id": str(author),
        "date_create": NOON,
    }


async def test_a_lead(hooked: Hooked) -> None:
    account, (olga, rita, *_) = hooked.scene.account, hooked.scene.users
    utm = account.custom_fields.coded("leads", "UTM_SOURCE")
    assert utm
    await told(hooked, "add_lead")
    fields = [{"field_code": "UTM_SOURCE", "values": [{"value": "ya"}]}]
    lead = await hooked.made(
        "leads", name="Звонок", price=5, custom_fields_values=fields, tags_to_add=[{"name": "vip"}]
    )
    [tag] = orjson.loads(account.leads.any(lead)["tags"])
    pipeline = account.pipelines.main()
    stage = str(account.pipelines.first_status(pipeline))
    whole = {
        "id": str(lead),
        "name": "Звонок",
        "status_id": stage,
        "price": "5",
        "responsible_user_id": str(olga),
        **times_of(hooked, olga),
        "pipeline_id": str(pipeline),
        "tags": {"0": {"id": str(tag["id"]), "name": "vip"}},
        "account_id": str(account.id),
        "custom_fields": {
            "0": {"id": str(utm.id), "name": utm.name, "values": {"0": {"value": "ya"}}, "code": "UTM_SOURCE"}
        },
        "created_at": NOON,
        "updated_at": NOON,
    }
    assert only(hooked) == ("leads", "add", whole)
    assert hooked.receiver.bodies[0]["account"] == {
        "subdomain": account.subdomain,
        "id": str(account.id),
        "_links": {"self": f"https://{account.subdomain}.amocrm.ru"},
    }
    changed = {**whole, "status_id": "142", "old_status_id": stage, "responsible_user_id": str(rita)}
    changed["old_responsible_user_id"] = str(olga)
    for code, action in (("update_lead", "update"), ("status_lead", "status"), ("responsible_lead", "responsible")):
        await told(hooked, code)
        await hooked.write("PATCH", f"leads/{lead}", {"status_id": 142, "responsible_user_id": rita})
        assert only(hooked) == ("leads", action, changed)
        await hooked.write("PATCH", f"leads/{lead}", {"status_id": int(stage), "responsible_user_id": olga})
    await told(hooked, "delete_lead", "restore_lead")
    account.leads.delete([lead], olga)
    account.leads.restore([lead], olga)
    await hooked.settle()
    left = {"id": str(lead), "status_id": stage, "pipeline_id": str(pipeline)}
    said = {action: item for _group, action, item in hooked.receiver.said()}
    assert said == {"delete": left, "restore": whole}


async def test_a_lead_that_moves_to_another_pipeline(hooked: Hooked) -> None:
    account = hooked.scene.account
    row = {"name": "Вторая", "sort": 2, "is_main": 0, "is_unsorted_on": 0}
    other, main = account.database.insert("pipelines", row), account.pipelines.main()
    lead = await hooked.made("leads", name="L", status_id=142)
    status = {"id": 142, "name": "W", "sort": 1, "color": "#ccc", "type": 0, "is_editable": 0}
    account.database.insert("statuses", {"pipeline_id": other, **status})
    await told(hooked, "status_lead")
    await hooked.write("PATCH", f"leads/{lead}", {"pipeline_id": other, "status_id": 142})
    _group, _action, item = only(hooked)
    moved = ("status_id", "old_status_id", "pipeline_id", "old_pipeline_id")
    assert [item[key] for key in moved] == ["142", "142", str(other), str(main)]


async def test_a_contact(hooked: Hooked) -> None:
    account, (olga, rita, *_) = hooked.scene.account, hooked.scene.users
    phone = account.custom_fields.coded("contacts", "PHONE")
    assert phone
    company = await hooked.made("companies", name="ООО")
    await told(hooked, "add_contact")
    fields = [{"field_code": "PHONE", "values": [{"value": PHONE}, {"value": "+74950000000", "enum_code": "HOME"}]}]
    embedded = {"companies": [{"id": company}]}
    contact = await hooked.made("contacts", name="Пётр", custom_fields_values=fields, _embedded=embedded)
    work, _, _, _, home, _ = (str(option) for option in phone.options)
    whole = {
        "id": str(contact),
        "name": "Пётр",
        "responsible_user_id": str(olga),
        "group_id": "0",
        **times_of(hooked, olga),
        "company_name": "ООО",
        "linked_company_id": str(company),
        "account_id": str(account.id),
        "custom_fields": {
            "0": {
                "id": str(phone.id),
                "name": "Телефон",
                "values": {"0": {"value": PHONE, "enum": work}, "1": {"value": "+74950000000", "enum": home}},
                "code": "PHONE",
            }
        },
        "created_at": NOON,
        "updated_at": NOON,
        "type": "contact",
    }
    assert only(hooked) == ("contacts", "add", whole)
    lead = await hooked.made("leads", _embedded={"contacts": [{"id": contact}]})
    group = str(account.users.group_of(rita))
    for code, action in (("update_contact", "update"), ("responsible_contact", "responsible")):
        await told(hooked, code)
        await hooked.write("PATCH", f"contacts/{contact}", {"responsible_user_id": rita})
        assert only(hooked) == (
            "contacts",
            action,
            {
                **whole,
                "responsible_user_id": str(rita),
                "old_responsible_user_id": str(olga),
                "group_id": group,
                "linked_leads_id": {str(lead): {"ID": str(lead)}},
            },
        )
        await hooked.write("PATCH", f"contacts/{contact}", {"responsible_user_id": olga})
    await told(hooked, "delete_contact", "restore_contact")
    account.contacts.delete([contact], olga)
    account.contacts.restore([contact], olga)
    await hooked.settle()
    people = {"id": str(contact), "name": "Пётр", "responsible_user_id": str(olga), **times_of(hooked, olga)}
    said = {action: item for _group, action, item in hooked.receiver.said()}
    assert said == {
        "delete": {"id": str(contact), "type": "contact"},
        "restore": {**people, "type": "contact"},
    }


async def test_a_company_comes_among_contacts(hooked: Hooked) -> None:
    account, olga = hooked.scene.account, hooked.scene.users[0]
    await told(hooked, "add_company")
    company = await hooked.made("companies", name="ООО")
    whole = {
        "id": str(company),
        "name": "ООО",
        "responsible_user_id": str(olga),
        "group_id": "0",
        **times_of(hooked, olga),
        "account_id": str(account.id),
        "created_at": NOON,
        "updated_at": NOON,
        "type": "company",
    }
    assert only(hooked) == ("contacts", "add", whole)
    lead = await hooked.made("leads", name="L", _embedded={"companies": [{"id": company}]})
    await told(hooked, "update_company")
    await hooked.write("PATCH", f"companies/{company}", {"name": ""})
    updated = {**whole, "name": "", "linked_leads_id": {str(lead): {"ID": str(lead)}}}
    assert only(hooked) == ("contacts", "update", updated)


async def test_kinds_of_fields(hooked: Hooked) -> None:
    account = hooked.scene.account

    def field(name: str, type_: str, *options: str) -> dict[str, Any]:
        row = {"entity_type": "contacts", "name": name, "code": None, "type": type_, "sort": 9}
        drafts = [OptionDraft(None, option, None, sort) for sort, option in enumerate(options)]
        [made] = account.custom_fields.create([FieldDraft(Item({}, "0", {}, ""), row, {}, drafts)])
        return made

    day, birthday, flag = field("День", "date"), field("ДР", "birthday"), field("Да", "checkbox")
    choice = field("Выбор", "multiselect", "a", "b")
    options = [option["id"] for option in account.custom_fields.enums(choice["id"])]
    await told(hooked, "add_contact")
    values = [
        {"field_id": day["id"], "values": [{"value": NOON_UNIX}]},
        {"field_id": birthday["id"], "values": [{"value": "1990-05-06T00:00:00+03:00"}]},
        {"field_id": flag["id"], "values": [{"value": False}]},
        {"field_id": choice["id"], "values": [{"value": "b"}, {"enum_id": options[0]}]},
    ]
    await hooked.made("contacts", name="A", custom_fields_values=values)
    fields = only(hooked)[2]["custom_fields"]
    assert {item["name"]: item["values"] for item in fields.values()} == {
        "День": {"0": str(NOON_UNIX - 12 * 3600)},
        "ДР": {"0": {"value": "06.05.1990"}},
        "Да": {"0": {"value": "0"}},
        "Выбор": {"0": {"value": "b", "enum": str(options[1])}, "1": {"value": "a", "enum": str(options[0])}},
    }
    assert all(item.keys() == {"id", "name", "values"} for item in fields.values())


async def test_notes(hooked: Hooked) -> None:
    account, (olga, rita, *_) = hooked.scene.account, hooked.scene.users
    numbers = {"contacts": ("contacts", "1"), "leads": ("leads", "2"), "companies": ("contacts", "3")}
    for table, (group, element_type) in numbers.items():
        card = await hooked.made(table, name="A", responsible_user_id=rita)
        await told(hooked, f"note_{account.cards[table].kind}")
        note = await hooked.made(f"{table}/{card}/notes", note_type="common", params={"text": "a & b"})
        expected = {
            "element_type": element_type,
            "element_id": str(card),
            "note_type": "4",
            "text": "a & b",
            "account_id": str(account.id),
            "date_create": "2026-03-02 12:00:00",
            "timestamp_x": "2026-03-02 12:00:00",
            "created_by": str(olga),
            "modified_by": str(olga),
            "main_user_id": str(rita),
            "group_id": str(account.users.group_of(rita)),
            "id": str(note),
            "created_at": NOON,
            "updated_at": NOON,
        }
        assert only(hooked) == (group, "note", {"note": expected})
    hooked.receiver.forget()
    params = {"service": "АТС", "text": "x"}
    await hooked.made(f"{table}/{card}/notes", note_type="service_message", params=params)
    note_item = only(hooked)[2]["note"]
    assert (note_item["note_type"], note_item["text"], orjson.loads(note_item["metadata"])) == ("25", "x", params)


async def test_a_call_is_a_note_with_json_inside(hooked: Hooked) -> None:
    await hooked.made("contacts", custom_fields_values=[{"field_code": "PHONE", "values": [{"value": PHONE}]}])
    await told(hooked, "note_contact")
    call = {"direction": "inbound", "duration": 42, "source": "АТС", "phone": PHONE, "uniq": "u", "call_status": 4}
    await hooked.made("calls", **call)
    note = only(hooked)[2]["note"]
    assert (note["note_type"], note["created_by"]) == ("10", "0")
    said = {"UNIQ": "u", "LINK": "", "PHONE": PHONE, "DURATION": 42, "SRC": "АТС", "call_status": "4"}
    assert orjson.loads(note["text"]) == said


async def test_a_task(hooked: Hooked) -> None:
    account, (olga, rita, *_) = hooked.scene.account, hooked.scene.users
    lead = await hooked.made("leads", name="L")
    await told(hooked, "add_task", "update_task", "responsible_task", "delete_task")
    till = NOON_UNIX + 3600
    task = await hooked.made("tasks", text="Позвонить", complete_till=till, entity_id=lead, entity_type="leads")
    whole = {
        "id": str(task),
        "element_id": str(lead),
        "element_type": "2",
        "task_type": "1",
        "date_create": "2026-03-02 12:00:00",
        "text": "Позвонить",
        "status": "0",
        "account_id": str(account.id),
        "created_user_id": str(olga),
        "last_modified": NOON,
        "modified_user_id": str(olga),
        "responsible_user_id": str(olga),
        "complete_till": "2026-03-02 13:00:00",
        "complete_before": str(till),
        "action_close": "0",
        "created_at": NOON,
        "updated_at": NOON,
    }
    assert only(hooked) == ("task", "add", whole)
    before = account.tasks.get(task)
    assert before
    after = {**before, "text": "Написать", "responsible_user_id": rita, "is_completed": 1, "result": "готово"}
    hooked.receiver.forget()
    account.changes.announce(Change("task", "changed", task, olga, before, after))
    account.changes.announce(Change("task", "deleted", task, olga, before))
    await hooked.settle()
    changed = {
        **whole,
        "text": "Написать",
        "old_text": "Позвонить",
        "status": "1",
        "responsible_user_id": str(rita),
        "old_responsible_user_id": str(olga),
        "action_close": "1",
        "result": {"id": str(task), "text": "готово"},
    }
    said = {action: item for _group, action, item in hooked.receiver.said()}
    assert said == {"update": changed, "responsible": changed, "delete": whole}


async def test_unsorted_items(hooked: Hooked) -> None:
    account, olga = hooked.scene.account, hooked.scene.users[0]
    contact, lead = await hooked.made("contacts", name="Пётр"), await hooked.made("leads", name="Входящий")
    await told(hooked, "add_unsorted", "delete_unsorted")
    item = {
        "uid": "u1",
        "category": "sip",
        "source_uid": "s1",
        "source_name": "АТС",
        "pipeline_id": 71,
        "lead_id": lead,
        "contact_id": contact,
        "metadata": '{"phone":"79160000002","from":null,"service_code":"x","duration":15}',
        "created_at": NOON_UNIX * 1_000_000,
    }
    for action in ("added", "accepted", "declined"):
        account.changes.announce(Change("unsorted", action, "u1", olga, after=item))
        await hooked.settle()
    added, accepted, declined = hooked.receiver.said()
    assert added == (
        "unsorted",
        "add",
        {
            "uid": "u1",
            "source": "АТС",
            "category": "sip",
            "source_uid": "s1",
            "source_name": "АТС",
            "source_data": {
                "phone": "79160000002",
                "service_code": "x",
                "duration": "15",
                "service": "x",
                "source_uid": "s1",
                "source_name": "АТС",
            },
            "date_create": NOON,
            "data": {
                "leads": {"0": {"id": str(lead), "name": "Входящий"}},
                "contacts": {"0": {"id": str(contact), "name": "Пётр"}},
            },
            "pipeline_id": "71",
            "account_id": str(account.id),
            "lead_id": str(lead),
            "created_at": NOON,
        },
    )
    both = {"uid": "u1", "category": "sip", "modified_user_id": str(olga), "created_at": NOON}
    result = {"leads": {"0": str(lead)}}
    assert accepted == ("unsorted", "delete", {**both, "action": "accept", "accept_result": result})
    assert declined == ("unsorted", "delete", {**both, "action": "decline", "decline_result": result})


async def test_an_item_from_its_arrival_to_its_acceptance(hooked: Hooked) -> None:
    await told(hooked, "add_unsorted", "delete_unsorted", "add_lead", "add_contact", "update_contact")
    metadata = {"phone": PHONE, "called_at": NOON_UNIX, "is_call_event_needed": True}
    answer = await hooked.scene.client.post(
        "/api/v4/leads/unsorted/sip", [{"source_name": "АТС", "source_uid": "s1", "metadata": metadata}]
    )
    [added] = answer.items("unsorted")
    contact_id = added["_embedded"]["contacts"][0]["id"]
    await hooked.write("PATCH", f"contacts/{contact_id}", {"name": "Пётр"})
    await hooked.scene.client.post(f"/api/v4/leads/unsorted/{added['uid']}/accept", {})
    await hooked.settle()
    said = list(hooked.receiver.said())
    assert sorted((group, action) for group, action, _ in said) == [
        ("contacts", "add"),
        ("leads", "add"),
        ("unsorted", "add"),
        ("unsorted", "delete"),
    ]
    [(_, _, told_of)] = [each for each in said if each[:2] == ("unsorted", "add")]
    assert told_of["source_data"]["phone"] == PHONE
    assert "is_call_event_needed" not in told_of["source_data"]


def test_forms_are_written_as_php_does() -> None:
    nested = {"a": [{"b": None, "c": "", "d": True, "e": [], "f": {}}, {"b": [1, 2.5]}], "g": None, "х": "я&=+ %"}
    texts = as_texts(nested)
    assert texts == {"a": [{"c": "", "d": "1"}, {"b": ["1", "2.5"]}], "х": "я&=+ %"}
    form = encoded(texts)
    assert form.startswith(b"a%5B0%5D%5Bc%5D=&a%5B0%5D%5Bd%5D=1&a%5B1%5D%5Bb%5D%5B0%5D=1&")
    assert body_of(form) == {"a": {"0": {"c": "", "d": "1"}, "1": {"b": {"0": "1", "1": "2.5"}}}, "х": "я&=+ %"}
