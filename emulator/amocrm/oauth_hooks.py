"""What amoCRM tells an integration by GET: that it was installed, with a code, and that it was switched off.

Facts §1.2, §1.4. Each is sent once; no answer within 5 real seconds counts as none. The journal shows neither code
nor signature.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

import aiohttp
from yarl import URL

from emulator.core.database import Row

if TYPE_CHECKING:
    from emulator.amocrm.account import Account

_ANSWER_WITHIN = aiohttp.ClientTimeout(total=5)
_AGENT = "amoService-oAuth-Code-Sender/1.0"
_HIDDEN = frozenset({"code", "signature"})


class Visit(NamedTuple):
    """How a GET ended: the HTTP status, or None with the reason."""

    status: int | None
    detail: str


class OAuthHooks:
    """Sends the two hooks of one account."""

    def __init__(self, account: Account, session: Callable[[], aiohttp.ClientSession]) -> None:
        self._account = account
        self._session = session

    def consent_url(self, client: Row, user_id: int, state: str | None) -> str:
        """Where a browser is sent after the user's consent: the client's address with a fresh code."""
        return str(URL(client["redirect_uri"]).update_query(self._consent(client, user_id, state, {})))

    def refusal_url(self, client: Row, state: str | None) -> str:
        """Where a browser is sent after the user's refusal."""
        said = {"error": "access_denied", "client_id": client["id"], **_stated(state)}
        return str(URL(client["redirect_uri"]).update_query(said))

    async def install(self, client: Row, user_id: int, state: str | None = None, *, from_widget: bool = False) -> Visit:
        """The integration was installed: amoCRM visits its redirect URI with a code of `user_id`."""
        said = self._consent(client, user_id, state, {"from_widget": "1"} if from_widget else {})
        return await self._visit("install", client, client["redirect_uri"], said)

    async def disable(self, client: Row, url: str) -> Visit:
        """The integration was switched off: its tokens are dead, and amoCRM says so at `url`."""
        self._account.oauth.revoke(client["id"])
        message = f"{client['id']}|{self._account.id}".encode()
        signature = hmac.new(client["secret"].encode(), message, hashlib.sha256).hexdigest()
        said = {"client_uuid": client["id"], "account_id": str(self._account.id), "signature": signature}
        return await self._visit("disable", client, url, said)

    def _consent(self, client: Row, user_id: int, state: str | None, more: Mapping[str, str]) -> dict[str, str]:
        account = self._account
        return {
            "code": account.oauth.issue_code(client["id"], user_id),
            **_stated(state),
            "referer": f"{account.subdomain}.{account.domain}",
            "platform": "1",
            "client_id": client["id"],
            **more,
        }

    async def _visit(self, hook: str, client: Row, url: str, said: Mapping[str, str]) -> Visit:
        visit = await self._get(url, said)
        shown = {key: value for key, value in said.items() if key not in _HIDDEN}
        data = {"hook": hook, "url": url, **shown, "status": visit.status, "detail": visit.detail}
        subject = f"oauth {hook}"
        self._account.ground.journal.add("event", "amocrm", client["holder"], subject, data)
        return visit

    async def _get(self, url: str, said: Mapping[str, str]) -> Visit:
        headers = {"User-Agent": _AGENT, "Accept": "application/json, text/plain, */*", "Content-Type": "text/plain"}
        try:
            whole = URL(url).update_query(said)
            request = self._session().get(whole, headers=headers, timeout=_ANSWER_WITHIN, allow_redirects=False)
            async with request as answer:
                return Visit(answer.status, f"HTTP {answer.status}")
        except TimeoutError:
            return Visit(None, "no answer in time")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return Visit(None, type(error).__name__)


def _stated(state: str | None) -> dict[str, str]:
    return {} if state is None else {"state": state}
