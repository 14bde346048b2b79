"""The small changes of which mutants are made: what may stand in the place of a node.

Whether a change can be told from the original is not asked here. Left out are those that only repeat another: an `if`
whose body is deleted is one that is False.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tests.mutants.words import WORDS, arguments

_COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_CALCULATED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitAnd: ast.BitOr,
}
_TWINS = {"max": "min", "min": "max", "any": "all", "all": "any", "startswith": "endswith", "endswith": "startswith"}


def instead_of(node: ast.AST, around: Mapping[str, Any]) -> Iterator[ast.AST]:
    """What may stand in the place of an expression, with the parts that stay; `around` is the module's namespace."""
    if maker := _MAKERS.get(type(node)):
        yield from maker(node, around)


def as_list(node: ast.Tuple) -> Iterator[ast.AST]:
    """What may stand in the place of a tuple that is a list of alike members, not several values at once."""
    yield from _of_list(node, {})


def as_condition(node: ast.expr) -> Iterator[ast.AST]:
    """What may stand in the place of an expression that decides which way to go.

    What is assigned in it is used on the way that it opens, so such a one is never taken for True.
    """
    assigns = any(isinstance(part, ast.NamedExpr) for part in ast.walk(node))
    for answer in (False,) if assigns else (True, False):
        if not (isinstance(node, ast.Constant) and node.value is answer):
            yield ast.Constant(answer)


def as_answer(node: ast.expr, annotation: ast.expr | None) -> Iterator[ast.AST]:
    """What a function with this annotation may return in the place of an expression."""
    says = "" if annotation is None else ast.unparse(annotation)
    plain = node.value if isinstance(node, ast.Constant) else ...
    if says == "bool" and plain is ...:
        yield from as_condition(node)
    elif says.endswith("| None") and plain is not None:
        yield ast.Constant(None)
    elif says.startswith(("list[", "dict[")) or (says.startswith("tuple[") and says.endswith(", ...]")):
        yield ast.parse({"l": "[]", "d": "{}", "t": "()"}[says[0]], mode="eval").body


def is_deletable(statement: ast.stmt) -> bool:
    """Whether the function still runs without the statement, so that what is missing is what it did."""
    if isinstance(statement, ast.Expr):
        return not isinstance(statement.value, ast.Constant)
    if isinstance(statement, ast.Assign):
        return not any(isinstance(target, ast.Name | ast.Tuple) for target in statement.targets)
    return isinstance(statement, ast.AugAssign | ast.Raise | ast.Continue | ast.Break)


def _of_constant(node: ast.Constant, _: Mapping[str, Any]) -> Iterator[ast.AST]:
    match node.value:
        case bool(value):
            yield ast.Constant(not value)
        case int(value) | float(value):
            yield ast.Constant(value + 1)
            yield ast.Constant(value - 1)
        case str(value):
            yield ast.Constant(f"{value}~")


def _of_comparison(node: ast.Compare, _: Mapping[str, Any]) -> Iterator[ast.AST]:
    for place, old in enumerate(node.ops):
        for new in _COMPARED[type(old)]:
            yield ast.Compare(node.left, [*node.ops[:place], new(), *node.ops[place + 1 :]], node.comparators)


def _of_and_or(node: ast.BoolOp, _: Mapping[str, Any]) -> Iterator[ast.AST]:
    yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    for rest in _one_less(node.values):
        yield rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)


def _of_unary(node: ast.UnaryOp, _: Mapping[str, Any]) -> Iterator[ast.AST]:
    if isinstance(node.op, ast.Not | ast.USub):
        yield node.operand


def _of_calculation(node: ast.BinOp, _: Mapping[str, Any]) -> Iterator[ast.AST]:
    if new := _CALCULATED.get(type(node.op)):
        yield ast.BinOp(node.left, new(), node.right)


def _of_call(node: ast.Call, around: Mapping[str, Any]) -> Iterator[ast.AST]:
    """A twin is called, an argument that need not be there is dropped, one that may be None is None."""
    if isinstance(node.func, ast.Name) and node.func.id in _TWINS:
        yield ast.Call(ast.Name(_TWINS[node.func.id], ast.Load()), node.args, node.keywords)
    if isinstance(node.func, ast.Attribute) and node.func.attr in _TWINS:
        yield ast.Call(ast.Attribute(node.func.value, _TWINS[node.func.attr], ast.Load()), node.args, node.keywords)
    known = dict(arguments(node, around))
    for word, rest in zip(node.keywords, _one_less(node.keywords), strict=True):
        if word.value not in known or _is_optional(known[word.value]):
            yield ast.Call(node.func, node.args, rest)
    if node.args and node.args[-1] in known and _is_optional(known[node.args[-1]]):
        yield ast.Call(node.func, node.args[:-1], node.keywords)
    for value, parameter in known.items():
        if str(parameter.annotation).endswith("| None") and not isinstance(value, ast.Constant):
            yield _with_argument(node, value, ast.Constant(None))


def _is_optional(parameter: inspect.Parameter) -> bool:
    return parameter.default is not parameter.empty and parameter.name not in WORDS


def _with_argument(node: ast.Call, old: ast.expr, new: ast.expr) -> ast.Call:
    args = [new if value is old else value for value in node.args]
    keywords = [ast.keyword(word.arg, new) if word.value is old else word for word in node.keywords]
    return ast.Call(node.func, args, keywords)


def _of_list(node: Any, _: Mapping[str, Any]) -> Iterator[ast.AST]:
    """A member is dropped; where members are plain values, those are changed instead."""
    for member, rest in zip(node.elts, _one_less(node.elts), strict=True):
        if not isinstance(member, ast.Constant):
            yield type(node)(rest, *([ast.Load()] if isinstance(node, ast.List | ast.Tuple) else ()))


def _of_dict(node: ast.Dict, _: Mapping[str, Any]) -> Iterator[ast.AST]:
    """An entry is dropped, or, where its key is a plain value, that is changed instead."""
    for key, keys, values in zip(node.keys, _one_less(node.keys), _one_less(node.values), strict=True):
        if not isinstance(key, ast.Constant):
            yield ast.Dict(keys, values)


def _one_less(parts: list[Any]) -> Iterator[list[Any]]:
    return ([*parts[:place], *parts[place + 1 :]] for place in range(len(parts)))


_MAKERS: dict[type[ast.AST], Callable[[Any, Mapping[str, Any]], Iterator[ast.AST]]] = {
    ast.Constant: _of_constant,
    ast.Compare: _of_comparison,
    ast.BoolOp: _of_and_or,
    ast.UnaryOp: _of_unary,
    ast.BinOp: _of_calculation,
    ast.Call: _of_call,
    ast.List: _of_list,
    ast.Set: _of_list,
    ast.Dict: _of_dict,
}
