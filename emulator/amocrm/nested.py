"""Cards inside an item: what «Неразобранное» and leads/complex embed (facts §3.3, §3.12).

At most one card of a kind, new or named by its id; an empty object is none, and further keys of a card that is named
are not looked at. Flaws are named at the path from the item, such as `_embedded.contacts.0.custom_fields_values.0`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from emulator.amocrm.cards import Draft
from emulator.amocrm.validation import Item, is_integer

if TYPE_CHECKING:
    from emulator.amocrm.account import Account


@dataclass
class Nested:
    """A card that an item embeds: the draft of a new one, or the id of one that exists."""

    draft: Draft | None = None
    card_id: int | None = None

    def make(self, account: Account, table: str, *, hidden: bool) -> int:
        """The id of the card, which is created if it is new."""
        if self.draft is None:
            assert self.card_id is not None
            return self.card_id
        [row] = account.cards[table].create([self.draft], hidden=hidden)
        return int(row["id"])


def adopt(item: Item, path: str, inner: Item) -> None:
    """Note the flaws of what lies at `path` inside `item` as flaws of `item`."""
    item.flaws += [replace(flaw, path=".".join(filter(None, (path, flaw.path)))) for flaw in inner.flaws]


def inside(item: Item, data: Mapping[str, Any]) -> Item:
    """What `item` embeds, as an item of its own. It may embed tags, and no further cards."""
    embedded = data.get(item.embedded_at)
    tags = {"tags": embedded["tags"]} if isinstance(embedded, dict) and "tags" in embedded else {}
    return Item(data, item.request_id, tags, item.embedded_at)


def first_of(item: Item, table: str) -> dict[str, Any] | None:
    """The one card of that kind that `item` embeds, as it is written; flaws are noted in the item."""
    given, path = item.embedded.get(table), f"{item.embedded_at}.{table}"
    if not given:
        return None
    if not isinstance(given, list):
        item.refuse_type(path, "array")
    elif len(given) > 1:
        item.refuse("TooMany", path)
    elif not isinstance(given[0], dict):
        item.refuse_type(f"{path}.0", "object")
    else:
        return given[0]
    return None


def read_nested(account: Account, item: Item, table: str, user_id: int) -> Nested | None:
    """The contact or company that `item` embeds; None when it embeds none. Flaws are noted in the item."""
    given = first_of(item, table)
    if not given:
        return None
    card_id, path = given.get("id"), f"{item.embedded_at}.{table}.0"
    if card_id is None:
        inner = inside(item, given)
        draft = account.cards[table].read(inner, user_id)
        adopt(item, path, inner)
        return Nested(draft)
    if not is_integer(card_id) or account.cards[table].get(card_id) is None:
        item.refuse("NotSupportedChoice", f"{path}.id")
        return None
    return Nested(card_id=card_id)
