"""/tasks (facts §3.9)."""

from __future__ import annotations

from typing import Any, Literal

from aiohttp import web

from emulator.amocrm import hal
from emulator.amocrm.api.common import (
    ACCOUNT,
    ID,
    PRINCIPAL,
    identifier,
    items,
    list_query,
    named,
    no_content,
    page_response,
    single,
)
from emulator.amocrm.api.takes import Items, Listing, One, Takes
from emulator.amocrm.tasks import FILTERS, TYPES, TaskDraft
from emulator.amocrm.validation import refuse_flawed
from emulator.core.database import Row
from emulator.core.errors import NotFound


async def get_list(request: web.Request) -> web.Response:
    page = request[ACCOUNT].tasks.page(list_query(request))
    return page_response(request, "tasks", page, lambda rows: [_formatted(request, row) for row in rows])


async def get_one(request: web.Request) -> web.Response:
    task = request[ACCOUNT].tasks.get(identifier(request))
    return no_content() if task is None else hal.response(_formatted(request, task))


async def post(request: web.Request) -> web.Response:
    tasks, user_id, base = request[ACCOUNT].tasks, request[PRINCIPAL].user_id, hal.base(request)
    drafts = [tasks.read(item, user_id) for item in await items(request)]
    refuse_flawed(draft.item for draft in drafts)
    written = [
        hal.entity(base, f"tasks/{task['id']}", {"id": task["id"], "request_id": draft.item.request_id})
        for draft, task in zip(drafts, tasks.create(drafts), strict=True)
    ]
    return hal.response(hal.written(request, "tasks", written))


async def patch(request: web.Request) -> web.Response:
    tasks, user_id, asked = request[ACCOUNT].tasks, request[PRINCIPAL].user_id, await items(request)
    found = [(item, named(item, tasks.get)) for item in asked]
    drafts = [tasks.read_change(item, before, user_id) for item, before in found if before is not None]
    refuse_flawed(asked)
    changed = zip(drafts, tasks.change(drafts), strict=True)
    written = [_thin(request, draft, task, with_request_id=True) for draft, task in changed]
    return hal.response(hal.written(request, "tasks", written))


async def patch_one(request: web.Request) -> web.Response:
    tasks, item = request[ACCOUNT].tasks, await single(request)
    before = tasks.get(identifier(request))
    if before is None:
        raise NotFound("Task not found")
    draft = tasks.read_change(item, before, request[PRINCIPAL].user_id)
    refuse_flawed([item])
    [task] = tasks.change([draft])
    return hal.response(_thin(request, draft, task, with_request_id="request_id" in item.data))


def _thin(request: web.Request, draft: TaskDraft, task: Row, *, with_request_id: bool) -> dict[str, Any]:
    fields = {"id": task["id"], "updated_at": task["updated_at"] // 1_000_000}
    if with_request_id:
        fields["request_id"] = draft.item.request_id
    return hal.entity(hal.base(request), f"tasks/{task['id']}", fields)


def _formatted(request: web.Request, task: Row) -> dict[str, Any]:
    fields = {
        "id": task["id"],
        "created_by": task["created_by"],
        "updated_by": task["updated_by"],
        "created_at": task["created_at"] // 1_000_000,
        "updated_at": task["updated_at"] // 1_000_000,
        "responsible_user_id": task["responsible_user_id"],
        "group_id": task["group_id"],
        "entity_id": task["entity_id"],
        "entity_type": task["entity_type"],
        "duration": task["duration"],
        "is_completed": task["is_completed"] == 1,
        "task_type_id": task["task_type_id"],
        "text": task["text"],
        "result": [] if task["result"] is None else {"text": task["result"]},
        "complete_till": task["complete_till"] // 1_000_000,
        "account_id": request[ACCOUNT].id,
    }
    return hal.entity(hal.base(request), f"tasks/{task['id']}", fields)


ROUTES = [
    web.get("/api/v4/tasks", get_list),
    web.post("/api/v4/tasks", post),
    web.patch("/api/v4/tasks", patch),
    web.get(f"/api/v4/tasks/{ID}", get_one),
    web.patch(f"/api/v4/tasks/{ID}", patch_one),
]

_TASK = {
    "text": str,
    "complete_till": int,
    "entity_id": int,
    "entity_type": Literal["contacts", "companies", "leads"],
    "task_type_id": Literal[*(each["id"] for each in TYPES)],
    "duration": int,
    "is_completed": bool,
    "result": {"text": str},
    "responsible_user_id": int,
    "created_by": int,
    "updated_by": int,
    "created_at": int,
    "updated_at": int,
}
TAKES = {
    "GET /api/v4/tasks": Listing(FILTERS, ("created_at", "complete_till", "id")),
    "POST /api/v4/tasks": Items(_TASK, ("text", "complete_till")),
    "PATCH /api/v4/tasks": Items({"id": int, **_TASK}, ("id",)),
    "GET /api/v4/tasks/{id}": Takes(answers=(200, 204)),
    "PATCH /api/v4/tasks/{id}": One(_TASK),
}
