"""`python -m tests.parts`: all that `make test` runs, in parts, as many at a time as there are cores, but at least two.

A part is a run of pytest in a fork of this process, which has imported what every part needs: each Python that starts
anew would pay for that again. The longest come first, so that the cores end together. What a part says is shown when
it has ended. Files that tests write lie in memory where there is room, because stands that outlive a kill wait for the
disk.
"""

from __future__ import annotations

import gc
import os
import shlex
import shutil
import sys
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

PARTS = (
    "tests/unit/stand",
    "tests/unit/telephony",
    "tests/property",
    "tests/recovery",
    "tests/unit/amocrm",
    "tests/contract -rs",
    "tests/unit --ignore tests/unit/stand --ignore tests/unit/telephony --ignore tests/unit/amocrm",
    "features -p tests.sabotage.plugin",
    "features",
    "features -m smoke --served",
)
NEEDED = ("aiohttp.test_utils", "emulator.stand.stand", "gherkin.parser", "mako.lookup")
"""Without plugins of pytest and the packages that they are in: it wants to import those itself."""

MEMORY = Path("/dev/shm")
ROOM = 256 * 1024 * 1024


def main() -> int:
    """Run all parts; 1 when one of them was not green."""
    gc.disable()  # nothing of what is imported is garbage
    for name in NEEDED:
        import_module(name)
    gc.freeze()
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
    with TemporaryDirectory() as folder:
        red = [part for part, status in _run(Path(folder)) if status]
    for part in red:
        print(f"not green: pytest {part}")
    return 1 if red else 0


def _run(folder: Path) -> list[tuple[str, int]]:
    """Each part with its exit status, as they end."""
    waiting, running, ended = [*PARTS], dict[int, str](), list[tuple[str, int]]()
    while waiting or running:
        while waiting and len(running) < max(2, os.cpu_count() or 1):
            part = waiting.pop(0)
            running[_start(part, folder)] = part
        process, status = os.wait()
        ended.append((running.pop(process), status))
        print(f"pytest {ended[-1][0]}\n{_said(process, folder).read_text('utf-8')}", flush=True)
    return ended


def _said(process: int, folder: Path) -> Path:
    return folder / f"{process}.txt"


def _start(part: str, folder: Path) -> int:
    """Run a part in a process of its own, which says everything into a file; returns its id."""
    sys.stdout.flush()
    if process := os.fork():
        return process
    status = 1
    try:
        with _said(os.getpid(), folder).open("w") as said:
            for stream in (sys.stdout, sys.stderr):
                os.dup2(said.fileno(), stream.fileno())
        status = int(pytest.main(["-q", *shlex.split(part)]))
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(status)


if __name__ == "__main__":
    sys.exit(main())
