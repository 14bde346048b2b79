"""The control plane on the servers of the fakes too: one application, whoever is asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aiohttp import web
from yarl import URL

from emulator.core.web import CONTROL_PREFIX

PREFIX = CONTROL_PREFIX.rstrip("/")


class Mounted(web.AbstractResource):
    """All paths of `control`, which begin with PREFIX. A sub-application would have to be one for each server."""

    def __init__(self, control: web.Application) -> None:
        super().__init__()
        self._control = control

    @property
    def canonical(self) -> str:
        return PREFIX

    async def resolve(self, request: web.Request) -> tuple[web.UrlMappingMatchInfo | None, set[str]]:
        found = await self._control.router.resolve(request)
        found.add_app(self._control)
        refusal = found.http_exception
        return found, refusal.allowed_methods if isinstance(refusal, web.HTTPMethodNotAllowed) else set()

    def raw_match(self, path: str) -> bool:
        return False

    def add_prefix(self, prefix: str) -> None:
        raise NotImplementedError

    def url_for(self, **parts: str) -> URL:
        raise NotImplementedError

    def get_info(self) -> Any:
        return {"app": self._control, "prefix": PREFIX}

    def __len__(self) -> int:
        return len(self._control.router.routes())

    def __iter__(self) -> Iterator[web.AbstractRoute]:
        return iter(self._control.router.routes())
