"""Calls: what callers and employees do, and what the telephony keeps of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import timedelta

from features.driver.requests import Json, Refused, Requests
from features.listening import who_is_heard


class Calls(Requests):
    """The verbs of a call."""

    # How calls begin

    async def call_arrives(self, phone: str | None, to: str = "main") -> Json:
        """Somebody calls one of the company's numbers."""
        return await self._control("POST", "/calls", {"direction": "in", "from": phone, "to": self.number(to)})

    async def visitor_calls(self, phone: str, site: str) -> Json:
        """Somebody opens a site and calls the number that they see there."""
        visit = await self._control("POST", "/visits", {"site": site})
        return await self._control("POST", "/calls", {"direction": "in", "from": phone, "to": visit["number"]})

    async def calls_number(self, phone: str, number: str) -> Json:
        """Somebody calls the company's number that is called or written so."""
        return await self._control("POST", "/calls", {"direction": "in", "from": phone, "to": number})

    async def employee_calls(self, who: str, colleague: str) -> Json:
        """An employee calls a colleague by the short number; it rings at once."""
        return await self._control("POST", "/calls", {"direction": "internal", "from": who, "to": colleague})

    async def employee_dials(self, who: str, number: str) -> Json:
        """An employee dials a number by their own telephone; the other one rings at once."""
        return await self._control("POST", "/calls", {"direction": "out", "kind": "dial", "from": who, "to": number})

    async def employee_clicks(self, who: str, number: str) -> Json:
        """An employee clicks a number in amoCRM: their telephone rings, and once they answer the other one."""
        return await self._control("POST", "/calls", {"direction": "out", "kind": "click", "from": who, "to": number})

    async def visitor_orders_callback(self, phone: str, site: str) -> Json:
        """Somebody leaves their number on a site to be called; employees are rung first, the visitor after that."""
        visit = await self._control("POST", "/visits", {"site": site})
        order = {"direction": "in", "kind": "callback", "from": phone, "to": visit["number"]}
        return await self._control("POST", "/calls", order)

    # How they go on

    async def rings(self, call: int, *people: str) -> Json:
        return await self._verb(call, "ring", {"who": list(people)})

    async def answers(self, call: int, who: str) -> Json:
        return await self._verb(call, "answer", {"who": who})

    async def declines(self, call: int, who: str) -> Json:
        return await self._verb(call, "decline", {"who": who})

    async def does_not_answer(self, call: int, who: str) -> Json:
        return await self._verb(call, "no_answer", {"who": who})

    async def is_busy(self, call: int, who: str) -> Json:
        return await self._verb(call, "busy", {"who": who})

    async def hands_over(self, call: int, who: str, colleague: str) -> Json:
        """A transfer without talking to the colleague first."""
        return await self._verb(call, "transfer", {"by": who, "to": colleague, "kind": "blind"})

    async def holds(self, call: int, who: str) -> Json:
        return await self._verb(call, "hold", {"who": who})

    async def goes_back(self, call: int, who: str) -> Json:
        """To whom was put on hold; a colleague who was consulted leaves."""
        return await self._verb(call, "resume", {"who": who})

    async def consults(self, call: int, who: str, colleague: str) -> Json:
        """A colleague is rung while the other party is on hold."""
        return await self._verb(call, "consult", {"by": who, "to": colleague})

    async def connects(self, call: int, who: str, colleague: str) -> Json:
        """A transfer to the colleague who was consulted."""
        return await self._verb(call, "transfer", {"by": who, "to": colleague, "kind": "attended"})

    async def presses(self, call: int, who: str, keys: str) -> Json:
        return await self._verb(call, "dtmf", {"who": who, "digits": keys})

    async def voice_mail_takes(self, call: int) -> Json:
        return await self._verb(call, "voicemail", {})

    async def hangs_up(self, call: int, who: str = "contact") -> Json:
        return await self._verb(call, "hangup", {"who": who})

    async def together(self, *verbs: Awaitable[Json]) -> list[Json]:
        """Several things at the same instant."""
        return list(await asyncio.gather(*verbs))

    async def _verb(self, call: int, verb: str, body: Json) -> Json:
        return await self._control("POST", f"/calls/{call}/{verb}", body)

    # What the telephony knows of them

    async def calls(self) -> list[Json]:
        """All calls, in the order in which they came."""
        return list((await self._control("GET", "/calls"))["calls"])

    async def call(self, call: int) -> Json:
        """The call as the telephony sees it now."""
        return await self._control("GET", f"/calls/{call}")

    async def ringing(self, call: int, who: str) -> str | None:
        """The number at which somebody is rung now."""
        legs = (await self.call(call))["legs"]
        return next((leg["number"] for leg in legs if (leg["who"], leg["state"]) == (who, "ringing")), None)

    async def operations_of_call(self, call: int) -> list[Json]:
        """The way of the call through its scenario, as the call details tell it."""
        return list((await self._control("GET", f"/calls/{call}/details"))["operations"])

    # Recordings

    async def recording(self, call: int) -> Json:
        """What the telephony says of the recording: its links, when the file is there, who has which tone."""
        return await self._control("GET", f"/calls/{call}/recording")

    async def hears(self, call: int, link: str | None = None) -> list[tuple[set[str], float]]:
        """Who is heard for how many seconds, one after the other, in the file of the recording; with a `link` in that
        one, which is of the same call. Nobody where there is no recording."""
        said = await self.recording(call)
        link = link or said["link"]
        if link is None:
            return []
        async with self.http.get(link) as answer:
            wav = await answer.read()
        if answer.status >= 400:
            raise Refused(f"GET {link} answered {answer.status}: {wav.decode()}", answer.status)
        heard = who_is_heard(wav, said["speakers"])
        return [(set(who), round(until - since, 1)) for since, until, who in heard]

    async def can_be_heard(self, call: int) -> bool:
        """Whether the file of the recording is there by now."""
        async with self.http.get((await self.recording(call))["link"]) as answer:
            if answer.status not in (200, 404):
                raise Refused(f"GET {answer.url} answered {answer.status}", answer.status)
            return answer.status == 200

    async def record_line(self, who: str, *, on: bool) -> None:
        """Whether what is talked on somebody's SIP line is recorded."""
        lines = (await self._control("GET", "/telephony/lines"))["lines"]
        (login,) = (line["login"] for line in lines if line["who"] == who)
        await self._control("PATCH", f"/telephony/lines/{login}", {"record": on})

    async def recordings_take(self, delay: timedelta) -> None:
        """From now on the file of a recording is there so long after the end of its call."""
        await self._control("PATCH", "/recordings", {"recording_delay": delay.total_seconds()})

    # How calls are handled

    async def number_leads_to(self, **operations: Json) -> None:
        """Calls of the main number go through a scenario of these operations from now on, beginning with the first."""
        scenario = {"numbers": ["main"], "first": next(iter(operations)), "operations": operations}
        await self._control("PUT", "/scenarios/main", scenario)

    async def block_talk_options(self, direction: str, span: timedelta) -> None:
        """For so long no talk option works in calls of the direction, `in` or `out`."""
        await self._control("PATCH", "/telephony/options", {f"block_{direction}": int(span.total_seconds())})
