"""The layout of design §1: imports run one way, and few modules may tell the time, draw or use threads."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

FORBIDDEN_IMPORTS = {
    "emulator/core": ("emulator.amocrm", "emulator.telephony", "emulator.stand", "integration", "features"),
    "emulator/amocrm": ("emulator.telephony", "emulator.stand", "integration", "features"),
    "emulator/telephony": ("emulator.amocrm", "emulator.stand", "integration", "features"),
    "emulator/stand": ("features",),
    "integration": ("emulator", "features"),
    "integration/rules": ("aiohttp", "sqlite3", "integration.store", "integration.amocrm", "integration.clock"),
    "features": ("emulator", "integration"),
}

MAY = {
    "now": {"emulator/core/clock.py", "integration/clock.py"},
    "call_later": {"emulator/core/clock.py", "emulator/core/work.py", "integration/clock.py"},
    "sleep": set(),
    "time": set(),
    "monotonic": set(),
    "uuid4": set(),
    "uuid1": set(),
    "run_in_executor": set(),
    "to_thread": set(),
    "ThreadPoolExecutor": set(),
    "utcnow": set(),
    "today": set(),
}
OWNERS_OF_NAMES = {
    "now": {"datetime"},
    "utcnow": {"datetime"},
    "today": {"datetime", "date"},
    "sleep": {"asyncio", "time"},
    "time": {"time", "loop"},
    "monotonic": {"time"},
}
SQL_CLOCKS = ("datetime('now'", "current_timestamp", "strftime('%s', 'now'", "julianday('now'")


def modules(folder: str) -> Iterator[Path]:
    return (path for path in sorted((ROOT / folder).rglob("*.py")) if "__pycache__" not in path.parts)


@cache
def telling(path: Path) -> list[ast.AST]:
    """The imports and the uses of attributes in a module, which is read and walked through once."""
    wanted = (ast.Import, ast.ImportFrom, ast.Attribute)
    return [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, wanted)]


def imports_of(path: Path) -> Iterator[str]:
    for node in telling(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("folder", FORBIDDEN_IMPORTS)
def test_imports_run_one_way(folder: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(folder)
        for name in imports_of(path)
        for banned in FORBIDDEN_IMPORTS[folder]
        if name == banned or name.startswith(banned + ".")
    ]
    assert not wrong


def uses(path: Path) -> Iterator[tuple[str, str, int]]:
    """(owner, name, line) of each attribute used, and ("", name, line) of each banned name imported."""
    for node in telling(path):
        if isinstance(node, ast.Attribute):
            owner = node.value
            yield (owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")), node.attr, node.lineno
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", alias.name, node.lineno) for alias in node.names)


@pytest.mark.parametrize("folder", ["emulator", "integration", "features"])
def test_few_modules_tell_the_time_draw_or_use_threads(folder: str) -> None:
    wrong = []
    for path in modules(folder):
        place = str(path.relative_to(ROOT))
        for owner, name, line in uses(path):
            allowed = MAY.get(name)
            if allowed is None or place in allowed:
                continue
            if name in OWNERS_OF_NAMES and owner not in OWNERS_OF_NAMES[name]:
                continue
            wrong.append(f"{place}:{line} uses {owner}.{name}")
        wrong += [f"{place} imports {name}" for name in imports_of(path) if name.split(".")[0] in ("random", "secrets")]
    assert not wrong


def test_no_sql_asks_for_the_time() -> None:
    texts = [path for folder in ("emulator", "integration") for path in (ROOT / folder).rglob("*.*")]
    wrong = [
        str(path.relative_to(ROOT))
        for path in texts
        if path.suffix in (".py", ".sql") and any(clock in path.read_text("utf-8").lower() for clock in SQL_CLOCKS)
    ]
    assert not wrong


def test_constraints_name_no_host() -> None:
    assert "://" not in (ROOT / "constraints.txt").read_text("utf-8")
