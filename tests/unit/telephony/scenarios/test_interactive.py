"""Interactive processing: a server of the client's says what becomes of the call (facts §4.1)."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from emulator.core.errors import BadRequest
from emulator.core.work import current_piece
from emulator.telephony.scenarios.requests import Reply, Requests
from tests.unit.telephony.scenarios.conftest import MAIL, Integration, Line, Pbx, Said

EXITS = {"1": "sales", "-2": "support", "next": "sales", "failed": "mail"}


@pytest.fixture
def server_side(pbx: Pbx, server: Line, monkeypatch: pytest.MonkeyPatch) -> Integration:
    """The client's server; no integration is connected."""
    there = server.integration = Integration(server.url, office=pbx.office)
    asked = Requests._asked

    async def heard(self: Requests, method: str, url: str, headers: dict[str, str], body: bytes | None) -> Reply:
        who = current_piece()
        assert who is not None
        there.listening[headers["traceparent"]] = who
        return await asked(self, method, url, headers, body)

    monkeypatch.setattr(Requests, "_asked", heard)
    return there


def asks(base: str, **settings: Any) -> dict[str, Any]:
    return {
        "ivr": {"interactive": {"url": f"{base}/ivr", **settings}, "exits": EXITS},
        "sales": {"employees": ["anna"]},
        "support": {"employees": ["boris"]},
        "mail": MAIL,
    }


def query(server_side: Integration, index: int = 0) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(server_side.asked[index][1]).query).items()}


async def test_what_is_asked(pbx: Pbx, server_side: Integration) -> None:
    server_side.answers = [Said({"returned_code": 1})]
    pbx.has(asks(server_side.base))
    call = await pbx.call()
    assert server_side.asked[0][0] == "GET"
    assert urlsplit(server_side.asked[0][1]).path == "/ivr"
    assert query(server_side) == {
        "cdr_id": str(call),
        "start_time": "2026-03-02 12:00:00",
        "input_result": "None",
        "numa": "79161234567",
        "numb": "74951112233",
    }
    assert pbx.ringing(call) == [("anna", "100101")]


async def test_method_address_and_parameters_are_chosen(pbx: Pbx, server_side: Integration) -> None:
    url = f"{server_side.base}/ivr?key=5"
    ivr = {"interactive": {"url": url, "method": "POST", "params": ["numa"]}, "exits": {"failed": "mail"}}
    pbx.has({"ivr": ivr, "mail": MAIL})
    await pbx.call()
    assert server_side.asked[0][:2] == ("POST", "/ivr?key=5&numa=79161234567")


async def test_a_fragment_is_not_for_the_server(pbx: Pbx, server_side: Integration) -> None:
    operations = asks(server_side.base, params=["numa"])
    operations["ivr"]["interactive"]["url"] += "#part"
    pbx.has(operations)
    await pbx.call()
    assert server_side.asked[0][1] == "/ivr?numa=79161234567"


@pytest.mark.parametrize(("code", "who"), [(1, "anna"), (-2, "boris")])
async def test_a_code_leads_to_its_operation(pbx: Pbx, server_side: Integration, code: int, who: str) -> None:
    server_side.answers = [Said({"returned_code": code})]
    pbx.has(asks(server_side.base))
    call = await pbx.call()
    assert [each for each, _number in pbx.ringing(call)] == [who]
    assert pbx.way(call)[0] == ("ivr", str(code))


async def test_numbers_ring_one_after_another(pbx: Pbx, server_side: Integration) -> None:
    server_side.answers = [Said({"phones": ["79030000002", "74999999999", "100201", "nobody", "79030000001"]})]
    pbx.has(asks(server_side.base))
    call = await pbx.call()
    assert pbx.ringing(call) == [("boris", "+79030000002")]
    await pbx.office.pass_time(60)
    assert pbx.ringing(call) == [(None, "+74999999999")], "a telephone outside"
    await pbx.office.pass_time(60)
    assert pbx.ringing(call) == [("anna", "+79030000001")]
    await pbx.does(call, "decline", "anna")
    passed = pbx.operation(call, "ivr")
    assert (passed.exit, passed.reason, pbx.view(call).state) == ("failed", "no_answer", "voice_mail")
    assert {each.number: each.result for each in passed.dialled} == {
        "+79030000002": "operator_not_responsible",
        "+74999999999": "operator_not_responsible",
        "nobody": "numb_not_exists",
        "100201": "employee_phone_inactive",
        "+79030000001": "operator_disconnects",
    }


async def test_an_employee_answers_a_forwarded_call(pbx: Pbx, server_side: Integration) -> None:
    server_side.answers = [
        Said({"phones": ["100101"], "message_name": "1966.mp3", "operator_text": "VIP", "operator_media": "vip.mp3"})
    ]
    pbx.has(asks(server_side.base, message_seconds=3))
    call = await pbx.call()
    assert pbx.ringing(call) == []
    await pbx.office.pass_time(3)
    await pbx.does(call, "answer", "anna")
    passed = pbx.operation(call, "ivr")
    assert (passed.exit, passed.said["message"], passed.said["operator_message"]) == ("talk", "1966.mp3", "vip.mp3")


async def test_a_message_alone_is_played(pbx: Pbx, server_side: Integration) -> None:
    server_side.answers = [Said({"text": "Мы закрыты"})]
    pbx.has(asks(server_side.base, message_seconds=2))
    call = await pbx.call()
    await pbx.office.pass_time(1.9)
    assert pbx.way(call) == [("ivr", None)]
    await pbx.office.pass_time(0.1)
    assert pbx.way(call) == [("ivr", "next"), ("sales", None)]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Said({"returned_code": 9}), "unknown_code"),
        (Said({"returned_code": "1"}), "unknown_answer"),
        (Said({"returned_code": True}), "unknown_answer"),
        (Said({"phones": "79030000001"}), "unknown_answer"),
        (Said({"phones": []}), "unknown_answer"),
        (Said({}), "unknown_answer"),
        (Said([{"returned_code": 1}]), "unknown_answer"),
        (Said(b"<html>"), "unknown_answer"),
        (Said({"returned_code": 1}, status=201), "error"),
        (Said({"returned_code": 1}, status=500), "error"),
        (Said(cut=True), "error"),
    ],
)
async def test_anything_else_leaves_by_failed(pbx: Pbx, server_side: Integration, answer: Said, reason: str) -> None:
    server_side.answers = [answer, answer]  # a GET that is cut off is repeated once by the HTTP client
    pbx.has(asks(server_side.base))
    call = await pbx.call()
    passed = pbx.operation(call, "ivr")
    assert (passed.exit, passed.reason, pbx.view(call).state) == ("failed", reason, "voice_mail")


async def test_nobody_listens_at_the_address(pbx: Pbx) -> None:
    pbx.has(asks("http://127.0.0.1:9"))
    call = await pbx.call()
    assert pbx.operation(call, "ivr").reason == "error"


@pytest.mark.parametrize(("delay", "state"), [(4, "ringing"), (5, "ringing"), (5.1, "voice_mail")])
async def test_no_answer_in_time(pbx: Pbx, server_side: Integration, delay: float, state: str) -> None:
    server_side.answers = [Said({"returned_code": 1}, delay=delay)]
    pbx.has(asks(server_side.base, timeout=5))
    call = await pbx.call()
    await pbx.office.pass_time(5)
    assert pbx.view(call).state == state
    await pbx.office.pass_time(1)
    assert pbx.view(call).state == state
    assert ("late_answer" in pbx.operation(call, "ivr").said) == (state == "voice_mail")


async def test_a_server_is_asked_again_when_its_answer_was_lost_with_the_process(
    pbx: Pbx, server_side: Integration
) -> None:
    server_side.answers = [Said({"returned_code": 1}, delay=1), Said({"returned_code": 1}, delay=1)]
    pbx.has(asks(server_side.base, timeout=5))
    call = await pbx.call()
    await pbx.office.ground.work.close()
    pbx.office.account.resume_deliveries()
    await pbx.office.pass_time(5)
    assert (pbx.operation(call, "ivr").exit, len(server_side.asked)) == ("1", 2)


@pytest.mark.parametrize(
    ("pressed", "waits", "typed"),
    [(["1", "2", "3"], 0, "123"), (["123"], 0, "123"), (["12#"], 0, "12"), (["1"], 5, "1"), ([], 5, "None")],
)
async def test_an_access_code_is_collected_first(
    pbx: Pbx, server_side: Integration, pressed: list[str], waits: float, typed: str
) -> None:
    server_side.answers = [Said({"returned_code": 1})]
    pbx.has(asks(server_side.base, access_code={"length": 3}))
    call = await pbx.call()
    for digits in pressed:
        await pbx.office.pass_time(4.9)
        await pbx.press(call, digits)
    if waits:
        assert server_side.asked == []
        await pbx.office.pass_time(waits)
    assert query(server_side)["input_result"] == typed
    assert pbx.ringing(call) == [("anna", "100101")]


async def test_keys_after_the_question_change_nothing(pbx: Pbx, server_side: Integration) -> None:
    server_side.answers = [Said({"returned_code": 1}, delay=2)]
    pbx.has(asks(server_side.base, access_code={"length": 2}))
    call = await pbx.call()
    await pbx.press(call, "1234")
    assert len(server_side.asked) == 1
    await pbx.office.pass_time(2)
    assert (len(server_side.asked), pbx.ringing(call)) == (1, [("anna", "100101")])


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        ({"url": "ftp://host/"}, "url"),
        ({"url": "/ivr"}, "url"),
        ({"url": "http://[1/"}, "url"),
        ({"method": "PUT"}, "method"),
        ({"params": ["cdr"]}, "params[0]"),
        ({"timeout": 0}, "timeout"),
        ({"access_code": {"length": 0}}, "access_code.length"),
        ({"access_code": {}}, "access_code.length"),
    ],
)
async def test_bad_settings(pbx: Pbx, settings: dict[str, Any], path: str) -> None:
    with pytest.raises(BadRequest) as refusal:
        pbx.has(asks("http://host", **settings))
    assert refusal.value.errors[0].path == f"operations.ivr.interactive.{path}"


async def test_an_exit_is_a_code(pbx: Pbx) -> None:
    with pytest.raises(BadRequest) as refusal:
        pbx.has({"ivr": {"interactive": {"url": "http://host/"}, "exits": {"01": "mail"}}, "mail": MAIL})
    assert refusal.value.errors[0].path == "operations.ivr.exits.01"
