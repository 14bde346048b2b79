"""Plant small errors in integration/rules, one at a time, and see whether the features notice."""

from __future__ import annotations

import argparse
import resource
import sys
import time
from pathlib import Path

import pytest

from tests.mutants import listed
from tests.mutants.judge import Judge, Verdict

ROOT = Path(__file__).parents[2]
RULES = ROOT / "integration" / "rules"
_QUIET = ("-s", "-qq", "--no-header", "--no-summary", "--tb=line")


def main() -> int:
    """Print the verdicts; 1 when a module is below the mark or `docs/mutants.md` is not the list of those that live."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="of integration/rules, as tasks; default: all")
    parser.add_argument("--only", default="", metavar="TEXT", help="only mutants with this in their name")
    parser.add_argument("--killers", action="store_true", help="print each mutant with the scenario that it dies of")
    options = parser.parse_args()
    page = listed.read(ROOT / "docs" / "mutants.md")
    verdicts: list[Verdict] = []
    shares: list[float] = []

    def judged(module: str, found: list[Verdict], seconds: float) -> None:
        verdicts.extend(found)
        shares.append(_report(module, found, page, seconds))
        if options.killers:
            print(*(f"{verdict.mutant.name}\n    {verdict.killer or 'LIVES'}" for verdict in found), sep="\n")

    started = time.perf_counter()
    judge = Judge(RULES, options.modules, options.only, judged)
    status = pytest.main([*_QUIET, str(ROOT / "features")], plugins=[judge])
    if not shares:
        return int(status) or 1
    wrong = [*listed.wrong(verdicts, page, complete=not (options.modules or options.only))]
    for line in wrong:
        print(line)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{time.perf_counter() - started:.0f} s, {used.ru_utime + used.ru_stime:.0f} s of processor time")
    return 1 if wrong or min(shares) < listed.ENOUGH else 0


def _report(module: str, verdicts: list[Verdict], page: listed.Listed, seconds: float) -> float:
    """Print the line of a module; how many per cent of its mutants died."""
    killed, total, uncounted = listed.score(verdicts, page)
    share = 100 * killed / total if total else 100.0
    besides = f", {uncounted} more cannot be told" if uncounted else ""
    print(f"{module:<18} {killed:>4} of {total:<4} {share:>5.1f} %{besides}  ({seconds:.0f} s)", flush=True)
    return share


if __name__ == "__main__":
    sys.exit(main())
