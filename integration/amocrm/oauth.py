"""OAuth of amoCRM: `POST /oauth2/access_token`, for a code and for a refresh token.

A refresh token is good for one refresh, so only one refresh runs at a time and everybody who needs it shares it; the
new pair is stored before it is used. A refresh whose answer was lost is repeated with the old refresh token, which
amoCRM accepts until the new pair is first used.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from integration.activity import Activity, Parking
from integration.amocrm.transport import Answer, Transport
from integration.model import AmoAccess, TokenPair
from integration.ports import Clock, RefusedError, Store, UnavailableError

TOKEN_PATH = "/oauth2/access_token"
REFRESH_AHEAD = timedelta(minutes=5)


async def exchange_code(transport: Transport, clock: Clock, access: AmoAccess, code: str) -> TokenPair:
    """Trade the one-time code for a pair. Raises UnavailableError or RefusedError."""
    return await _ask(transport, clock, access, {"grant_type": "authorization_code", "code": code})


async def _ask(transport: Transport, clock: Clock, access: AmoAccess, grant: dict[str, str]) -> TokenPair:
    client = {"client_id": access.client_id, "client_secret": access.client_secret}
    answer = await transport.send("POST", TOKEN_PATH, body={**client, **grant, "redirect_uri": access.redirect_uri})
    if answer.status == 429 or answer.status >= 500:
        raise UnavailableError(f"amoCRM answered {answer.status} to the OAuth request", answer.retry_after)
    if not answer.is_ok:
        raise RefusedError(answer.status, _hint(answer))
    try:
        lifetime = timedelta(seconds=answer.body["expires_in"])
        return TokenPair(answer.body["access_token"], answer.body["refresh_token"], clock.now() + lifetime)
    except (KeyError, TypeError):
        raise UnavailableError("amoCRM's answer holds no tokens") from None


def _hint(answer: Answer) -> str:
    body: dict[str, Any] = answer.body if isinstance(answer.body, dict) else {}
    return str(body.get("hint") or body.get("detail") or "amoCRM refused the OAuth request")


class TokenKeeper:
    """The token pair of one tenant, kept fresh."""

    def __init__(
        self, transport: Transport, store: Store, clock: Clock, activity: Activity, access: AmoAccess, pair: TokenPair
    ) -> None:
        self._transport = transport
        self._store = store
        self._clock = clock
        self._activity = activity
        self._access = access
        self._pair = pair
        self._waiting: list[Parking] | None = None
        """Who waits for the refresh that is under way; None: there is none."""

    async def access_token(self) -> str:
        """A token that lives for some minutes yet. Raises UnavailableError when it cannot be had."""
        if self._clock.now() >= self._pair.expires_at - REFRESH_AHEAD:
            await self.refresh(self._pair.access_token)
        return self._pair.access_token

    async def refresh(self, stale: str) -> None:
        """Replace the pair, unless the token `stale` has been replaced by somebody else already."""
        if self._pair.access_token != stale:
            return
        if self._waiting is not None:
            parking = Parking(self._activity)
            self._waiting.append(parking)
            await parking.wait()
            return
        self._waiting = []
        failure: UnavailableError | None = UnavailableError("the refresh of the token was interrupted")
        try:
            await self._replace()
            failure = None
        except UnavailableError as error:
            failure = error
            raise
        finally:
            waiting, self._waiting = self._waiting, None
            for parking in waiting:
                parking.release(failure)

    async def _replace(self) -> None:
        grant = {"grant_type": "refresh_token", "refresh_token": self._pair.refresh_token}
        try:
            pair = await _ask(self._transport, self._clock, self._access, grant)
        except RefusedError as error:
            # Nothing was said about the work at hand: it waits until somebody connects the integration anew.
            raise UnavailableError(f"amoCRM does not renew the access: {error.reason}") from None
        await self._store.save_tokens(pair)
        self._pair = pair
