from __future__ import annotations

from typing import Any

import orjson
import pytest

from emulator.core.errors import BadRequest, NotFound
from emulator.core.faults import FaultRequest, Faults
from emulator.core.parsing import parse


def fault(**fields: Any) -> FaultRequest:
    return parse(FaultRequest, {"target": "amocrm", "action": {"status": 500}, **fields})


def hits(faults: Faults, *requests: tuple[str, str, Any]) -> list[bool]:
    return [faults.match("amocrm", method, path, orjson.dumps(body)) is not None for method, path, body in requests]


POST = ("POST", "/api/v4/contacts", [{"name": "Anna"}])
GET = ("GET", "/api/v4/contacts/7", None)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, [True, False, False, False]),
        ({"times": None}, [True, True, True, True]),
        ({"times": 2}, [True, True, False, False]),
        ({"after": 1}, [False, True, False, False]),
        ({"match": {"nth": 3}}, [False, False, True, False]),
        ({"match": {"method": "get"}, "times": None}, [False, True, False, True]),
        ({"match": {"path": "/api/v4/contacts/*"}, "times": None}, [False, True, False, True]),
        ({"match": {"body": {"name": "Anna"}}, "times": None}, [True, False, True, False]),
        ({"match": {"body": {"name": "Boris"}}}, [False, False, False, False]),
    ],
)
def test_a_fault_takes_the_requests_it_fits(fields: dict[str, Any], expected: list[bool]) -> None:
    faults = Faults()
    faults.add(fault(**fields))
    assert hits(faults, POST, GET, POST, GET) == expected


def test_a_fault_may_be_about_the_requests_of_the_integration_alone() -> None:
    faults = Faults()
    faults.add(fault(match={"from": "integration", "nth": 2}))
    askers = ["integration", "client", "integration", "integration"]
    spoiled = [faults.match("amocrm", "GET", "/api/v4/account", b"", asker) is not None for asker in askers]
    assert spoiled == [False, False, True, False]


def test_the_first_fault_that_matches_wins_and_counts() -> None:
    faults = Faults()
    first, second = faults.add(fault(times=1)), faults.add(fault(times=None))
    assert hits(faults, POST, POST, POST) == [True, True, True]
    assert (first.body()["seen"], first.body()["applied"], second.applied) == (1, 1, 2)


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"action": {}}, "action"),
        ({"action": {"status": 500, "hang": True}}, "action"),
        ({"action": {"swap": True}}, "action.swap"),
        ({"target": "events", "action": {"truncate": 3}}, "action.truncate"),
        ({"target": "events", "match": {"from": "integration"}}, "match.from"),
    ],
)
def test_an_action_that_the_target_cannot_suffer_is_refused(fields: dict[str, Any], path: str) -> None:
    with pytest.raises(BadRequest) as refusal:
        Faults().add(fault(**fields))
    assert refusal.value.errors[0].path == path


@pytest.mark.parametrize("name", ["Transfer-Encoding", "content-length", "Connection", "Upgrade", "TE"])
def test_a_header_that_frames_the_answer_is_refused(name: str) -> None:
    action = {"status": 200, "headers": {"Retry-After": "1", name: "5"}, "body": "x"}
    with pytest.raises(BadRequest) as refusal:
        Faults().add(fault(action=action))
    assert refusal.value.errors[0].path == f"action.headers.{name}"


@pytest.mark.parametrize("headers", [{"X-Odd\n": "1"}, {"X-Odd": "1\n"}])
def test_a_header_that_ends_in_a_new_line_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(BadRequest):
        fault(action={"status": 200, "headers": headers})


def test_an_unknown_target_is_refused_by_name() -> None:
    with pytest.raises(BadRequest) as refusal:
        fault(target="amocrn")
    assert refusal.value.errors[0].path == "target"


def test_a_fault_can_be_taken_back() -> None:
    faults = Faults()
    identifier = faults.add(fault(times=None)).id
    faults.remove(identifier)
    assert hits(faults, POST) == [False]
    with pytest.raises(NotFound):
        faults.remove(identifier)
