"""`python -m tests.mutants [MODULE ...] [--only TEXT]`: whether the features notice small changes of the rules."""

from __future__ import annotations

import argparse
import resource
import sys
import time
from pathlib import Path

import pytest

from tests.mutants import listed
from tests.mutants.judge import Judge

ROOT = Path(__file__).parents[2]
RULES = ROOT / "integration" / "rules"


def main() -> int:
    """Print the verdict; 1 when a module is below the mark or `docs/mutants.md` is not the list of those that live."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="of integration/rules, as tasks; default: all")
    parser.add_argument("--only", default="", metavar="TEXT", help="only mutants with this in their name")
    parser.add_argument("--killers", action="store_true", help="print every mutant with the scenario that it dies of")
    options = parser.parse_args()
    started = time.perf_counter()
    judge = Judge(RULES, options.modules, options.only)
    quiet = ["-s", "-qq", "--no-header", "--no-summary", "--tb=line"]
    status = pytest.main([*quiet, str(ROOT / "features")], plugins=[judge])
    if not judge.seconds:
        return int(status)
    page = listed.read(ROOT / "docs" / "mutants.md")
    enough = [_report(judge, name, page) for name in judge.seconds]
    if options.killers:
        for verdict in judge.verdicts:
            print(f"{verdict.killer or 'LIVES'}\t{verdict.mutant.name}")
    wrong = [*listed.wrong(judge.verdicts, page, complete=not (options.modules or options.only))]
    print(*wrong, sep="\n")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{time.perf_counter() - started:.0f} s, {used.ru_utime + used.ru_stime:.0f} s of processor time")
    return 0 if all(enough) and not wrong else 1


def _report(judge: Judge, name: str, page: listed.Listed) -> bool:
    """Print the line of a module; whether enough of its mutants died."""
    killed, total, equivalent = listed.score((v for v in judge.verdicts if v.mutant.module == name), page)
    if not total + equivalent:
        return True
    share = 100 * killed / total if total else 100
    besides = f", {equivalent} equivalent" if equivalent else ""
    print(f"{name:<18} {killed:>4} of {total:<4} {share:>5.1f} %{besides}  ({judge.seconds[name]:.0f} s)")
    return share >= listed.ENOUGH


if __name__ == "__main__":
    sys.exit(main())
