"""The mutants of the rules: copies of a module with one small change each.

A mutant is named after what it changes, `tasks.due: started.time() < EVENING => started.time() <= EVENING`, so that it
keeps its name while lines move; equal changes of a function are numbered. Left alone are texts that are only for people
(`words`), annotations, assertions, and the shapes in `facts` and `decisions`, which decide nothing.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import CodeType
from typing import Any

from tests.mutants import changes
from tests.mutants.words import unpacked_in, words

SHAPES = frozenset({"facts", "decisions"})
_TYPES = frozenset({"Literal", "tuple", "list", "dict", "set", "frozenset"})
_UNTOUCHED = frozenset({"annotation", "returns", "decorator_list", "bases", "targets", "target", "pattern", "ctx"})
_CONDITIONS = frozenset({(ast.If, "test"), (ast.IfExp, "test"), (ast.comprehension, "ifs"), (ast.match_case, "guard")})
_SHOWN_WITH = (ast.expr, ast.keyword, ast.comprehension, ast.Return, ast.Assign, ast.AnnAssign, ast.AugAssign)
_WIDTH = 72


@dataclass(frozen=True)
class Mutant:
    """One change. `function` is the qualified name of what it is in, empty for the module; `code` is of the module."""

    module: str
    function: str
    change: str
    line: int
    code: CodeType
    is_of_function: bool

    @property
    def name(self) -> str:
        return f"{'.'.join(filter(None, (self.module, self.function)))}: {self.change}"


def mutants_of(path: Path, around: Mapping[str, Any], unpacked: Mapping[str, set[int]]) -> list[Mutant]:
    """All mutants of a module; `around` is its namespace as it is now, `unpacked` comes from `unpacked_by`."""
    tree = ast.parse(path.read_text("utf-8"))
    mutation = _Mutation(path, tree, around, words(tree, around, unpacked))
    return list(_numbered(mutation.all()))


def unpacked_by(modules: Mapping[Path, Mapping[str, Any]]) -> dict[str, set[int]]:
    """Which places of what functions return are words for people; of each module its namespace is given."""
    found: dict[str, set[int]] = {}
    for path, around in modules.items():
        for function, place in unpacked_in(ast.parse(path.read_text("utf-8")), around):
            found.setdefault(function, set()).add(place)
    return found


def _numbered(mutants: Iterable[Mutant]) -> Iterator[Mutant]:
    seen: Counter[str] = Counter()
    for mutant in mutants:
        seen[mutant.name] += 1
        number = seen[mutant.name]
        change = mutant.change if number == 1 else f"{mutant.change} #{number}"
        yield replace(mutant, change=change)


@dataclass(frozen=True)
class _Slot:
    """Where a node hangs in the tree."""

    owner: ast.AST
    field: str
    index: int | None

    def put(self, node: ast.AST | None) -> None:
        if self.index is None:
            setattr(self.owner, self.field, node)
        else:
            getattr(self.owner, self.field)[self.index] = node


class _Mutation:
    """Goes through a module, changes it at one place, compiles it and changes it back."""

    def __init__(self, path: Path, tree: ast.Module, around: Mapping[str, Any], silent: set[ast.AST]) -> None:
        self._path = path
        self._tree = tree
        self._around = around
        self._silent = silent
        self._parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}

    def all(self) -> Iterator[Mutant]:
        return self._below(self._tree, ())

    def _below(self, node: ast.AST, inside: tuple[ast.AST, ...]) -> Iterator[Mutant]:
        """The mutants of what hangs below a node; `inside` are the classes and functions around it."""
        for field, value in ast.iter_fields(node):
            if field in _UNTOUCHED:
                continue
            for index, child in enumerate(value if isinstance(value, list) else [value]):
                if isinstance(child, ast.AST) and not self._is_left_alone(child, inside):
                    slot = _Slot(node, field, index if isinstance(value, list) else None)
                    for new in self._instead_of(child, slot, inside):
                        yield from self._planted(child, slot, new, inside)
                    named = isinstance(child, ast.FunctionDef | ast.ClassDef)
                    yield from self._below(child, (*inside, child) if named else inside)

    def _is_left_alone(self, node: ast.AST, inside: tuple[ast.AST, ...]) -> bool:
        if node in self._silent or isinstance(node, ast.Assert | ast.Import | ast.ImportFrom):
            return True
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return True
        if isinstance(node, ast.Subscript) and ast.unparse(node.value) in _TYPES:
            return True
        if inside and isinstance(inside[-1], ast.ClassDef) and isinstance(node, ast.stmt):
            return not isinstance(node, ast.FunctionDef) and (
                self._path.stem in SHAPES or not isinstance(node, ast.AnnAssign)
            )
        return False

    def _instead_of(self, node: ast.AST, slot: _Slot, inside: tuple[ast.AST, ...]) -> Iterator[ast.AST]:
        function = inside[-1] if inside and isinstance(inside[-1], ast.FunctionDef) else None
        if isinstance(node, ast.stmt):
            if changes.is_deletable(node):
                yield ast.Pass()
            return
        yield from changes.instead_of(node, self._around)
        if isinstance(node, ast.Tuple) and (function is None or isinstance(slot.owner, ast.Compare)):
            yield from changes.as_list(node)
        if isinstance(node, ast.expr) and (type(slot.owner), slot.field) in _CONDITIONS:
            yield from changes.as_condition(node)
        if isinstance(node, ast.expr) and isinstance(slot.owner, ast.Return) and function is not None:
            yield from changes.as_answer(node, function.returns)

    def _planted(self, old: ast.AST, slot: _Slot, new: ast.AST, inside: tuple[ast.AST, ...]) -> Iterator[Mutant]:
        """The mutant, if it can be imported."""
        shown = self._shown(old)
        parent = self._parents[shown]
        way = "if " if isinstance(parent, ast.If) and shown is parent.test else ""
        before = way + _text(shown)
        slot.put(new)
        try:
            after = "nothing" if isinstance(new, ast.Pass) else way + _text(new if shown is old else shown)
            code = compile(ast.fix_missing_locations(self._tree), str(self._path), "exec")
        finally:
            slot.put(old)
        if _can_be_imported(code, self._around):
            change = " => ".join(_entry_dropped(old, new) or _shortened(before, after))
            of_function = any(isinstance(node, ast.FunctionDef) for node in inside)
            function = ".".join(node.name for node in inside)
            yield Mutant(self._path.stem, function, change, old.lineno, code, of_function)

    def _shown(self, node: ast.AST) -> ast.AST:
        """The widest expression or short statement around a node that still fits a name."""
        while (parent := self._parents.get(node)) is not None:
            if not isinstance(parent, _SHOWN_WITH) or len(ast.unparse(parent)) > _WIDTH:
                break
            node = parent
        return node


def _text(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())


def _entry_dropped(old: ast.AST, new: ast.AST) -> tuple[str, str] | None:
    """The key of the entry that a dictionary lost: what is behind it may be long, and need not be in the name."""
    if not isinstance(old, ast.Dict) or not isinstance(new, ast.Dict):
        return None
    (key,) = (key for key in old.keys if key not in new.keys and key is not None)
    return f"{_text(key)}: …", "nothing"


def _shortened(before: str, after: str) -> tuple[str, str]:
    """Of two long texts the words that differ, and of those around them as many as fit."""
    if len(before) <= _WIDTH:
        return before, after
    old, new = before.split(" "), after.split(" ")
    start = _alike(old, new)
    end = min(_alike(old[::-1], new[::-1]), min(len(old), len(new)) - start)
    while start + end and len(" ".join(old[start : len(old) - end])) < _WIDTH // 2:
        start, end = max(0, start - 1), max(0, end - 1)
    return _part(old, start, end), _part(new, start, end)


def _alike(first: list[str], second: list[str]) -> int:
    """How many words both begin with."""
    pairs = enumerate(zip(first, second, strict=False))
    return next((place for place, (one, other) in pairs if one != other), min(len(first), len(second)))


def _part(words: list[str], start: int, end: int) -> str:
    part = " ".join(words[start : len(words) - end])
    part = part if len(part) <= _WIDTH else f"{part[: _WIDTH - 1]}…"
    return f"{'… ' if start else ''}{part or 'nothing'}{' …' if end else ''}"


def _can_be_imported(code: CodeType, around: Mapping[str, Any]) -> bool:
    """Whether the module still runs, which is not asked of what runs only when called."""
    try:
        exec(code, {"__name__": around["__name__"]})
    except Exception:
        return False
    return True
