"""Look-ups of contacts: what finds them, and that those by number and by id never read through all contacts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from emulator.amocrm.account import Account

from .conftest import Client, Scene

CONTACTS = "/api/v4/contacts"
Path = Callable[[Account, int], str]


@pytest.mark.parametrize(("written", "asked"), [("+7 (916) 000-00-01", "916 000"), ("+79160000001 доб. 12", "доб. 12")])
async def test_part_of_a_phone_finds_it(client: Client, written: str, asked: str) -> None:
    await client.contact(written, name="Пётр")
    assert (await client.get(f"{CONTACTS}?query={quote(asked)}")).status == 200
    assert (await client.get(f"{CONTACTS}?query={quote(asked + '9')}")).status == 204


def _phone_filter(account: Account, _contact_id: int) -> str:
    phone = account.custom_fields.coded("contacts", "PHONE")
    assert phone is not None
    return f"{CONTACTS}?filter[custom_fields_values][{phone.id}][]=%2B79160000001"


LOOK_UPS: dict[str, Path] = {
    "by number": lambda _account, _id: f"{CONTACTS}?query=9160000001",
    "by phone field": _phone_filter,
    "by id": lambda _account, contact_id: f"{CONTACTS}/{contact_id}",
    "by ids": lambda _account, contact_id: f"{CONTACTS}?filter[id][]={contact_id}&filter[id][]=1",
}


@pytest.mark.parametrize("path", LOOK_UPS.values(), ids=LOOK_UPS)
async def test_look_ups_use_an_index(scene: Scene, path: Path) -> None:
    contact_id = await scene.client.contact("+79160000001")
    asked = path(scene.account, contact_id)
    plan = _watched(scene.account)
    assert (await scene.client.get(asked)).status == 200
    _check(plan())


async def test_a_call_finds_its_contact_by_an_index(scene: Scene) -> None:
    contact_id = await scene.client.contact("+79160000001")
    plan = _watched(scene.account)
    assert scene.account.contacts.with_phone("9160000001") == contact_id
    _check(plan())


def _check(plan: list[str]) -> None:
    assert any("contacts" in step or step.startswith("SEARCH c ") for step in plan), plan
    assert [step for step in plan if step.startswith("SCAN") and "VIRTUAL TABLE" not in step] == []


def _watched(account: Account) -> Callable[[], list[str]]:
    """How SQLite carries out the questions that are asked until the returned function is called."""
    connection: Any = account.database._connection
    asked: list[str] = []
    connection.set_trace_callback(asked.append)

    def plan() -> list[str]:
        connection.set_trace_callback(None)
        questions = [sql for sql in asked if sql.startswith("SELECT")]
        return [row[3] for sql in questions for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]

    return plan
