"""/leads/pipelines (facts §3.7). Writing is for administrators."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from emulator.amocrm import hal
from emulator.amocrm.api import statuses
from emulator.amocrm.api.common import ACCOUNT, ID, PRINCIPAL, administrators_only, items, no_content, single
from emulator.amocrm.api.statuses import PATH, pipeline_of, statuses_of
from emulator.amocrm.api.takes import NOTHING, Items, One
from emulator.amocrm.pipelines import PipelineDraft
from emulator.amocrm.validation import refuse_flawed
from emulator.core.database import Row


async def get_list(request: web.Request) -> web.Response:
    rows = request[ACCOUNT].pipelines.all()
    body = hal.written(request, "pipelines", [_formatted(request, row) for row in rows])
    return hal.response({"_total_items": len(rows), **body})


async def get_one(request: web.Request) -> web.Response:
    return hal.response(_formatted(request, pipeline_of(request)))


async def post(request: web.Request) -> web.Response:
    administrators_only(request)
    pipelines, asked = request[ACCOUNT].pipelines, await items(request)
    drafts = [pipelines.read(item) for item in asked]
    refuse_flawed(asked)
    rows = pipelines.create(drafts, request[PRINCIPAL].user_id)
    written = [_made(request, draft, row) for draft, row in zip(drafts, rows, strict=True)]
    return hal.response({"_total_items": len(written), **hal.written(request, "pipelines", written)})


def _made(request: web.Request, draft: PipelineDraft, row: Row) -> dict[str, Any]:
    """A new pipeline; its statuses carry the request ids of the items that made or renamed them."""
    shown = _formatted(request, row)
    shown["request_id"] = draft.item.request_id
    own = iter(draft for draft in draft.statuses if not draft.closing)
    closing = {draft.closing: draft for draft in draft.statuses if draft.closing}
    for status in sorted(hal.asked(shown)["statuses"], key=lambda status: int(status["id"])):
        made = closing.get(status["id"]) or (next(own, None) if status["is_editable"] else None)
        if made is not None:
            status["request_id"] = made.item.request_id
    return shown


async def patch_one(request: web.Request) -> web.Response:
    administrators_only(request)
    pipelines, before, item = request[ACCOUNT].pipelines, pipeline_of(request), await single(request)
    draft = pipelines.read(item, before)
    refuse_flawed([item])
    return hal.response(_formatted(request, pipelines.change(draft, request[PRINCIPAL].user_id)))


async def delete_one(request: web.Request) -> web.Response:
    administrators_only(request)
    request[ACCOUNT].pipelines.delete(pipeline_of(request), request[PRINCIPAL].user_id)
    return no_content()


def _formatted(request: web.Request, pipeline: Row) -> dict[str, Any]:
    flags = {key: pipeline[key] == 1 for key in ("is_main", "is_unsorted_on", "is_archive")}
    fields = {"id": pipeline["id"], "name": pipeline["name"], "sort": pipeline["sort"], **flags}
    fields["account_id"] = request[ACCOUNT].id
    embedded = {"statuses": statuses_of(request, pipeline["id"])}
    return hal.entity(hal.base(request), f"{PATH}/{pipeline['id']}", fields, embedded)


ROUTES = [
    web.get(f"/api/v4/{PATH}", get_list),
    web.post(f"/api/v4/{PATH}", post),
    web.get(f"/api/v4/{PATH}/{ID}", get_one),
    web.patch(f"/api/v4/{PATH}/{ID}", patch_one),
    web.delete(f"/api/v4/{PATH}/{ID}", delete_one),
]

_SHAPE = {"name": str, "sort": int, "is_main": bool, "is_unsorted_on": bool}
_NEW = {**_SHAPE, hal.EMBEDDED: {"statuses": [{"id": int, **statuses.SHAPE}]}}

TAKES = {
    f"GET /api/v4/{PATH}": NOTHING,
    f"POST /api/v4/{PATH}": Items(_NEW, ("name",)),
    f"PATCH /api/v4/{PATH}/{{id}}": One(_SHAPE),
    f"DELETE /api/v4/{PATH}/{{id}}": NOTHING,
}
