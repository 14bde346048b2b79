"""One attempt to deliver something over HTTP, with the fault that may spoil it: for events and for webhooks.

The limit for the answer is world time; a fault of phase `before` keeps the receiver from seeing the request. A receiver
that takes the request and says nothing does not keep the world from settling, so that its limit can pass.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from functools import partial

import aiohttp

from emulator.core.faults import Fault
from emulator.core.ground import Ground
from emulator.core.work import parked_when_silent

Outcome = tuple[int, str]
"""(status, what happened); the status is 0 when there was no answer."""

Send = Callable[[], Awaitable[Outcome]]

SILENT_AFTER = 2.0
"""Real seconds without an answer after which only the world's time, or the answer, moves an attempt.

What amoCRM itself gives a receiver, and well below the limit of settle.
"""


class Attempts:
    """Makes attempts of one kind. `awaits_integration`: it is the integration that has to answer them."""

    def __init__(
        self,
        ground: Ground,
        session: Callable[[], aiohttp.ClientSession],
        answer_within: timedelta,
        *,
        awaits_integration: bool,
    ) -> None:
        self._ground = ground
        self._session = session
        self._answer_within = answer_within
        self._awaits_integration = awaits_integration

    async def post(
        self, url: str, headers: Mapping[str, str], body: bytes, *, follow_redirects: bool = True
    ) -> Outcome:
        """Send `body`. A redirect that is not followed is the answer.

        An answer that comes while the world is being copied or put back waits for its end.
        """
        request = partial(self._session().post, url, data=body, headers=headers, allow_redirects=follow_redirects)
        outcome = await self._outcome(request)
        await self._ground.gate.passed()
        return outcome

    async def _outcome(self, request: Callable[[], AbstractAsyncContextManager[aiohttp.ClientResponse]]) -> Outcome:
        try:
            with parked_when_silent(SILENT_AFTER):
                async with self._ground.clock.timeout(self._answer_within), request() as answer:
                    return answer.status, f"HTTP {answer.status}"
        except TimeoutError:
            return self._silence
        except (aiohttp.ClientError, asyncio.IncompleteReadError, OSError, ValueError) as error:
            return 0, type(error).__name__

    async def spoiled(self, fault: Fault, send: Send, name: str) -> Outcome:
        """An attempt with the fault in it. `send` makes the undisturbed one; `name` is for those that come too late."""
        action = fault.request.action
        if action.duplicate is not None:
            return [await send() for _ in range(action.duplicate + 1)][-1]
        answer = await send() if fault.request.phase == "after" else None
        if action.delay is not None:
            return await self._late(send, name, timedelta(seconds=action.delay), answer)
        if action.hang:
            return await self._no_answer()
        return (action.status, "answered by a fault") if action.status else (0, "the connection was reset")

    async def _late(self, send: Send, name: str, delay: timedelta, answer: Outcome | None) -> Outcome:
        """Request (no `answer` yet) or answer come late; beyond the limit the sender has stopped waiting for it."""
        if delay < self._answer_within:
            await self._ground.clock.sleep(delay)
            return answer or await send()
        if answer is None:
            late = self._straggler(send, delay)
            self._ground.work.spawn(late, f"late {name}", awaits_integration=self._awaits_integration)
        return await self._no_answer()

    async def _straggler(self, send: Send, delay: timedelta) -> None:
        """A request that arrives after it has been given up: nobody reads its answer."""
        await self._ground.clock.sleep(delay)
        await send()

    async def _no_answer(self) -> Outcome:
        await self._ground.clock.sleep(self._answer_within)
        return self._silence

    @property
    def _silence(self) -> Outcome:
        return 0, f"no answer within {self._answer_within}"
