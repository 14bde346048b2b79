"""pytest plugin: the scenarios run on all cores, and what is said of them is what one core would say.

After collection this process forks once per core (`features/share.py` is what a fork does). Each fork takes the next
item when it has played one, so that all end together whatever else the machine does. Their reports come back by pipe
and are shown in the order of the items: terminal, JUnit XML, `--durations`, `-x` and the specification see one run.

Relied upon: of pytest `runtestloop` being the place where items are run, and `CallInfo.from_call`.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import threading
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

import pytest

from features.collector import FeatureFile
from features.share import INDEX, Share

WORTH_A_FORK = 20
"""Scenarios: a fork makes a stand of its own, which takes as long as some of them."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option."""
    parser.getgroup("features").addoption(
        "--cores",
        type=int,
        metavar="N",
        help="run on N cores; by default scenarios run on all, but on one with -s, --served, --stand or --integration",
    )


def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Run on several cores, or leave it to pytest."""
    cores = cores_for(session)
    if cores < 2:
        return None
    gc.freeze()
    Players(session).play(cores)
    return True


def cores_for(session: pytest.Session) -> int:
    """How many cores the run takes. A debugger and a process with threads, which forks would lack, get one."""
    option, items = session.config.option, session.items
    watched = option.usepdb or option.trace or option.setupshow or sys.gettrace()
    if watched or option.collectonly or session.testsfailed or threading.active_count() > 1 or not hasattr(os, "fork"):
        return 1
    if option.cores is not None:
        return min(int(option.cores), len(items))
    elsewhere = [session.config.getoption(name, None) for name in ("served", "stand")]
    alone = option.capture == "no" or any(elsewhere) or session.config.getoption("integration", "builtin") != "builtin"
    if alone or not all(isinstance(item.parent, FeatureFile) for item in items):
        return 1
    return min(os.cpu_count() or 1, len(items) // WORTH_A_FORK)


@dataclass
class Player:
    """A fork, and the index of the item it is at."""

    process: BaseProcess
    at: int | None = None


class Players:
    """The forks of a run, and what they said."""

    def __init__(self, session: pytest.Session) -> None:
        self._session = session
        self._played: dict[int, tuple[list[Any], list[dict[str, Any]]]] = {}
        self._shown = 0

    def play(self, cores: int) -> None:
        """Play all items. Those that died forks leave behind are played by new ones.

        Raises what ends a run (Failed, Interrupted, KeyboardInterrupt, Exit), here or in a fork.
        """
        while left := [index for index in range(len(self._session.items)) if index not in self._played]:
            self._play(left, min(cores, len(left)))
            if left[0] not in self._played:
                raise RuntimeError("the forks ended before they played anything")

    def _play(self, left: list[int], cores: int) -> None:
        players = self._start(left, cores)
        try:
            while players:
                for ready in wait([*players]):
                    assert isinstance(ready, Connection)
                    self._hear(ready, players)
        finally:
            for heard in players:
                heard.close()  # a fork that speaks to nobody ends
            for player in players.values():
                player.process.join()

    def _start(self, left: list[int], cores: int) -> dict[Connection, Player]:
        """Deal the items and fork; what does not fit into the pipe of the deal is left for another time."""
        deal, dealer = os.pipe()
        os.set_blocking(dealer, False)
        os.write(dealer, b"".join(index.to_bytes(INDEX) for index in left))
        os.close(dealer)
        context = multiprocessing.get_context("fork")
        players: dict[Connection, Player] = {}
        for _ in range(cores):
            heard, said = context.Pipe(duplex=False)
            share = Share(self._session, deal, said, others=[*players, heard])
            process = context.Process(target=share.play)
            process.start()
            said.close()
            players[heard] = Player(process)
        os.close(deal)
        return players

    def _hear(self, ready: Connection, players: dict[Connection, Player]) -> None:
        """Take one message, or the end of a fork."""
        player = players[ready]
        try:
            kind, *about = ready.recv()
        except (EOFError, OSError):
            del players[ready]
            self._ended(player)
            return
        if kind == "at":
            (player.at,) = about
        elif kind == "played":
            player.at, (index, reports, warnings) = None, about
            config = self._session.config
            made = [config.hook.pytest_report_from_serializable(config=config, data=report) for report in reports]
            self._show(index, made, warnings)
        elif kind == "stopped":
            raise about[0]
        else:
            raise RuntimeError(f"in a fork:\n{about[0]}")

    def _ended(self, player: Player) -> None:
        player.process.join()
        if player.at is not None:
            self._show(player.at, [_death(self._session.items[player.at], player.process.exitcode or 0)], [])

    def _show(self, index: int, reports: list[Any], warnings: list[dict[str, Any]]) -> None:
        """Show the items whose turn it is; stop when that was enough."""
        session = self._session
        self._played[index] = reports, warnings
        while self._shown in self._played:
            self._show_next(*self._played[self._shown])
            if session.shouldfail:
                raise session.Failed(session.shouldfail)
            if session.shouldstop:
                raise session.Interrupted(session.shouldstop)

    def _show_next(self, reports: list[Any], warnings: list[dict[str, Any]]) -> None:
        item = self._session.items[self._shown]
        self._shown += 1
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        for report in reports:
            item.ihook.pytest_runtest_logreport(report=report)
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        for warning in warnings:
            item.ihook.pytest_warning_recorded.call_historic(kwargs=warning)


def _death(item: pytest.Item, status: int) -> Any:
    """The report about an item whose process ended before it did."""
    how = f"was ended by {signal.Signals(-status).name}" if status < 0 else f"ended with {status}"

    def died() -> None:
        raise pytest.fail.Exception(f"its process {how}", pytrace=False)

    return item.ihook.pytest_runtest_makereport(item=item, call=pytest.CallInfo.from_call(died, when="call"))
