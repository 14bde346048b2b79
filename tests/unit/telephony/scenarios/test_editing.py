"""Scenarios are stored whole or not at all, and read as they were written."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.core.errors import BadRequest, NotFound
from emulator.telephony.scenarios.reading import written
from tests.unit.telephony.conftest import MAIN, SILENT, Office
from tests.unit.telephony.scenarios.conftest import MAIL

SCENARIO: dict[str, Any] = {
    "numbers": [MAIN],
    "first": "hello",
    "operations": {
        "hello": {"greeting": {"seconds": 4}, "next": "keys"},
        "keys": {"menu": {"wait": 5}, "exits": {"1": "mail", "wait": "mail"}},
        "mail": MAIL,
    },
}


def with_(**changes: Any) -> dict[str, Any]:
    return {**SCENARIO, **changes}


def operations(**changes: Any) -> dict[str, Any]:
    """The scenario with operations put in or changed."""
    return with_(operations={**SCENARIO["operations"], **changes})


async def test_it_reads_as_it_was_written_and_can_be_stored_again(office: Office) -> None:
    scenarios = office.account.scenarios
    stored = scenarios.put("day", SCENARIO)
    document = written(stored)
    assert document == {
        "id": stored.id,
        "name": "day",
        "numbers": [MAIN],
        "first": "hello",
        "operations": {
            "hello": {"greeting": {"seconds": 4, "message": None}, "exits": {"next": "keys"}},
            "keys": {
                "menu": {"wait": 5, "prompt": 0, "attempts": 1, "message": None},
                "exits": {"1": "mail", "wait": "mail"},
            },
            "mail": {"voice_mail": {"longest": 180}},
        },
    }
    assert written(scenarios.put("day", document)) == document
    again = {key: document[key] for key in ("numbers", "first", "operations")}
    assert written(scenarios.put("day", again)) == document


@pytest.mark.parametrize(("change", "path"), [({"id": 5}, "id"), ({"name": "night"}, "name")])
async def test_a_document_is_not_stored_as_another_scenario(office: Office, change: dict[str, Any], path: str) -> None:
    scenarios = office.account.scenarios
    document = written(scenarios.put("day", SCENARIO))
    with pytest.raises(BadRequest) as refusal:
        scenarios.put("day", {**document, **change})
    assert [error.path for error in refusal.value.errors] == [path]
    with pytest.raises(BadRequest):
        scenarios.put("night", document)
    assert [written(each) for each in scenarios.all()] == [document]


async def test_ids_are_of_their_kinds_and_stay(office: Office) -> None:
    ids, scenarios = office.ground.ids, office.account.scenarios
    stored = scenarios.put("day", SCENARIO)
    assert (stored.id, stored.operations[0].id) == (ids.first("scenario"), ids.first("operation"))
    before = {each.name: each.id for each in stored.operations}
    changed = scenarios.put("day", operations(keys=MAIL, bye={"hang_up": {}}))
    after = {each.name: each.id for each in changed.operations}
    assert (changed.id, after["hello"], after["mail"]) == (stored.id, before["hello"], before["mail"])
    assert after["keys"] not in before.values(), "another kind is another operation"
    assert changed.operations[0].exits == {"next": after["keys"]}


@pytest.mark.parametrize(
    ("document", "path", "expected"),
    [
        (operations(x={"gretting": {}}), "operations.x.gretting", "did you mean `greeting`"),
        (operations(x={}), "operations.x", "exactly one kind"),
        (operations(x={"menu": {}, "hang_up": {}}), "operations.x", "exactly one kind"),
        (operations(x={"greeting": {}}), "operations.x.greeting.seconds", "required"),
        (operations(x={"greeting": {"seconds": 0}}), "operations.x.greeting.seconds", "> 0"),
        (operations(x={"greeting": {"seconds": -1}}), "operations.x.greeting.seconds", "> 0"),
        (operations(x={"greeting": {"seconds": "4"}}), "operations.x.greeting.seconds", "float"),
        (operations(x={"greeting": {"second": 4}}), "operations.x.greeting.second", "message, seconds"),
        (operations(x={"greeting": None}), "operations.x.greeting", "object"),
        (operations(x={"menu": {"wait": 0}}), "operations.x.menu.wait", "> 0"),
        (operations(x={"menu": {"attempts": 0}}), "operations.x.menu.attempts", ">= 1"),
        (operations(x={"menu": {}, "exits": {"1": "nowhere"}}), "operations.x.exits.1", "hello, keys, mail, x"),
        (operations(x={"menu": {}, "exits": {"1": "hallo"}}), "operations.x.exits.1", "did you mean hello"),
        (operations(x={"menu": {}, "exits": {"10": "mail"}}), "operations.x.exits.10", "0, 1, 2"),
        (operations(x={"menu": {}, "exits": {"1": 5}}), "operations.x.exits.1", "str"),
        (operations(x={"menu": {}, "next": "mail"}), "operations.x.next", "wait, incorrect"),
        (operations(x={"hang_up": {}, "exits": {"failed": "mail"}}), "operations.x.exits.failed", "none"),
        (operations(x={"greeting": {"seconds": 1}, "next": "nowhere"}), "operations.x.next", "an operation"),
        (
            operations(x={"greeting": {"seconds": 1}, "next": "mail", "exits": {"next": "keys"}}),
            "operations.x.next",
            "the same as in `exits`: keys",
        ),
        (operations(x={"employees": []}), "operations.x.employees.who", ">= 1"),
        (operations(x={"employees": [5]}), "operations.x.employees.who[0]", "the id of an employee"),
        (operations(x={"employees": [2**63]}), "operations.x.employees.who[0]", "<= 9007199254740992"),
        (operations(x={"employees": {}}), "operations.x.employees.who", "required"),
        (operations(x={"groups": ["sales"]}), "operations.x.groups.groups[0]", "a group of this account"),
        (operations(x={"voice_mail": {"longest": 0}}), "operations.x.voice_mail.longest", "> 0"),
        (operations(x={"schedule": {}}), "operations.x.schedule.intervals", "required"),
        (operations(x={"personal_manager": {}}), "operations.x.personal_manager", "that can be put in now"),
        (operations(x={"personal_manager": {"wait": 0}}), "operations.x.personal_manager.wait", ">= 1"),
        (operations(x={"personal_manager": {"wait": -3}}), "operations.x.personal_manager.wait", ">= 1"),
        (operations(x={"personal_manager": {"wait": 31}}), "operations.x.personal_manager.wait", "<= 30"),
        (operations(x={"set_tag": {"tag": ""}}), "operations.x.set_tag.tag", ">= 1"),
        (operations(x=[]), "operations.x", "object"),
        (with_(operations={}), "operations", "at least one"),
        (with_(operations={"": MAIL}, first=""), "operations", "a name"),
        (with_(first="bye"), "first", "hello, keys, mail"),
        (with_(numbers=["+74950000000"]), "numbers[0]", f"{MAIN}, {SILENT}"),
        (with_(numbers=[5]), "numbers[0]", "str"),
        (with_(number=[MAIN]), "number", "numbers"),
        ({"operations": SCENARIO["operations"]}, "first", "required"),
        ([], "", "object"),
    ],
)
async def test_what_does_not_fit_is_named_and_nothing_is_stored(
    office: Office, document: Any, path: str, expected: str
) -> None:
    scenarios = office.account.scenarios
    kept = written(scenarios.put("day", SCENARIO))
    for name in ("day", "new"):
        with pytest.raises(BadRequest) as refusal:
            scenarios.put(name, document)
        assert refusal.value.errors[0].path == path
        assert expected in refusal.value.errors[0].expected or expected in refusal.value.detail
    assert [written(each) for each in scenarios.all()] == [kept]


async def test_a_number_leads_to_one_scenario(office: Office) -> None:
    scenarios = office.account.scenarios
    scenarios.put("day", with_(numbers=[MAIN, "8 495 111-22-33"]))
    with pytest.raises(BadRequest) as refusal:
        scenarios.put("night", with_(numbers=[SILENT, MAIN]))
    assert (refusal.value.errors[0].path, [each.name for each in scenarios.all()]) == ("numbers[1]", ["day"])
    scenarios.put("day", with_(numbers=[SILENT]))
    scenarios.put("night", SCENARIO)
    assert [[number.number for number in each.numbers] for each in scenarios.all()] == [[SILENT], [MAIN]]
    assert scenarios.of_number(MAIN) == scenarios.named("night").id


async def test_a_deleted_scenario_leads_nowhere(office: Office) -> None:
    scenarios = office.account.scenarios
    scenarios.put("day", SCENARIO)
    scenarios.delete("day")
    assert (scenarios.all(), scenarios.of_number(MAIN)) == ([], None)
    for table in ("operations", "operation_exits", "scenario_numbers"):
        assert office.account.database.value(f"SELECT count(*) FROM {table}") == 0
    with pytest.raises(NotFound) as refusal:
        scenarios.delete("day")
    assert refusal.value.extra == {"nearest": None}
    scenarios.put("day", SCENARIO)
    with pytest.raises(NotFound) as refusal:
        scenarios.named("days")
    assert refusal.value.extra == {"nearest": "day"}


@pytest.mark.parametrize("name", ["", "  ", "x" * 101])
async def test_a_scenario_has_a_name(office: Office, name: str) -> None:
    with pytest.raises(BadRequest) as refusal:
        office.account.scenarios.put(name, SCENARIO)
    assert refusal.value.errors[0].path == "name"


async def test_a_scenario_may_wait_for_its_numbers(office: Office) -> None:
    stored = office.account.scenarios.put("day", {key: SCENARIO[key] for key in ("first", "operations")})
    assert stored.numbers == []
