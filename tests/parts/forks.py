"""Runs of pytest in forks of this process, as many at a time as there are cores, but at least two.

This process has imported what every run needs: each Python that starts anew would pay for that again. What a run says
is shown when it has ended, with the CPU that it took, so that growth shows. Files that tests write lie in memory where
there is room, because stands that outlive a kill wait for the disk.
"""

from __future__ import annotations

import gc
import os
import shlex
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

NEEDED = ("aiohttp.test_utils", "emulator.stand.stand", "gherkin.parser", "mako.lookup")
"""Without plugins of pytest and the packages that they are in: it wants to import those itself."""

MEMORY = Path("/dev/shm")
ROOM = 256 * 1024 * 1024
AT_A_TIME = max(2, os.cpu_count() or 1)


@dataclass(frozen=True)
class Part:
    """A run of pytest: its arguments and what is in its environment besides."""

    arguments: str
    environment: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return " ".join(["pytest", self.arguments, *self.environment.values()])


def run(parts: Sequence[Part]) -> int:
    """Run all parts, the first ones first; 1 when one of them was not green."""
    gc.disable()  # nothing of what is imported is garbage
    for name in NEEDED:
        import_module(name)
    gc.freeze()
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
    with TemporaryDirectory() as folder:
        red = [part for part, status in _ended(parts, Path(folder)) if status]
    for part in red:
        print(f"not green: {part}")
    return 1 if red else 0


def _ended(parts: Sequence[Part], folder: Path) -> list[tuple[Part, int]]:
    """Each part with its exit status, as they end."""
    waiting, running, ended = [*parts], dict[int, Part](), list[tuple[Part, int]]()
    while waiting or running:
        while waiting and len(running) < AT_A_TIME:
            part = waiting.pop(0)
            running[_start(part, folder)] = part
        process, status, used = os.wait4(-1, 0)
        part = running.pop(process)
        ended.append((part, status))
        seconds = used.ru_utime + used.ru_stime
        print(f"{part}\n{_said(process, folder).read_text('utf-8')}{seconds:.1f} s of CPU\n", flush=True)
    return ended


def _said(process: int, folder: Path) -> Path:
    return folder / f"{process}.txt"


def _start(part: Part, folder: Path) -> int:
    """Run a part in a process of its own, which says everything into a file; returns its id."""
    sys.stdout.flush()
    if process := os.fork():
        return process
    status = 1
    try:
        os.environ |= part.environment
        with _said(os.getpid(), folder).open("w") as said:
            for stream in (sys.stdout, sys.stderr):
                os.dup2(said.fileno(), stream.fileno())
        status = int(pytest.main(["-q", *shlex.split(part.arguments)]))
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(status)
