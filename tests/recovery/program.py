"""A command line in a process of its own, which can be killed and started again.

Its first life begins as a user begins it, with a Python of its own. Each further one is a fork of the tests that runs
the same command: to import it all again is most of what a short life costs, and is no part of coming back.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import warnings
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO

import click


@dataclass
class Program:
    """`python -m module`, which runs `command`."""

    module: str
    command: click.Command
    lives: int = 0
    process: int = 0
    output: IO[str] | None = field(default=None, repr=False)

    def start(self, *arguments: str) -> str:
        """Begin a life; returns the line that the program prints when it is ready."""
        assert self.output is None, "it is running"
        reading, writing = os.pipe()
        self.process = (self._forked if self.lives else self._spawned)(arguments, writing)
        os.close(writing)
        self.lives += 1
        self.output = os.fdopen(reading)
        return self.output.readline()

    def end(self, how: signal.Signals) -> int:
        """End it by a signal; the exit code."""
        assert self.output is not None, "it is not running"
        os.kill(self.process, how)
        _, status = os.waitpid(self.process, 0)
        self.output.close()
        self.output = None
        return os.waitstatus_to_exitcode(status)

    def _spawned(self, arguments: Sequence[str], output: int) -> int:
        command = [sys.executable, "-m", self.module, *arguments]
        return os.posix_spawn(sys.executable, command, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, output, 1)])

    def _forked(self, arguments: Sequence[str], output: int) -> int:
        if process := os.fork():
            return process
        status = 1
        try:
            _forget_the_tests(output)
            self.command.main([*arguments], standalone_mode=False)
            status = 0
        finally:
            os._exit(status)


def _forget_the_tests(output: int) -> None:
    """Nothing of the tests is open, collected or complained of in their fork; what it prints goes to `output`."""
    gc.freeze()
    warnings.resetwarnings()
    os.dup2(output, 1)
    for number in map(int, os.listdir("/dev/fd")):
        if number > 2:
            with suppress(OSError):  # the listing's own is closed by now
                os.close(number)
    sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
