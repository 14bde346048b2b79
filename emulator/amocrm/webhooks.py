"""Webhooks: who is told of which changes (facts §3.16). What is sent and how is in `webhook_payloads` and
`webhook_sender`.

A webhook whose receiver gives more than a hundred invalid answers within two hours is disabled until it is subscribed
again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import aiohttp
import orjson

from emulator.amocrm.changes import Action, Change
from emulator.amocrm.errors import Unprocessable
from emulator.amocrm.query import Conditions, ListQuery, Page, fetch
from emulator.amocrm.validation import Item
from emulator.amocrm.webhook_codes import CODES, sent_by
from emulator.amocrm.webhook_payloads import body_of
from emulator.amocrm.webhook_sender import DELIVERIES_SQL, WebhookSender
from emulator.core.database import Row

if TYPE_CHECKING:
    from emulator.amocrm.account import Account

WEBHOOKS_SQL = f"""
CREATE TABLE webhooks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    destination TEXT NOT NULL UNIQUE,
    settings TEXT NOT NULL,
    sort INTEGER NOT NULL,
    disabled INTEGER NOT NULL DEFAULT 0,
    created_by INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE TABLE webhook_failures (webhook_id INTEGER NOT NULL, failed_at INTEGER NOT NULL);
CREATE INDEX webhook_failures_webhook ON webhook_failures (webhook_id, failed_at);
{DELIVERIES_SQL}
"""

MOST = 100
"""Webhooks of an account."""

_LONGEST_URL = 2048
_FAILURES = 100
_FAILURES_WITHIN = timedelta(hours=2)
_SCHEMES = ("http", "https")


class Webhooks:
    """The webhooks of an account. `deliveries` sends to them, and has the log."""

    def __init__(self, account: Account, session: Callable[[], aiohttp.ClientSession]) -> None:
        self._account = account
        self._database = account.database
        self.deliveries = WebhookSender(account.ground, account.database, account.timers, session, self._failed)
        self._ready: dict[str, list[Row]] = {}
        self._ready_for = (-1, -1)
        self._written = 0
        account.changes.listen(self._heard)

    def page(self, query: ListQuery) -> Page:
        conditions = query.conditions({"destination": _whole})
        return fetch(self._database, "webhooks", query, conditions, " ORDER BY id", counted=True)

    def read(self, item: Item) -> Row:
        """The columns that a request writes; flaws are noted in the item."""
        item.require("destination")
        destination = item.text("destination")
        if destination and not _is_url(destination):
            item.refuse("InvalidUrl", "destination")
        item.require("settings")
        settings = item.list_of("settings") or []
        for index, code in enumerate(settings):
            if not isinstance(code, str) or code not in CODES:
                item.refuse("NotSupportedChoice", f"settings.{index}")
        if item.data.get("settings") == []:
            item.refuse("NotBlank", "settings")
        named = [code for code in settings if isinstance(code, str)]
        sort = item.integer("sort")
        return {
            "destination": destination,
            "settings": orjson.dumps(list(dict.fromkeys(named))).decode(),
            "sort": 1 if sort is None else sort,
        }

    def subscribe(self, row: Row, author: int) -> Row:
        """A new webhook, or the one of that destination with other settings, enabled again.

        Raises Unprocessable when the account has as many as it may.
        """
        now = self._account.now()
        with self._database.transaction():
            known = self._of(row["destination"])
            if known is None:
                if self._database.value("SELECT count(*) FROM webhooks") >= MOST:
                    raise Unprocessable(f"Limit {MOST} webhooks per account")
                times = {"created_by": author, "created_at": now, "updated_at": now}
                self._database.insert("webhooks", {**row, **times})
            else:
                self._database.update("webhooks", known["id"], {**row, "disabled": 0, "updated_at": now})
                self._database.execute("DELETE FROM webhook_failures WHERE webhook_id = ?", known["id"])
            return self._announced(row["destination"], known, author)

    def _announced(self, destination: str, before: Row | None, author: int) -> Row:
        """The webhook as it is now."""
        self._forget()
        webhook = self._of(destination)
        assert webhook is not None
        said = {"destination": destination, "settings": orjson.loads(webhook["settings"])}
        action: Action = "added" if before is None else "changed"
        self._account.changes.announce(
            Change("webhook", action, webhook["id"], author=author, before=before, after=webhook, said=said)
        )
        return webhook

    def unsubscribe(self, destination: str, author: int) -> bool:
        """Whether there was such a webhook. What is open for it is given up."""
        webhook = self._of(destination)
        if webhook is None:
            return False
        with self._database.transaction():
            self._database.execute("DELETE FROM webhooks WHERE id = ?", webhook["id"])
            self._database.execute("DELETE FROM webhook_failures WHERE webhook_id = ?", webhook["id"])
            self.deliveries.drop(webhook["id"], "the webhook was deleted")
            self._forget()
            said = {"destination": destination}
            self._account.changes.announce(
                Change("webhook", "deleted", webhook["id"], author=author, before=webhook, said=said)
            )
        return True

    def _of(self, destination: str) -> Row | None:
        return self._database.one("SELECT * FROM webhooks WHERE destination = ?", destination)

    def _heard(self, change: Change) -> None:
        wanted = self._wanted()
        if not wanted:
            return
        for code, action in sent_by(change):
            webhooks = wanted.get(code)
            if webhooks:
                body = body_of(self._account, change, action)
                for webhook in webhooks:
                    self.deliveries.put(webhook, code, f"{change.kind}:{change.id}", body)

    def _wanted(self) -> dict[str, list[Row]]:
        """Per code the webhooks that want it, kept ready until one is written or the database is another."""
        if self._ready_for != (self._database.restores, self._written):
            self._ready = {}
            for webhook in self._database.all("SELECT * FROM webhooks WHERE NOT disabled ORDER BY sort, id"):
                for code in orjson.loads(webhook["settings"]):
                    self._ready.setdefault(code, []).append(webhook)
            self._ready_for = (self._database.restores, self._written)
        return self._ready

    def _forget(self) -> None:
        """Webhooks were written."""
        self._written += 1

    def _failed(self, webhook_id: int) -> None:
        """An answer was invalid: too many of them disable the webhook."""
        now = self._account.now()
        since = now - _FAILURES_WITHIN // timedelta(microseconds=1)
        row: Row = {"webhook_id": webhook_id, "failed_at": now}
        self._database.insert("webhook_failures", row)
        self._database.execute("DELETE FROM webhook_failures WHERE webhook_id = ? AND failed_at < ?", webhook_id, since)
        failures = self._database.value("SELECT count(*) FROM webhook_failures WHERE webhook_id = ?", webhook_id)
        if failures > _FAILURES:
            self._disable(webhook_id, failures)

    def _disable(self, webhook_id: int, failures: int) -> None:
        webhook = self._database.one("SELECT * FROM webhooks WHERE id = ? AND NOT disabled", webhook_id)
        if webhook is None:
            return
        self._database.update("webhooks", webhook_id, {"disabled": 1, "updated_at": self._account.now()})
        self.deliveries.drop(webhook_id, "the webhook was disabled")
        self._forget()
        said = {
            "disabled": True,
            "destination": webhook["destination"],
            "invalid_answers": failures,
        }
        self._account.ground.journal.add("event", "amocrm", "client", f"webhook:{webhook_id}", said)


def _whole(conditions: Conditions, node: Any, _path: str) -> None:
    """The exact address, commas and all."""
    conditions.add("destination = ?", node if isinstance(node, str) else "")


def _is_url(text: str) -> bool:
    """Whether `text` is an address that can be posted to."""
    try:
        parts = urlsplit(text)
        port = parts.port
        (parts.hostname or "").encode("idna")  # what a look-up does first; a label may be empty or too long
    except ValueError:
        return False
    is_short = len(text) <= _LONGEST_URL and text.isprintable() and " " not in text
    return is_short and parts.scheme in _SCHEMES and bool(parts.hostname) and port != 0


def no_session() -> aiohttp.ClientSession:
    """In place of an HTTP client, for an account that nobody subscribes to."""
    raise RuntimeError("this account was opened without an HTTP client, so it cannot send webhooks")
