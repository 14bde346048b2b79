"""What a request may say about a custom field itself (facts §3.5); its options are read in `field_options.py`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from emulator.amocrm.custom_fields import FIELD_TYPES
from emulator.amocrm.field_options import OptionDraft, read_options
from emulator.amocrm.validation import Item, is_integer
from emulator.core.database import Row

if TYPE_CHECKING:
    from emulator.amocrm.account import Account

DEFAULT_SORT = 500

_FLAGS = ("is_api_only", "is_required", "is_visible")
_REMIND = frozenset({"never", "day", "week", "month"})
_SEARCH_IN = frozenset({"contacts", "companies", "contacts_and_companies"})
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass
class FieldDraft:
    """What one item writes. `attributes` are those named; `options` None leaves the options as they are."""

    item: Item
    row: Row
    attributes: dict[str, Any]
    options: list[OptionDraft] | None
    before: Row | None = None


@dataclass
class Definitions:
    """Reads the items of one request for the fields of one kind of card; codes must differ between its items too."""

    account: Account
    entity_type: str
    _codes: set[str] = field(default_factory=set)

    def read(self, item: Item, before: Row | None = None) -> FieldDraft:
        """`item` as a new field or as a change of `before`; flaws are noted in the item."""
        row: Row = {} if before else {"entity_type": self.entity_type, "sort": DEFAULT_SORT}
        kind = self._type(item, before)
        name, sort = item.text("name"), item.integer("sort")
        if before is None:
            item.require("name")
        elif name == "":
            item.refuse("NotBlank", "name")
        row.update({key: value for key, value in (("name", name), ("sort", sort)) if value is not None})
        if before is None:
            row["type"] = kind
        self._code(item, row, before)
        self._group(item, row)
        return FieldDraft(item, row, self._attributes(item), self._options(item, kind, before), before)

    def _type(self, item: Item, before: Row | None) -> str:
        if before is not None:
            if item.data.get("type") not in (None, before["type"]):
                item.refuse("NotSupportedChoice", "type")
            return str(before["type"])
        item.require("type")
        kind = item.text("type")
        if kind and kind not in FIELD_TYPES:
            item.refuse("NotSupportedChoice", "type")
        return kind or ""

    def _code(self, item: Item, row: Row, before: Row | None) -> None:
        given = item.text("code")
        if given is None:
            return
        code = given or None
        if before is not None and code == before["code"]:
            return
        if before is not None and before["is_predefined"]:
            item.refuse("NotSupportedChoice", "code")
        elif code is not None:
            known = self.account.custom_fields.coded(self.entity_type, code)
            if known is not None or code in self._codes:
                item.refuse("NotUnique", "code")
            self._codes.add(code)
        row["code"] = code

    def _group(self, item: Item, row: Row) -> None:
        group_id = item.text("group_id")
        if group_id is None:
            return
        if self.account.field_groups.get(self.entity_type, group_id) is None:
            item.refuse("NotSupportedChoice", "group_id")
        row["group_id"] = group_id

    def _attributes(self, item: Item) -> dict[str, Any]:
        """The attributes that the item names; a null names none."""
        read: dict[str, Any] = {key: item.flag(key) for key in _FLAGS}
        read["remind"] = item.choice("remind", _REMIND)
        read["currency"] = self._currency(item)
        read["search_in"] = self._search_in(item)
        read["tracking_callback"] = item.text("tracking_callback")
        for key in ("required_statuses", "hidden_statuses"):
            read[key] = self._statuses(item, key)
        read["chained_lists"] = _chained_lists(item) or None
        settings = item.data.get("settings")
        if settings is not None and not isinstance(settings, list | dict):
            item.refuse_type("settings", "array")
        read["settings"] = settings
        return {key: value for key, value in read.items() if item.data.get(key) is not None}

    def _currency(self, item: Item) -> str | None:
        currency = item.text("currency")
        if currency is not None and not _CURRENCY.fullmatch(currency):
            item.refuse("NotSupportedChoice", "currency")
        return currency

    def _search_in(self, item: Item) -> Any:
        """A kind of card or the id of a catalogue."""
        given = item.data.get("search_in")
        if given is None or is_integer(given):
            return given
        if isinstance(given, str) and (given in _SEARCH_IN or given.isdecimal()):
            return given
        item.refuse("NotSupportedChoice", "search_in")
        return None

    def _statuses(self, item: Item, key: str) -> list[dict[str, int]]:
        pairs = []
        for index, given in enumerate(item.list_of(key) or []):
            pipeline_id = given.get("pipeline_id") if isinstance(given, dict) else None
            status_id = given.get("status_id") if isinstance(given, dict) else None
            known = self._status(pipeline_id, status_id)
            if known is None:
                item.refuse("NotSupportedChoice", f"{key}.{index}.status_id")
            else:
                pairs.append({"status_id": known["id"], "pipeline_id": known["pipeline_id"]})
        return pairs

    def _status(self, pipeline_id: Any, status_id: Any) -> Row | None:
        if not is_integer(pipeline_id) or not is_integer(status_id):
            return None
        return self.account.pipelines.status(pipeline_id, status_id)

    def _options(self, item: Item, kind: str, before: Row | None) -> list[OptionDraft] | None:
        known = {option["id"] for option in self.account.custom_fields.enums(before["id"])} if before else None
        return read_options(item, kind, known)


def _chained_lists(item: Item) -> list[dict[str, Any]]:
    lists = []
    for index, given in enumerate(item.list_of("chained_lists") or []):
        if not isinstance(given, dict):
            item.refuse_type(f"chained_lists.{index}", "object")
            continue
        for key in ("catalog_id", "parent_catalog_id"):
            if given.get(key) is not None and not is_integer(given[key]):
                item.refuse_type(f"chained_lists.{index}.{key}", "int")
        title = given.get("title")
        if title is not None and not isinstance(title, str):
            item.refuse_type(f"chained_lists.{index}.title", "string")
        lists.append({key: given.get(key) for key in ("title", "catalog_id", "parent_catalog_id")})
    return lists
