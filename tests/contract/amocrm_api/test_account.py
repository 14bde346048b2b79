"""What surrounds the cards: account, users, pipelines, tags, notes, calls, tasks, events, as `amocrm-api` has them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from amocrm.v2 import Call, CallDuration, CallStatus, Contact, Event, Lead, Pipeline, Status, Tag, Task, User, filters
from amocrm.v2.account import Account, AccountInteraction

from tests.contract.amocrm_api.use import PHONE, Person

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utc:DeprecationWarning")


def test_it_reads_the_account(world: dict[str, Any]) -> None:
    account = Account(data=AccountInteraction().get(include=Account._get_embedded_fields()))
    assert account.subdomain == world["amocrm"]["subdomain"]
    assert [task_type["code"] for task_type in account.task_types] == ["FOLLOW_UP", "MEETING", "MAIL"]
    assert account.datetime_settings["timezone"] == "Europe/Moscow"
    assert account.current_user.id == world["people"]["olga"]["user_id"]


def test_it_reads_the_users(world: dict[str, Any]) -> None:
    admins = {user.id: user.is_admin for user in User.objects.all()}
    assert list(admins) == [person["user_id"] for person in world["people"].values() if person["user_id"]]
    assert list(admins.values()) == [True, True, False, False, False]
    assert User.objects.get(world["people"]["anna"]["user_id"]).email == world["people"]["anna"]["email"]


def test_it_writes_notes(person: Person) -> None:
    person.notes(text="Перезвонить").save()
    person.notes(uniq="n-1", duration=60, source="CoMagic", link="https://example.test/1.mp3", phone=PHONE).save()
    call, text = sorted(person.notes.objects.all(), key=lambda note: note.note_type)
    assert (text.note_type, text.text) == ("common", "Перезвонить")
    assert (call.note_type, call.uniq, call.duration, call.phone) == ("call_in", "n-1", 60, PHONE)
    assert call.link == "https://example.test/1.mp3"
    assert person.notes.objects.get(text.id).text == "Перезвонить"


def test_it_records_a_call(world: dict[str, Any], person: Person) -> None:
    own = "+79165550011"
    person.phone = own
    person.save()
    minute = timedelta(minutes=1)
    said = Call().create(CallDuration.INBOUND, own, "CoMagic", minute, uniq="c-1", status=CallStatus.SUCCESS)
    assert (said["entity_type"], said["entity_id"]) == ("contact", person.id)
    (note,) = person.notes.objects.all()
    assert (note.note_type, note.duration, note.uniq) == ("call_in", 60, "c-1")


def test_it_sets_tasks(world: dict[str, Any], person: Person) -> None:
    deadline = datetime(2030, 1, 1, 12, tzinfo=UTC)
    anna = User.objects.get(world["people"]["anna"]["user_id"])
    person.tasks.add(Task(text="Перезвонить", task_type_id=1, complete_till=deadline, responsible_user=anna))
    (task,) = person.tasks
    assert (task.text, task.complete_till.replace(tzinfo=UTC)) == ("Перезвонить", deadline)
    assert (task.responsible_user.id, task.is_completed, task.result) == (anna.id, False, None)
    assert task.entity.id == person.id
    assert Contact.objects.get(person.id).closest_task_at.replace(tzinfo=UTC) == deadline

    task.is_completed = True
    task.save()
    assert Task.objects.get(task.id).is_completed
    assert Contact.objects.get(person.id).closest_task_at is None


def test_it_reads_pipelines_and_statuses(world: dict[str, Any]) -> None:
    (pipeline,) = [each for each in Pipeline.objects.all() if each.is_main]
    names = [status.name for status in pipeline.statuses]
    assert names[0] == "Неразобранное"
    assert [status.name for status in Status.get_for(pipeline).all()] == names
    assert Status.get_for(pipeline).get(query="закрыто и не реализовано").id == 143


def test_it_makes_tags(world: dict[str, Any]) -> None:
    made = Tag.leads.create(name="Продажа")
    assert Tag.leads.create(name="Продажа").id == made.id
    assert "Продажа" in [tag.name for tag in Tag.leads.all()]


def test_it_reads_events(world: dict[str, Any], person: Person) -> None:
    lead = Lead.objects.get(Lead.objects.create(name="Окна").id)
    before = lead.status
    lead.status = "Успешно реализовано"
    lead.tags.append("срочно")
    lead.save()
    of_lead = [filters.SingleFilter("entity")("lead"), filters.SingleFilter("entity_id")(lead.id)]
    events = {event.type: event for event in Event.objects.filter(filters=of_lead)}
    assert set(events) == {"lead_added", "lead_status_changed", "entity_tag_added"}
    moved = events["lead_status_changed"]
    assert (moved.value_before["id"], moved.value_after["id"]) == (before.id, 142)
    assert (moved.created_by.id, moved.entity_id) == (world["people"]["olga"]["user_id"], lead.id)
    assert events["entity_tag_added"].value_after == ["срочно"]
    assert Event.objects.get(moved.id).type == "lead_status_changed"
    left = filters.EventsFiltersByPipelineAndStatus("")(lead.pipeline.id, before.id)
    kind = filters.SingleFilter("type")("lead_status_changed")
    assert moved.id in [event.id for event in Event.objects.filter(filters=[kind, left])]


def test_an_event_names_the_note_of_a_call(person: Person) -> None:
    person.notes(uniq="n-2", duration=60, source="CoMagic", phone=PHONE).save()
    (note,) = person.notes.objects.all()
    wanted = [filters.SingleFilter("type")("incoming_call"), filters.SingleFilter("entity_id")(person.id)]
    (event,) = Event.objects.filter(filters=[*wanted, filters.SingleFilter("entity")("contact")])
    assert event.value_after == note.id
