"""Tags of communications, by hand and automatic, over the Data API."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.core.errors import NotFound
from emulator.telephony.communications.tags import SYSTEM_TAGS, Author
from tests.unit.telephony.conftest import CONTACT, MAIN, Office
from tests.unit.telephony.selling import call, done, refused

CLIENT = {"tag_user_id": None, "tag_user_login": "client", "tag_employee_id": None, "tag_employee_full_name": None}


def of_call(communication: int, tag: int, **other: Any) -> dict[str, Any]:
    return {"communication_id": communication, "communication_type": "call", "tag_id": tag, **other}


async def carried(office: Office, method: str = "get.communications_report") -> list[list[dict[str, Any]]]:
    """The tags of each row of a report."""
    rows = await office.report(method, fields=["tags"])
    return [row["tags"] for row in rows]


async def test_an_account_begins_with_the_tags_of_the_vendor(office: Office) -> None:
    tags = await done(office, "get.tags")
    first = office.ground.ids.first("communication_tag")
    assert [tag["name"] for tag in tags] == list(SYSTEM_TAGS)
    assert [tag["id"] for tag in tags] == list(range(first, first + 11))
    assert all(tag["is_system"] for tag in tags)


async def test_a_tag_of_ones_own(office: Office) -> None:
    made = await done(office, "create.tags", name="Перезвонить")
    [own] = await done(office, "get.tags", filter={"field": "is_system", "operator": "=", "value": False})
    assert own == {"id": made["id"], "name": "Перезвонить", "is_system": False}
    for taken in ("Перезвонить", "Продажа"):
        assert await refused(office, "create.tags", name=taken) == ("duplicate_entity", "name")
    assert len(await done(office, "get.tags")) == 12


async def test_a_tag_with_its_time_and_author_in_both_reports(office: Office) -> None:
    session = office.account.calls.place("in", CONTACT, MAIN)
    await office.play(session, [(0, "ring", {"who": "anna"}), (5, "hangup", {"who": "contact"})])
    communication, tag = office.account.calls.get(session).communication_id, office.account.tags.sale_id
    assert await done(office, "set.tag_communications", **of_call(communication, tag)) == {}
    put = {"tag_id": tag, "tag_name": "Продажа", "tag_type": "manual", "tag_change_time": "2026-03-02 12:00:05"}
    for report in ("get.communications_report", "get.calls_report"):
        assert await carried(office, report) == [[{**put, **CLIENT}]]


async def test_a_tag_names_the_user_who_logged_in(office: Office) -> None:
    login = office.account.access.login()
    session = await done(office, "login.user", login=login.login, password=login.password)
    tag = office.account.tags.sale_id
    await done(office, "set.tag_communications", **of_call(call(office), tag), access_token=session["access_token"])
    [[mark]] = await carried(office)
    assert (mark["tag_type"], mark["tag_user_login"]) == ("manual", login.login)


async def test_automatic_tags_and_those_of_employees(office: Office) -> None:
    communication, tags = call(office), office.account.tags
    spam, fraud = (tags.id_of(name) for name in ("Спам", "Фрод"))
    assert spam is not None
    assert fraud is not None
    tags.put(communication, fraud)
    tags.put(communication, spam, by=Author("manual", employee_id=office.id_of("anna")))
    [[first, second]] = await carried(office)
    assert (first["tag_id"], first["tag_type"], first["tag_employee_id"]) == (fraud, "auto", None)
    assert (second["tag_id"], second["tag_type"], second["tag_employee_full_name"]) == (spam, "manual", "Anna")


async def test_tagging_again_changes_nothing(office: Office) -> None:
    communication, tag = call(office), office.account.tags.sale_id
    office.account.tags.put(communication, tag)
    once = await carried(office)
    await office.pass_time(60)
    assert await done(office, "set.tag_communications", **of_call(communication, tag)) == {}
    assert await carried(office) == once
    for _ in range(2):
        assert await done(office, "unset.tag_communications", **of_call(communication, tag)) == {}
        assert await carried(office) == [[]]


async def test_each_communication_carries_its_own(office: Office) -> None:
    first, second = call(office), call(office)
    office.account.tags.put(second, office.account.tags.sale_id)
    assert [len(tags) for tags in await carried(office)] == [0, 1]
    assert office.account.tags.of(first) == []
    assert [mark.tag_name for mark in office.account.tags.of(second)] == ["Продажа"]


async def test_a_report_reads_the_tags_with_one_statement_and_only_when_asked(office: Office) -> None:
    for _ in range(3):
        office.account.tags.put(call(office), office.account.tags.sale_id)
    seen: list[str] = []
    office.account.database._connection.set_trace_callback(seen.append)
    await office.report("get.communications_report", fields=["id"])
    assert not [each for each in seen if "communication_tags" in each]
    await carried(office)
    assert len([each for each in seen if "communication_tags" in each]) == 1
    office.account.database._connection.set_trace_callback(None)


UNKNOWN = 4711
REFUSALS: list[tuple[dict[str, Any], str, str]] = [
    ({"communication_id": UNKNOWN}, "entity_not_found", "communication_id"),
    ({"communication_id": 2**63}, "invalid_parameter_value", "communication_id"),
    ({"communication_id": "1"}, "data_type_error", "communication_id"),
    ({"communication_id": True}, "data_type_error", "communication_id"),
    ({"communication_id": None}, "required_parameter_missed", "communication_id"),
    ({"communication_id": None, "communication_ext_id": "x"}, "entity_not_found", "communication_ext_id"),
    ({"communication_type": None}, "required_parameter_missed", "communication_type"),
    ({"communication_type": "goal"}, "entity_not_found", "communication_id"),
    ({"communication_type": "email"}, "invalid_parameter_value", "communication_type"),
    ({"tag_id": None}, "required_parameter_missed", "tag_id"),
    ({"tag_id": UNKNOWN}, "entity_not_found", "tag_id"),
    ({"colour": 1}, "unexpected_parameters", "colour"),
]


@pytest.mark.parametrize(("changed", "mnemonic", "field"), REFUSALS)
@pytest.mark.parametrize("method", ["set.tag_communications", "unset.tag_communications"])
async def test_what_cannot_be_tagged(
    office: Office, method: str, changed: dict[str, Any], mnemonic: str, field: str
) -> None:
    given = {**of_call(call(office), office.account.tags.sale_id), **changed}
    assert await refused(office, method, **given) == (mnemonic, field)
    assert await carried(office) == [[]]


@pytest.mark.parametrize(
    ("params", "mnemonic"),
    [
        ({}, "required_parameter_missed"),
        ({"name": " "}, "invalid_parameter_value"),
        ({"name": 5}, "data_type_error"),
    ],
)
async def test_a_name_that_is_none(office: Office, params: dict[str, Any], mnemonic: str) -> None:
    assert await refused(office, "create.tags", **params) == (mnemonic, "name")


def test_the_telephony_itself_tags_only_what_there_is(office: Office) -> None:
    tags = office.account.tags
    with pytest.raises(NotFound, match="no communication 5"):
        tags.put(5, tags.sale_id)
    with pytest.raises(NotFound, match="no tag 5"):
        tags.put(call(office), 5)


async def test_tags_are_kept_by_a_snapshot(office: Office) -> None:
    communication = call(office)
    before = office.account.database.snapshot()
    office.account.tags.put(communication, office.account.tags.sale_id)
    after = office.account.database.snapshot()
    office.account.database.restore(before)
    assert await carried(office) == [[]]
    office.account.database.restore(after)
    assert [len(tags) for tags in await carried(office)] == [1]
