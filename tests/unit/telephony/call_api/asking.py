"""A client of the Call API, and calls in each of its states."""

from __future__ import annotations

from typing import Any

import orjson

from emulator.telephony.engine.readiness import Readiness
from emulator.telephony.engine.routing import Undirected
from emulator.telephony.engine.step import Step
from emulator.telephony.rpc_errors import CATALOGUE
from tests.unit.telephony.conftest import CONTACT, MAIN, Office

PARTNER = "+79261112233"
TEXT = {"type": "tts", "value": "Один момент"}


async def ask(office: Office, method: str, **params: Any) -> dict[str, Any]:
    """The whole answer, over TCP."""
    given = {"access_token": office.account.issue_token("client"), **params}
    body = {"jsonrpc": "2.0", "id": "req1", "method": method, "params": given}
    async with office.session.post(f"{office.url}/v4.0", data=orjson.dumps(body)) as answer:
        assert answer.status == 200
        said: dict[str, Any] = orjson.loads(await answer.read())
    await office.settle()
    return said


async def data(office: Office, method: str, **params: Any) -> Any:
    """What a request that succeeds answers."""
    said = await ask(office, method, **params)
    assert "error" not in said, said
    return said["result"]["data"]


async def refused(office: Office, method: str, **params: Any) -> tuple[str, int, str | None]:
    """(mnemonic, code, field) of a refusal."""
    said = await ask(office, method, **params)
    assert "error" in said, said
    error = said["error"]
    assert error["data"]["mnemonic"] in CATALOGUE
    return error["data"]["mnemonic"], error["code"], error["data"]["field"]


def employee_call(office: Office, **changes: Any) -> dict[str, Any]:
    """The parameters of an employee call of Anna's; None leaves a parameter out."""
    given = {
        "first_call": "employee",
        "virtual_phone_number": MAIN.removeprefix("+"),
        "contact": CONTACT.removeprefix("+"),
        "employee": {"id": office.id_of("anna")},
        "direction": "out",
        **changes,
    }
    return {name: value for name, value in given.items() if value is not None}


def simple_call(**changes: Any) -> dict[str, Any]:
    given = {
        "first_call": "operator",
        "virtual_phone_number": MAIN.removeprefix("+"),
        "contact": CONTACT.removeprefix("+"),
        "operator": PARTNER.removeprefix("+"),
        **changes,
    }
    return {name: value for name, value in given.items() if value is not None}


async def begun(office: Office, method: str = "start.employee_call", **params: Any) -> int:
    """The id of a call that was begun; without parameters an employee call of Anna's."""
    if method == "start.employee_call":
        params = employee_call(office, **params)
    call: int = (await data(office, method, **params))["call_session_id"]
    return call


def ready(office: Office, who: str, does: Any = "answer", after: float = 0, talks: float | None = None) -> None:
    """`who` is an employee's name, `contact` or a number."""
    is_outside = who == "contact" or who.startswith("+")
    key = who if is_outside else f"employee:{office.id_of(who)}"
    office.account.people.set(key, Readiness(does, after, talks))


async def talk(office: Office, **params: Any) -> int:
    """An employee call in which Anna and the contact have just begun to talk."""
    ready(office, "anna")
    ready(office, "contact")
    call = await begun(office, **params)
    await office.pass_time(0)
    assert office.account.calls.get(call).state == "talking"
    return call


def lines(office: Office, call: int) -> list[tuple[str, str | None, str]]:
    """(who, number, state) of every line, oldest first."""
    legs = office.account.calls.get(call).legs
    return [(office.name_of(leg.employee_id) or leg.role, leg.number, leg.state) for leg in legs]


def add_scenario(office: Office, name: str, number: str | None = None) -> int:
    """A scenario that rings Anna, for calls to `number`."""
    operations = {"sales": {"employees": [office.id_of("anna")]}}
    document = {"numbers": [number] if number else [], "first": "sales", "operations": operations}
    return office.account.scenarios.put(name, document).id


class ToAnna(Undirected):
    """A routing that rings Anna and gives up when she does not answer."""

    def __init__(self, office: Office) -> None:
        self.anna = office.id_of("anna")
        self.led: list[int | None] = []
        office.account.engine.routing = self

    def arrived(self, step: Step) -> None:
        self.led.append(step.session.scenario_id)
        step.session.is_routed = True
        phone = step.staff.active_phone(self.anna)
        assert phone is not None
        step.dial(phone, rings_out=True)

    def rang_out(self, step: Step, leg: Any) -> None:
        step.to_voice_mail()

    def answered(self, step: Step, leg: Any) -> None:
        step.session.is_routed = False

    def pressed(self, step: Step, digits: str) -> None:
        raise AssertionError("nobody presses anything")

    def taken_over(self, step: Step) -> None:
        raise AssertionError("nobody takes over")


def add_tag(office: Office, name: str) -> int:
    """The id of a new tag."""
    return office.account.tags.create(name)
