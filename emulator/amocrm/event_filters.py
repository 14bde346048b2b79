"""The filters of /events (facts §3.11). The official SDK joins values with commas, the documentation has arrays and
ranges; both are read.
"""

from __future__ import annotations

import re
from typing import Any

from emulator.amocrm.event_rows import id_in
from emulator.amocrm.event_types import BY_KEY, KINDS, PER_KIND
from emulator.amocrm.query import Conditions, Filter, ListQuery, integer, pairs, values
from emulator.core.errors import BadRequest

MOST_VALUES = 10
"""How many values `created_by` and `entity_id` take."""

_TYPE = f"code / {PER_KIND}"
_KIND = f"code % {PER_KIND}"
_OF_ONE_FIELD = re.compile(r"custom_field_(\d{1,18})_value_changed")
_OF_ONE_LINK = re.compile(r"(lead|contact|company)_(linked|unlinked)")
_SIDES = {"value_before": 0, "value_after": 1}
_WITH_VALUE = ("sale_field_changed", "name_field_changed", "custom_field_value_changed", "ltv_field_changed")


def check(query: ListQuery) -> None:
    """Refuse filters that do not go without another, or not with several of it."""
    if query.filtered("entity_id") is not None:
        kinds = values(query.filtered("entity") or "")
        if len(kinds) != 1:
            raise BadRequest.field("filter[entity]", kinds, "one kind, because filter[entity_id] is given")
    for side in _SIDES:
        asked = query.filtered(side)
        types = values(query.filtered("type") or "")
        if isinstance(asked, dict) and "custom_field_values" in asked and len(types) > 1:
            raise BadRequest.field("filter[type]", types, f"one type, because filter[{side}] names values of fields")


def _few(column: str) -> Filter:
    def add(conditions: Conditions, node: Any, path: str) -> None:
        asked = [integer(text, path) for text in values(node)]
        if len(asked) > MOST_VALUES:
            raise BadRequest.field(path, len(asked), f"at most {MOST_VALUES} values")
        conditions.among(column, asked)

    return add


def _ids(seed: int) -> Filter:
    def add(conditions: Conditions, node: Any, _path: str) -> None:
        conditions.among("id", [event_id for text in values(node) if (event_id := id_in(seed, text)) is not None])

    return add


def _kinds(conditions: Conditions, node: Any, _path: str) -> None:
    conditions.among(_KIND, [place for place, kind in enumerate(KINDS) if kind in values(node)])


def _created_at(conditions: Conditions, node: Any, path: str) -> None:
    """`from,to`, a list of two, `[from]` and `[to]`; a single instant is the beginning."""
    if not (isinstance(node, dict) and node.keys() & {"from", "to"}):
        node = dict(zip(("from", "to"), values(node), strict=False))
    if "from" in node:
        conditions.add("created_at >= ?", integer(node["from"], f"{path}[from]") * 1_000_000)
    if "to" in node:
        conditions.add("created_at < ?", (integer(node["to"], f"{path}[to]") + 1) * 1_000_000)


def _types(conditions: Conditions, node: Any, _path: str) -> None:
    """Types by key; those of one field and of one end of a link too. An unknown one finds nothing."""
    either = Conditions()
    either.among(_TYPE, [BY_KEY[key].number for key in values(node) if key in BY_KEY])
    for key in values(node):
        if field := _OF_ONE_FIELD.fullmatch(key):
            one = "coalesce(json_extract(said, ?), json_extract(said, ?)) = ?"
            paths = [f"$[{side}][0].custom_field_value.field_id" for side in _SIDES.values()]
            either.add(f"({_TYPE} = ? AND {one})", _number("custom_field_value_changed"), *paths, int(field[1]))
        elif link := _OF_ONE_LINK.fullmatch(key):
            path = f"$[{int(link[2] == 'linked')}][0].link.entity.type"
            either.add(f"({_TYPE} = ? AND json_extract(said, ?) = ?)", _number(f"entity_{link[2]}"), path, link[1])
    conditions.add(f"({' OR '.join(either.clauses)})", *either.arguments)


def _number(key: str) -> int:
    return BY_KEY[key].number


def _by_value(side: str) -> Filter:
    """`leads_statuses`, `responsible_user_id`, `custom_field_values` (ids of options) and `value` of one side."""
    at = f"$[{_SIDES[side]}]"
    columns = {"pipeline_id": "pipeline_id", "status_id": "id"}
    stages = pairs({key: f"json_extract(said, '{at}[0].lead_status.{name}')" for key, name in columns.items()})

    def add(conditions: Conditions, node: Any, path: str) -> None:
        asked = node if isinstance(node, dict) else {}
        if "leads_statuses" in asked:
            stages(conditions, asked["leads_statuses"], f"{path}[leads_statuses]")
        if "responsible_user_id" in asked:
            users = [integer(text, f"{path}[responsible_user_id]") for text in values(asked["responsible_user_id"])]
            conditions.among(f"json_extract(said, '{at}[0].responsible_user.id')", users)
        if "custom_field_values" in asked:
            options = Conditions()
            given = values(asked["custom_field_values"])
            wanted = [integer(text, f"{path}[custom_field_values]") for text in given]
            options.among("json_extract(v.value, '$.custom_field_value.enum_id')", wanted)
            conditions.add(f"EXISTS (SELECT 1 FROM json_each(said, '{at}') v{options.sql()})", *options.arguments)
        if "value" in asked:
            _exact(conditions, at, values(asked["value"]))

    return add


def _exact(conditions: Conditions, at: str, wanted: list[str]) -> None:
    inner = Conditions()
    inner.add("t.key IN ('sale', 'name', 'text')")
    inner.among("CAST(t.atom AS TEXT)", wanted)
    conditions.among(_TYPE, [_number(key) for key in _WITH_VALUE])
    conditions.add(f"EXISTS (SELECT 1 FROM json_tree(said, '{at}') t{inner.sql()})", *inner.arguments)


def filters(seed: int) -> dict[str, Filter]:
    """The filters for the events of a world; ids carry its seed."""
    return {
        "id": _ids(seed),
        "created_at": _created_at,
        "created_by": _few("created_by"),
        "entity": _kinds,
        "entity_id": _few("entity_id"),
        "type": _types,
        **{side: _by_value(side) for side in _SIDES},
    }
