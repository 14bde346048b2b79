"""Orders to amoCRM that name who or what has gone since they were written (STAFF-07, STAFF-08, GAP-26, GAP-82; LOG-12).

An order is repeated in the words it was given in. While amoCRM fails, people leave and cards are deleted, and then it
refuses those words for good: the same order goes out once more without what is gone.
"""

from __future__ import annotations

from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from integration import settings
from integration.model import Call, Connection, FormRequest, NewContact, NewDeal, NewFormItem, NewItem
from integration.ports import Crm, Store
from integration.rules import responsible

Order = TypeVar("Order", bound=Struct)

_PEOPLE = ("responsible", "creator", "owner")
_LINKED = (NewDeal, NewItem, NewFormItem)


class Amends:
    """Puts orders right after a refusal. Raises UnavailableError when amoCRM cannot be asked."""

    def __init__(self, store: Store, crm: Crm, connection: Connection) -> None:
        self._store = store
        self._crm = crm
        self._connection = connection

    async def made_to(self, order: Order, about: Call | FormRequest) -> Order | None:
        """The order without who or what is gone; None when nobody and nothing is."""
        changes = await self._for_people(order, about) | await self._for_the_contact(order)
        return replace(order, **changes) if changes else None

    async def _for_people(self, order: Struct, about: Call | FormRequest) -> dict[str, Any]:
        """Somebody else instead of those who do not work in amoCRM any more."""
        named = {role: getattr(order, role) for role in _PEOPLE if getattr(order, role, None) is not None}
        users = await self._crm.active_users() if named else frozenset()
        gone = [role for role, user in named.items() if user not in users]
        return dict.fromkeys(gone, await self._instead(order, about, users)) if gone else {}

    async def _instead(self, order: Struct, about: Call | FormRequest, users: frozenset[int]) -> int:
        """The default responsible; of a contact that waits for its owner whoever is connected now (PRIM-05)."""
        connecting = self._connection.connecting_user
        if isinstance(order, NewContact) and isinstance(about, Call):
            return connecting
        values = settings.complete(await self._store.settings(about.settings_version), connecting)
        return responsible.default(values["calls.responsible_user_id"], users, connecting)

    async def _for_the_contact(self, order: Struct) -> dict[str, Any]:
        """No link to a contact that cannot be seen any more."""
        if not isinstance(order, _LINKED) or order.contact_id is None:
            return {}
        return {} if await self._crm.contact(order.contact_id) is not None else {"contact_id": None}
