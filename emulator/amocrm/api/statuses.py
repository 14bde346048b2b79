"""/leads/pipelines/{id}/statuses (facts §3.7)."""

from __future__ import annotations

from typing import Any, Literal

from aiohttp import web

from emulator.amocrm import hal
from emulator.amocrm.api.common import (
    ACCOUNT,
    ID,
    PRINCIPAL,
    administrators_only,
    identifier,
    items,
    no_content,
    single,
    with_,
)
from emulator.amocrm.api.takes import NOTHING, Items, One
from emulator.amocrm.stages import COLORS
from emulator.amocrm.validation import refuse_flawed
from emulator.core.database import Row
from emulator.core.errors import NotFound
from emulator.core.instants import local_text

PATH = "leads/pipelines"
_STATUS = r"{status:\d+}"


def pipeline_of(request: web.Request) -> Row:
    """The pipeline of the path. Raises NotFound."""
    pipeline = request[ACCOUNT].pipelines.get(identifier(request))
    if pipeline is None:
        raise NotFound("Pipeline not found")
    return pipeline


def statuses_of(request: web.Request, pipeline_id: int) -> list[dict[str, Any]]:
    """The statuses of a pipeline as shown."""
    return _formatted(request, request[ACCOUNT].pipelines.statuses(pipeline_id))


async def get_list(request: web.Request) -> web.Response:
    statuses = statuses_of(request, pipeline_of(request)["id"])
    return hal.response({"_total_items": len(statuses), **hal.written(request, "statuses", statuses)})


async def get_one(request: web.Request) -> web.Response:
    return hal.response(_formatted(request, [_status(request)])[0])


async def post(request: web.Request) -> web.Response:
    administrators_only(request)
    stages, pipeline, asked = request[ACCOUNT].pipelines.stages, pipeline_of(request), await items(request)
    drafts = [stages.read(item) for item in asked]
    refuse_flawed(asked)
    written = _formatted(request, stages.create(pipeline["id"], drafts, request[PRINCIPAL].user_id))
    for item, shown in zip(asked, written, strict=True):
        shown["request_id"] = item.request_id
    return hal.response({"_total_items": len(written), **hal.written(request, "statuses", written)})


async def patch_one(request: web.Request) -> web.Response:
    administrators_only(request)
    stages, before, item = request[ACCOUNT].pipelines.stages, _status(request), await single(request)
    draft = stages.read(item, before)
    refuse_flawed([item])
    return hal.response(_formatted(request, [stages.change(draft, request[PRINCIPAL].user_id)])[0])


async def delete_one(request: web.Request) -> web.Response:
    administrators_only(request)
    request[ACCOUNT].pipelines.stages.delete(_status(request), request[PRINCIPAL].user_id)
    return no_content()


def _status(request: web.Request) -> Row:
    status = request[ACCOUNT].pipelines.status(pipeline_of(request)["id"], identifier(request, "status"))
    if status is None:
        raise NotFound("Status not found")
    return status


def _formatted(request: web.Request, statuses: list[Row]) -> list[dict[str, Any]]:
    base, account = hal.base(request), request[ACCOUNT]
    shown = [
        hal.entity(
            base,
            f"{PATH}/{status['pipeline_id']}/statuses/{status['id']}",
            {**status, "is_editable": status["is_editable"] == 1, "account_id": account.id},
        )
        for status in statuses
    ]
    if "descriptions" in with_(request) and statuses:
        texts = account.pipelines.stages.descriptions(statuses[0]["pipeline_id"])
        for status in shown:
            status["descriptions"] = [_description(request, row) for row in texts.get(status["id"], [])]
    return shown


def _description(request: web.Request, row: Row) -> dict[str, Any]:
    account = request[ACCOUNT]
    times = {key: local_text(row[key], account.zone) for key in ("created_at", "updated_at")}
    return {**row, **times, "account_id": account.id}


ROUTES = [
    web.get(f"/api/v4/{PATH}/{ID}/statuses", get_list),
    web.post(f"/api/v4/{PATH}/{ID}/statuses", post),
    web.get(f"/api/v4/{PATH}/{ID}/statuses/{_STATUS}", get_one),
    web.patch(f"/api/v4/{PATH}/{ID}/statuses/{_STATUS}", patch_one),
    web.delete(f"/api/v4/{PATH}/{ID}/statuses/{_STATUS}", delete_one),
]

SHAPE = {
    "name": str,
    "sort": int,
    "color": Literal[*sorted(COLORS)],
    "descriptions": [{"level": Literal["newbie", "candidate", "master"], "description": str}],
}
_ALL = f"/api/v4/{PATH}/{{id}}/statuses"

TAKES = {
    f"GET {_ALL}": NOTHING,
    f"POST {_ALL}": Items(SHAPE, ("name",)),
    f"PATCH {_ALL}/{{status}}": One(SHAPE),
    f"DELETE {_ALL}/{{status}}": NOTHING,
}
