"""`start_session`, the first frame of a widget: whose page it is in, proved by a one-time token of amoCRM.

`comagic_key` is the token that amoCRM signs for a page with the secret of the integration (facts/amocrm-api.md 4.6);
`account_id` and `reg_id` are the account and the user it was made for.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import jwt
import msgspec
from msgspec import Struct

from integration.model import AmoAccess
from integration.widget.hub import Frame

START = "start_session"


class SessionRefusedError(Exception):
    """Nobody's page, or not what was expected: `mnemonic` is for the widget."""

    def __init__(self, mnemonic: Literal["invalid_message", "auth_error"]) -> None:
        super().__init__(mnemonic)
        self.mnemonic = mnemonic


class Context(Struct, frozen=True):
    """Who asks."""

    account_id: int
    comagic_key: str
    reg_id: int


class StartSession(Struct, frozen=True):
    """The frame as it comes in; other keys are the widget's own business."""

    service: Literal["amo_crm_ws"]
    event: Literal["start_session"]
    context: Context


class Claims(Struct, frozen=True):
    """What of a one-time token counts here; times are Unix seconds."""

    account_id: int
    user_id: int
    client_uuid: str
    iat: int
    exp: int


def user_in(text: str, access: AmoAccess, now: datetime) -> int:
    """The amoCRM user whose page sent this first frame. Raises SessionRefusedError."""
    try:
        context = msgspec.json.decode(text, type=StartSession).context
    except (msgspec.DecodeError, UnicodeEncodeError):
        raise SessionRefusedError("invalid_message") from None
    claims = _claims(context.comagic_key, access.client_secret)
    is_theirs = (claims.account_id, claims.user_id) == (context.account_id, context.reg_id)
    is_now = claims.iat <= now.timestamp() < claims.exp
    if not is_theirs or not is_now or claims.client_uuid != access.client_id:
        raise SessionRefusedError("auth_error")
    return claims.user_id


def _claims(token: str, secret: str) -> Claims:
    """What the token says, if it is signed with the secret. Times are judged by the tenant's clock, not here."""
    unjudged: Any = {f"verify_{claim}": False for claim in ("exp", "nbf", "iat", "aud", "iss")}
    try:
        return msgspec.convert(jwt.decode(token, secret, algorithms=["HS256"], options=unjudged), Claims)
    except (jwt.InvalidTokenError, msgspec.ValidationError, ValueError):
        raise SessionRefusedError("auth_error") from None


def started() -> Frame:
    """The answer to a widget that is let in."""
    return {"event": START, "data": {"status": "success"}}


def refused(mnemonic: str) -> Frame:
    """The answer to one that is not; the socket is closed after it."""
    return {"event": START, "data": {"status": "error", "mnemonic": mnemonic}}


def not_known(text: str) -> Frame:
    """The answer to what a widget asks later and nobody here does yet."""
    try:
        said: Any = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError):
        said = None
    event = said.get("event") if isinstance(said, dict) else None
    return {"event": event, "status": "error", "mnemonic": "unknown_event" if event else "invalid_message"}
