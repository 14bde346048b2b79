"""`python -m tests.parts`: all that `make test` runs, in parts. The longest come first: the cores end together."""

from __future__ import annotations

import sys

from tests.parts.forks import Part, run

PARTS = (
    "features --cores 1",
    "features -p tests.sabotage.plugin --one-each --cores 1",
    "tests/unit/stand",
    "tests/recovery",
    "tests/unit/telephony",
    "tests/property",
    "tests/unit --ignore tests/unit/stand --ignore tests/unit/telephony --ignore tests/unit/amocrm",
    "tests/unit/amocrm",
    "tests/contract -rs",
    "features -m smoke --served",
)

if __name__ == "__main__":
    sys.exit(run([Part(arguments) for arguments in PARTS]))
