"""How long everything takes that `make test` runs, once set up."""

from __future__ import annotations

import subprocess
from pathlib import Path
from statistics import median
from time import perf_counter

RUNS = 5
ROOT = Path(__file__).parents[2]


def measure() -> float:
    """Seconds, the median of five."""
    times = []
    for _ in range(RUNS):
        began = perf_counter()
        subprocess.run(["make", "-s", "test"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        times.append(perf_counter() - began)
    return median(times)
