"""`python -m tests.recovery`: every flow through every trouble, in as many shares as parts run at a time."""

from __future__ import annotations

import sys

from tests.parts.forks import AT_A_TIME, Part, run

TESTS = "--timeout 900 tests/recovery/test_flows.py tests/recovery/test_killed.py"
SHARES = [Part(TESTS, {"AMOSTAND_RECOVERY": f"{number}/{AT_A_TIME}"}) for number in range(1, AT_A_TIME + 1)]

if __name__ == "__main__":
    sys.exit(run(SHARES))
