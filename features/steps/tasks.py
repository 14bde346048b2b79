"""Tasks for lost calls: the settings that ask for them, and the tasks that amoCRM holds."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from features.driver import ASSIGNEES, Json
from features.slots import given, then, when
from features.steps.scene import Scene, key

BLOCKS = {"in": "incoming", "out": "outgoing"}


@given("tasks for lost {direction} calls are on")
@when("tasks for lost {direction} calls are switched on")
async def switch_on(scene: Scene, direction: str) -> None:
    await scene.do.change_settings(**{f"tasks.{BLOCKS[direction]}.enabled": True})


@given("tasks for lost {direction} calls are off")
async def switch_off(scene: Scene, direction: str) -> None:
    await scene.do.change_settings(**{f"tasks.{BLOCKS[direction]}.enabled": False})


@given("tasks for lost {direction} calls go to {choice:text}")
async def go_to(scene: Scene, direction: str, choice: str) -> None:
    """They are on, and the choice is one of those that the settings page offers."""
    block = f"tasks.{BLOCKS[direction]}"
    await scene.do.change_settings(**{f"{block}.enabled": True, f"{block}.assignee": ASSIGNEES[choice]})


@then("tasks for lost {direction} calls are on")
async def are_on(scene: Scene, direction: str) -> None:
    assert (await scene.do.settings())[f"tasks.{BLOCKS[direction]}.enabled"] is True


@then("tasks for lost {direction} calls are off")
async def are_off(scene: Scene, direction: str) -> None:
    assert (await scene.do.settings())[f"tasks.{BLOCKS[direction]}.enabled"] is False


@then("tasks for lost {direction} calls can go to")
async def can_go_to(scene: Scene, direction: str, datatable: list[list[str]]) -> None:
    """All that the settings page offers, one a line."""
    assert await offered(scene, direction) == [label for (label,) in datatable]


@then("tasks for lost {direction} calls cannot go to {choice:text}")
async def cannot_go_to(scene: Scene, direction: str, choice: str) -> None:
    assert choice in ASSIGNEES
    assert choice not in await offered(scene, direction)


@then("amoCRM holds {count:number} task")
@then("amoCRM holds {count:number} tasks")
async def number_of_tasks(scene: Scene, count: int) -> None:
    texts = [task["text"] for task in await scene.do.tasks()]
    assert len(texts) == count, texts


@then("amoCRM takes no task without a card")
async def takes_none_without_card(scene: Scene) -> None:
    assert not await scene.do.takes_task(None)


@then("amoCRM takes a task for the {card}")
async def takes_task(scene: Scene, card: str) -> None:
    assert await scene.do.takes_task((card_table(card), (await scene.the_card(card))["id"]))


@then("the task is for {who}")
async def is_for(scene: Scene, who: str) -> None:
    assert scene.do.person_of_user((await the_task(scene))["responsible_user_id"]) == key(who)


@then("the tasks are for {people:people}")
async def are_for(scene: Scene, people: list[str]) -> None:
    """One task for each, in the order in which they were made."""
    tasks = sorted(await scene.do.tasks(), key=lambda task: int(task["id"]))
    assert [scene.do.person_of_user(task["responsible_user_id"]) for task in tasks] == [key(who) for who in people]


@then("the task is about the {card}")
async def is_about(scene: Scene, card: str) -> None:
    task, found = await the_task(scene), await scene.the_card(card)
    assert (task["entity_type"], task["entity_id"]) == (card_table(card), found["id"])


@then("the task is due on {day:date} at {moment}")
async def is_due(scene: Scene, day: date, moment: time) -> None:
    """On the clock of the account."""
    due = await due_at(scene)
    assert due.astimezone(scene.do.zone).replace(tzinfo=None) == datetime.combine(day, moment)


@then("the task is due on {day:date} at {moment} UTC")
async def is_due_utc(scene: Scene, day: date, moment: time) -> None:
    assert await due_at(scene) == datetime.combine(day, moment, UTC)


async def offered(scene: Scene, direction: str) -> list[str]:
    """The labels of the choices that the integration takes for the direction."""
    setting = f"tasks.{BLOCKS[direction]}.assignee"
    return [label for label, choice in ASSIGNEES.items() if await scene.do.takes_setting(setting, choice)]


def card_table(card: str) -> str:
    """What amoCRM calls cards of that kind."""
    return {"contact": "contacts", "deal": "leads", "company": "companies"}[card]


async def due_at(scene: Scene) -> datetime:
    return datetime.fromtimestamp((await the_task(scene))["complete_till"], UTC)


async def the_task(scene: Scene) -> Json:
    """The only one there is."""
    tasks = await scene.do.tasks()
    assert len(tasks) == 1, f"expected one task to speak of, found {[task['text'] for task in tasks]}"
    return tasks[0]
