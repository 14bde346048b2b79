"""`amostand call`: what it proposes can be done, and what is no script is said in words."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from emulator.stand.calling import Wanted, call
from emulator.stand.cli import main
from tests.unit.stand.conftest import Control


@pytest.mark.parametrize(
    ("from_", "to"), [("+79161234567", None), ("boris", "+79165550001"), ("anna", "boris")], ids=["in", "out", "inside"]
)
async def test_the_verb_that_is_proposed_is_possible(control: Control, from_: str, to: str | None) -> None:
    lines: list[Any] = []
    async with control.alone() as driver:
        await call(Wanted(control.url, driver.world["id"], from_, to, None, None, as_json=False), lines.append)
        proposed = re.search(r"POST (\S+) (\{.*?\})", lines[-1])
        assert proposed, lines
        path, body = proposed[1].removeprefix(control.url), json.loads(proposed[2])
        status, said = await control.ask("POST", path, body)
        assert status == 200, said


@pytest.mark.parametrize("text", ["calls: [{1: 2}]", "- {yes: anna}", "- {at: 1, null: anna}"])
def test_a_key_that_is_no_text_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "odd.yaml"
    file.write_text(text)
    ran = CliRunner().invoke(main, ["call", "--script", str(file)])
    assert (ran.exit_code, "is no key of a script" in ran.output) == (1, True), ran.output
