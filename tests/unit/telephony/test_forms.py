"""Forms: offline messages that visitors send or clients load, their event, and their report."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.core.errors import BadRequest, NotFound
from emulator.telephony.communications.forms import Form
from emulator.telephony.marketing.origin import Origin
from tests.unit.telephony.conftest import ARRIVAL, CONTACT, MAIN, Office
from tests.unit.telephony.selling import call, done, now, refused, site

STANDARD = Form(form_type="Стандартная", name="Иван", phone=CONTACT, email="ivan@mail.test", message="Окно")
DAY = 86_400


def visit(office: Office, site_id: int, campaign_id: int | None = None) -> int:
    """The session of a visitor that begins now."""
    database = office.account.database
    visitor = database.insert("visitors", {"created_at": now(office)})
    row = {
        "visitor_id": visitor,
        "site_id": site_id,
        "campaign_id": campaign_id,
        "visits_count": 1,
        "started_at": now(office),
        "entrance_page": "https://main.test/",
        "channel": "direct",
        "device": "desktop",
    }
    return database.insert("visitor_sessions", row)


def campaign(office: Office, site_id: int) -> int:
    row = {
        "site_id": site_id,
        "name": "Весна",
        "status": "active",
        "type": "basic",
        "group_conditions": "[]",
        "created_at": 0,
    }
    return office.account.database.insert("campaigns", row)


async def forms(office: Office, *fields: str, **params: Any) -> list[tuple[Any, ...]]:
    rows = await office.report("get.offline_messages_report", fields=list(fields), **params)
    return [tuple(row.values()) for row in rows]


async def test_a_form_is_one_event_in_the_delivery_log(connected: Office) -> None:
    sent = connected.account.forms.send(STANDARD)
    await connected.settle()
    communication = sent.communication_id
    assert connected.receiver.bodies == [
        {
            "event_id": f"{communication}:1",
            "notification_mnemonic": "offline_message",
            "notification_timestamp": int(ARRIVAL.timestamp() * 1000),
            "communication_id": communication,
            "communication_type": "offline_message",
            "direction": "in",
            "contact_phone_number": CONTACT,
            "start_time": "2026-03-02 12:00:00",
            "visitor_name": "Иван",
            "visitor_phone_number": CONTACT,
            "visitor_email": "ivan@mail.test",
            "text": "Окно",
            "form_name": None,
            "form_type": "Стандартная",
        }
    ]
    [logged] = connected.account.deliveries.log(f"form:{sent.id}")
    assert (logged["subject"], logged["state"]) == (f"offline_message {communication}:1", "delivered")
    assert connected.receiver.headers[0]["Authorization"] == "Bearer secret"


async def test_a_form_without_any_way_back_is_told_too(connected: Office) -> None:
    connected.account.forms.send(Form(form_type="Стандартная"))
    await connected.settle()
    [body] = connected.receiver.bodies
    assert (body["visitor_phone_number"], body["visitor_email"], body["visitor_name"]) == (None, None, None)
    assert await forms(connected, "person_id", "communication_number") == [(None, None)]


async def test_forms_do_not_wait_for_each_other(connected: Office) -> None:
    connected.receiver.statuses = [503]
    first = connected.account.forms.send(STANDARD)
    await connected.settle()
    second = connected.account.forms.send(STANDARD)
    await connected.settle()
    await connected.pass_time(1)
    told = [body["communication_id"] for body in connected.receiver.bodies]
    assert told == [first.communication_id, second.communication_id, first.communication_id]


async def test_a_form_is_in_the_journal_under_the_trace_of_its_event(connected: Office) -> None:
    sent = connected.account.forms.send(STANDARD)
    await connected.settle()
    [change] = [entry.body() for entry in connected.ground.journal.entries("change")]
    [event] = [entry.body() for entry in connected.ground.journal.entries("event")]
    assert (change["subject"], change["data"]["kind"]) == (f"form:{sent.id}", "request")
    assert change["cause"] == event["cause"]


async def test_without_an_integration_a_form_is_kept_and_no_event_stored(office: Office) -> None:
    office.account.forms.send(STANDARD)
    assert office.account.deliveries.log() == []
    assert await forms(office, "visitor_name") == [("Иван",)]


async def test_a_form_and_a_call_of_one_person_share_counters(office: Office) -> None:
    first = call(office)
    sent = office.account.forms.send(STANDARD)
    assert sent.communication_id == first + 1
    assert await forms(office, "communication_number") == [(2,)]


async def test_a_technical_form_is_no_communication_and_told_to_nobody(connected: Office) -> None:
    connected.account.forms.send(STANDARD, is_technical=True)
    await connected.settle()
    assert connected.receiver.bodies == []
    assert await forms(connected, "id") == []
    assert await connected.report("get.communications_report") == []
    fields = ("communication_id", "communication_type", "tags", "person_id", "site_id", "visitor_name")
    rows = await forms(connected, *fields, include_tech_offline_messages=True)
    assert rows == [(None, "offline_message", [], None, None, "Иван")]


async def test_the_default_answer_of_the_report(office: Office) -> None:
    there = site(office)
    sent = office.account.forms.send(STANDARD, Origin(site_id=there))
    [row] = await office.report("get.offline_messages_report")
    assert row == {
        "id": sent.id,
        "text": "Окно",
        "communication_id": sent.communication_id,
        "is_agree_to_process_personal_data": None,
        "is_agree_to_mailing": None,
        "status": "not_processed",
        "form_type": "Стандартная",
        "properties": None,
        "employee_id": None,
        "site_id": there,
        "campaign_id": None,
        "visitor_phone_number": "79161234567",
        "visitor_email": "ivan@mail.test",
        "visitor_name": "Иван",
        "visitor_id": None,
        "visitor_session_id": None,
    }
    assert sent.id == office.ground.ids.first("offline_message")


async def test_the_comment_of_a_callback_order_is_a_property(office: Office) -> None:
    office.account.forms.send(Form(form_type="Стандартная", kind="callback", phone=CONTACT, message="После шести"))
    assert await forms(office, "text", "properties") == [("После шести", "После шести")]
    assert office.account.calls.list() == []


async def test_a_lead_generator_tags_by_itself(office: Office) -> None:
    for kind in ("request", "callback", "lead"):
        office.account.forms.send(Form(form_type="Стандартная", kind=kind, phone=CONTACT))  # type: ignore[arg-type]
    [[], [], [tag]] = [tags for (tags,) in await forms(office, "tags")]
    assert (tag["tag_name"], tag["tag_type"]) == ("Генератор лидов", "auto")


async def test_an_employee_deals_with_a_form(office: Office) -> None:
    sent, anna = office.account.forms.send(STANDARD), office.id_of("anna")
    fields = ("status", "process_time", "employee_full_name", "employee_comment")
    office.account.forms.process(sent.id, "processing", anna, None)
    assert await forms(office, *fields) == [("processing", None, "Anna", None)]
    await office.pass_time(60)
    office.account.forms.process(sent.id, "processed", anna, "Перезвонила")
    assert await forms(office, *fields) == [("processed", "2026-03-02 12:01:00", "Anna", "Перезвонила")]
    office.account.forms.process(sent.id, "not_processed", anna, None)
    assert await forms(office, *fields) == [("not_processed", None, "Anna", None)]
    with pytest.raises(BadRequest, match="by"):
        office.account.forms.process(sent.id, "processed", 5, None)
    with pytest.raises(NotFound):
        office.account.forms.process(5, "processed", anna, None)


def loaded(**changed: Any) -> dict[str, Any]:
    return {"site_id": 1, "name": "Иван", "phone": "79161234567", "message": "Окно", "ext_id": "A1", **changed}


async def test_forms_that_a_client_loads(connected: Office) -> None:
    there = site(connected)
    first = loaded(site_id=there, date_time="2026-03-01 10:00:00", form_name="Заказ")
    second = loaded(site_id=there, phone=None, email="i@mail.test", ext_id=None)
    answer = await done(connected, "upload.offline_messages", offline_messages=[first, second])
    one = connected.ground.ids.first("offline_message")
    assert answer == [{"id": one}, {"id": one + 1}]
    await connected.settle()
    told = [(each["start_time"], each["form_type"], each["form_name"]) for each in connected.receiver.bodies]
    assert told == [("2026-03-01 10:00:00", "DataAPI", "Заказ"), ("2026-03-02 12:00:00", "DataAPI", None)]
    timestamps = {each["notification_timestamp"] for each in connected.receiver.bodies}
    assert timestamps == {int(ARRIVAL.timestamp() * 1000)}
    assert await forms(connected, "date_time", "ext_id") == [("2026-03-02 12:00:00", None)]
    period = {"date_from": "2026-03-01 00:00:00", "date_till": "2026-03-01 23:59:59"}
    [row] = await done(connected, "get.communications_report", **period)
    assert (row["date_time"], row["site_id"]) == ("2026-03-01 10:00:00", there)


async def test_a_loaded_form_carries_the_visit_it_was_sent_in(office: Office) -> None:
    there = site(office)
    spring = campaign(office, there)
    session = visit(office, there, spring)
    forms_given = [
        {"phone": CONTACT, "visitor_session_id": session},
        {"phone": CONTACT, "campaign_id": spring},
        {"phone": CONTACT, "campaign_id": -1, "site_id": there},
        {"phone": CONTACT, "visitor_session_id": session, "campaign_id": spring, "site_id": there},
    ]
    await done(office, "upload.offline_messages", offline_messages=forms_given)
    visitor = office.account.database.value("SELECT visitor_id FROM visitor_sessions")
    assert await forms(office, "site_id", "campaign_id", "visitor_id", "visitor_session_id") == [
        (there, spring, visitor, session),
        (there, spring, None, None),
        (there, None, None, None),
        (there, spring, visitor, session),
    ]


async def test_a_loaded_form_is_known_by_the_clients_id(office: Office) -> None:
    await done(office, "upload.offline_messages", offline_messages=[loaded(site_id=site(office))])
    mark = {
        "communication_ext_id": "A1",
        "communication_type": "offline_message",
        "tag_id": office.account.tags.sale_id,
    }
    await done(office, "set.tag_communications", **mark)
    [(tags,)] = await forms(office, "tags")
    assert [tag["tag_name"] for tag in tags] == ["Продажа"]
    await done(office, "unset.tag_communications", **mark)
    assert await forms(office, "tags") == [([],)]
    wrong = {**mark, "communication_type": "call"}
    assert await refused(office, "set.tag_communications", **wrong) == ("entity_not_found", "communication_ext_id")


REFUSALS: list[tuple[dict[str, Any], str, str]] = [
    ({"phone": None}, "required_parameter_missed", "phone"),
    ({"phone": "tomorrow"}, "invalid_parameter_value", "phone"),
    ({"email": 5}, "data_type_error", "email"),
    ({"date_time": "2026-03-02 12:00:01"}, "invalid_date_time", "date_time"),
    ({"date_time": "today"}, "invalid_parameter_value", "date_time"),
    ({"site_id": None}, "required_parameter_missed", "site_id"),
    ({"site_id": 4711}, "entity_not_found", "site_id"),
    ({"campaign_id": 4711}, "entity_not_found", "campaign_id"),
    ({"campaign_id": -1, "site_id": None}, "required_parameter_missed", "site_id"),
    ({"visitor_session_id": 4711}, "entity_not_found", "visitor_session_id"),
    ({"source_id": "5"}, "data_type_error", "source_id"),
    ({"user_fields": [{"ext_id": "U1"}]}, "required_parameter_missed", "user_fields.value"),
    ({"ext_id": "taken"}, "duplicate_entity", "ext_id"),
    ({"ext_id": "twice"}, "duplicate_entity", "ext_id"),
    ({"colour": 1}, "unexpected_parameters", "colour"),
]


@pytest.mark.parametrize(("changed", "mnemonic", "field"), REFUSALS)
async def test_a_form_that_is_none_refuses_the_whole_request(
    office: Office, changed: dict[str, Any], mnemonic: str, field: str
) -> None:
    good = loaded(site_id=site(office), ext_id="taken")
    await done(office, "upload.offline_messages", offline_messages=[good])
    both = [{**good, "ext_id": "twice"}, {**good, "ext_id": "A2", **changed}]
    wanted = (mnemonic, f"offline_messages.{field}")
    assert await refused(office, "upload.offline_messages", offline_messages=both) == wanted
    assert await forms(office, "ext_id") == [("taken",)]


async def test_ids_that_contradict_each_other(office: Office) -> None:
    there, shop = site(office), site(office, "shop")
    session = visit(office, there)
    for given, field in (
        ({"visitor_session_id": session, "site_id": shop}, "site_id"),
        ({"campaign_id": campaign(office, there), "site_id": shop}, "site_id"),
        ({"visitor_session_id": session, "campaign_id": campaign(office, shop)}, "campaign_id"),
    ):
        answer = await refused(office, "upload.offline_messages", offline_messages=[{"phone": CONTACT, **given}])
        assert answer == ("invalid_parameters_combination", f"offline_messages.{field}")


async def test_a_form_belongs_to_a_visit_of_the_last_half_year(office: Office) -> None:
    session = visit(office, site(office))
    form = {"phone": CONTACT, "visitor_session_id": session}
    wanted = ("invalid_date_time", "offline_messages.date_time")
    before = [{**form, "date_time": "2026-03-02 11:59:59"}]
    assert await refused(office, "upload.offline_messages", offline_messages=before) == wanted
    await office.pass_time(180 * DAY)
    await done(office, "upload.offline_messages", offline_messages=[form])
    await office.pass_time(1)
    assert await refused(office, "upload.offline_messages", offline_messages=[form]) == wanted


async def test_fifty_forms_and_not_one_more(office: Office) -> None:
    there = site(office)
    many = [loaded(site_id=there, ext_id=str(number)) for number in range(51)]
    wanted = ("data_limit_exceeded", "offline_messages")
    assert await refused(office, "upload.offline_messages", offline_messages=many) == wanted
    assert len(await done(office, "upload.offline_messages", offline_messages=many[1:])) == 50
    none = await refused(office, "upload.offline_messages", offline_messages=[])
    assert none == ("invalid_parameter_value", "offline_messages")


async def test_the_flag_of_technical_forms_is_a_flag(office: Office) -> None:
    period = {"date_from": "2026-03-02 00:00:00", "date_till": "2026-03-02 23:59:59"}
    params = {**period, "include_tech_offline_messages": 1}
    wanted = ("data_type_error", "include_tech_offline_messages")
    assert await refused(office, "get.offline_messages_report", **params) == wanted


async def test_forms_begin_no_call(office: Office) -> None:
    office.account.forms.send(STANDARD)
    office.account.calls.place("in", CONTACT, MAIN)
    assert len(await office.report(include_ongoing_calls=True)) == 1
