"""`python -m tests.nightly --examples 50`: nothing that a client can send is answered with a 5xx.

A served stand gets a world with a few cards of each kind. Schemathesis (in a virtual environment of its own) and our
own drawer of odd requests ask every operation of its OpenAPI description; then the world must settle, which raises
what a handler did not catch, and its journal must hold no defect of the fake.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from emulator.stand.served import served
from tests.nightly.asking import Asker
from tests.nightly.odd import Odd
from tests.nightly.world import World

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
PHASES = "examples,coverage,fuzzing"
BUILD = Path("build")
ODD_PER_EXAMPLE = 10
"""Requests of our own to an operation for each example of schemathesis: they cost a tenth."""


def main() -> int:
    asked = _arguments()
    sys.stdout.reconfigure(line_buffering=True)
    with served() as stand:
        world = World(stand.urls)
        schemathesis = _schemathesis(asked, world)
        odd = _odd(asked, world)
        left = world.defects()
    print(f"\nschemathesis: {'failed' if schemathesis else 'passed'}; requests of our own: {odd.summary()}")
    for line in [*odd.defects, *left]:
        print(f"  {line}")
    return 1 if schemathesis or odd.defects or left else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.nightly")
    parser.add_argument("--examples", type=int, default=50, help="examples for each operation (default: 50)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed asks the same (default: 1)")
    parser.add_argument("--schemathesis", type=Path, default=BUILD / "schemathesis/bin/schemathesis")
    return parser.parse_args()


def _schemathesis(asked: argparse.Namespace, world: World) -> int:
    command = [str(asked.schemathesis.absolute()), "--config-file", "/dev/null", "run", world.description_url]
    command += ["--url", world.amocrm, "--header", f"Authorization: Bearer {world.token}"]
    command += ["--max-examples", str(asked.examples), "--seed", str(asked.seed), "--phases", PHASES]
    command += ["--checks", CHECKS, "--generation-database", "none", "--warnings", "off", "--no-color"]
    command += ["--continue-on-failure", "--request-timeout", "10"]
    return subprocess.run(command, cwd=BUILD, check=False).returncode


def _odd(asked: argparse.Namespace, world: World) -> Asker:
    asker = Asker(world.amocrm, world.token)
    for request in Odd(world.description(), world.known(), asked.seed).requests(asked.examples * ODD_PER_EXAMPLE):
        asker.ask(request)
    return asker


if __name__ == "__main__":
    sys.exit(main())
