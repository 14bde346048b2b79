"""`amocrm-js` 3.6.0 from npm works unmodified over TLS.

`amocrm_js/client.cjs` does with it what its README shows and prints what it got, which is looked at here. Node reads
HTTPS_PROXY by itself only from version 24.5 on; `amocrm_js/through_proxy.cjs` gives that to older ones. `make` puts the
client into `build/node`. Without Node or without the client these tests are skipped, but where CI is set they fail.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contract.conftest import ServedStand

HERE = Path(__file__).parent / "amocrm_js"
MODULES = Path(__file__).parents[2] / "build" / "node" / "node_modules"

NODE = shutil.which("node")
MISSING = "Node is not here" if NODE is None else "amocrm-js is not in build/node, where make test puts it"

if (NODE is None or not (MODULES / "amocrm-js").is_dir()) and not os.environ.get("CI"):
    pytest.skip(MISSING, allow_module_level=True)

Said = dict[str, Any]


@pytest.fixture(scope="module")
def world(served_stand: ServedStand) -> Iterator[dict[str, Any]]:
    """The client reads the process clock for the life of its tokens, so the world is live."""
    with served_stand.world("amocrm-js", name="js", profile="v4", clock="live") as world:
        yield world


@pytest.fixture(scope="module")
def said(served_stand: ServedStand, world: dict[str, Any]) -> Said:
    """What the client got, by topic."""
    assert NODE is not None, MISSING
    assert (MODULES / "amocrm-js").is_dir(), MISSING
    amocrm = world["amocrm"]
    settings = {
        "domain": amocrm["subdomain"],
        **{key: amocrm[key] for key in ("client_id", "client_secret", "redirect_uri")},
        "code": served_stand.post(world, "/oauth-code")["code"],
        "responsible": world["people"]["anna"]["user_id"],
    }
    command = [NODE, "--require", str(HERE / "through_proxy.cjs"), str(HERE / "client.cjs"), json.dumps(settings)]
    environment = {
        **os.environ,
        "NODE_PATH": str(MODULES),
        "HTTPS_PROXY": served_stand.urls["proxy"],
        "NODE_EXTRA_CA_CERTS": served_stand.urls["ca"],
    }
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=50, check=False)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_it_exchanges_a_code_and_refreshes_its_token(said: Said) -> None:
    oauth = said["oauth"]
    assert (oauth["connected"], oauth["refreshed"], oauth["expired"]) == (True, True, False)
    assert oauth["secondUseOfTheCode"]["data"]["hint"] == "Authorization code has been revoked"


def test_it_reads_the_account(said: Said) -> None:
    assert said["account"]["subdomain"] == "js"
    assert said["account"]["_links"]["self"]["href"] == "https://js.amocrm.ru/api/v4/account"
    assert [kind["id"] for kind in said["account"]["_embedded"]["task_types"]] == [1, 2, 3]


def test_it_makes_finds_and_changes_a_contact(said: Said, world: dict[str, Any]) -> None:
    """It sends back every attribute that it read."""
    contacts = said["contacts"]
    assert contacts["found"] == [contacts["id"]]
    shown = contacts["shown"]
    assert (shown["name"], shown["responsible_user_id"]) == ("Пётр Иванов", world["people"]["anna"]["user_id"])
    assert [tag["name"] for tag in shown["_embedded"]["tags"]] == ["vip"]
    (phone,) = shown["custom_fields_values"]
    assert (phone["field_code"], phone["values"][0]["value"]) == ("PHONE", "+79161234567")
    assert contacts["missing"] is None


def test_it_makes_a_deal_of_a_contact(said: Said) -> None:
    shown = said["leads"]["shown"]
    assert (shown["name"], shown["price"]) == ("Окна", 15000)
    assert [tag["name"] for tag in shown["_embedded"]["tags"]] == said["leads"]["tags"] == ["Продажа"]
    ((contact_id, is_main),) = [(each["id"], each["is_main"]) for each in shown["_embedded"]["contacts"]]
    assert (contact_id, is_main) == (said["contacts"]["id"], True)


def test_it_makes_a_company_of_a_contact(said: Said) -> None:
    shown = said["companies"]["shown"]
    assert (shown["name"], [tag["name"] for tag in shown["_embedded"]["tags"]]) == ("Окна", ["опт"])
    assert [each["id"] for each in shown["_embedded"]["contacts"]] == [said["contacts"]["id"]]


def test_it_sets_tasks(said: Said) -> None:
    assert said["tasks"] == {"texts": ["Перезвонить"], "entity": said["leads"]["id"]}


def test_it_walks_300_contacts_by_the_links(said: Said) -> None:
    """It asks for the address of `next` as it stands, and at the end for that of `first`."""
    assert said["pages"] == {"sizes": [100, 100, 100], "complete": True, "last": 1}


def test_errors_are_those_it_knows(said: Said) -> None:
    errors = said["errors"]
    statuses = {name: error["data"]["status"] for name, error in errors.items() if name != "outside"}
    assert statuses == {"invalid": 400, "unknownRoute": 404, "tooMany": 422, "unauthorized": 401}
    (item,) = errors["invalid"]["data"]["validation-errors"]
    assert item["errors"][0]["path"] == "name"
    assert "403 This proxy serves *.amocrm.ru" in errors["outside"]["message"]
