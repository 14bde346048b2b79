"""Sources of leads: each integration has its own (facts §3.17)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from emulator.amocrm.errors import Unprocessable
from emulator.amocrm.query import ListQuery, Page, fetch, phrases
from emulator.amocrm.validation import Item
from emulator.core.database import Row

if TYPE_CHECKING:
    from emulator.amocrm.account import Account

MOST = 100
FILTERS = {"external_id": phrases("external_id")}


@dataclass
class SourceDraft:
    """What one item writes. `before` is the source as it was; None for a new one."""

    item: Item
    row: Row
    before: Row | None = None


class Sources:
    """The sources of an account's integrations."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._database = account.database

    def page(self, client_id: str, query: ListQuery) -> Page:
        conditions = query.conditions(FILTERS)
        conditions.add("client_id = ?", client_id)
        return fetch(self._database, "sources", query, conditions, query.order(("id",)))

    def get(self, client_id: str, source_id: int) -> Row | None:
        """A source of that integration."""
        return self._database.one("SELECT * FROM sources WHERE id = ? AND client_id = ?", source_id, client_id)

    def read(self, items: Iterable[tuple[Item, Row | None]], client_id: str) -> list[SourceDraft]:
        """New sources and changes of those given; flaws are noted in the items."""
        known = self._database.all("SELECT id, external_id FROM sources WHERE client_id = ?", client_id)
        taken = {row["external_id"]: row["id"] for row in known}
        return [self._read(item, client_id, before, taken) for item, before in items]

    def _read(self, item: Item, client_id: str, before: Row | None, taken: dict[str, int]) -> SourceDraft:
        for key in ("name", "external_id"):
            if before is None:
                item.require(key)
            elif item.data.get(key) == "":
                item.refuse("NotBlank", key)
        given: Row = {key: item.text(key) for key in ("name", "external_id", "origin_code")}
        given["pipeline_id"] = item.integer("pipeline_id")
        if given["pipeline_id"] is not None and self._account.pipelines.get(given["pipeline_id"]) is None:
            item.refuse("NotSupportedChoice", "pipeline_id")
        default = item.flag("default")
        given["is_default"] = None if default is None else int(default)
        services = self._services(item)
        given["services"] = None if services is None else orjson.dumps(services).decode()
        external_id, own = given["external_id"], before["id"] if before else 0
        if external_id and taken.get(external_id, own) != own:
            item.refuse("NotUnique", "external_id")
        elif external_id:
            taken[external_id] = own or -1
        row = {key: value for key, value in given.items() if value is not None}
        return SourceDraft(item, {"client_id": client_id, **row}, before)

    def _services(self, item: Item) -> list[Any] | None:
        services = item.list_of("services")
        for index, service in enumerate(services or []):
            if not isinstance(service, dict):
                item.refuse_type(f"services.{index}", "object")
            elif not isinstance(service.get("type"), str):
                item.refuse_type(f"services.{index}.type", "string")
        return services

    def write(self, drafts: list[SourceDraft]) -> list[Row]:
        """The sources after all of the drafts. Raises Unprocessable when an integration would have too many."""
        new = [draft for draft in drafts if draft.before is None]
        if new:
            sql = "SELECT count(*) FROM sources WHERE client_id = ?"
            if self._database.value(sql, new[0].row["client_id"]) + len(new) > MOST:
                raise Unprocessable(f"Limit {MOST} sources per integration")
        with self._database.transaction():
            return [self._write(draft) for draft in drafts]

    def _write(self, draft: SourceDraft) -> Row:
        client_id = draft.row["client_id"]
        if draft.row.get("is_default"):
            self._database.execute("UPDATE sources SET is_default = 0 WHERE client_id = ?", client_id)
        if draft.before is None:
            usual = {"pipeline_id": self._account.pipelines.main(), "is_default": 0, "services": "[]"}
            source_id = self._database.insert("sources", {**usual, **draft.row})
        else:
            source_id = draft.before["id"]
            self._database.update("sources", source_id, draft.row)
        source = self.get(client_id, source_id)
        assert source is not None
        return source

    def delete(self, source_ids: Iterable[int]) -> None:
        """Remove sources; leads that came from them name none any more."""
        with self._database.transaction():
            for source_id in source_ids:
                self._database.execute("DELETE FROM sources WHERE id = ?", source_id)

    def move(self, pipeline_id: int, heir: int) -> None:
        """The sources of a pipeline that is going away feed another one."""
        self._database.execute("UPDATE sources SET pipeline_id = ? WHERE pipeline_id = ?", heir, pipeline_id)

    def of_item(self, item: Item) -> str | None:
        """The source that a new lead embeds, as a lead keeps it; flaws are noted in the item."""
        given, at = item.embedded.get("source"), f"{item.embedded_at}.source"
        if given is None:
            return None
        if not isinstance(given, dict):
            item.refuse_type(at, "object")
            return None
        for key in ("type", "external_id"):
            if given.get(key) is not None and not isinstance(given[key], str):
                item.refuse_type(f"{at}.{key}", "string")
                return None
        kept = {key: given[key] for key in ("type", "external_id") if given.get(key) is not None}
        source = self._called(kept["external_id"]) if "external_id" in kept else None
        return orjson.dumps({**kept, "id": source["id"]} if source else kept).decode()

    def _called(self, external_id: str) -> Row | None:
        return self._database.one("SELECT * FROM sources WHERE external_id = ? ORDER BY id LIMIT 1", external_id)

    def shown_of(self, kept: str | None) -> dict[str, Any] | None:
        """What a lead shows of its source; one that nobody registered is shown as it was sent."""
        if kept is None:
            return None
        known: dict[str, Any] = orjson.loads(kept)
        source = self._database.one("SELECT * FROM sources WHERE id = ?", known.pop("id", None))
        return {**known, **{key: source[key] for key in ("id", "name", "external_id")}} if source else known
