"""`X-Context-User-ID`: a token of an administrator acts as another user (facts §1.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.amocrm.errors import Forbidden
from emulator.amocrm.oauth import Principal
from emulator.core.parsing import number_in

if TYPE_CHECKING:
    from emulator.amocrm.account import Account

HEADER = "X-Context-User-ID"


def acting_as(account: Account, principal: Principal, asked: str) -> Principal:
    """`principal` as the user that the header names. Raises Forbidden unless it may be and there is such a user."""
    if not principal.is_admin:
        raise Forbidden(f"{HEADER} needs the token of an administrator")
    user_id = number_in(asked.strip())
    user = account.users.get(user_id) if user_id is not None else None
    if user is None or not user["is_active"]:
        raise Forbidden(f"{HEADER} names no active user of the account")
    return principal._replace(user_id=user["id"], is_admin=user["is_admin"] == 1)
