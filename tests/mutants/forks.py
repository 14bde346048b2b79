"""Jobs in forks of this process, which has imported and collected all that they need."""

from __future__ import annotations

import os
import pickle
import selectors
import signal
import traceback
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

Task = TypeVar("Task")


class JobError(Exception):
    """A job ended in an exception, or its fork in another way than the job provides for."""


def each(tasks: Iterable[Task], job: Callable[[Task], Any]) -> Iterator[tuple[Task, Any]]:
    """Each task with what its job answers, as they end; None when SIGALRM ended it.

    As many at a time as there are cores. A task is taken when there is room for it, so that `tasks` and `job` see what
    became of the ones before.
    """
    waiting, running = iter(tasks), selectors.DefaultSelector()
    try:
        while True:
            while len(running.get_map()) < (os.cpu_count() or 1) and (task := next(waiting, None)) is not None:
                process, answer = _start(job, task)
                running.register(answer, selectors.EVENT_READ, (task, process, []))
            if not running.get_map():
                return
            for key, _ in running.select():
                task, process, said = key.data
                if piece := os.read(key.fd, 65536):
                    said.append(piece)
                    continue
                running.unregister(key.fd)
                os.close(key.fd)
                yield task, _answer(b"".join(said), os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))
    finally:
        for key in running.get_map().values():
            os.kill(key.data[1], signal.SIGKILL)
            os.waitpid(key.data[1], 0)


def _answer(said: bytes, status: int) -> Any:
    if status == -signal.SIGALRM:
        return None
    if status != 0:
        raise JobError(said.decode() or f"it ended with {status}")
    return pickle.loads(said)


def _start(job: Callable[[Task], Any], task: Task) -> tuple[int, int]:
    """The id of the fork and where its answer will be read. What it prints is thrown away."""
    answer, said = os.pipe()
    if process := os.fork():
        os.close(said)
        return process, answer
    status = 1
    os.close(answer)
    try:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (1, 2):
            os.dup2(nowhere, stream)
        with os.fdopen(said, "wb") as pipe:
            try:
                pipe.write(pickle.dumps(job(task)))
                status = 0
            except Exception:
                pipe.write(traceback.format_exc().encode())
    finally:
        os._exit(status)
