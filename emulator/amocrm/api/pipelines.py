"""/leads/pipelines (facts §3.7)."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from emulator.amocrm import hal
from emulator.amocrm.api.common import ACCOUNT, ID, identifier
from emulator.amocrm.api.takes import NOTHING
from emulator.core.database import Row
from emulator.core.errors import NotFound

_PATH = "leads/pipelines"


async def get_list(request: web.Request) -> web.Response:
    rows = request[ACCOUNT].pipelines.all()
    body = hal.written(request, "pipelines", [_formatted(request, row) for row in rows])
    return hal.response({"_total_items": len(rows), **body})


async def get_one(request: web.Request) -> web.Response:
    return hal.response(_formatted(request, _pipeline(request)))


async def get_statuses(request: web.Request) -> web.Response:
    pipeline = _pipeline(request)
    statuses = _statuses(request, pipeline["id"])
    return hal.response({"_total_items": len(statuses), **hal.written(request, "statuses", statuses)})


async def get_status(request: web.Request) -> web.Response:
    wanted = identifier(request, "status")
    for status in _statuses(request, _pipeline(request)["id"]):
        if status["id"] == wanted:
            return hal.response(status)
    raise NotFound("Status not found")


def _pipeline(request: web.Request) -> Row:
    pipeline = request[ACCOUNT].pipelines.get(identifier(request))
    if pipeline is None:
        raise NotFound("Pipeline not found")
    return pipeline


def _formatted(request: web.Request, pipeline: Row) -> dict[str, Any]:
    flags = {key: pipeline[key] == 1 for key in ("is_main", "is_unsorted_on", "is_archive")}
    fields = {"id": pipeline["id"], "name": pipeline["name"], "sort": pipeline["sort"], **flags}
    fields["account_id"] = request[ACCOUNT].id
    embedded = {"statuses": _statuses(request, pipeline["id"])}
    return hal.entity(hal.base(request), f"{_PATH}/{pipeline['id']}", fields, embedded)


def _statuses(request: web.Request, pipeline_id: int) -> list[dict[str, Any]]:
    base, account = hal.base(request), request[ACCOUNT]
    return [
        hal.entity(
            base,
            f"{_PATH}/{pipeline_id}/statuses/{status['id']}",
            {**status, "is_editable": status["is_editable"] == 1, "account_id": account.id},
        )
        for status in account.pipelines.statuses(pipeline_id)
    ]


ROUTES = [
    web.get(f"/api/v4/{_PATH}", get_list),
    web.get(f"/api/v4/{_PATH}/{ID}", get_one),
    web.get(f"/api/v4/{_PATH}/{ID}/statuses", get_statuses),
    web.get(f"/api/v4/{_PATH}/{ID}/statuses/{{status:\\d{{1,18}}}}", get_status),
]

TAKES = {f"GET /api/v4/{_PATH}": NOTHING}
