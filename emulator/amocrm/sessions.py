"""Users who logged in: a session is a cookie in the browser and a row here, and lasts until it is ended.

The fake keeps no passwords. The text of a session is never kept, only its digest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emulator.amocrm.errors import wrong_login
from emulator.amocrm.oauth import NOBODY, Principal
from emulator.amocrm.tokens import Bearer, digest
from emulator.core.database import Row
from emulator.core.errors import BadRequest
from emulator.core.parsing import number_in

if TYPE_CHECKING:
    from emulator.amocrm.account import Account

COOKIE = "session_id"

SESSIONS_SQL = """
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    user_id INTEGER NOT NULL,
    logged_in_at INTEGER NOT NULL,
    ended_at INTEGER
);
"""

_WHO = """
SELECT s.id, s.user_id, s.ended_at, u.is_admin, u.is_active FROM sessions s JOIN users u ON u.id = s.user_id
WHERE s.digest = ?
"""


class Sessions:
    """The sessions of one account."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._database = account.database

    def knows(self, body: dict[str, Any]) -> bool:
        """Whether the `user_id` of a login is one of this account's: ids belong to one account, e-mails need not."""
        user_id = _whole(body.get("user_id"))
        return user_id is not None and self._account.users.get(user_id) is not None

    def log_in(self, body: dict[str, Any]) -> tuple[Row, str]:
        """The user that `body` names by `email` or `user_id`, and the text of a new session.

        Raises BadRequest when it names none or both, Unauthorized when there is no such working user.
        """
        user = self._named(body)
        if user is None or not user["is_active"]:
            raise wrong_login()
        with self._database.transaction():
            number = self._database.value("SELECT coalesce(max(id), 0) + 1 FROM sessions")
            now = self._account.now()
            text = self._text(number, user["id"], now)
            row = {"id": number, "digest": digest(text), "user_id": user["id"], "logged_in_at": now}
            self._database.insert("sessions", row)
        return user, text

    def _text(self, number: int, user_id: int, now: int) -> str:
        """After a restore numbers come again: user and time keep a cookie of before from being somebody else's."""
        return f"{self._account.id}-{self._account.ground.ids.token(f'session:{user_id}:{now}', number, 24)}"

    def _named(self, body: dict[str, Any]) -> Row | None:
        user_id, email = body.get("user_id"), body.get("email")
        if (user_id is None) == (email is None):
            raise BadRequest.field("email", email, "an `email` or a `user_id`, not both")
        if email is not None:
            if not isinstance(email, str):
                raise BadRequest.field("email", email, "text")
            return self._database.one("SELECT * FROM users WHERE lower(email) = ? ORDER BY id", email.strip().lower())
        number = _whole(user_id)
        if number is None:
            raise BadRequest.field("user_id", user_id, "the number of a user")
        return self._account.users.get(number)

    def who(self, session_digest: bytes) -> Principal:
        """The user of a session; NOBODY when there is no such session."""
        row = self._database.remembered(_WHO, session_digest)
        if row is None:
            return NOBODY
        valid = row["ended_at"] is None and row["is_active"] == 1
        return Principal(row["user_id"], is_admin=row["is_admin"] == 1, valid=valid, session=row["id"])

    def is_open(self, session: int) -> bool:
        return bool(self._database.value("SELECT 1 FROM sessions WHERE id = ? AND ended_at IS NULL", session))

    def log_out(self, session: int) -> None:
        """End a session; its pages are closed."""
        self._database.update("sessions", session, {"ended_at": self._account.now()})
        self._account.presence.close_session(session)


def read_session(cookie: str) -> Bearer | None:
    """Whose account a session is for, and the key of its row; None when the text is none of ours."""
    account_id = number_in(cookie.partition("-")[0])
    return None if account_id is None else Bearer(account_id, digest(cookie))


def _whole(value: Any) -> int | None:
    """A user id out of JSON or a form."""
    if isinstance(value, str):
        return number_in(value)
    return value if type(value) is int and 0 <= value < 10**18 else None
