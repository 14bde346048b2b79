"""What one of the forks of `features/cores.py` does: it plays items as they are dealt and says what came of them.

Each item is run as ever, with the stand, the loop and the other fixtures of the session made here anew. Messages are
tuples: ("at", index), ("played", index, reports as plain data, arguments of the hook of warnings), ("stopped", what was
raised) and ("broke", a traceback). A fork ends when all is dealt, or when nobody listens any more.

Relied upon (pytest 9): `runner.runtestprotocol`, `SetupState.teardown_exact`, `unraisableexception.collect_unraisable`,
and what starts and stops the capture manager.
"""

from __future__ import annotations

import gc
import os
import traceback
import warnings
from collections.abc import Generator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

INDEX = 4
"""Bytes of an index in the pipe of the deal."""


class Share:
    """The items that one fork plays; a plugin there."""

    def __init__(self, session: pytest.Session, deal: int, said: Connection, others: Sequence[Connection]) -> None:
        self._session = session
        self._deal = deal
        self._said = said
        self._others = others

    def play(self) -> None:
        """Play until all is dealt. `others` are ends of pipes that only the parent may hold."""
        for end in self._others:
            end.close()
        with suppress(BrokenPipeError):
            try:
                self._play_all()
            except (KeyboardInterrupt, pytest.exit.Exception, self._session.Failed) as stop:
                self._said.send(("stopped", stop))
            except BrokenPipeError:
                raise
            except Exception:
                self._said.send(("broke", traceback.format_exc()))

    def _play_all(self) -> None:
        session, plugins = self._session, self._session.config.pluginmanager
        _capture_anew(plugins.getplugin("capturemanager"))
        plugins.register(self)
        try:
            index = self._dealt()
            while index is not None:
                following = self._dealt()  # the fixtures that it shares with this one stay
                self._play(index, following)
                index = following
        finally:
            session._setupstate.teardown_exact(None)

    def _dealt(self) -> int | None:
        return int.from_bytes(taken) if (taken := os.read(self._deal, INDEX)) else None

    def _play(self, index: int, following: int | None) -> None:
        session = self._session
        item = session.items[index]
        self._said.send(("at", index))
        self._reports: list[Any] = []
        self._warnings: list[dict[str, Any]] = []
        item.ihook.pytest_runtest_protocol(item=item, nextitem=None if following is None else session.items[following])
        self._said.send(("played", index, self._reports, self._warnings))
        if session.shouldfail:
            raise session.Failed(session.shouldfail)
        if session.shouldstop:
            raise session.Interrupted(session.shouldstop)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool:
        """Keep the reports instead of showing them; time limits and the like are around this as ever."""
        config = item.config
        for report in runtestprotocol(item, log=False, nextitem=nextitem):
            self._reports.append(config.hook.pytest_report_to_serializable(config=config, report=report))
        return True

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> Generator[None, object, object]:
        """After the last item: what was left open complains now, because a fork has no end of the run."""
        answer = yield
        noticing: Any = item.config.pluginmanager.getplugin("unraisableexception")
        if nextitem is None and noticing:
            gc.collect()
            noticing.collect_unraisable(item.config)
        return answer

    def pytest_warning_recorded(
        self, warning_message: warnings.WarningMessage, when: str, nodeid: str, location: Any
    ) -> None:
        """Keep it as text, which fits through a pipe."""
        text: Any = str(warning_message.message)
        told = warnings.WarningMessage(text, warning_message.category, warning_message.filename, warning_message.lineno)
        self._warnings.append({"warning_message": told, "when": when, "nodeid": nodeid, "location": location})


def _capture_anew(capture: Any) -> None:
    """Catch output in files of this process: those of the parent are shared with the other forks."""
    capture.stop_global_capturing()
    capture.start_global_capturing()
    capture.suspend_global_capture()
