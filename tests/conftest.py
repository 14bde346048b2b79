"""Coroutine tests run on the loop of the session (`emulator.stand.pytest_plugin`), which a stand's servers share."""

from __future__ import annotations

import asyncio
import inspect
import io
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest


@pytest.fixture
def logged() -> Iterator[Callable[[], str]]:
    """What was logged so far, of any level. pytest's own `caplog` is off: it costs every test, and few need it."""
    told = io.StringIO()
    handler, root = logging.StreamHandler(told), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield told.getvalue
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def threads_end(loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """Threads of the loop end with the test that starts some: a process that has any is not forked
    (`features/cores.py`)."""
    with ThreadPoolExecutor() as threads:
        loop.set_default_executor(threads)
        yield
    loop.set_default_executor(ThreadPoolExecutor())


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> object | None:
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    loop: asyncio.AbstractEventLoop = pyfuncitem._request.getfixturevalue("loop")
    names = pyfuncitem._fixtureinfo.argnames
    arguments: dict[str, Any] = {name: pyfuncitem.funcargs[name] for name in names}
    loop.run_until_complete(pyfuncitem.obj(**arguments))
    return True
