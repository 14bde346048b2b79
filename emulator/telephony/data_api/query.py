"""What every `get.` method understands: fields, filter, sort, limit and offset (facts §1.3, §1.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from emulator.telephony.data_api.answer import Answer
from emulator.telephony.data_api.fields import Fields
from emulator.telephony.data_api.filters import Predicate, compiled
from emulator.telephony.data_api.params import check_user
from emulator.telephony.rpc import Refusal

COMMON = ("access_token", "user_id", "limit", "offset", "fields", "filter", "sort")
MAX_LIMIT = 10_000
MAX_OFFSET = 100_000

T = TypeVar("T")
Columns = Mapping[str, Callable[[T], Any]]


@dataclass(frozen=True)
class Query:
    """A checked request for rows. `keep` decides as `filter` says; `sort` holds (field, descending), the most important
    first."""

    fields: list[str]
    filter: Any
    keep: Predicate | None
    sort: list[tuple[str, bool]]
    limit: int
    offset: int

    def run(self, rows: Iterable[T], columns: Columns[T]) -> Answer:
        """The page asked for, and how many rows fit in all. A field without a column is null."""

        def column(name: str) -> Callable[[T], Any]:
            return columns.get(name, _nothing)

        keep = self.keep
        kept = [row for row in rows if keep is None or keep(lambda name, row=row: column(name)(row))]  # type: ignore[misc]
        for name, descending in reversed(self.sort):
            value = column(name)
            kept.sort(key=lambda row, value=value: _sortable(value(row)), reverse=descending)  # type: ignore[misc]
        shown = [(name, column(name)) for name in self.fields]
        page = kept[self.offset : self.offset + self.limit]
        return Answer([{name: value(row) for name, value in shown} for row in page], len(kept))


def query_in(params: Mapping[str, Any], fields: Fields, own: tuple[str, ...] = ()) -> Query:
    """The query in `params`; `own` are further parameters of the method. Raises Refusal naming the field."""
    for name, given in params.items():
        if name not in COMMON and name not in own:
            raise Refusal("unexpected_parameters", name, given)
    check_user(params)
    keep = None
    if params.get("filter"):
        keep, _ = compiled(params["filter"], fields)
    return Query(
        fields=_fields(params.get("fields"), fields),
        filter=params.get("filter"),
        keep=keep,
        sort=_sort(params.get("sort"), fields),
        limit=_number(params, "limit", 1000, 1, MAX_LIMIT),
        offset=_number(params, "offset", 0, 0, MAX_OFFSET),
    )


def flag_in(params: Mapping[str, Any], name: str) -> bool:
    """A parameter of one method that switches something on. Raises Refusal `data_type_error`."""
    value = params.get(name)
    if value is not None and not isinstance(value, bool):
        raise Refusal("data_type_error", name, value)
    return bool(value)


def _fields(asked: Any, fields: Fields) -> list[str]:
    if asked is None or asked == []:
        return [field.name for field in fields.values() if field.is_default]
    if not isinstance(asked, list):
        raise Refusal("data_type_error", "fields", asked)
    for name in asked:
        if not isinstance(name, str) or name not in fields:
            raise Refusal("unexpected_parameters", "fields", name)
    return asked


def _sort(asked: Any, fields: Fields) -> list[tuple[str, bool]]:
    if asked is None:
        return []
    if not isinstance(asked, list):
        raise Refusal("data_type_error", "sort", asked)
    return [_sort_item(item, fields) for item in asked]


def _sort_item(item: Any, fields: Fields) -> tuple[str, bool]:
    if not isinstance(item, dict):
        raise Refusal("data_type_error", "sort", item)
    for key, given in item.items():
        if key not in ("field", "order"):
            raise Refusal("unexpected_parameters", f"sort.{key}", given)
    name, order = item.get("field"), item.get("order", "asc")
    if name is None:
        raise Refusal("required_parameter_missed", "sort.field")
    if not isinstance(name, str) or name not in fields:
        raise Refusal("unexpected_parameters", "sort.field", name)
    if not fields[name].is_sortable:
        raise Refusal("sort_prohibited", "sort.field", name)
    if order not in ("asc", "desc"):
        raise Refusal("invalid_parameter_value", "sort.order", order)
    return name, order == "desc"


def _number(params: Mapping[str, Any], name: str, default: int, least: int, most: int) -> int:
    value = default if params.get(name) is None else params[name]
    if isinstance(value, bool) or not isinstance(value, int):
        raise Refusal("data_type_error", name, value)
    if not least <= value <= most:
        raise Refusal("invalid_parameter_value", name, value, f"from {least} to {most}")
    return value


def _nothing(_row: object) -> None:
    return None


def _sortable(value: Any) -> tuple[bool, Any]:
    """Empty values come after all others in ascending order."""
    return (True, 0) if value is None else (False, value)
