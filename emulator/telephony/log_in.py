"""`login.user` and `logout.user`, of both vendor APIs (facts §1.2).

They differ in what a log-out answers: the Data API an empty object, the Call API that it succeeded.
"""

from __future__ import annotations

from typing import Any

from emulator.core.instants import unix
from emulator.telephony.account import TelephonyAccount
from emulator.telephony.answer import Answer, Method, Params
from emulator.telephony.data_api.params import Shape, checked, required, text
from emulator.telephony.rpc import LOG_IN, Refusal

_CREDENTIALS: Shape = {"login": required(text()), "password": required(text())}


def log_in(account: TelephonyAccount, params: Params) -> Answer:
    """A session of an hour. The vendor's table calls its end `expire_at` and its example `expire`: both are there.

    Raises Refusal `auth_error`.
    """
    try:
        given = checked(params, _CREDENTIALS)
    except Refusal as refusal:
        refusal.value = None  # it may be a password
        raise
    if not account.access.fits(given["login"], given["password"]):
        raise Refusal("auth_error")
    session = account.tokens.open_session(given["login"])
    until = unix(session.expires_at or 0)
    return Answer({"access_token": session.text, "expire_at": until, "expire": until, "app_id": account.id})


def log_in_methods(logged_out: dict[str, Any]) -> dict[str, Method]:
    """Both methods; `logged_out` is what a log-out answers."""

    def log_out(account: TelephonyAccount, params: Params) -> Answer:
        """The token is unknown from now on. Raises Refusal `forbidden` for a key of the cabinet."""
        checked(params, {})
        account.tokens.close_session(params["access_token"])
        return Answer(logged_out)

    return {LOG_IN: log_in, "logout.user": log_out}
