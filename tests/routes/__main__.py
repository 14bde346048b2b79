"""`python -m tests.routes FOLDER PAGE`: write the table of the official client's routes from what tests have hit."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.routes.table import page, read_hits

folder, target = Path(sys.argv[1]), Path(sys.argv[2])
target.write_text(page(read_hits(folder)), encoding="utf-8")
