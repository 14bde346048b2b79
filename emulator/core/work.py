"""What of one world is going on while its time stands still.

Every request, delivery and task of a world is a `Piece` of its work. A piece is *active* while it can go on by itself
and *parked* while it waits for the world's clock (a fault's delay, a hang, a sleep) or for an other side that has been
silent for long. The world is quiet when no piece is active. Counting pieces sees what the silence of the event loop
misses: threads, name look-ups, other processes, and it does not wait for other worlds.

The one delicate moment is the hand-over: whoever ends a piece's wait calls `resume` before completing the future, so
that the piece counts as active from that instant on and not only when its task runs again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from typing import Any

_current: ContextVar[Piece | None] = ContextVar("piece of work", default=None)


class Piece:
    """One thing going on, counted from its making to its `end`, or as long as a `with` block lasts.

    `holder` is who waits for its outcome ("integration", "client", or "" for nobody); `awaits_integration`: it is an
    event out, which the integration has to answer.
    """

    _token: Token[Piece | None]
    __slots__ = ("_token", "awaits_integration", "holder", "name", "parked", "task", "work")

    def __init__(self, work: Work, name: str, holder: str, awaits_integration: bool) -> None:
        self.work = work
        self.name = name
        self.holder = holder
        self.awaits_integration = awaits_integration
        self.parked = False
        self.task: asyncio.Task[Any] | None = None
        work.pieces.add(self)
        work.changed(self)

    def __enter__(self) -> Piece:
        self._token = _current.set(self)
        return self

    def __exit__(self, *_exc: object) -> None:
        _current.reset(self._token)
        self.end()

    def end(self) -> None:
        """It is over; a second time does nothing."""
        if self in self.work.pieces:
            self.work.pieces.remove(self)
            self.work.changed(self)

    def park(self) -> None:
        """From now on only the world's time (or the other side giving up) can move this piece."""
        if not self.parked:
            self.parked = True
            self.task = asyncio.current_task()
            self.work.changed(self)

    def resume(self) -> None:
        if self.parked:
            self.parked = False
            self.work.changed(self)


class Work:
    """All pieces of one world. `generation` grows with every change of a piece that is no request of the integration,
    so two equal readings mean that nothing happened but what the integration asked."""

    def __init__(self) -> None:
        self.pieces: set[Piece] = set()
        self.generation = 0
        self.failures: list[BaseException] = []
        self._tasks: set[asyncio.Task[Any]] = set()
        self._waiters: list[asyncio.Future[None]] = []

    def piece(self, name: str, holder: str = "") -> Piece:
        """A new piece, for use in a `with` statement: the block is what is going on."""
        return Piece(self, name, holder, awaits_integration=False)

    def spawn(self, action: Coroutine[Any, Any, None], name: str, *, awaits_integration: bool = False) -> None:
        """Run `action` as a piece of its own, active from this instant. An exception surfaces at the next settle."""
        piece = Piece(self, name, "", awaits_integration)

        async def run() -> None:
            _current.set(piece)
            try:
                await action
            except Exception as failure:
                self.failures.append(failure)
            finally:
                piece.end()

        def over(done: asyncio.Task[Any]) -> None:
            self._tasks.discard(done)
            action.close()  # a task that is cancelled before its first step never gets as far as `run`
            piece.end()

        task = asyncio.get_running_loop().create_task(run(), name=name)
        self._tasks.add(task)
        task.add_done_callback(over)

    def changed(self, piece: Piece | None = None) -> None:
        """A piece began, ended, parked or resumed; None: something was pushed."""
        self.generation += piece is None or piece.holder != "integration"
        if not self._waiters:
            return
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    def active(self) -> list[Piece]:
        """Pieces that can go on by themselves, deliveries to the integration aside: it is asked about those."""
        return [piece for piece in self.pieces if not piece.parked and not piece.awaits_integration]

    def delivering(self) -> bool:
        """Whether the integration has been sent something that it has not answered."""
        return any(piece.awaits_integration and not piece.parked for piece in self.pieces)

    def held_for(self, holder: str) -> int:
        """How many requests of `holder` are held back on the world's clock."""
        return sum(1 for piece in self.pieces if piece.parked and piece.holder == holder)

    async def quiet(self) -> None:
        """Return when no piece is active and no delivery is open that the integration could answer by itself."""
        while self.active() or (self.delivering() and not self.held_for("integration")):
            await self.change()

    def change(self) -> asyncio.Future[None]:
        """Done when something begins, ends, parks or resumes."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        return waiter

    async def close(self) -> None:
        """Cancel what is still running, requests that are held back too; used when a world goes away or back."""
        await one_turn()  # a task that has not taken its first step could not clean up after itself
        held = [piece.task for piece in self.pieces if piece.parked and piece.task is not None]
        tasks = {*self._tasks, *held}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def current_piece() -> Piece | None:
    """The piece that the running task belongs to."""
    return _current.get()


async def parked_until(start: Callable[[Callable[[], None]], Callable[[], None]]) -> None:
    """Park the current piece until somebody calls the function handed to `start`.

    `start(resume)` arranges for `resume()` to be called and returns a function that takes the arrangement back.
    """
    piece = current_piece()
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def resume() -> None:
        if not future.done():
            if piece:
                piece.resume()
            future.set_result(None)

    withdraw = start(resume)
    if piece:
        piece.park()
    try:
        await future
    finally:
        withdraw()
        if piece:
            piece.resume()


@contextmanager
def parked_when_silent(limit: float) -> Iterator[None]:
    """Park the current piece when the block takes longer than `limit` real seconds, until it ends.

    For a block that waits for somebody outside. A transport guard: it decides no more than whether the world is quiet.
    When this process itself was held up meanwhile, whoever is outside gets the time anew: the answer may lie there.
    """
    piece = current_piece()
    assert piece is not None
    silence = _Silence(piece, limit)
    try:
        yield
    finally:
        silence.over()
        piece.resume()


class _Silence:
    """Parks a piece after `limit` real seconds, unless it is over before."""

    def __init__(self, piece: Piece, limit: float) -> None:
        self._piece = piece
        self._limit = limit
        self._wait()

    def _wait(self) -> None:
        self._watching = asyncio.get_running_loop().call_later(self._limit, self._fall)

    def _fall(self) -> None:
        late = asyncio.get_running_loop().time() - self._watching.when()
        if late > self._limit / 4:
            self._wait()
        else:
            self._piece.park()

    def over(self) -> None:
        self._watching.cancel()


async def hang() -> None:
    """Park the current piece for good: only cancellation (the other side gave up) ends it."""
    await parked_until(lambda _resume: lambda: None)


async def one_turn() -> None:
    """Let everything that is ready in the loop run once."""
    loop = asyncio.get_running_loop()
    turn: asyncio.Future[None] = loop.create_future()
    loop.call_soon(turn.set_result, None)
    await turn
