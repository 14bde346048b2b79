"""Reading one contact by id, journal and faults on, against a bare aiohttp handler that returns the same bytes."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from statistics import median
from typing import Any

from emulator.stand.served import served

RUNS = 5
TURNS = 4
CONNECTIONS = 16
REQUESTS = 4_000

BARE = """
import sys
from aiohttp import web
BODY = sys.stdin.buffer.read()
async def contact(request):
    return web.Response(body=BODY, headers={"Content-Type": "application/hal+json"})
app = web.Application()
app.router.add_get("/api/v4/contacts/{id}", contact)
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)
"""


def measure() -> tuple[float, float]:
    """(requests per second against the bare handler, p99 in ms): medians of five alternating runs."""
    with served() as stand:
        urls = stand.urls
        wanted = {"name": "reading", "clock": "live", "profile": "v4"}  # no limits, unlike the sample world
        world = _post(f"{urls['stand']}/_stand/worlds", wanted)
        _patch(world["integration"]["settings_url"], {"calls.primary_mode": "contact"})
        token = world["amocrm"]["access_token"]
        url = _contact(urls, world, token)
        _post(
            f"{urls['stand']}/_stand/worlds/reading/faults",
            {
                "target": "amocrm",
                "match": {"path": "/api/v4/leads/*"},
                "action": {"status": 500},
                "times": None,
            },
        )
        body = _raw(url, token)
        with BareServer(body) as bare_url:
            runs = [_run(url, f"{bare_url}/{url.split('/', 3)[3]}", token) for _ in range(RUNS)]
    return median(run[0] for run in runs), median(run[1] for run in runs)


def _run(url: str, bare_url: str, token: str) -> tuple[float, float]:
    """One run: the two servers take short turns, so that both meet the same moods of the machine."""
    turns = [(_load(url, token), _load(bare_url, token)) for _ in range(TURNS)]
    ours = sum(1 / our["per_second"] for our, _bare in turns)
    bares = sum(1 / bare["per_second"] for _our, bare in turns)
    return bares / ours, median(our["p99_ms"] for our, _bare in turns)


def _contact(urls: dict[str, str], world: dict[str, Any], token: str) -> str:
    """The URL of a contact that a call made."""
    call = _post(f"{urls['stand']}/_stand/worlds/reading/calls", {"direction": "in", "from": "+79161234567"})
    for verb, body in (("ring", {"who": "anna"}), ("answer", {"who": "anna"}), ("hangup", {"who": "contact"})):
        _post(f"{urls['stand']}/_stand/worlds/reading/calls/{call['id']}/{verb}", body)
    page = json.loads(_raw(f"{urls['amocrm']}/api/v4/contacts", token))
    return f"{urls['amocrm']}/api/v4/contacts/{page['_embedded']['contacts'][0]['id']}"


class BareServer:
    """A bare aiohttp server in a process of its own."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def __enter__(self) -> str:
        import socket

        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self._process = subprocess.Popen([sys.executable, "-c", BARE, str(port)], stdin=subprocess.PIPE)
        assert self._process.stdin is not None
        self._process.stdin.write(self._body)
        self._process.stdin.close()
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
            except ConnectionRefusedError:
                continue
            return f"http://127.0.0.1:{port}"

    def __exit__(self, *_exc: object) -> None:
        self._process.terminate()
        self._process.wait(10)


def _load(url: str, token: str) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.load", url, token, str(CONNECTIONS), str(REQUESTS)]
    figures: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return figures


def _raw(url: str, token: str = "") -> bytes:
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"} if token else {})
    with urllib.request.urlopen(request) as answer:
        raw: bytes = answer.read()
    return raw


def _post(url: str, body: Any, method: str = "POST") -> Any:
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers, method=method)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def _patch(url: str, body: Any) -> Any:
    return _post(url, body, "PATCH")
