"""One-time tokens: how a widget in an open page proves to its own server whose page it is (facts §4.6).

Signed with the secret of the widget's integration; amoCRM keeps no row of them and never sees them again.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from emulator.amocrm.tokens import sign
from emulator.core.database import Row

if TYPE_CHECKING:
    from emulator.amocrm.account import Account

LIFE = timedelta(seconds=1800)


class OneTimeTokens:
    """The tokens of one account. `made` counts them, so that no two have the same `jti`."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self.made = 0

    def make(self, client: Row, user: Row) -> str:
        """A token for the widget of `client` in a page of `user`."""
        account, ids = self._account, self._account.ground.ids
        issued = account.now() // 1_000_000
        self.made += 1
        parts = urlsplit(client["redirect_uri"])
        return sign(
            {
                "iss": f"https://{account.subdomain}.{account.domain}",
                "aud": f"{parts.scheme}://{parts.netloc}",
                "jti": ids.token(f"one-time {issued}", self.made, 16),
                "iat": issued,
                "nbf": issued,
                "exp": issued + int(LIFE.total_seconds()),
                "account_id": account.id,
                "user_id": user["id"],
                "subdomain": account.subdomain,
                "client_uuid": client["id"],
                "is_admin": user["is_admin"] == 1,
            },
            client["secret"],
        )
