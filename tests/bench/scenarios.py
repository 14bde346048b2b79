"""What one scenario costs: a hundred copies of a trivial and of a call scenario, world and all, under pytest."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path
from statistics import median

RUNS = 5
COPIES = 100
ROOT = Path(__file__).parents[2]

TRIVIAL = """
    @illustration
    Scenario: Trivial {number}
      Then amoCRM holds no contacts
"""
CALL = """
    @illustration
    Scenario: Call {number}
      Given the mode for primary calls is «Создавать контакт»
      When +79161234567 calls
      And Anna answers after 8 s
      And the caller hangs up after 60 s
      Then amoCRM holds one contact with the phone +79161234567
      And the call log has one row
"""


def measure() -> tuple[float, float]:
    """(milliseconds of a trivial scenario, of a call scenario), medians over five runs of the median scenario."""
    runs = [_run() for _ in range(RUNS)]
    return median(run[0] for run in runs), median(run[1] for run in runs)


def _run() -> tuple[float, float]:
    with tempfile.TemporaryDirectory(dir=ROOT / "features") as folder:
        feature = Path(folder) / "bench.feature"
        scenarios = "".join(text.format(number=number) for text in (TRIVIAL, CALL) for number in range(COPIES))
        feature.write_text(f"Feature: Bench\n\n  @PRIM-02 @stated\n  Rule: Bench\n{scenarios}", "utf-8")
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", str(feature), f"--junitxml={report}"]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        return _milliseconds(report, "Trivial"), _milliseconds(report, "Call")


def _milliseconds(report: Path, name: str) -> float:
    cases = [case for case in ET.parse(report).iter("testcase") if case.attrib["name"].startswith(name)]
    assert len(cases) == COPIES, f"{len(cases)} of {COPIES} {name} scenarios ran"
    return median(float(case.attrib["time"]) for case in cases) * 1000
