"""The plugin that judges: everything is collected once, then each mutant is tried in a fork of this process.

First the scenarios run as they are, in forks too: they have to be green, the journal says which modules decided in
each, and what the rules were asked is kept. A mutant is judged by the scenarios in which its module decided; one of a
module that never decides by itself by those of the modules that import it. Of these run only the ones in which the
mutant answers something otherwise than the original, what killed a neighbour first, and the first failure ends it.
"""

from __future__ import annotations

import ast
import os
import signal
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.mutants import forks
from tests.mutants.asking import Recorder, answers
from tests.mutants.mutator import Mutant, mutants_of, unpacked_by
from tests.mutants.planting import PACKAGE, module_named, plant
from tests.mutants.scenarios import PATIENCE, Listener, Played, play

HANGS = "a scenario that hangs"


@dataclass(frozen=True)
class Verdict:
    """`killer` is the scenario that failed, None if the mutant lives; `unnoticed` where it answered otherwise."""

    mutant: Mutant
    killer: str | None
    unnoticed: tuple[str, ...]


class Judge:
    """Judges the mutants whose name contains `part`, of these modules in the folder or of all.

    `judged` is told of each module: its name, the verdicts and the seconds that they took.
    """

    def __init__(
        self,
        folder: Path,
        modules: Iterable[str],
        part: str,
        judged: Callable[[str, list[Verdict], float], None],
    ) -> None:
        self._paths = {path.stem: path for path in sorted(folder.glob("*.py")) if path.stem != "__init__"}
        self._chosen = [*modules] or [*self._paths]
        self._part = part
        self._judged = judged
        self._unpacked = unpacked_by({path: vars(module_named(name)) for name, path in self._paths.items()})
        self._items: dict[str, pytest.Item] = {}
        self._deciders: dict[str, set[str]] = {}
        self._asked: dict[str, list[bytes]] = {}
        self._answers: dict[str, list[object]] = {}
        self._killers: dict[str, list[str]] = defaultdict(list)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        session.config.pluginmanager.register(Listener())
        self._items = {item.nodeid: item for item in session.items}
        all_mutants = {name: self._mutants_of(name) for name in self._chosen}
        [*play(session.items[:1])]  # what comes with the first world is paid here, not in each fork
        self._play_as_is()
        for name, mutants in all_mutants.items():
            started = time.perf_counter()
            verdicts = self._judge(mutants, judges_of(name, self._deciders, self._paths))
            self._judged(name, verdicts, time.perf_counter() - started)
        return True

    def _mutants_of(self, name: str) -> list[Mutant]:
        mutants = mutants_of(self._paths[name], vars(module_named(name)), self._unpacked)
        return [mutant for mutant in mutants if self._part in mutant.name]

    def _play_as_is(self) -> None:
        """Raises UsageError when a scenario is red without any mutant."""
        items, shares = [*self._items.values()], os.cpu_count() or 1
        for _, played in forks.each([items[place::shares] for place in range(shares)], self._record):
            for (node, failure, by), asked in played or ():
                if failure:
                    raise pytest.UsageError(f"{node} is red before anything was changed:\n{failure}")
                self._deciders[node], self._asked[node] = by, asked
        self._answers = {node: answers(asked, self._unpacked) for node, asked in self._asked.items()}

    def _record(self, items: list[pytest.Item]) -> list[tuple[Played, list[bytes]]]:
        recorder = Recorder(self._paths.values())
        recorder.install()
        return [(played, recorder.take()) for played in play(items)]

    def _judge(self, mutants: list[Mutant], judges: list[str]) -> list[Verdict]:
        """The verdicts in the order of the mutants."""
        verdicts: dict[str, Verdict] = {}
        for mutant, answer in forks.each(mutants, lambda mutant: self._try(mutant, self._in_order(mutant, judges))):
            killer, unnoticed = answer or (HANGS, [])
            verdicts[mutant.name] = Verdict(mutant, killer, tuple(unnoticed))
            for place in _places(mutant):
                self._killers[place] = [killer, *self._killers[place]]
        return [verdicts[mutant.name] for mutant in mutants]

    def _in_order(self, mutant: Mutant, judges: list[str]) -> list[str]:
        """First what killed mutants of the same function, the last of them before the others, then of the module."""
        killers = [killer for place in _places(mutant) for killer in self._killers[place]]
        return [node for node in dict.fromkeys([*killers, *judges]) if node in judges]

    def _try(self, mutant: Mutant, judges: list[str]) -> tuple[str | None, list[str]]:
        """In a fork: become the mutant, and see who notices.

        What others read of a module besides its functions is not asked, so for a mutant of such a value all run.
        """
        plant(mutant)
        signal.setitimer(signal.ITIMER_REAL, PATIENCE)
        differing = [node for node in judges if answers(self._asked[node], self._unpacked) != self._answers[node]]
        others = [] if mutant.is_of_function else [node for node in judges if node not in differing]
        for played in play([self._items[node] for node in (*differing, *others)]):
            if played.failure:
                return played.node, []
        return None, differing


def _places(mutant: Mutant) -> tuple[str, str]:
    return f"{mutant.module}.{mutant.function}", mutant.module


def judges_of(module: str, deciders: dict[str, set[str]], paths: dict[str, Path]) -> list[str]:
    """The scenarios that judge a module; `deciders` are the modules that decided in each."""
    names = {module}
    while not (found := [node for node, by in deciders.items() if by & names]):
        wider = names | {name for name, path in paths.items() if names & _imported_by(path)}
        if wider == names:
            return [*deciders]
        names = wider
    return found


def _imported_by(path: Path) -> set[str]:
    """The modules of rules that a module imports, or from which it imports something."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == PACKAGE:
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{PACKAGE}."):
            found.add(str(node.module).removeprefix(f"{PACKAGE}."))
    return found
