"""Which account a request is for (design §3).

It is found by the subdomain in Host, by the bearer token, by client id, code or refresh token of an OAuth body, by the
user id of a login, by the session cookie, or it is the only world there is. Two ways that disagree are a 401, none is
a 404 that lists the ways.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

import orjson
from aiohttp import web

from emulator.amocrm.account import Account
from emulator.amocrm.errors import wrong_login
from emulator.amocrm.oauth import NOBODY, Principal
from emulator.amocrm.sessions import COOKIE, read_session
from emulator.amocrm.tokens import read_bearer
from emulator.core.errors import BadRequest, Conflict, NotFound, Unauthorized

_WAYS = (
    "no account is named: use the Host <subdomain>.<domain>, a bearer token, "
    "the client_id, code or refresh_token of an OAuth body, the user_id of a login, a session cookie, "
    "or a stand with a single world"
)


class Accounts:
    """The accounts that one server answers for."""

    def __init__(self) -> None:
        self._by_id: dict[int, Account] = {}
        self._by_subdomain: dict[str, Account] = {}

    def add(self, account: Account) -> None:
        """Raises Conflict when id or subdomain is taken: a fork answers on a server of its own."""
        if account.id in self._by_id or account.subdomain in self._by_subdomain:
            raise Conflict(f"there is an account {account.id} or a subdomain {account.subdomain} already")
        self._by_id[account.id] = account
        self._by_subdomain[account.subdomain] = account

    def remove(self, account: Account) -> None:
        if self._by_id.get(account.id) is account:
            del self._by_id[account.id]
            del self._by_subdomain[account.subdomain]

    def find(self, request: web.Request, names: dict[str, Any] | None) -> tuple[Account, Principal]:
        """The account and who asks; `names` is what a request without a token says of its account, else None.

        The principal is one that is not `valid` when the token or session is missing, unknown, expired, revoked or
        ended; refusing it is the caller's, so that the refusal lies in the journal of the world.
        """
        if not request.host.isascii():
            raise BadRequest("Host is no name of a host")
        account = self._by_subdomain.get(subdomain_in(request.host))
        principal = NOBODY
        header = request.headers.get("Authorization")
        bearer = read_bearer(header) if header else None
        if bearer is not None and (named := self._by_id.get(bearer.account_id)) is not None:
            account = _agreed(account, named)
            principal = account.oauth.who(bearer.digest)
        cookie = request.cookies.get(COOKIE) if "Cookie" in request.headers and names is None else None
        session = read_session(cookie) if cookie else None
        if session is not None and (named := self._by_id.get(session.account_id)) is not None:
            account = _agreed(account, named)
            principal = principal if header else account.sessions.who(session.digest)
        if names is not None:
            account, principal = self._by_names(account, names)
        if account is None:
            account = self._only(header or cookie)
        return account, principal

    def _by_names(self, account: Account | None, names: dict[str, Any]) -> tuple[Account | None, Principal]:
        for named in self._by_id.values():
            if named.oauth.knows(names) or named.sessions.knows(names):
                account = _agreed(account, named)
        client = account.oauth.client(names.get("client_id")) if account else None
        return account, Principal(client_id=client["id"], holder=client["holder"]) if client else NOBODY

    def _only(self, presented: str | None) -> Account:
        if len(self._by_id) == 1:
            return next(iter(self._by_id.values()))
        if presented:
            raise wrong_login()
        raise NotFound(_WAYS)


@lru_cache(maxsize=1024)
def subdomain_in(host: str) -> str:
    """What stands for an account in a Host header, in lower case; nothing in an IP address."""
    label = host.partition(".")[0]
    return "" if label.isdigit() else label.lower()


def _agreed(account: Account | None, named: Account) -> Account:
    if account is not None and account is not named:
        raise Unauthorized(f"the request names two accounts: {account.subdomain} and {named.subdomain}")
    return named


def oauth_body(body: bytes) -> dict[str, Any]:
    """The parameters of an OAuth request, JSON or a form; nothing when it is neither."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return dict(parse_qsl(body.decode(errors="replace")))
    return value if isinstance(value, dict) else {}
