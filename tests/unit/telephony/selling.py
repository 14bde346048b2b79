"""What the tests of tags, sales, deals and forms begin with: sites, and communications that came from them."""

from __future__ import annotations

from typing import Any

from emulator.core.instants import micros
from emulator.telephony.marketing.origin import Origin
from tests.unit.telephony.conftest import CONTACT, Office


def site(office: Office, key: str = "main", *, counts_sales: bool = True) -> int:
    """A site, with «Учитывать продажи» on or off."""
    row = {
        "key": key,
        "domain_name": f"{key}.test",
        "name": key,
        "sales_enabled": counts_sales,
        "target_call_min_duration": 30,
        "second_communication_period": 1,
        "reservation_time": "15m",
        "created_at": now(office),
    }
    return office.account.database.insert("sites", row)


def count_sales(office: Office, site_id: int, *, on: bool) -> None:
    """Switch «Учитывать продажи»."""
    office.account.database.update("sites", site_id, {"sales_enabled": on})


def call(office: Office, site_id: int | None = None, phone: str | None = CONTACT) -> int:
    """A communication of the type `call` that begins now, of that site or of none."""
    return office.account.communications.begin("call", now(office), phone=phone, origin=Origin(site_id=site_id))


def now(office: Office) -> int:
    return micros(office.ground.clock.now())


async def refused(office: Office, method: str, **params: Any) -> tuple[str, str | None]:
    """(mnemonic, field) of an answer that has to be a refusal."""
    answer = await office.ask(method, **params)
    assert "result" not in answer, answer
    data = answer["error"]["data"]
    return data["mnemonic"], data["field"]


async def done(office: Office, method: str, **params: Any) -> Any:
    """`data` of an answer that has to be a success."""
    answer = await office.ask(method, **params)
    assert "error" not in answer, answer
    return answer["result"]["data"]
