"""A stand in a process of its own, as a user runs it: for blocking clients, served features and measurements."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Served:
    """Base URLs of stand, amocrm, telephony and integration, and the process behind them.

    With TLS also those of amocrm_tls and proxy, and as `ca` the file that clients trust.
    """

    urls: dict[str, str]
    pid: int


@contextmanager
def served(tls_dir: Path | None = None) -> Iterator[Served]:
    """`amostand up` on free ports, ready inside the block and gone after it; with a folder for certificates, by TLS."""
    command = [sys.executable, "-m", "emulator.stand.cli", "up", "--json", "--port", "0"]
    if tls_dir is not None:
        command += ["--tls", "--tls-dir", str(tls_dir)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Served(json.loads(process.stdout.readline()), process.pid)
        finally:
            process.terminate()
            process.wait(10)
