"""The doors of worlds: servers of the two fakes and the accounts that are found behind them.

The worlds of a stand share one pair of doors. A world with ports of its own, such as a fork, which has the ids and
tokens of its origin, is alone behind a pair of its own: its account is found by the port.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlsplit

from aiohttp import web

from emulator.amocrm.accounts import Accounts as AmocrmAccounts
from emulator.amocrm.app import create_app as create_amocrm_app
from emulator.stand.servers import Servers
from emulator.stand.world import World
from emulator.telephony.accounts import Accounts as TelephonyAccounts
from emulator.telephony.app import create_app as create_telephony_app

FAKES = ("amocrm", "telephony")
PARTS = ("stand", *FAKES, "integration")

WithControl = Callable[[web.Application], web.Application]


def port_of(url: str | None) -> int:
    """The port in a base URL; 0 when there is none."""
    return (urlsplit(url).port or 0) if url else 0


def bind_preferred(servers: Servers, name: str, port: int) -> None:
    """Take `port` again if nobody else has it, else a free one."""
    if port:
        with suppress(OSError):
            servers.bind(name, port)
            return
    servers.bind(name)


def bind_all(servers: Servers, ports: dict[str, int], last: dict[str, int]) -> None:
    """Take the port of each part of a stand: the one in `ports`, else that of `last` if it is free."""
    for part in PARTS:
        if port := ports.get(part, 0):
            servers.bind(part, port)
        else:
            bind_preferred(servers, part, last.get(part, 0))


class Doors:
    """Both fakes on `servers`, whose ports are to be bound before `open`."""

    def __init__(self, servers: Servers) -> None:
        self.servers = servers
        self._amocrm = AmocrmAccounts()
        self._telephony = TelephonyAccounts()

    @classmethod
    def own(cls, host: str, urls: dict[str, str] | None = None) -> Doors:
        """Doors of one world on ports of its own: those of `urls` if they are free."""
        doors = cls(Servers(host))
        for name in FAKES:
            bind_preferred(doors.servers, name, port_of((urls or {}).get(name)))
        return doors

    async def open(self, with_control: WithControl) -> None:
        await self.servers.start("amocrm", with_control(create_amocrm_app(self._amocrm)))
        await self.servers.start("telephony", with_control(create_telephony_app(self._telephony)))

    def add(self, world: World) -> None:
        """Raises Conflict when the ids of the world are taken here."""
        self._amocrm.add(world.amocrm)
        self._telephony.add(world.telephony)

    def remove(self, world: World) -> None:
        self._amocrm.remove(world.amocrm)
        self._telephony.remove(world.telephony)
