"""What the rules are asked in a scenario, so that a mutant can be asked the same without running it.

The rules are pure functions: a scenario in which a mutant gives every answer of the original runs as with the
original, and need not be run.
"""

from __future__ import annotations

import ast
import copyreg
import dataclasses
import pickle
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import FrameType
from typing import Any
from zoneinfo import ZoneInfo

from tests.mutants import planting
from tests.mutants.planting import function_at, graft, module_named
from tests.mutants.words import WORDS

_LISTENER = "__asked__"


class Recorder:
    """Writes down, inside a fork, with what functions of the rules are called from outside of them."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self._paths = [*paths]
        self._asked: dict[bytes, None] = {}
        self._unkept: list[str] = []

    def install(self) -> None:
        """From now on each function of the rules says first with what it was called."""
        copyreg.pickle(ZoneInfo, lambda zone: (ZoneInfo, (zone.key,)))  # one that was read from a file refuses
        for path in self._paths:
            module = module_named(path.stem)
            tree = ast.parse(path.read_text("utf-8"))
            functions = dict(_functions(tree, ""))
            for name, node in functions.items():
                node.body.insert(0, ast.parse(f"{_LISTENER}({path.stem!r}, {name!r}, locals())").body[0])
            talking: dict[str, Any] = {"__name__": module.__name__, _LISTENER: lambda *_: None}
            exec(compile(ast.fix_missing_locations(tree), str(path), "exec"), talking)
            setattr(module, _LISTENER, self._listen)
            for name in functions:
                graft(function_at(vars(module), name), function_at(talking, name))

    def take(self) -> list[bytes]:
        """The different calls since the last time, as `answers` takes them. TypeError when one could not be kept."""
        if self._unkept:
            raise TypeError("\n".join(self._unkept))
        asked, self._asked = [*self._asked], {}
        return asked

    def _listen(self, module: str, function: str, arguments: Mapping[str, Any]) -> None:
        asked = sys._getframe(1)
        caller: FrameType | None = asked.f_back
        if caller is None or not str(caller.f_globals.get("__name__")).startswith(f"{planting.PACKAGE}."):
            try:
                self._asked[pickle.dumps((module, function, dict(arguments)))] = None
            except Exception as error:  # the scenario goes on: it is not at fault
                self._unkept.append(f"{module}.{function}: {error}")


def answers(asked: Iterable[bytes], unpacked: Mapping[str, set[int]]) -> list[object]:
    """What the rules answer to these calls now, without words for people; an exception by its name.

    `unpacked` says which places of what a function returns are words.
    """
    found: list[object] = []
    for module, function, arguments in map(pickle.loads, asked):
        try:
            answer = function_at(vars(module_named(module)), function)(**arguments)
        except Exception as error:
            found.append(type(error).__name__)
        else:
            found.append(_plain(answer, unpacked.get(function, frozenset())))
    return found


def _functions(node: ast.Module | ast.ClassDef, prefix: str) -> Iterable[tuple[str, ast.FunctionDef]]:
    for child in node.body:
        if isinstance(child, ast.FunctionDef):
            yield prefix + child.name, child
        elif isinstance(child, ast.ClassDef):
            yield from _functions(child, f"{prefix}{child.name}.")


def _plain(answer: Any, words: Iterable[int] = ()) -> object:
    """Comparable, also with an answer made of classes of another copy of the module."""
    if dataclasses.is_dataclass(answer):
        names = [field.name for field in dataclasses.fields(answer) if field.name not in WORDS]
        return type(answer).__name__, *((name, _plain(getattr(answer, name))) for name in names)
    if isinstance(answer, Mapping):
        return {name: _plain(value) for name, value in answer.items()}
    if isinstance(answer, Iterable) and not isinstance(answer, str):
        return [_plain(part) for place, part in enumerate(answer) if place not in words]
    return repr(answer)  # tells True from 1 and the two hours of a night when clocks go back
