"""What a breakage is, and the usual ways to break a function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Function = Callable[..., Any]


@dataclass(frozen=True)
class Breakage:
    """`place` is `module:attribute`; `broken` takes what stands there and returns what takes its place.

    `also` are further places and what becomes of them, where one part of the product makes good for another.
    """

    what: str
    place: str
    broken: Callable[[Any], Any]
    turns_red: tuple[str, ...]
    also: tuple[tuple[str, Callable[[Any], Any]], ...] = ()


def answers(change: Callable[[Any], Any]) -> Callable[[Function], Function]:
    """Change what the function returns."""
    return lambda original: lambda *arguments, **keywords: change(original(*arguments, **keywords))


def asks(change: Callable[[Any], Any]) -> Callable[[Function], Function]:
    """Change the facts that the rule sees."""
    return lambda original: lambda facts: original(change(facts))


def instead(result: Any) -> Callable[[Function], Function]:
    return lambda _original: lambda *_arguments, **_keywords: result


def as_they_were(_original: Function) -> Function:
    """Instead of what puts orders to amoCRM right that name who or what is gone: they go out again as they were."""

    async def no_changes(*_asked: Any) -> dict[str, Any]:
        return {}

    return no_changes
