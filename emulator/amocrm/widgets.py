"""Widgets of an account: published ones, installed with settings or not (facts §3.17, §4.5).

A widget comes with its integration: whoever registers a client of its own may publish the client's widget.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import orjson

from emulator.amocrm.query import ListQuery, Page, fetch
from emulator.amocrm.validation import Item
from emulator.core.database import Row

if TYPE_CHECKING:
    from emulator.amocrm.account import Account

PATH = "/api/v4/widgets"

Template = list[dict[str, Any]]
"""The settings of a manifest: {key, name, type, is_required}; type text, pass, users, users_lp or custom."""

_OBJECTS = frozenset({"users", "users_lp"})
"""Types whose value maps user ids to texts."""


class Widgets:
    """Widgets by their codes. `settings` is NULL while a widget is not installed."""

    def __init__(self, account: Account) -> None:
        self._database = account.database
        self._journal = account.ground.journal
        self.conceal()
        account.database.on_restore.append(self.conceal)

    def conceal(self) -> None:
        """Let the journal show no setting of type `pass`."""
        for row in self._database.all("SELECT settings_template FROM widgets"):
            settings = orjson.loads(row["settings_template"])
            self._journal.conceal(PATH, (each["key"] for each in settings if each["type"] == "pass"))

    def publish(self, code: str, version: str, template: Template, client_id: str | None = None) -> Row:
        """Offer a widget to the account."""
        kept = orjson.dumps(template).decode()
        row = {"code": code, "version": version, "settings_template": kept, "client_id": client_id}
        with self._database.transaction():
            self._database.insert("widgets", row)
        self.conceal()
        return self._any(code)

    def page(self, query: ListQuery) -> Page:
        return fetch(self._database, "widgets", query, query.conditions({}), query.order(("id",)))

    def installed(self, client_id: str) -> bool:
        """Whether a widget of that client is loaded into the pages of the account."""
        sql = "SELECT 1 FROM widgets WHERE client_id = ? AND settings IS NOT NULL"
        return self._database.one(sql, client_id) is not None

    def get(self, code: str) -> Row | None:
        return self._database.one("SELECT * FROM widgets WHERE code = ?", code)

    def read(self, item: Item, widget: Row) -> Mapping[str, Any]:
        """The settings that an installation gives; flaws are noted in the item."""
        template = {each["key"]: each for each in orjson.loads(widget["settings_template"])}
        for key, value in item.data.items():
            if key not in template:
                item.refuse("FieldNotExpected", key)
            elif template[key]["type"] in _OBJECTS and value is not None and not isinstance(value, dict):
                item.refuse_type(key, "object")
            elif template[key]["type"] not in _OBJECTS and isinstance(value, dict | list):
                item.refuse_type(key, "string")
        known = orjson.loads(widget["settings"]) if widget["settings"] else {}
        settings = {**known, **item.data}
        for key, setting in template.items():
            if setting["is_required"] and settings.get(key) in (None, "", {}):
                item.refuse("NotBlank" if key in settings else "FieldMissing", key)
        return settings

    def install(self, code: str, settings: Mapping[str, Any]) -> Row:
        """The widget works with these settings from now on."""
        self._keep(code, orjson.dumps(settings).decode())
        return self._any(code)

    def uninstall(self, code: str) -> None:
        """The widget stays on offer; its settings are forgotten."""
        self._keep(code, None)

    def _keep(self, code: str, settings: str | None) -> None:
        with self._database.transaction():
            self._database.execute("UPDATE widgets SET settings = ? WHERE code = ?", settings, code)

    def _any(self, code: str) -> Row:
        widget = self.get(code)
        assert widget is not None
        return widget
