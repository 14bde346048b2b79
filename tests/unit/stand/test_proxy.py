"""amoCRM by TLS through the CONNECT proxy: the way of a client with a hard-coded address, and all that is refused."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp
import pytest

from emulator.stand import proxy as module
from emulator.stand.proxy import HEAD_LIMIT, ConnectProxy
from emulator.stand.pytest_plugin import Run
from emulator.stand.sample import create_sample_world, describe
from emulator.stand.stand import Stand
from emulator.stand.tls import prepare
from tests.unit.stand.conftest import Control

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@pytest.fixture(scope="module")
def stand(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """A stand inline that speaks TLS."""
    stand = Stand(tls=prepare(tmp_path_factory.mktemp("tls")))
    run(stand.__aenter__())
    yield stand
    run(stand.__aexit__(None, None, None))


@pytest.fixture
def outside(http: aiohttp.ClientSession, stand: Stand) -> Control:
    return Control(http, stand.urls["stand"])


@pytest.fixture
def trusting(stand: Stand) -> ssl.SSLContext:
    assert stand.tls is not None
    return ssl.create_default_context(cafile=str(stand.tls.ca))


Get = Callable[[str, dict[str, Any]], Awaitable[tuple[int, Any]]]


@pytest.fixture
def get(http: aiohttp.ClientSession, stand: Stand, trusting: ssl.SSLContext) -> Get:
    """Ask an address through the proxy, with the token of a world."""

    async def get(url: str, world: dict[str, Any]) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {world['amocrm']['access_token']}"}
        async with http.get(url, headers=headers, proxy=stand.urls["proxy"], ssl=trusting) as answer:
            return answer.status, await answer.json(content_type=None)

    return get


async def test_links_have_the_address_that_the_client_used(outside: Control, get: Get) -> None:
    async with outside.world(name="alpha") as driver:
        for host in ("alpha.amocrm.ru", "alpha.kommo.com"):
            status, account = await get(f"https://{host}/api/v4/account", driver.world)
            assert (status, account["subdomain"]) == (200, "alpha")
            assert account["_links"]["self"]["href"] == f"https://{host}/api/v4/account"
        for name in ("Анна", "Борис"):
            await driver.create_contact(name, [], "anna")
        _, page = await get("https://alpha.amocrm.ru/api/v4/contacts?limit=1", driver.world)
        assert page["_links"]["next"]["href"] == "https://alpha.amocrm.ru/api/v4/contacts?limit=1&page=2"
        _, following = await get(page["_links"]["next"]["href"], driver.world)
        assert [contact["name"] for contact in following["_embedded"]["contacts"]] == ["Борис"]


async def test_the_host_names_the_account(outside: Control, get: Get) -> None:
    async with outside.world(name="alpha") as alpha, outside.world(name="beta") as beta:
        _, account = await get("https://beta.amocrm.ru/api/v4/account", beta.world)
        assert account["subdomain"] == "beta"
        status, said = await get("https://beta.amocrm.ru/api/v4/account", alpha.world)
        assert (status, said["detail"]) == (401, "the request names two accounts: beta and alpha")


async def test_the_front_is_reached_without_the_proxy_too(
    outside: Control, http: aiohttp.ClientSession, stand: Stand, trusting: ssl.SSLContext
) -> None:
    async with outside.world() as driver:
        headers = {"Authorization": f"Bearer {driver.world['amocrm']['access_token']}"}
        url = f"{stand.urls['amocrm_tls']}/api/v4/account"
        async with http.get(url, headers=headers, ssl=trusting) as answer:
            assert (await answer.json(content_type=None))["_links"]["self"]["href"] == url


async def test_the_text_of_up_says_what_to_export(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    world = await create_sample_world(stand)
    assert stand.tls is not None
    text = describe(stand, world)
    assert f"export HTTPS_PROXY={stand.urls['proxy']}" in text
    for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"):
        assert f"{name}={stand.tls.ca}" in text
    assert "https://sample.amocrm.ru" in text
    monkeypatch.setattr(stand, "tls", None)
    assert "export" not in describe(stand, world)
    await stand.remove(world.name)


async def ask(port: int, raw: bytes) -> str:
    """All that the proxy answers to `raw`."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(raw)
    answer = await reader.read()
    writer.close()
    return answer.decode()


@asynccontextmanager
async def proxy_to(front: tuple[str, int]) -> AsyncIterator[int]:
    """A proxy on a free port, and that port."""
    proxy = ConnectProxy(front)
    port = await proxy.start("127.0.0.1", 0)
    try:
        yield port
    finally:
        await proxy.stop()


NOWHERE = ("127.0.0.1", 1)
SERVES = "403 This proxy serves *.amocrm.ru, *.kommo.com, localhost and 127.0.0.1, each at port 443"


@pytest.mark.parametrize(
    ("first_line", "says"),
    [
        ("CONNECT example.com:443 HTTP/1.1", SERVES),
        ("CONNECT evilamocrm.ru:443 HTTP/1.1", SERVES),
        ("CONNECT amocrm.ru.evil.com:443 HTTP/1.1", SERVES),
        ("CONNECT a.b.amocrm.ru:443 HTTP/1.1", SERVES),
        ("CONNECT sample.amocrm.ru:80 HTTP/1.1", SERVES),
        ("CONNECT 127.0.0.2:443 HTTP/1.1", SERVES),
        ("CONNECT [::1]:443 HTTP/1.1", SERVES),
        ("GET http://sample.amocrm.ru/api/v4/account HTTP/1.1", "405 This proxy does CONNECT only"),
        ("CONNECT sample.amocrm.ru HTTP/1.1", "400 Expected CONNECT host:443"),
        ("CONNECT sample.amocrm.ru:443", "400 Expected CONNECT host:443"),
        ("CONNECT https://sample.amocrm.ru:443 HTTP/1.1", "400 Expected CONNECT host:443"),
        ("", "400 Expected CONNECT host:443"),
        ("\x16\x03\x01", "400 Expected CONNECT host:443"),
    ],
)
async def test_refusals(first_line: str, says: str) -> None:
    async with proxy_to(NOWHERE) as port:
        answer = await ask(port, f"{first_line}\r\nHost: x\r\n\r\n".encode())
        head, _, body = answer.partition("\r\n\r\n")
        assert head.startswith(f"HTTP/1.1 {says}")
        assert body.strip() == head.splitlines()[0].split(" ", 2)[2]
        assert f"Content-Length: {len(body)}" in head


async def test_a_refusal_reaches_who_still_sends() -> None:
    async with proxy_to(NOWHERE) as port:
        body = b"POST http://x/ HTTP/1.1\r\nContent-Length: 300000\r\n\r\n" + bytes(300_000)
        assert (await ask(port, body)).startswith("HTTP/1.1 405 ")


async def test_an_endless_head_is_refused() -> None:
    async with proxy_to(NOWHERE) as port:
        answer = await ask(port, b"CONNECT sample.amocrm.ru:443 HTTP/1.1\r\nX: " + b"x" * (2 * HEAD_LIMIT))
        assert answer.startswith(f"HTTP/1.1 431 The head of a request has at most {HEAD_LIMIT} bytes here\r\n")


async def test_a_head_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HEAD_TIMEOUT", 0.02)
    monkeypatch.setattr(module, "_LINGER", 0.02)
    async with proxy_to(NOWHERE) as port:
        assert (await ask(port, b"CONNECT sample")).startswith("HTTP/1.1 408 No whole request came in time\r\n")


async def test_a_front_that_is_gone() -> None:
    async with proxy_to(NOWHERE) as port:
        assert (await ask(port, b"CONNECT localhost:443 HTTP/1.1\r\n\r\n")).startswith("HTTP/1.1 502 ")


@asynccontextmanager
async def tunnel(behave: Callable[[Streams], Awaitable[None]]) -> AsyncIterator[tuple[Streams, ConnectProxy]]:
    """A client's end of a tunnel to a front that behaves so, and the proxy between them."""
    ended = asyncio.Event()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await behave((reader, writer))
        writer.close()
        ended.set()

    async with await asyncio.start_server(accept, "127.0.0.1", 0) as front:
        proxy = ConnectProxy(front.sockets[0].getsockname())
        port = await proxy.start("127.0.0.1", 0)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"CONNECT Sample.amoCRM.ru:443 HTTP/1.1\r\nHost: sample.amocrm.ru\r\n\r\nhel")
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 200 Connection established\r\n\r\n"
        yield (reader, writer), proxy
        writer.close()
        await proxy.stop()
        async with asyncio.timeout(5):
            await ended.wait()


async def test_one_end_may_finish_before_the_other() -> None:
    heard = b""

    async def answer_at_the_end(streams: Streams) -> None:
        nonlocal heard
        reader, writer = streams
        heard = await reader.read()
        writer.write(b"that was all" * 100_000)
        await writer.drain()

    async with tunnel(answer_at_the_end) as ((reader, writer), _):
        writer.write(b"lo")
        writer.write_eof()
        assert await reader.read() == b"that was all" * 100_000
    assert heard == b"hello"


async def test_a_front_that_breaks_off_ends_the_tunnel() -> None:
    async def break_off(streams: Streams) -> None:
        await streams[0].readexactly(3)
        streams[1].transport.abort()

    async with tunnel(break_off) as ((reader, _), _):
        assert await reader.read() == b""


async def test_a_client_that_breaks_off_ends_the_tunnel() -> None:
    async def wait_for_the_end(streams: Streams) -> None:
        assert await streams[0].read() == b"hel"

    async with tunnel(wait_for_the_end) as ((_, writer), _):
        writer.transport.abort()


async def test_a_proxy_that_stops_cuts_its_tunnels() -> None:
    async def wait_for_the_end(streams: Streams) -> None:
        with suppress(ConnectionResetError):
            assert await streams[0].read() == b"hel"

    async with tunnel(wait_for_the_end) as ((reader, writer), proxy):
        port = writer.get_extra_info("peername")[1]
        await proxy.stop()
        assert await reader.read() == b""
        with pytest.raises(ConnectionRefusedError):
            await ask(port, b"CONNECT localhost:443 HTTP/1.1\r\n\r\n")
