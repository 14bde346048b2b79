"""`list.calls` and `list.talk_options` (facts §2.2)."""

from __future__ import annotations

from typing import Any

from tests.unit.telephony.call_api.asking import TEXT, begun, data, ready, talk
from tests.unit.telephony.conftest import CONTACT, MAIN, SILENT, Office


async def states(office: Office) -> list[str]:
    return [leg["state"] for leg in (await data(office, "list.calls"))[-1]["legs"]]


async def test_a_call_with_its_lines(office: Office) -> None:
    call = await talk(office, external_id="order 7", show_virtual_phone_number=False)
    legs = office.account.calls.get(call).legs
    assert await data(office, "list.calls") == [
        {
            "call_session_id": call,
            "direction": "out",
            "start_time": "2026-03-02T12:00:00.000",
            "virtual_phone_number": MAIN[1:],
            "contact_phone_number": CONTACT[1:],
            "external_id": "order 7",
            "tags": [],
            "legs": [
                {
                    "leg_id": legs[0].id,
                    "calling_phone_number": CONTACT[1:],
                    "called_phone_number": "100101",
                    "is_operator": True,
                    "employee_id": office.id_of("anna"),
                    "employee_full_name": "Anna",
                    "record_call_enabled": True,
                    "state": "Разговор",
                },
                {
                    "leg_id": legs[1].id,
                    "calling_phone_number": MAIN[1:],
                    "called_phone_number": CONTACT[1:],
                    "is_operator": False,
                    "employee_id": None,
                    "employee_full_name": None,
                    "record_call_enabled": True,
                    "state": "Разговор",
                },
            ],
        }
    ]


async def test_only_calls_that_go_on_oldest_first(office: Office) -> None:
    await office.pass_time(0.418)
    calls = [await begun(office), office.account.calls.place("in", None, SILENT), await begun(office)]
    await data(office, "release.call", call_session_id=calls[0])
    found = await data(office, "list.calls")
    assert [each["call_session_id"] for each in found] == calls[1:]
    assert found[0]["start_time"] == "2026-03-02T12:00:00.418"
    assert (found[0]["contact_phone_number"], found[0]["external_id"]) == (None, None)


async def test_what_is_asked_for(office: Office) -> None:
    out, incoming = await begun(office), office.account.calls.place("in", CONTACT, SILENT)

    async def found(**given: Any) -> list[int]:
        return [each["call_session_id"] for each in await data(office, "list.calls", **given)]

    assert await found() == await found(direction=None) == [out, incoming]
    assert await found(direction="out") == await found(virtual_phone_number=MAIN[1:]) == [out]
    assert await found(direction="in") == await found(virtual_phone_number=SILENT[1:]) == [incoming]
    assert await found(direction="in", virtual_phone_number=MAIN[1:]) == []


async def test_the_states_of_lines(office: Office) -> None:
    ready(office, "anna", after=5)
    ready(office, "contact", after=5)
    call = await begun(office)
    assert await states(office) == ["Дозвон"]
    await office.pass_time(5)
    assert await states(office) == ["На очереди", "Дозвон"]
    await office.pass_time(5)
    assert await states(office) == ["Разговор", "Разговор"]
    await data(office, "hold.call", call_session_id=call, contact_message=TEXT)
    assert await states(office) == ["На удержании", "На удержании"]
    await data(office, "make.call", call_session_id=call, to="100202")
    assert await states(office) == ["На удержании", "На удержании", "Дозвон"]
    await data(office, "transfer.talk", call_session_id=call)
    assert await states(office) == ["Разъединено", "Перевод вызова", "Дозвон"]
    office.do(call, "answer", who="boris")
    assert await states(office) == ["Разъединено", "Разговор", "Разговор"]


async def test_colleagues_among_themselves(office: Office) -> None:
    call = await talk(office)
    await data(office, "hold.call", call_session_id=call, contact_message=TEXT)
    await data(office, "make.call", call_session_id=call, to="100202")
    office.do(call, "answer", who="boris")
    assert await states(office) == ["Разговор операторов", "На удержании", "Разговор операторов"]


async def test_keys_are_sent_to_the_contact_behind_the_number(office: Office) -> None:
    await talk(office, dtmf_string=".1..2")
    item = (await data(office, "list.calls"))[0]
    assert [leg["called_phone_number"] for leg in item["legs"]] == ["100101", f"{CONTACT[1:]}.1..2"]
    assert await states(office) == ["Разговор", "Отправка dtmf"]
    await office.pass_time(2.999)
    assert await states(office) == ["Разговор", "Отправка dtmf"]
    await office.pass_time(0.001)
    assert await states(office) == ["Разговор", "Разговор"]


async def test_a_consultation_is_recorded_as_the_colleague_s_line_is(office: Office) -> None:
    call = await talk(office)
    await data(office, "hold.call", call_session_id=call, contact_message=TEXT)
    await data(office, "make.call", call_session_id=call, to="100202")
    legs = (await data(office, "list.calls"))[0]["legs"]
    assert [leg["record_call_enabled"] for leg in legs] == [True, True, False]


async def test_the_talk_options_of_the_account(office: Office) -> None:
    assert await data(office, "list.talk_options") == [
        {"button": "*1", "mnemonic": "record_talk", "name": "Диктофон", "button_value": {}},
        {"button": "*2", "mnemonic": "tag_call", "name": "Проставить тег", "button_value": {}},
        {"button": "*3", "mnemonic": "transfer_call", "name": "Трансфер", "button_value": {}},
        {"button": "*4", "mnemonic": "finish_conversation", "name": "Завершить разговор", "button_value": {}},
    ]
