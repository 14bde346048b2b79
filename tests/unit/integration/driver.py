"""The integration on a port, and what the tests do with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from integration.app import create_app
from tests.unit.integration.stub_amocrm import StubAmo

NOON = "2026-03-02T09:00:00+00:00"
OLGA, RITA, ANNA, BORIS = 501, 502, 503, 504
EMPLOYEE_ANNA, EMPLOYEE_BORIS, EMPLOYEE_VIKTOR = 7, 8, 9
KNOWN = "+79160000001"
UNKNOWN = "+79161234567"


class Bench:
    """One integration application, one tenant `w1` unless another is named."""

    def __init__(self, amo: StubAmo, session: aiohttp.ClientSession, data: Path | None = None) -> None:
        self.amo = amo
        self.session = session
        self.data = data
        self.url = ""
        self.tenant = "w1"
        self._runner: web.AppRunner | None = None
        self._calls: dict[int, int] = {}

    async def start(self) -> Bench:
        self.app = create_app(self.data)
        self._runner = web.AppRunner(self.app, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.session.request(method, self.url + path, json=body, headers=names) as answer:
            return answer.status, await answer.json(content_type=None) if answer.status != 204 else None

    async def sut(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        status, said = await self.ask(method, f"/_sut/tenants/{self.tenant}{path}", body, **headers)
        assert status < 300, said
        return said

    def connect_body(self, **changes: Any) -> dict[str, Any]:
        amocrm = {
            "base_url": self.amo.base_url,
            "client_id": "client",
            "client_secret": "secret-of-client, long enough to sign with",
            "redirect_uri": "https://example.test/redirect",
            "code": "good-code",
        }
        telephony = {"data_api_url": f"{self.amo.base_url}/v2.0", "call_api_url": "http://t/v4.0"}
        telephony |= {"access_token": "telephony-token", "events_secret": "events-secret"}
        links = [{"employee_id": EMPLOYEE_ANNA, "user_id": ANNA}, {"employee_id": EMPLOYEE_BORIS, "user_id": BORIS}]
        body: dict[str, Any] = {"amocrm": amocrm, "telephony": telephony, "timezone": "Europe/Moscow"}
        body |= {"connecting_user": OLGA, "employees": links, "clock": {"kind": "manual", "now": NOON}}
        return body | changes

    async def connect(self, mode: str = "contact", **settings: Any) -> None:
        await self.sut("PUT", "", self.connect_body())
        await self.settled()
        await self.sut(
            "PATCH", "/settings", {"calls.primary_mode": mode, "calls.responsible_user_id": RITA, **settings}
        )

    async def event(self, mnemonic: str, call: int = 81, phone: str | None = UNKNOWN, **more: Any) -> tuple[int, Any]:
        number = self._calls[call] = self._calls.get(call, 0) + 1
        event = {
            "event_id": f"{call}:{number}",
            "notification_mnemonic": mnemonic,
            "notification_timestamp": 1772442000000,
            "call_session_id": call,
            "communication_id": call + 1000,
            "direction": "in",
            "contact_phone_number": phone,
            "virtual_phone_number": "+74951112233",
            "start_time": "2026-03-02 12:00:00",
            "is_internal": False,
            "vendor_variable": "kept",
        } | more
        return await self.send(event)

    async def send(self, event: dict[str, Any], secret: str = "events-secret") -> tuple[int, Any]:
        path = f"/telephony/{self.tenant}/events"
        return await self.ask("POST", path, event, Authorization=f"Bearer {secret}")

    async def arrive(self, call: int = 81, phone: str | None = UNKNOWN, **more: Any) -> None:
        mnemonic = (
            "out_call_session" if more.get("direction") == "out" or more.get("is_internal") else "in_call_session"
        )
        status, said = await self.event(mnemonic, call, phone, **more)
        assert status == 200, said

    async def finish(self, call: int = 81, phone: str | None = UNKNOWN, by: int | None = None, **more: Any) -> None:
        facts = {"is_lost": by is None, "is_voice_mail": False, "first_answered_employee_id": by}
        facts |= {"first_talked_employee_id": by, "talk_time_duration": 40 if by else 0, "wait_time_duration": 10}
        facts |= {"total_time_duration": 50, "record_file_links": ["https://talk.test/81.mp3"] if by else []}
        status, said = await self.event("call_session_finished", call, phone, **(facts | more))
        assert status == 200, said

    async def idle(self, wait: int | None = None) -> tuple[int, int, str | None]:
        said = await self.sut("GET", "/idle", **({"Prefer": f"wait={wait}"} if wait is not None else {}))
        return said["busy"], said["awaiting"], said["next"]

    async def settled(self) -> None:
        """Until nothing goes on but the timers; requests that the stub holds back are not waited for."""
        while True:
            busy, awaiting, _ = await self.idle(5)
            if busy == 0 and awaiting == self.amo.open_now:
                return

    async def advance(self, to: str) -> Any:
        said = await self.sut("POST", "/clock", {"to": to})
        await self.settled()
        return said

    async def advance_to_next(self) -> str:
        _, _, due = await self.idle()
        assert due is not None
        await self.advance(due)
        return due

    async def decisions(self, since: int = 0) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await self.sut("GET", f"/decisions?since={since}")
        return found
