"""What of the rules is words for people: rule ids and reasons, which only a reader of the decision log sees.

They are known by the names that they go by: arguments for a parameter `rule` or `because`, what is assigned to such a
name, the places of a returned tuple that somebody unpacks into one, and texts with gaps (f"…").
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping
from typing import Any

WORDS = frozenset({"rule", "because"})


def words(tree: ast.Module, around: Mapping[str, Any], unpacked: Mapping[str, set[int]]) -> set[ast.AST]:
    """The expressions of a module that are nothing but words.

    `around` is the namespace of the module; `unpacked` says which places of what a function returns are words.
    """
    found: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            found.add(node)
        elif isinstance(node, ast.Call):
            found.update(value for value, parameter in arguments(node, around) if parameter.name in WORDS)
        elif isinstance(node, ast.Assign):
            found.update(value for target in node.targets for value in _assigned(target, node.value))
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            found.update(_assigned(node.target, node.value))
        elif isinstance(node, ast.FunctionDef) and node.name in unpacked:
            found.update(_returned(node, unpacked[node.name]))
    return found


def unpacked_in(tree: ast.Module, around: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """(function, place) of words in what is returned: `user, because = owner(facts)` says ("owner", 1).

    So does `Assign(*owner(facts))` where `Assign` takes first a user, then a reason.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            for target in node.targets:
                if isinstance(target, ast.Tuple):
                    yield from _places(node.value, [_name(part) for part in target.elts])
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[-1], ast.Starred):
            names = [parameter.name for parameter in parameters_of(node, around)]
            yield from _places(node.args[-1].value, names[len(node.args) - 1 :])


def _places(returned: ast.expr, names: list[str]) -> Iterator[tuple[str, int]]:
    if isinstance(returned, ast.Call):
        yield from ((_name(returned.func), place) for place, name in enumerate(names) if name in WORDS)


def arguments(call: ast.Call, around: Mapping[str, Any]) -> Iterator[tuple[ast.expr, inspect.Parameter]]:
    """Each argument with the parameter that it goes to, as far as that is known.

    What follows a starred argument is counted from the end.
    """
    parameters = parameters_of(call, around)
    by_name = {parameter.name: parameter for parameter in parameters}
    yield from ((word.value, by_name[word.arg]) for word in call.keywords if word.arg in by_name)
    starred = [place for place, value in enumerate(call.args) if isinstance(value, ast.Starred)]
    before = call.args[: starred[0]] if starred else call.args
    yield from zip(before, parameters, strict=False)
    if len(starred) == 1 and not call.keywords:
        after = call.args[starred[0] + 1 :]
        yield from zip(after, parameters[len(parameters) - len(after) :], strict=True)


def parameters_of(call: ast.Call, around: Mapping[str, Any]) -> list[inspect.Parameter]:
    """What the function or class that is called takes; nothing where that is not known before it runs."""
    names = ast.unparse(call.func).split(".")
    try:
        function = around[names[0]]
        for name in names[1:]:
            function = getattr(function, name)
        return [*inspect.signature(function).parameters.values()]
    except (KeyError, AttributeError, TypeError, ValueError):
        return []


def _assigned(target: ast.expr, value: ast.expr) -> Iterator[ast.AST]:
    if _name(target) in WORDS:
        yield value
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for part, its_value in zip(target.elts, value.elts, strict=False):
            yield from _assigned(part, its_value)


def _returned(function: ast.FunctionDef, places: set[int]) -> Iterator[ast.AST]:
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
            yield from (part for place, part in enumerate(node.value.elts) if place in places)


def _name(node: ast.expr) -> str:
    return getattr(node, "attr", None) or getattr(node, "id", "")
