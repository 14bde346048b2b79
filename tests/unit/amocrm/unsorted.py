"""Words of the tests of «Неразобранное»."""

from __future__ import annotations

from typing import Any

from .conftest import NOON_UNIX, Answer, Scene

PATH = "/api/v4/leads/unsorted"
PHONE = "+79160000002"
PHONE_FIELD = {"field_code": "PHONE", "values": [{"value": PHONE, "enum_code": "WORK"}]}
SIP: dict[str, Any] = {"phone": PHONE, "called_at": NOON_UNIX, "duration": 15, "uniq": "u1"}
FORM: dict[str, Any] = {"form_id": "order", "form_name": "Заказ", "form_page": "acme.test", "form_sent_at": NOON_UNIX}


def sip(metadata: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"source_name": "АТС", "source_uid": "pbx-1", "metadata": {**SIP, **(metadata or {})}, **more}


def form(metadata: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"source_name": "Сайт", "source_uid": "site-1", "metadata": {**FORM, **(metadata or {})}, **more}


def embedding(**cards: Any) -> dict[str, Any]:
    return {"_embedded": {table: [card] for table, card in cards.items()}}


async def add(scene: Scene, item: dict[str, Any], category: str = "sip") -> dict[str, Any]:
    """A new item as its answer shows it."""
    answer = await scene.client.post(f"{PATH}/{category}", [item])
    assert answer.status == 200, answer.body
    [added] = answer.items("unsorted")
    return dict(added)


async def pending(scene: Scene, query: str = "") -> list[Any]:
    answer = await scene.client.get(f"{PATH}{query}")
    return [] if answer.status == 204 else answer.items("unsorted")


async def accept(scene: Scene, uid: str, body: Any = None) -> Answer:
    return await scene.client.ask("POST", f"{PATH}/{uid}/accept", body)


async def decline(scene: Scene, uid: str, body: Any = None) -> Answer:
    return await scene.client.ask("DELETE", f"{PATH}/{uid}/decline", body)


def card(item: dict[str, Any], table: str) -> int:
    [found] = item["_embedded"][table]
    return int(found["id"])


def flaws(answer: Answer) -> list[tuple[str, str]]:
    assert answer.status == 400, answer.body
    [refused] = answer.body["validation-errors"]
    return [(error["code"], error["path"]) for error in refused["errors"]]


async def call(scene: Scene, phone: str = PHONE, **fields: Any) -> dict[str, Any]:
    item = {"direction": "inbound", "phone": phone, "duration": 3, "source": "pbx", "call_status": 4, **fields}
    answer = await scene.client.post("/api/v4/calls", [item])
    assert answer.status == 200, answer.body
    return dict(answer.items("calls")[0])


def states(scene: Scene) -> list[tuple[str | None, str]]:
    return [(row["uniq"], row["state"]) for row in scene.account.call_log()]
