"""A million contacts in one world of a stand: look-up by phone, memory, restoring, and creating against a small world.

`measure` runs this module as a process of its own, which holds the stand; the load generator is another one.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median
from time import perf_counter

from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from emulator.amocrm.account import Account
from emulator.amocrm.api import contacts
from emulator.amocrm.api.common import ACCOUNT, PRINCIPAL
from emulator.amocrm.oauth import Principal
from emulator.stand.building import WorldRequest
from emulator.stand.cli import calm_the_collector
from emulator.stand.stand import Stand
from emulator.stand.world import World
from tests.bench import filling, load, restoring
from tests.bench.load import Figures, Load
from tests.bench.starting import resident_megabytes

RUNS = 5
SMALL = 10_000
LARGE = 1_000_000
LOOKUPS = 200
CREATED = 2_000
FULL_JOURNAL = 7_000
"""Requests after which the journal of a world is as long as it gets: each makes three entries."""

_LIST = ("GET", "/api/v4/contacts")

BODY = json.dumps(
    [
        {
            "name": "Contact {number}",
            "custom_fields_values": [{"field_code": "PHONE", "values": [{"value": "+78{number}"}]}],
        }
    ]
)
"""One contact of a request that creates; no number of it is one of those looked up."""


@dataclass(frozen=True)
class Million:
    """`by_query_ms`, `by_field_ms`: one look-up in the handler; `per_second`: requests that create one contact each."""

    by_query_ms: float
    by_field_ms: float
    megabytes: float
    restore_s: float
    per_second_small: float
    per_second_large: float
    small_against_large: float


def measure() -> Million:
    """Medians of five, in a fresh process."""
    command = [sys.executable, "-m", "tests.bench.million"]
    return Million(**json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout))


async def _measure() -> Million:
    async with Stand() as stand:
        large = await stand.create(WorldRequest(profile="v4"))
        filling.fill(large.amocrm, LARGE)
        calm_the_collector()
        by_query = median([await _lookup(large.amocrm, _query, run) for run in range(RUNS)])
        by_field = median([await _lookup(large.amocrm, _field, run) for run in range(RUNS)])
        await _creating(large, RUNS, FULL_JOURNAL)
        megabytes = resident_megabytes(os.getpid())
        small = await stand.create(WorldRequest(profile="v4"))
        filling.fill(small.amocrm, SMALL)
        pairs = [(await _creating(small, run), await _creating(large, run)) for run in range(RUNS)]
        return Million(
            by_query_ms=by_query,
            by_field_ms=by_field,
            megabytes=megabytes,
            restore_s=await restoring.seconds(stand, large),
            per_second_small=median(few for few, _many in pairs),
            per_second_large=median(many for _few, many in pairs),
            small_against_large=median(few / many for few, many in pairs),
        )


def _query(_account: Account, key: str) -> str:
    return f"/api/v4/contacts?query={key}"


def _field(account: Account, key: str) -> str:
    phone = account.custom_fields.coded("contacts", "PHONE")
    assert phone is not None
    return f"/api/v4/contacts?filter[custom_fields_values][{phone.id}][]=%2B7{key}"


async def _lookup(account: Account, path_of: Callable[[Account, str], str], run: int) -> float:
    """Milliseconds of one look-up in the handler: query read, contact found, answer written. No number comes twice."""
    handler = next(route.handler for route in contacts.ROUTES if (route.method, route.path) == _LIST)
    mocked = make_mocked_request("GET", "/", headers={"Host": "localhost"})
    mocked[ACCOUNT] = account
    mocked[PRINCIPAL] = Principal(account.user_ids[0], valid=True)
    keys = [filling.key(number) for number in range(run, LARGE, LARGE // LOOKUPS)]
    requests = [mocked.clone(rel_url=path_of(account, key)) for key in keys]
    times, answers = [], []
    for request in requests:
        began = perf_counter()
        answers.append(await handler(request))
        times.append(perf_counter() - began)
    for answer in answers:
        assert isinstance(answer, web.Response)
        assert isinstance(answer.body, bytes)
        assert len(json.loads(answer.body)["_embedded"]["contacts"]) == 1
    return median(times) * 1000


async def _creating(world: World, run: int, requests: int = CREATED) -> float:
    """Requests a second that create one contact each; no run creates what another one did."""
    asked = Load(
        world.urls["amocrm"],
        world.access.amocrm_token,
        ["/api/v4/contacts"],
        requests=requests,
        body=BODY,
        first=run * 10 * CREATED,
    )
    return (await _generated(asked)).per_second


async def _generated(asked: Load) -> Figures:
    """As `load.run`, while this process goes on serving."""
    generator = await asyncio.create_subprocess_exec(
        *load.COMMAND, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await generator.communicate(asked.text())
    assert generator.returncode == 0, f"the load generator ended with {generator.returncode}"
    return load.figures(printed)


if __name__ == "__main__":
    print(json.dumps(asdict(asyncio.run(_measure()))))
