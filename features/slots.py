"""Step definitions with typed slots: `@when("{who} answers after {wait:duration}")`.

A pattern is the text of the step with slots `{name}` or `{name:type}`; it is compiled to one anchored regular
expression, and each slot reaches the step function as an argument of its type. A slot without a type has the type of
its own name if there is one (`{who}`, `{phone}`), otherwise it is a `word`. The types are listed in
`features/slot_types.py`. The pattern stays readable as `SlotParser.name`, so that it can be the message id of a
translation.

A step may be a coroutine: it is run by the fixture `run`, a callable that takes a coroutine and returns its result.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Generator
from typing import Any, Literal, TypeVar

import pytest_bdd
from pytest_bdd.parsers import StepParser

from features.slot_types import TYPES, SlotType

StepFunction = TypeVar("StepFunction", bound=Callable[..., Any])
Kind = Literal["given", "when", "then"]

_SLOT = re.compile(r"\{(?P<name>[^{}:]*)(?::(?P<type>[^{}]*))?\}")
_RESERVED = {"run", "request", "datatable", "docstring"}
_DONE = object()


class SlotError(Exception):
    """A step definition that cannot be right; raised where it is defined."""


class SlotParser(StepParser):
    """Matches the text of a step against a pattern and converts its slots.

    `shape` is the pattern with the names of the slots left out: two patterns of one shape match the same steps.
    """

    def __init__(self, pattern: str) -> None:
        super().__init__(pattern)
        self.slots: dict[str, SlotType] = {}
        self.shape = ""
        self.regex = re.compile(self._compiled(pattern))

    def _compiled(self, pattern: str) -> str:
        parts: list[str] = []
        end = 0
        for found in _SLOT.finditer(pattern):
            parts.append(self._literal(pattern[end : found.start()]))
            parts.append(self._slot(found["name"], found["type"]))
            end = found.end()
        parts.append(self._literal(pattern[end:]))
        return "".join(parts)

    def _literal(self, text: str) -> str:
        if "{" in text or "}" in text:
            raise SlotError(f"step {self.name!r}: a brace is not closed or not opened near {text!r}")
        self.shape += text
        return re.escape(text)

    def _slot(self, name: str, type_name: str | None) -> str:
        if not name.isidentifier():
            raise SlotError(f"step {self.name!r}: {name!r} is no name for a slot")
        if name in _RESERVED:
            raise SlotError(
                f"step {self.name!r}: a slot cannot be called {name!r}, steps get something else by that name"
            )
        if name in self.slots:
            raise SlotError(f"step {self.name!r}: two slots are called {name!r}")
        type_name = type_name if type_name is not None else (name if name in TYPES else "word")
        if type_name not in TYPES:
            raise SlotError(f"step {self.name!r}: no slot type {type_name!r}; there are {', '.join(sorted(TYPES))}")
        self.slots[name] = TYPES[type_name]
        self.shape += f"{{{type_name}}}"
        return f"(?P<{name}>{TYPES[type_name].regex})"

    def is_matching(self, name: str) -> bool:
        """Say whether the text of a step fits this pattern."""
        return self.regex.fullmatch(name) is not None

    def parse_arguments(self, name: str) -> dict[str, Any] | None:
        """Return the converted slots of a step text, None when it does not fit."""
        found = self.regex.fullmatch(name)
        if found is None:
            return None
        return {slot: self.slots[slot].convert(text) for slot, text in found.groupdict().items()}


def given(
    pattern: str, *, target_fixture: str | None = None, stacklevel: int = 1
) -> Callable[[StepFunction], StepFunction]:
    """Define a step that follows Given."""
    return _definition("given", pattern, target_fixture, stacklevel)


def when(
    pattern: str, *, target_fixture: str | None = None, stacklevel: int = 1
) -> Callable[[StepFunction], StepFunction]:
    """Define a step that follows When."""
    return _definition("when", pattern, target_fixture, stacklevel)


def then(
    pattern: str, *, target_fixture: str | None = None, stacklevel: int = 1
) -> Callable[[StepFunction], StepFunction]:
    """Define a step that follows Then."""
    return _definition("then", pattern, target_fixture, stacklevel)


def step(
    pattern: str, *, target_fixture: str | None = None, stacklevel: int = 1
) -> Callable[[StepFunction], StepFunction]:
    """Define a step that follows any keyword."""
    return _definition(None, pattern, target_fixture, stacklevel)


def _definition(
    kind: Kind | None, pattern: str, target_fixture: str | None, stacklevel: int
) -> Callable[[StepFunction], StepFunction]:
    parser = SlotParser(pattern)
    # pytest-bdd puts a definition into the locals of the frame `stacklevel` above its decorator: `define` is one more.
    register = pytest_bdd.step(parser, kind, target_fixture=target_fixture, stacklevel=stacklevel + 1)

    def define(function: StepFunction) -> StepFunction:
        _refuse_dropped_slots(parser, function)
        register(_plain(function))
        return function

    return define


def _refuse_dropped_slots(parser: SlotParser, function: Callable[..., Any]) -> None:
    """pytest-bdd drops a slot that the function does not take; a step that ignores what it says proves nothing."""
    dropped = [name for name in parser.slots if name not in inspect.signature(function).parameters]
    if dropped:
        raise SlotError(f"step {parser.name!r}: the function does not take {', '.join(dropped)}")


def _plain(function: Callable[..., Any]) -> Callable[..., Any]:
    """Turn a coroutine step into a plain function: pytest-bdd calls steps and never awaits what they return."""
    if inspect.isasyncgenfunction(function):
        plain = _plain_generator(function)
    elif inspect.iscoroutinefunction(function):
        plain = _plain_function(function)
    else:
        return function
    signature = inspect.signature(function)
    if "run" not in signature.parameters:
        run = inspect.Parameter("run", inspect.Parameter.POSITIONAL_OR_KEYWORD)
        signature = signature.replace(parameters=[run, *signature.parameters.values()])
    plain.__signature__ = signature  # type: ignore[attr-defined]  # pytest-bdd asks the fixtures of this signature
    return plain


def _arguments(function: Callable[..., Any], run: Callable[..., Any], given: dict[str, Any]) -> dict[str, Any]:
    return {"run": run, **given} if "run" in inspect.signature(function).parameters else given


def _plain_function(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def awaited(*, run: Callable[..., Any], **kwargs: Any) -> Any:
        __tracebackhide__ = True
        return run(function(**_arguments(function, run, kwargs)))

    return awaited


def _plain_generator(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def awaited(*, run: Callable[..., Any], **kwargs: Any) -> Generator[Any, None, None]:
        __tracebackhide__ = True
        steps = function(**_arguments(function, run, kwargs))

        async def advance() -> Any:
            return await anext(steps, _DONE)

        yield run(advance())
        if run(advance()) is not _DONE:
            raise SlotError(f"the step {function.__name__} yields twice")

    return awaited
