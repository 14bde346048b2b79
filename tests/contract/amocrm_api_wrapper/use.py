"""The client of `amocrm-api-wrapper` with what it needs to work at all.

Its GET and DELETE hand `json=` to httpx, whose `get` and `delete` take no body (httpx says so since 0.18):
`BodyTolerantClient` sends the same request through `httpx.Client.request`, which knows `json`. Sessions that it
replaces, at every refresh of its tokens, are closed here; it forgets to.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from amocrm_api import AmoOAuthClient

from tests.contract.conftest import ServedStand


class BodyTolerantClient(httpx.Client):
    def get(self, url: str, **keywords: Any) -> httpx.Response:  # type: ignore[override]
        return self.request("GET", url, **keywords)

    def delete(self, url: str, **keywords: Any) -> httpx.Response:  # type: ignore[override]
        return self.request("DELETE", url, **keywords)


class Client(AmoOAuthClient):
    """The published client on the tolerant transport."""

    def _init_session(self, params: dict[str, str] | None = None) -> httpx.Client:
        if hasattr(self, "_session"):
            self._session.close()
        session = BodyTolerantClient(timeout=self.timeout)
        session.headers.update({**self._auth_headers(), **(params or {})})
        return session


@contextmanager
def connected(served_stand: ServedStand, world: dict[str, Any]) -> Iterator[Client]:
    """The client after an exchange of an OAuth code, which it leaves to its user."""
    amocrm = world["amocrm"]
    secrets = {key: amocrm[key] for key in ("client_id", "client_secret", "redirect_uri")}
    code = served_stand.post(world, "/oauth-code")["code"]
    asked = {**secrets, "grant_type": "authorization_code", "code": code}
    tokens = httpx.post(f"{amocrm['base_url']}/oauth2/access_token", json=asked).json()
    client = Client(tokens["access_token"], tokens["refresh_token"], amocrm["base_url"], **secrets)
    try:
        yield client
    finally:
        client.close()
