"""What a request may say about a custom field itself: its attributes and its options (facts §3.5)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from emulator.amocrm.custom_fields import FIELD_TYPES, WITH_ENUMS
from emulator.amocrm.validation import Item, is_integer
from emulator.core.database import Row

if TYPE_CHECKING:
    from emulator.amocrm.account import Account

DEFAULT_SORT = 500

_FLAGS = ("is_api_only", "is_required", "is_visible")
_REMIND = frozenset({"never", "day", "week", "month"})
_SEARCH_IN = frozenset({"contacts", "companies", "contacts_and_companies"})
_CURRENCY = re.compile(r"[A-Z]{3}")
_OWN_OPTIONS = {
    "multitext": ("WORK", "WORKDD", "MOB", "FAX", "HOME", "OTHER"),
    "smart_address": ("address_line_1", "address_line_2", "city", "state", "zip", "country"),
}
"""Options that a field of the type has of itself."""


@dataclass
class OptionDraft:
    """One option as a request gives it. `id` names one that exists; its parent has an id or an item's `request_id`."""

    id: int | None
    value: str
    code: str | None
    sort: int
    parent_id: int | None = None
    request_id: str | int | None = None
    parent_request: str | int | None = None


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
        if "code" not in item.data:
            return
        code = item.text("code") or None
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
        return {key: value for key, value in read.items() if key in item.data}

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
        key = "nested" if kind == "category" else "enums"
        given = item.list_of(key)
        if given is None:
            return None if before else [OptionDraft(None, code, code, sort) for sort, code in _own(kind)]
        if given and (kind not in WITH_ENUMS or kind == "smart_address"):
            item.refuse("FieldNotExpected", key)
            return None
        known = {option["id"] for option in self.account.custom_fields.enums(before["id"])} if before else set()
        drafts = [draft for index, each in enumerate(given) if (draft := _option(item, f"{key}.{index}", index, each))]
        _check_ids(item, key, drafts, known)
        return drafts


def _own(kind: str) -> list[tuple[int, str]]:
    return list(enumerate(_OWN_OPTIONS.get(kind, ()), 1))


def _option(item: Item, path: str, index: int, given: Any) -> OptionDraft | None:
    if not isinstance(given, dict):
        item.refuse_type(path, "object")
        return None
    value, sort = given.get("value"), given.get("sort")
    if not isinstance(value, str) or not value:
        item.refuse("NotBlank", f"{path}.value")
        return None
    for key, expected, fits in (
        ("code", "string", isinstance(given.get("code"), str)),
        ("sort", "int", is_integer(sort)),
        ("id", "int", is_integer(given.get("id"))),
        ("request_id", "string", isinstance(given.get("request_id"), str | int)),
        ("parent_id", "int", is_integer(given.get("parent_id"))),
        ("parent_request_id", "string", isinstance(given.get("parent_request_id"), str | int)),
    ):
        if given.get(key) is not None and not fits:
            item.refuse_type(f"{path}.{key}", expected)
            return None
    sort = index + 1 if sort is None else sort
    parent_id, request_id = given.get("parent_id") or None, given.get("request_id")
    return OptionDraft(
        given.get("id"), value, given.get("code"), sort, parent_id, request_id, given.get("parent_request_id")
    )


def _check_ids(item: Item, key: str, drafts: list[OptionDraft], known: set[int]) -> None:
    """Ids must be those of the field, codes must differ; a new parent must come before its children."""
    named = [draft.id for draft in drafts if draft.id is not None]
    codes = [draft.code for draft in drafts if draft.code is not None]
    requests: set[Any] = set()
    for index, draft in enumerate(drafts):
        if draft.id is not None and draft.id not in known:
            item.refuse("NotSupportedChoice", f"{key}.{index}.id")
        elif draft.id is not None and named.count(draft.id) > 1:
            item.refuse("NotUnique", f"{key}.{index}.id")
        if draft.parent_id is not None and draft.parent_id not in named:
            item.refuse("NotSupportedChoice", f"{key}.{index}.parent_id")
        elif draft.parent_request is not None and draft.parent_request not in requests:
            item.refuse("NotSupportedChoice", f"{key}.{index}.parent_request_id")
        if draft.code is not None and codes.count(draft.code) > 1:
            item.refuse("NotUnique", f"{key}.{index}.code")
        requests.add(draft.request_id)


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
