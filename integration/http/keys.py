"""What handlers find in the application, and how they answer."""

from __future__ import annotations

import re
from typing import Any

import orjson
from aiohttp import web

from integration.problems import FieldError, Problem
from integration.tenant import Tenant
from integration.tenants import Tenants

TENANTS = web.AppKey("tenants", Tenants)

_NAME = re.compile(r"[A-Za-z0-9_-]{1,100}")


def tenant_of(request: web.Request) -> Tenant:
    """The tenant of the path, or a 404. Ask only once the body is read: a tenant can be replaced meanwhile."""
    return request.app[TENANTS].get(request.match_info["tenant"])


def name_in(request: web.Request, part: str) -> str:
    """A name of the path, fit to be a file name, or a 400."""
    name = request.match_info[part]
    if not _NAME.fullmatch(name):
        raise Problem(
            400, "Bad name", f"{part} {name!r}", [FieldError(part, name, "1 to 100 letters, digits, - and _")]
        )
    return name


def json_answer(body: Any, status: int = 200) -> web.Response:
    """Instants are written as ISO 8601 with offset."""
    return web.Response(status=status, body=orjson.dumps(body), content_type="application/json")
