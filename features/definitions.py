"""The step definitions of a run: which one a step means, which stand twice, which nobody uses.

pytest-bdd looks a step up by trying every definition, twice, each time it runs, and takes any that matches. Here each
text is looked up once, and all definitions that match are known. Relied upon (pytest-bdd 9.0):
`compat.get_fixture_names`, `compat.getfixturedefs`, `steps.step_function_context_registry`, `steps.StepNamePrefix`.
"""

from __future__ import annotations

import inspect
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_bdd.compat import get_fixture_names, getfixturedefs
from pytest_bdd.parser import Step
from pytest_bdd.steps import StepFunctionContext, StepNamePrefix, step_function_context_registry


class Visible:
    """The definitions that one feature file sees, with a memory of what was looked up."""

    def __init__(self, contexts: tuple[StepFunctionContext, ...]) -> None:
        self.contexts = contexts
        self._found: dict[tuple[str, str], tuple[StepFunctionContext, ...]] = {}

    def matching(self, kind: str, text: str) -> tuple[StepFunctionContext, ...]:
        """All definitions that a step of this kind (given, when, then) and text fits."""
        key = (kind, text)
        if key not in self._found:
            self._found[key] = tuple(c for c in self.contexts if c.type in (None, kind) and c.parser.is_matching(text))
        return self._found[key]


class Definitions:
    """The definitions of a session, by the node that asks."""

    def __init__(self, session: pytest.Session) -> None:
        self._manager: Any = session._fixturemanager
        self._root = session.config.rootpath
        self._names: list[str] | None = None
        self._by_node: dict[pytest.Collector, Visible] = {}
        self._shared: dict[tuple[int, ...], Visible] = {}

    def visible_to(self, node: pytest.Collector) -> Visible:
        """What a feature file sees, found by pytest's own rules of visibility. Ask when collection is over."""
        if node not in self._by_node:
            if self._names is None:
                prefix = StepNamePrefix.step_def.value
                self._names = [name for name in get_fixture_names(self._manager) if name.startswith(prefix)]
            found: dict[int, StepFunctionContext] = {}
            for name in self._names:
                for fixture in getfixturedefs(self._manager, name, node) or ():
                    context = step_function_context_registry.get(fixture.func)
                    if context is not None:
                        found[id(context)] = context
            self._by_node[node] = self._shared.setdefault(
                tuple(sorted(found)), Visible(tuple(sorted(found.values(), key=self._order)))
            )
        return self._by_node[node]

    def problems(self) -> Iterator[str]:
        """Definitions that stand twice, and coroutines that the runner would never await."""
        seen: set[str] = set()
        for visible in self._shared.values():
            groups: dict[str, list[StepFunctionContext]] = defaultdict(list)
            for context in visible.contexts:
                groups[getattr(context.parser, "shape", context.parser.name)].append(context)
                if inspect.iscoroutinefunction(context.step_func) or inspect.isasyncgenfunction(context.step_func):
                    seen.add(f"{self.at(context)}: nobody would await this step; define it with features.slots")
            for group in groups.values():
                for number, context in enumerate(group):
                    twin = next(
                        (c for c in group[:number] if None in (c.type, context.type) or c.type == context.type), None
                    )
                    if twin is not None:
                        seen.add(f"{self.at(context)}: {describe(context)} is defined already at {self.at(twin)}")
        yield from sorted(seen)

    def step_problems(self, node: pytest.Collector, step: Step, text: str) -> Iterator[str]:
        """Why a step would not run as written; nothing when exactly one definition takes all it says."""
        matching = self.visible_to(node).matching(step.type, text)
        if len(matching) != 1:
            places = ", ".join(f"{describe(c)} at {self.at(c)}" for c in matching)
            yield (
                f"{len(matching)} definitions match {text!r}: {places}"
                if places
                else f"no definition of {step.type} {text!r}"
            )
            return
        try:
            matching[0].parser.parse_arguments(text)
        except ValueError as error:
            yield f"{text!r} cannot be read: {error}"
        parameters = inspect.signature(matching[0].step_func).parameters
        for name, given in (("datatable", step.datatable), ("docstring", step.docstring)):
            taken = parameters.get(name)
            if given is not None and taken is None:
                yield f"the step at {self.at(matching[0])} takes no {name}, it would be ignored"
            if given is None and taken is not None and taken.default is taken.empty:
                yield f"the step at {self.at(matching[0])} needs a {name}"

    def unused(self, used: set[int]) -> Iterator[str]:
        """The definitions whose `id` is not among those used."""
        contexts = {id(c): c for visible in self._shared.values() for c in visible.contexts}
        own = [c for key, c in contexts.items() if key not in used and c.step_func.__module__ != "pytest_bdd.plugin"]
        yield from (f"{self.at(c)}: {describe(c)}" for c in sorted(own, key=self._order))

    def at(self, context: StepFunctionContext) -> str:
        """Where a definition stands, as file:line."""
        path, line = self._order(context)
        return f"{path}:{line}"

    def _order(self, context: StepFunctionContext) -> tuple[str, int]:
        code = inspect.unwrap(context.step_func).__code__
        path = Path(code.co_filename)
        shown = path.relative_to(self._root) if path.is_relative_to(self._root) else path
        return shown.as_posix(), code.co_firstlineno


def describe(context: StepFunctionContext) -> str:
    """A definition in words: its keyword and pattern."""
    return f"{context.type or 'step'} {context.parser.name!r}"
