"""Each way in which the silence of the event loop is known to fail, and settle in the same spot."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Awaitable, Callable
from datetime import timedelta

import aiohttp
import pytest
import websockets

from emulator.core.errors import Unavailable
from emulator.core.ground import Ground
from emulator.core.settle import Idleness, settle
from emulator.core.work import Work, hang, one_turn
from emulator.stand.integration_link import IntegrationLink


async def loop_silence(turns: int = 20) -> None:
    """What settle must not rest on: that the loop had nothing to do for some turns."""
    for _ in range(turns):
        await one_turn()


async def told_apart(work: Work, action: Callable[[], Awaitable[None]]) -> tuple[bool, bool]:
    """(silence saw the end, settle saw the end) of something spawned."""
    done = False

    async def act() -> None:
        nonlocal done
        await action()
        done = True

    work.spawn(act(), "action")
    await loop_silence()
    silence_saw_it = done
    await settle(work, None, [])
    return silence_saw_it, done


@pytest.mark.usefixtures("threads_end")
async def test_a_thread_is_waited_for() -> None:
    gate = threading.Event()

    async def in_a_thread() -> None:
        loop = asyncio.get_running_loop()
        loop.call_later(0.03, gate.set)
        await loop.run_in_executor(None, gate.wait)

    assert await told_apart(Work(), in_a_thread) == (False, True)


@pytest.mark.usefixtures("threads_end")
async def test_a_name_look_up_is_waited_for() -> None:
    """A look-up runs in a thread; whether silence misses it depends on luck, settle does not."""

    async def look_up() -> None:
        await asyncio.get_running_loop().getaddrinfo("localhost", 80)

    for _ in range(50):
        assert (await told_apart(Work(), look_up))[1]


PROCESS = """
import http.server, json, threading, time
state = {"busy": 0, "done": False}
class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, body):
        raw = json.dumps(body).encode()
        self.send_response(200); self.send_header("Content-Length", str(len(raw))); self.end_headers()
        self.wfile.write(raw)
    def do_GET(self):
        self.answer(state if self.path == "/state" else {"busy": state["busy"], "awaiting": 0, "next": None})
    def do_POST(self):
        state["busy"] = 1
        def work():
            time.sleep(0.05); state.update(done=True, busy=0)
        threading.Thread(target=work).start()
        self.answer({})
    def log_message(self, *_): pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
"""


async def test_an_integration_in_another_process_is_waited_for(ground: Ground) -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", PROCESS, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    url = f"http://127.0.0.1:{int(await process.stdout.readline())}"
    async with aiohttp.ClientSession() as session:
        link = IntegrationLink(url, "t", "secret", ground.clock, lambda: session)
        link.connected = True
        link.capabilities = type(link.capabilities)(clock=False, idle=True, decisions=False, snapshot=False)

        async def done() -> bool:
            async with session.get(f"{url}/state") as answer:
                return (await answer.json(content_type=None))["done"]

        async with session.post(f"{url}/event"):
            pass
        await loop_silence()
        assert not await done()
        await settle(ground.work, link, [])
        assert await done()
    process.kill()
    await process.communicate()


async def test_another_world_that_never_rests_does_not_hold_this_one() -> None:
    mine, other = Work(), Work()

    async def forever() -> None:
        while True:
            await loop_silence(1)

    other.spawn(forever(), "chatter")
    mine.spawn(loop_silence(3), "mine")
    await settle(mine, None, [], limit=1)
    await other.close()


async def test_a_frame_on_its_way_through_a_websocket_is_waited_for() -> None:
    received: list[str] = []
    sockets: list[websockets.ServerConnection] = []
    connected = asyncio.Event()

    async def page(socket: websockets.ServerConnection) -> None:
        sockets.append(socket)
        connected.set()
        await socket.wait_closed()

    async with websockets.serve(page, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with websockets.connect(f"ws://127.0.0.1:{port}") as client:
            await connected.wait()

            async def read() -> None:
                async for message in client:
                    received.append(str(message))

            async def barrier() -> None:
                await (await sockets[0].ping())

            reader = asyncio.create_task(read())
            await sockets[0].send("pop-up")
            await settle(Work(), None, [barrier])
            assert received == ["pop-up"]
            await client.close()
            await reader


async def test_a_socket_that_closes_meanwhile_hides_no_other() -> None:
    passed: list[str] = []
    barriers: list[Callable[[], Awaitable[None]]] = []

    async def closing() -> None:
        barriers.remove(closing)

    async def other() -> None:
        passed.append("other")

    barriers += [closing, other]
    await settle(Work(), None, barriers)
    assert passed == ["other"]


async def ended(request: asyncio.Future[None]) -> None:
    """The other side gave up."""
    request.cancel()
    await asyncio.gather(request, return_exceptions=True)


class Says:
    """An integration that answers idle questions from a list, the last one for ever."""

    def __init__(self, *answers: tuple[int, int]) -> None:
        self.answers = list(answers)

    async def idleness(self, held: int) -> Idleness:
        return Idleness(*(self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]))


async def test_a_request_held_on_the_clock_does_not_count(ground: Ground) -> None:
    async def held() -> None:
        with ground.work.piece("GET /contacts", "integration"):
            await ground.clock.sleep(timedelta(hours=1))

    request = asyncio.ensure_future(held())
    await loop_silence()
    await settle(ground.work, Says((0, 1)), [])
    with pytest.raises(Unavailable, match="awaiting 2"):
        await settle(ground.work, Says((0, 2)), [], limit=0.05)
    await ended(request)


async def test_a_hang_does_not_count_and_busy_does(ground: Ground) -> None:
    async def hanging() -> None:
        with ground.work.piece("POST /contacts", "integration"):
            await hang()

    request = asyncio.ensure_future(hanging())
    await loop_silence()
    await settle(ground.work, Says((1, 1), (1, 1), (0, 1)), [])
    with pytest.raises(Unavailable, match=r"held on the clock: .*POST /contacts.*busy 1"):
        await settle(ground.work, Says((1, 1)), [], limit=0.05)
    await ended(request)


async def test_a_delivery_may_stay_open_only_while_a_request_is_held(ground: Ground) -> None:
    """An integration that answers an event only when it is through with it."""
    ground.work.spawn(loop_silence(1_000_000), "event", awaits_integration=True)
    with pytest.raises(Unavailable, match="open: event"):
        await settle(ground.work, Says((0, 0)), [], limit=0.05)

    async def held() -> None:
        with ground.work.piece("GET /contacts", "integration"):
            await hang()

    request = asyncio.ensure_future(held())
    await loop_silence()
    await settle(ground.work, Says((0, 1)), [])
    await ended(request)
    await ground.close()


async def test_a_sleeper_counts_from_the_instant_it_is_woken(ground: Ground) -> None:
    """The hand-over: between the timer and the task's next turn the piece is active already."""
    with ground.work.piece("sleeper"):
        sleeping = asyncio.ensure_future(ground.clock.sleep(timedelta(seconds=1)))
        await loop_silence(3)
        assert ground.work.active() == []
        timer = ground.clock.next_timer()
        assert timer is not None
        timer[1].fire_next()
        assert [piece.name for piece in ground.work.active()] == ["sleeper"]
        await sleeping


async def test_a_failure_in_the_background_fails_the_settle() -> None:
    work = Work()

    async def broken() -> None:
        raise KeyError("responsible_user_id")

    work.spawn(broken(), "broken")
    with pytest.raises(KeyError, match="responsible_user_id"):
        await settle(work, None, [])
    await settle(work, None, [])


async def test_what_is_cancelled_before_its_first_step_cleans_up_too(ground: Ground) -> None:
    """A delivery that could not say that it ended would never start again after a restore."""
    said: list[str] = []

    async def deliver() -> None:
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            said.append("ended")

    ground.work.spawn(deliver(), "delivery")
    await ground.work.close()
    assert said == ["ended"]
    assert not ground.work.pieces


async def test_what_the_integration_pushes_before_it_comes_to_rest_has_arrived() -> None:
    under_way: list[str] = []

    class Pushing:
        """Sends a frame to a page right before it says that it is idle."""

        async def idleness(self, held: int) -> Idleness:
            under_way.append("a frame")
            return Idleness(0, held)

    async def barrier() -> None:
        under_way.clear()

    await settle(Work(), Pushing(), [barrier])
    assert under_way == []
