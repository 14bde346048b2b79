"""`amocrm-js` 3.6.0 from npm works unmodified over TLS.

Programs beside this file do with it what its README shows and print what they got, which the tests look at. Node reads
HTTPS_PROXY by itself only from version 24.5 on; `through_proxy.cjs` gives that to older ones. `make` puts the client
into `build/node`. Without Node or without the client these tests are skipped, but where CI is set they fail.

It has factories for deals, contacts, companies, tasks and tags; everything else goes by `client.request`. What it
cannot do: send the body of a DELETE, unless its user gives the length as a header; tell a refusal whose body has no
`status` from an answer, which error 263 of a call is; read a 429 or a ban, which are no JSON to it; keep every Cyrillic
letter of an answer that comes in several chunks, because it decodes each by itself.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.contract.conftest import ServedStand

HERE = Path(__file__).parent
MODULES = HERE.parents[2] / "build" / "node" / "node_modules"

Said = dict[str, Any]
Run = Callable[..., Said]


@pytest.fixture(scope="session")
def run(served_stand: ServedStand) -> Run:
    """Run one of the programs in a world, after an OAuth code of its own; returns what it printed."""
    node = shutil.which("node")
    if node is None or not (MODULES / "amocrm-js").is_dir():
        missing = "Node is not here" if node is None else "amocrm-js is not in build/node, where make test puts it"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
    environment = {
        **os.environ,
        "NODE_PATH": str(MODULES),
        "HTTPS_PROXY": served_stand.urls["proxy"],
        "NODE_EXTRA_CA_CERTS": served_stand.urls["ca"],
    }

    def run(program: str, world: dict[str, Any], **more: Any) -> Said:
        told = json.dumps({**settings_of(served_stand, world), **more})
        command = [str(node), "--require", str(HERE / "through_proxy.cjs"), str(HERE / program), told]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=50, check=False)
        assert done.returncode == 0, done.stderr
        return dict(json.loads(done.stdout))

    return run


def settings_of(served_stand: ServedStand, world: dict[str, Any]) -> dict[str, Any]:
    """What every program is told."""
    amocrm = world["amocrm"]
    auth = {key: amocrm[key] for key in ("client_id", "client_secret", "redirect_uri")}
    return {
        "domain": amocrm["subdomain"],
        "stand": f"{served_stand.urls['stand']}/_stand/worlds/{world['id']}",
        "auth": {**auth, "code": served_stand.post(world, "/oauth-code")["code"]},
    }
