"""The servers that the fake is measured against, each in a process of its own."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from venv import EnvBuilder

LOCALSTRIPE = "localstripe==1.15.10"
LOCALSTRIPE_TOKEN = "sk_test_12345"
_FOLDER = Path(__file__).parents[2] / "build" / "localstripe"
_PIP_SECONDS = 120

_BARE = """
import sys
from aiohttp import web
BODY = sys.stdin.buffer.read()
async def answer(request):
    return web.Response(body=BODY, headers={"Content-Type": "application/hal+json"})
app = web.Application()
app.router.add_get("/api/v4/contacts/{id}", answer)
app.router.add_get("/api/v4/leads", answer)
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)
"""


class Missing(Exception):
    """A peer that cannot be had here; the text says why."""


@contextmanager
def bare(body: bytes) -> Iterator[str]:
    """The base URL of an aiohttp server whose handlers do nothing but return `body`."""
    port = _free_port()
    with subprocess.Popen([sys.executable, "-c", _BARE, str(port)], stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        process.stdin.write(body)
        process.stdin.close()
        with _running(process, port) as url:
            yield url


@contextmanager
def localstripe() -> Iterator[str]:
    """The base URL of localstripe, as it is shipped. Raises Missing when pip cannot install it."""
    python, port = _installed(), _free_port()
    command = [python, "-m", "localstripe", "--from-scratch", "--port", str(port)]
    with (
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process,
        _running(process, port) as url,
    ):
        yield url


def localstripe_customer(url: str) -> str:
    """The path of a new customer with a name, a phone and metadata."""
    form = {"name": "Contact 000", "phone": "+79160000000", "metadata[source]": "google"}
    headers = {"Authorization": f"Bearer {LOCALSTRIPE_TOKEN}"}
    request = urllib.request.Request(f"{url}/v1/customers", urlencode(form).encode(), headers, method="POST")
    with urllib.request.urlopen(request) as answer:
        customer: dict[str, Any] = json.load(answer)
    return f"/v1/customers/{customer['id']}"


def _installed() -> str:
    """The Python of a virtual environment that holds localstripe alone; what is there already is used again."""
    python = str(_FOLDER / "bin" / "python")
    check = [python, "-c", "import localstripe"]
    if Path(python).exists() and subprocess.run(check, capture_output=True).returncode == 0:
        return python
    install = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", LOCALSTRIPE]
    try:
        EnvBuilder(with_pip=True, clear=True).create(_FOLDER)
        subprocess.run(install, check=True, capture_output=True, text=True, timeout=_PIP_SECONDS)
    except subprocess.CalledProcessError as failed:
        said = str(failed.stderr or failed).strip().splitlines()
        raise Missing(f"{LOCALSTRIPE} cannot be installed: {said[-1]}") from None
    except subprocess.TimeoutExpired:
        raise Missing(f"pip has not installed {LOCALSTRIPE} within {_PIP_SECONDS} s") from None
    return python


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def _running(process: subprocess.Popen[bytes], port: int) -> Iterator[str]:
    """The base URL once `process` listens on `port`; it is gone after the block."""
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except ConnectionRefusedError:
                if process.poll() is not None:
                    raise Missing(f"{process.args!r} ended instead of listening") from None
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)
