"""OAuth 2 of one account: clients, codes, pairs of tokens and who a bearer is (facts §1.2, §1.3).

A code lives 20 minutes and works once. An access token lives 24 h, a refresh token 3 months. Each refresh makes the
next pair of the same line; the pairs before it die when the new one is first used, so a refresh whose answer was lost
can be repeated.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from uuid import UUID

from emulator.amocrm.errors import OAuthRefused
from emulator.amocrm.tokens import digest, sign
from emulator.core.database import Row
from emulator.core.instants import EPOCH, from_micros, micros

if TYPE_CHECKING:
    from emulator.amocrm.account import Account

Holder = Literal["integration", "client"]

CODE_LIFE = timedelta(minutes=20)
ACCESS_LIFE = timedelta(hours=24)
REFRESH_LIFE = timedelta(days=90)
LONG_LIFE = timedelta(days=5 * 365)

SCOPES = ["crm", "notifications"]

_WHO = """
SELECT t.user_id, t.client_id, t.holder, t.line, t.pair, t.expires_at, t.used_at, t.revoked_at, u.is_admin, u.is_active
FROM tokens t JOIN users u ON u.id = t.user_id
WHERE t.digest = ? AND t.kind = 'access'
"""


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """A registered integration. `holder` is who asks when its tokens are used: "integration" or "client"."""

    client_id: str
    client_secret: str
    redirect_uri: str
    holder: str


class Principal(NamedTuple):
    """Who asks. `valid`: the token or session may be used now; `fresh`: the pair of the token was never used before.

    `session` is 0 for everything but the cookie of a user who logged in.
    """

    user_id: int = 0
    client_id: str = ""
    is_admin: bool = False
    holder: str = "client"
    valid: bool = False
    fresh: bool = False
    line: int = 0
    pair: int = 0
    session: int = 0


NOBODY = Principal()


class OAuth:
    """Clients and tokens are rows; a token's text is never kept, only its digest."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._database = account.database
        self._secret = account.ground.ids.token("jwt", 0, 32)
        account.ground.journal.conceal("/oauth2/", ("code",))

    def register_client(self, name: str, redirect_uri: str, holder: Holder = "client") -> OAuthClient:
        """A new integration of this account with its id and secret."""
        number = self._database.value("SELECT count(*) FROM clients") + 1
        ids = self._account.ground.ids
        client = OAuthClient(
            str(UUID(ids.token("client", number, 16))), ids.token("client secret", number, 32), redirect_uri, holder
        )
        row = {"id": client.client_id, "secret": client.client_secret, "name": name}
        self._database.insert("clients", {**row, "redirect_uri": redirect_uri, "holder": holder})
        return client

    def client_of(self, holder: Holder) -> OAuthClient | None:
        """The registered integration of `holder`; None when there is none."""
        row = self._database.one("SELECT * FROM clients WHERE holder = ? ORDER BY name, id LIMIT 1", holder)
        return OAuthClient(row["id"], row["secret"], row["redirect_uri"], holder) if row else None

    def granted_by(self, client_id: str) -> int | None:
        """The user whose consent the newest tokens of the client rest on; None before the first."""
        sql = "SELECT user_id FROM tokens WHERE client_id = ? AND kind = 'refresh' ORDER BY id DESC LIMIT 1"
        user_id: int | None = self._database.value(sql, client_id)
        return user_id

    def move(self, client_id: str, redirect_uri: str) -> None:
        """The client is reached at another address from now on."""
        with self._database.transaction():
            self._database.update("clients", client_id, {"redirect_uri": redirect_uri})

    def revoke(self, client_id: str) -> None:
        """Nothing that the client holds is good any more."""
        with self._database.transaction():
            sql = "UPDATE tokens SET revoked_at = ? WHERE client_id = ? AND revoked_at IS NULL"
            self._database.execute(sql, self._account.now(), client_id)

    def holds_refresh(self, text: str | None) -> bool:
        """Whether `text` is a refresh token that is still good."""
        if text is None:
            return False
        sql = "SELECT 1 FROM tokens WHERE digest = ? AND kind = 'refresh' AND revoked_at IS NULL AND expires_at > ?"
        return self._database.one(sql, digest(text), self._account.now()) is not None

    def issue_code(self, client_id: str, user_id: int) -> str:
        """A one-time authorization code, as the user's consent would send to the redirect URI."""
        with self._database.transaction():
            number = self._next()
            return self._keep("code", number, client_id, user_id, number, 0, CODE_LIFE)

    def long_lived_token(
        self, client_id: str, user_id: int, life: timedelta = LONG_LIFE, api_domain: str | None = None
    ) -> str:
        """An access token of a private integration; it has no refresh token."""
        with self._database.transaction():
            number = self._next()
            text = self._jwt(number, client_id, user_id, life, api_domain)
            return self._keep("access", number, client_id, user_id, number, 0, life, text)

    def knows(self, body: dict[str, Any]) -> bool:
        """Whether the client id, code or refresh token of an OAuth body is one of this account's."""
        if self.client(body.get("client_id")) is not None:
            return True
        given = [text for key in ("code", "refresh_token") if isinstance(text := body.get(key), str)]
        return any(self._database.one("SELECT 1 FROM tokens WHERE digest = ?", digest(text)) for text in given)

    def client(self, client_id: Any) -> Row | None:
        """The row of a registered client."""
        if not isinstance(client_id, str):
            return None
        return self._database.one("SELECT * FROM clients WHERE id = ?", client_id)

    def who(self, token_digest: bytes) -> Principal:
        """The principal of an access token; NOBODY when there is no such token."""
        principal, expires_at = self._database.kept(("who", token_digest), lambda: self._owner(token_digest))
        return principal if self._account.ground.clock.now() < expires_at else principal._replace(valid=False)

    def _owner(self, token_digest: bytes) -> tuple[Principal, datetime]:
        """The principal of an access token before it expires, and when it does."""
        row = self._database.one(_WHO, token_digest)
        if row is None:
            return NOBODY, EPOCH
        principal = Principal(
            row["user_id"],
            row["client_id"],
            row["is_admin"] == 1,
            row["holder"],
            valid=row["revoked_at"] is None and row["is_active"] == 1,
            fresh=row["used_at"] is None,
            line=row["line"],
            pair=row["pair"],
        )
        return principal, from_micros(row["expires_at"])

    def first_use(self, line: int, pair: int) -> None:
        """A pair is used: the pairs before it die."""
        now = self._account.now()
        with self._database.transaction():
            self._database.execute("UPDATE tokens SET used_at = ? WHERE line = ? AND pair = ?", now, line, pair)
            self._database.execute(
                "UPDATE tokens SET revoked_at = ? WHERE line = ? AND pair < ? AND revoked_at IS NULL", now, line, pair
            )

    def exchange(self, body: dict[str, Any], api_domain: str | None = None) -> dict[str, Any]:
        """The answer of the token endpoint. Raises OAuthRefused with amoCRM's hint.

        `api_domain` is the host where clients look for the account later, and take their refresh token to.
        """
        client = self._authenticated(body)
        grant = body.get("grant_type")
        if grant == "authorization_code":
            row = self._presented(body, "code", client, "authorization code", "Authorization code")
            with self._database.transaction():
                self._database.update("tokens", row["id"], {"used_at": self._account.now()})
                return self._pair(row, api_domain)
        if grant == "refresh_token":
            row = self._presented(body, "refresh_token", client, "refresh token", "Refresh token")
            with self._database.transaction():
                if row["used_at"] is None:
                    self.first_use(row["line"], row["pair"])
                return self._pair(row, api_domain)
        raise OAuthRefused("Check that all required parameters have been provided")

    def _authenticated(self, body: dict[str, Any]) -> Row:
        for key in ("client_id", "client_secret", "grant_type", "redirect_uri"):
            if not isinstance(body.get(key), str) or not body[key]:
                raise OAuthRefused(f"Check the `{key}` parameter")
        client = self.client(body["client_id"])
        if client is None or client["secret"] != body["client_secret"]:
            raise OAuthRefused("Client authentication failed")
        if client["redirect_uri"] != body["redirect_uri"]:
            raise OAuthRefused("Check the `redirect_uri` parameter")
        return client

    def _presented(self, body: dict[str, Any], key: str, client: Row, lower: str, upper: str) -> Row:
        """The row of the code or refresh token that was handed in, if it may still be used."""
        text = body.get(key)
        if not isinstance(text, str) or not text:
            raise OAuthRefused(f"Check the `{key}` parameter")
        kind = "code" if key == "code" else "refresh"
        row = self._database.one("SELECT * FROM tokens WHERE digest = ? AND kind = ?", digest(text), kind)
        if row is None:
            raise OAuthRefused(f"Cannot decrypt the {lower}")
        if row["client_id"] != client["id"]:
            raise OAuthRefused("Token is not linked to client")
        if row["expires_at"] <= self._account.now():
            raise OAuthRefused(f"{upper} has expired")
        if kind == "code" and row["used_at"] is not None:
            raise OAuthRefused("Authorization code has been revoked")
        if row["revoked_at"] is not None or self._account.users.group_of(row["user_id"]) is None:
            raise OAuthRefused("Token has been revoked")
        return row

    def _pair(self, origin: Row, api_domain: str | None) -> dict[str, Any]:
        """The next pair of the line that `origin`, a code or a refresh token, belongs to."""
        client_id, user_id, line = origin["client_id"], origin["user_id"], origin["line"]
        pair = self._database.value("SELECT max(pair) FROM tokens WHERE line = ?", line) + 1
        number = self._next()
        text = self._jwt(number, client_id, user_id, ACCESS_LIFE, api_domain)
        access = self._keep("access", number, client_id, user_id, line, pair, ACCESS_LIFE, text)
        refresh = self._keep("refresh", self._next(), client_id, user_id, line, pair, REFRESH_LIFE)
        return {
            "token_type": "Bearer",
            "expires_in": int(ACCESS_LIFE.total_seconds()),
            "access_token": access,
            "refresh_token": refresh,
        }

    def _next(self) -> int:
        return int(self._database.value("SELECT coalesce(max(id), 0) + 1 FROM tokens"))

    def _keep(
        self,
        kind: str,
        number: int,
        client_id: str,
        user_id: int,
        line: int,
        pair: int,
        life: timedelta,
        text: str | None = None,
    ) -> str:
        """Store a new token of `kind` and return its text, which is drawn unless it says something."""
        now = self._account.ground.clock.now()
        text = text or f"def502{self._account.ground.ids.token(kind, number, 48)}"
        row: Row = {"id": number, "digest": digest(text), "kind": kind, "client_id": client_id, "user_id": user_id}
        client = self.client(client_id)
        assert client is not None
        row["holder"] = client["holder"]
        times = {"issued_at": micros(now), "expires_at": micros(now + life)}
        self._database.insert("tokens", {**row, "line": line, "pair": pair, **times})
        return text

    def _jwt(self, number: int, client_id: str, user_id: int, life: timedelta, api_domain: str | None) -> str:
        account = self._account
        issued = account.now() // 1_000_000
        return sign(
            {
                "aud": client_id,
                "jti": account.ground.ids.token("jti", number, 40),
                "iat": issued,
                "nbf": issued,
                "exp": issued + int(life.total_seconds()),
                "sub": str(user_id),
                "grant_type": "",
                "account_id": account.id,
                "base_domain": account.domain,
                "api_domain": api_domain or f"{account.subdomain}.{account.domain}",
                "version": 2,
                "scopes": SCOPES,
            },
            self._secret,
        )
