"""A mutant takes the place of the original in this process, for good: who tries it does so in a fork."""

from __future__ import annotations

import importlib
import inspect
import sys
from types import FunctionType, ModuleType
from typing import Any

from tests.mutants.mutator import Mutant

PACKAGE = "integration.rules"


def module_named(name: str) -> ModuleType:
    return importlib.import_module(f"{PACKAGE}.{name}")


def plant(mutant: Mutant) -> None:
    """Make the module do what the mutant does, for those as well who hold its functions or values by name already."""
    module = module_named(mutant.module)
    changed: dict[str, Any] = {"__name__": module.__name__}
    exec(mutant.code, changed)
    if isinstance(function_at(changed, mutant.function), FunctionType):
        graft(function_at(vars(module), mutant.function), function_at(changed, mutant.function))
    else:
        for name, value in changed.items():
            if not name.startswith("__") and not isinstance(value, FunctionType):
                _hand_out(name, vars(module)[name], value)


def function_at(namespace: dict[str, Any], name: str) -> Any:
    """The function of that qualified name below its decorators; what else has the name, None if nothing has."""
    first, *rest = name.split(".")
    found: Any = namespace.get(first)
    for part in rest:
        found = inspect.getattr_static(found, part)
    found = getattr(found, "fget", found)
    return inspect.unwrap(getattr(found, "__func__", found)) if found is not None else None


def graft(original: FunctionType, changed: FunctionType) -> None:
    """The function stays who it is and does something else."""
    original.__code__ = changed.__code__
    original.__defaults__ = changed.__defaults__
    original.__kwdefaults__ = changed.__kwdefaults__


def _hand_out(name: str, old: Any, new: Any) -> None:
    """Whoever has imported the value by its name gets the new one."""
    for module in [*sys.modules.values()]:
        if module.__name__.split(".")[0] == "integration" and vars(module).get(name) is old:
            setattr(module, name, new)
