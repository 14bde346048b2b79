"""The plugin that judges: everything is collected once, then each mutant is tried in a fork of this process.

First the scenarios run as they are, in forks too: they have to be green, and the journal says which modules decided in
each. A mutant is tried by the scenarios in which its module decided; one of a module that never decides by itself by
those of the modules that import it. The first failure ends it. What killed a neighbour is tried first.
"""

from __future__ import annotations

import ast
import os
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.mutants import forks
from tests.mutants.mutator import Mutant, mutants_of, unpacked_by
from tests.mutants.planting import PACKAGE, module_named, plant
from tests.mutants.scenarios import Listener, Played, play

HANGS = "a scenario that hangs"


@dataclass(frozen=True)
class Verdict:
    """`killer` is the scenario that failed, None if the mutant lives; `shown` where it decided otherwise unnoticed."""

    mutant: Mutant
    killer: str | None
    shown: tuple[str, ...]


class Judge:
    """Judges the mutants whose name contains `part`, of these modules in the folder or of all."""

    def __init__(self, folder: Path, modules: Iterable[str] = (), part: str = "") -> None:
        self._paths = {path.stem: path for path in sorted(folder.glob("*.py")) if path.stem != "__init__"}
        self._chosen = [*modules] or [*self._paths]
        self._part = part
        self._items: dict[str, pytest.Item] = {}
        self._as_is: dict[str, Played] = {}
        self._killers: dict[str, list[str]] = defaultdict(list)
        self.verdicts: list[Verdict] = []
        self.seconds: dict[str, float] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        session.config.pluginmanager.register(Listener())
        self._items = {item.nodeid: item for item in session.items}
        [*play(session.items[:1])]  # what comes with the first world is paid here, not in each fork
        self._play_as_is()
        unpacked = unpacked_by(self._paths.values())
        for name in self._chosen:
            started = time.perf_counter()
            mutants = mutants_of(self._paths[name], vars(module_named(name)), unpacked)
            judges = judges_of(name, {node: {*played.by} for node, played in self._as_is.items()}, self._paths)
            self._judge([mutant for mutant in mutants if self._part in mutant.name], judges)
            self.seconds[name] = time.perf_counter() - started
        return True

    def _play_as_is(self) -> None:
        """Raises UsageError when a scenario is red without any mutant."""
        items, shares = [*self._items.values()], os.cpu_count() or 1
        for _, answer in forks.each([items[place::shares] for place in range(shares)], lambda share: [*play(share)]):
            for played in (Played(*parts) for parts in answer or ()):
                if played.failure:
                    raise pytest.UsageError(f"{played.node} is red before anything was changed:\n{played.failure}")
                self._as_is[played.node] = played

    def _judge(self, mutants: list[Mutant], judges: list[str]) -> None:
        for mutant, answer in forks.each(mutants, lambda mutant: self._try(mutant, self._in_order(mutant, judges))):
            killer, shown = (answer["killer"], answer["shown"]) if answer else (HANGS, [])
            self.verdicts.append(Verdict(mutant, killer, tuple(shown)))
            for place in _places(mutant):
                self._killers[place] = [killer, *self._killers[place]]
        order = {mutant: place for place, mutant in enumerate(mutants)}
        self.verdicts.sort(key=lambda verdict: order.get(verdict.mutant, -1))

    def _in_order(self, mutant: Mutant, judges: list[str]) -> list[str]:
        """First what killed mutants of the same function, the last of them before the others, then of the module."""
        killers = [killer for place in _places(mutant) for killer in self._killers[place]]
        return [node for node in dict.fromkeys([*killers, *judges]) if node in judges]

    def _try(self, mutant: Mutant, judges: list[str]) -> dict[str, Any]:
        """In a fork: become the mutant, and see who notices."""
        plant(mutant)
        shown = []
        for played in play([self._items[node] for node in judges]):
            if played.failure:
                return {"killer": played.node, "shown": []}
            if played.decided != self._as_is[played.node].decided:
                shown.append(played.node)
        return {"killer": None, "shown": shown}


def _places(mutant: Mutant) -> tuple[str, str]:
    return f"{mutant.module}.{mutant.function}", mutant.module


def judges_of(module: str, deciders: dict[str, set[str]], paths: dict[str, Path]) -> list[str]:
    """The scenarios that judge a module; `deciders` are the modules that decided in each.

    A line of the journal that does not say who decided ("?") may be of any module.
    """
    names = {module}
    while not (found := [node for node, by in deciders.items() if by & {*names, "?"}]):
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
