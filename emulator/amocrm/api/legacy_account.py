"""GET /api/v2/account (facts §3.15): the account as older clients read it, its parts by id."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiohttp import web

from emulator.amocrm import hal
from emulator.amocrm.account import Account
from emulator.amocrm.api.common import ACCOUNT, PRINCIPAL, with_
from emulator.amocrm.api.takes import NOTHING
from emulator.amocrm.query import ListQuery
from emulator.amocrm.tasks import TYPES
from emulator.core.database import Row

_PATH = "/api/v2/account"
_PATTERNS = {"date": "d.m.Y", "time": "H:i", "date_time": "d.m.Y H:i", "time_full": "H:i:s"}
_CARDS = ("contacts", "leads", "companies")
_EVERYTHING = 10_000
_FIELD_TYPES = {
    "text": 1,
    "numeric": 2,
    "checkbox": 3,
    "select": 4,
    "multiselect": 5,
    "date": 6,
    "url": 7,
    "multitext": 8,
    "textarea": 9,
    "radiobutton": 10,
    "streetaddress": 11,
    "smart_address": 13,
    "birthday": 14,
    "legal_entity": 15,
    "items": 16,
    "org_legal_name": 17,
    "date_time": 19,
}
_NOTE_TYPES = {4: "COMMON", 10: "CALL_IN", 11: "CALL_OUT", 102: "SMS_IN", 103: "SMS_OUT"}


async def get(request: web.Request) -> web.Response:
    account = request[ACCOUNT]
    fields = hal.legacy_linked(
        _PATH,
        {
            "id": account.id,
            "name": account.name,
            "subdomain": account.subdomain,
            "currency": "RUB",
            "timezone": account.zone.key,
            "timezone_offset": account.ground.clock.now().astimezone(account.zone).strftime("%z"),
            "language": "ru",
            "date_pattern": _PATTERNS,
            "current_user": request[PRINCIPAL].user_id,
        },
    )
    wanted = with_(request)
    embedded = {name: make(account) for name, make in _EMBEDDABLE.items() if name in wanted}
    return hal.response(hal.with_embedded(fields, embedded) if embedded else fields)


def _users(account: Account) -> dict[str, Any]:
    rows = [account.users.get(user_id) for user_id in account.user_ids]
    return {str(row["id"]): _user(row) for row in rows if row is not None}


def _user(row: Row) -> dict[str, Any]:
    rights = {
        **dict.fromkeys(("incoming_leads", "catalogs"), "A"),
        **{f"{table}_{act}": "A" for table in ("lead", "contact", "company") for act in ("add", "view", "edit")},
    }
    return {
        "id": row["id"],
        "name": row["name"],
        "last_name": None,
        "login": row["email"],
        "language": row["lang"],
        "group_id": row["group_id"],
        "is_active": row["is_active"] == 1,
        "is_free": False,
        "is_admin": row["is_admin"] == 1,
        "phone_number": None,
        "rights": rights,
    }


def _pipelines(account: Account) -> dict[str, Any]:
    return {str(row["id"]): _pipeline(account, row) for row in account.pipelines.all()}


def _pipeline(account: Account, row: Row) -> dict[str, Any]:
    keys = ("id", "name", "color", "sort")
    statuses = {
        str(status["id"]): {**{key: status[key] for key in keys}, "is_editable": status["is_editable"] == 1}
        for status in account.pipelines.statuses(row["id"])
    }
    shown = {"id": row["id"], "name": row["name"], "sort": row["sort"], "is_main": row["is_main"] == 1}
    return {**shown, "statuses": statuses}


def _groups(account: Account) -> list[dict[str, Any]]:
    return [{"id": row["id"], "name": row["name"]} for row in account.users.groups()]


def _custom_fields(account: Account) -> dict[str, Any]:
    everything = ListQuery(1, _EVERYTHING, {}, frozenset())
    fields = account.custom_fields
    by_table: dict[str, Any] = {
        table: {str(row["id"]): _field(row, fields.enums(row["id"])) for row in fields.page(table, everything).rows}
        for table in _CARDS
    }
    return {**by_table, "customers": []}


def _field(row: Row, enums: list[Row]) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": row["id"],
        "name": row["name"],
        "field_type": _FIELD_TYPES.get(row["type"], 1),
        "sort": row["sort"],
        "code": row["code"],
        "is_multiple": row["type"] == "multitext",
        "is_system": row["is_predefined"] == 1,
        "is_editable": True,
    }
    if enums:
        shown["enums"] = {str(enum["id"]): enum["value"] for enum in enums}
    return shown


def _task_types(_account: Account) -> dict[str, Any]:
    return {str(each["id"]): {"id": each["id"], "name": each["name"]} for each in TYPES}


def _note_types(_account: Account) -> dict[str, Any]:
    return {
        str(number): {"id": number, "code": code, "is_editable": number == 4} for number, code in _NOTE_TYPES.items()
    }


_EMBEDDABLE: dict[str, Callable[[Account], Any]] = {
    "users": _users,
    "custom_fields": _custom_fields,
    "pipelines": _pipelines,
    "groups": _groups,
    "task_types": _task_types,
    "note_types": _note_types,
}

ROUTES = [web.get(_PATH, get)]

TAKES = {f"GET {_PATH}": NOTHING}
