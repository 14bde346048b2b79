"""Short links that are made for a contact (facts §3.17)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from emulator.amocrm.validation import Item, is_integer
from emulator.core.database import Row

if TYPE_CHECKING:
    from emulator.amocrm.account import Account


@dataclass
class ShortLinkDraft:
    """One link of a request, checked."""

    item: Item
    url: str
    contact_id: int


class ShortLinks:
    """Links by their codes; a code leads to the page it was made for."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._database = account.database

    def get(self, code: str) -> Row | None:
        return self._database.one("SELECT * FROM short_links WHERE code = ?", code)

    def read(self, item: Item) -> ShortLinkDraft:
        """`item` as a draft; flaws are noted in it."""
        item.require("url")
        item.require("metadata")
        url, metadata = item.text("url") or "", item.object("metadata") or {}
        if url and not _is_page(url):
            item.refuse("NotSupportedChoice", "url")
        contact_id = metadata.get("entity_id")
        if metadata and metadata.get("entity_type") != "contacts":
            item.refuse("NotSupportedChoice", "metadata.entity_type")
        elif metadata and (not is_integer(contact_id) or self._account.contacts.get(contact_id) is None):
            item.refuse("NotSupportedChoice", "metadata.entity_id")
        return ShortLinkDraft(item, url, contact_id if is_integer(contact_id) else 0)

    def create(self, drafts: list[ShortLinkDraft]) -> list[Row]:
        with self._database.transaction():
            return [self._create(draft) for draft in drafts]

    def _create(self, draft: ShortLinkDraft) -> Row:
        number = self._database.value("SELECT count(*) FROM short_links") + 1
        code = self._account.ground.ids.token("short link", number, 6)
        row = {"code": code, "url": draft.url, "contact_id": draft.contact_id, "created_at": self._account.now()}
        self._database.insert("short_links", row)
        return row


def _is_page(url: str) -> bool:
    """Whether `url` can be led to; what is not printable fits no header."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return url.isprintable() and parts.scheme in ("http", "https") and bool(parts.netloc)
