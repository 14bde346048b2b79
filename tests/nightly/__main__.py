"""`python -m tests.nightly --examples 50`: nothing that a client can send is answered with a 5xx.

A served stand gets a world of each profile, with a few things of each kind. The OpenAPI description must be valid.
Our own drawer of odd requests and schemathesis, in a virtual environment of its own, ask every operation of it. Then
the worlds must settle and live on for a day, which raises what was not caught, and their journals hold no defect.
"""

from __future__ import annotations

import argparse
import json
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
    with served() as stand:
        worlds = [World(stand.urls, profile) for profile in ("documented", "v4")]
        found = _invalid(asked.venv, worlds[-1])
        for world in worlds:
            found += _odd(asked, world)
        is_fine = _schemathesis(asked, worlds[-1])
        found += [defect for world in worlds for defect in world.defects()]
    print("\n".join(found) or "no defects of the fake")
    return 0 if is_fine and not found else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.nightly")
    parser.add_argument("--examples", type=int, default=50, help="of schemathesis, for each operation (default: 50)")
    parser.add_argument("--seed", type=int, default=1, help="an equal seed asks the same (default: 1)")
    parser.add_argument("--venv", type=Path, default=BUILD / "schemathesis", help="where schemathesis is installed")
    return parser.parse_args()


def _invalid(venv: Path, world: World) -> list[str]:
    """What is wrong with the description."""
    command = [str(venv / "bin/python"), str(Path(__file__).with_name("is_valid.py"))]
    document = json.dumps(world.description())
    said = subprocess.run(command, input=document, capture_output=True, text=True, check=False)
    return [] if said.returncode == 0 else [f"the description is not valid:\n{said.stdout}{said.stderr}"]


def _schemathesis(asked: argparse.Namespace, world: World) -> bool:
    command = [str(asked.venv.absolute() / "bin/schemathesis"), "--config-file", "/dev/null"]
    command += ["run", world.description_url, "--url", world.amocrm, "--header", f"Authorization: Bearer {world.token}"]
    command += ["--max-examples", str(asked.examples), "--seed", str(asked.seed), "--phases", PHASES]
    command += ["--checks", CHECKS, "--continue-on-failure", "--request-timeout", "10"]
    command += ["--generation-database", "none", "--warnings", "off", "--no-color"]
    return subprocess.run(command, cwd=BUILD, check=False).returncode == 0


def _odd(asked: argparse.Namespace, world: World) -> list[str]:
    asker = Asker(world.amocrm, world.token)
    for request in Odd(world.description(), world.known(), asked.seed).requests(asked.examples * ODD_PER_EXAMPLE):
        asker.ask(request)
    print(f"requests of our own, answers by status: {asker.summary()}")
    return asker.defects


if __name__ == "__main__":
    sys.exit(main())
