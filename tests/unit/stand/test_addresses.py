"""The addresses a stand listens on, and how they are told."""

from __future__ import annotations

import socket
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest

from emulator.stand.servers import authority
from emulator.stand.stand import Stand
from emulator.stand.tls import prepare
from features.driver import Driver
from tests.unit.stand.conftest import Control
from tests.unit.stand.test_snapshots import a_call


@pytest.mark.parametrize(
    ("host", "told"),
    [
        ("127.0.0.1", "127.0.0.1:80"),
        ("localhost", "localhost:80"),
        ("0.0.0.0", "127.0.0.1:80"),
        ("::", "[::1]:80"),
        ("::1", "[::1]:80"),
        ("fd00::7", "[fd00::7]:80"),
    ],
)
def test_an_address_as_a_url_has_it(host: str, told: str) -> None:
    assert authority(host, 80) == told


@pytest.mark.parametrize("host", ["0.0.0.0", "::1", "::"])
async def test_a_stand_on_any_address(tmp_path: Path, http: aiohttp.ClientSession, host: str) -> None:
    if ":" in host and not _has_ipv6():
        pytest.skip("this machine has no IPv6")
    async with Stand(host=host, tls=prepare(tmp_path)) as stand:
        assert {urlsplit(url).hostname for url in stand.urls.values()} == {"::1" if ":" in host else "127.0.0.1"}
        control = Control(http, stand.urls["stand"])
        for own_ports in (False, True):
            status, world = await control.ask("POST", "/_stand/worlds", {"own_ports": own_ports})
            assert status == 201, world
            driver = Driver(http, f"{control.url}/_stand/worlds/{world['id']}", world)
            await driver.change_settings(**{"calls.primary_mode": "contact"})
            await a_call(driver)
            assert len(await driver.contacts()) == 1


def _has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True
