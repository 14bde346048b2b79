"""What goes wrong between the telephony, the integration and amoCRM, and what amoCRM is sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

from features.slots import given, then, when
from features.steps.scene import Scene

CALLS = "/api/v4/calls"
TASKS = "/api/v4/tasks"
WRITTEN = ("/api/v4/contacts", "/api/v4/leads", TASKS, CALLS)
END_OF_CALL = {"notification_mnemonic": "call_session_finished"}


@when("amoCRM begins to fail")
async def fails(scene: Scene) -> None:
    """It does nothing of what it is asked, and says that it is out of order."""
    await scene.do.goes_wrong(target="amocrm", match={"path": "/api/v4/*"}, action={"status": 503}, times=None)


@when("amoCRM works again")
async def works_again(scene: Scene) -> None:
    await scene.do.all_goes_well()


@given("amoCRM answers the first {count:number} calls that it is sent with «too many requests»")
async def too_many_requests(scene: Scene, count: int) -> None:
    match = {"method": "POST", "path": CALLS}
    await scene.do.goes_wrong(target="amocrm", match=match, action={"status": 429}, times=count)


@given("amoCRM refuses contacts")
async def refuses_contacts(scene: Scene) -> None:
    """As wrong ones, every time."""
    match = {"method": "POST", "path": "/api/v4/contacts"}
    await scene.do.goes_wrong(target="amocrm", match=match, action={"status": 400}, times=None)


@given("amoCRM does what it is asked and gives no answer the first time")
async def loses_first_answers(scene: Scene) -> None:
    """Once for each kind of thing that it is sent."""
    for path in WRITTEN:
        match = {"method": "POST", "path": path}
        await scene.do.goes_wrong(target="amocrm", match=match, phase="after", action={"hang": True})


@given("the telephony reports the end of each call twice")
async def reports_end_twice(scene: Scene) -> None:
    await scene.do.goes_wrong(target="events", match={"body": END_OF_CALL}, action={"duplicate": 1}, times=None)


@given("the telephony tells of the next call half an hour late")
async def next_call_told_late(scene: Scene) -> None:
    await scene.do.goes_wrong(
        target="events", match={"body": {"notification_mnemonic": "in_call_session"}}, action={"hold": 1800}
    )


@given("the telephony's word that a call arrives is lost")
async def arrivals_are_lost(scene: Scene) -> None:
    """The integration refuses it, and the telephony gives up."""
    for mnemonic in ("in_call_session", "out_call_session"):
        match = {"body": {"notification_mnemonic": mnemonic}}
        await scene.do.goes_wrong(target="events", match=match, action={"status": 400}, times=None)


@then("amoCRM was sent {count:number} call")
@then("amoCRM was sent {count:number} calls")
async def calls_sent(scene: Scene, count: int) -> None:
    """Whatever amoCRM made of them."""
    sent = await scene.do.sent_to_amocrm(f"POST {CALLS}")
    assert len(sent) == count, sent


@then("amoCRM was sent one call and nothing else")
async def nothing_but_call_sent(scene: Scene) -> None:
    sent = [each["subject"] for each in await scene.do.written_to_amocrm()]
    assert sent == [f"POST {CALLS}"]


@then("amoCRM was sent the call {count:number} times, after longer and longer pauses")
async def call_sent_again(scene: Scene, count: int) -> None:
    """The same call each time."""
    sent = await scene.do.sent_to_amocrm(f"POST {CALLS}")
    assert len(sent) == count, sent
    assert all(again["data"]["body"] == sent[0]["data"]["body"] for again in sent)
    pauses = [later - earlier for earlier, later in pairwise(datetime.fromisoformat(each["at"]) for each in sent)]
    assert all(longer > shorter for shorter, longer in pairwise(pauses)), pauses


@then("amoCRM was sent {count:number} tasks")
async def tasks_sent(scene: Scene, count: int) -> None:
    sent = await scene.do.sent_to_amocrm(f"POST {TASKS}")
    assert len(sent) == count, sent


@then("amoCRM has got the calls of {first:duration} and {second:duration} in this order")
async def order_of_calls(scene: Scene, first: timedelta, second: timedelta) -> None:
    """On the card, where notes have numbers in the order in which they came."""
    notes = await scene.do.calls_on_card((await scene.the_contact())["id"])
    notes.sort(key=lambda note: int(note["id"]))
    assert [note["params"]["duration"] for note in notes] == [first.total_seconds(), second.total_seconds()]
