"""GET /account (facts §3.1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from aiohttp import web

from emulator.amocrm import hal
from emulator.amocrm.account import Account
from emulator.amocrm.api.common import ACCOUNT, PRINCIPAL, with_
from emulator.amocrm.entity_names import ENTITY_NAMES
from emulator.amocrm.tasks import TYPES
from emulator.core.instants import unix

_PATTERNS = {
    "date_pattern": "d.m.Y H:i",
    "short_date_pattern": "d.m.Y",
    "short_time_pattern": "H:i",
    "date_format": "DD.MM.YYYY",
    "time_format": "HH:mm:ss",
}


async def get(request: web.Request) -> web.Response:
    account = request[ACCOUNT]
    wanted = with_(request)
    embedded = {name: make(account) for name, make in _EMBEDDABLE.items() if name in wanted}
    fields = _shown(account, request[PRINCIPAL].user_id)
    fields.update({name: make(account) for name, make in _FIELDS.items() if name in wanted})
    return hal.response(hal.entity(hal.base(request), "account", fields, embedded))


def _shown(account: Account, user_id: int) -> dict[str, Any]:
    created_at = unix(account.database.value("SELECT created_at FROM account"))
    return {
        "id": account.id,
        "name": account.name,
        "subdomain": account.subdomain,
        "created_at": created_at,
        "created_by": 0,
        "updated_at": created_at,
        "updated_by": 0,
        "current_user_id": user_id,
        "country": "RU",
        "currency": "RUB",
        "currency_symbol": "₽",
        "customers_mode": "unavailable",
        "is_unsorted_on": True,
        "mobile_feature_version": 0,
        "is_loss_reason_enabled": True,
        "is_helpbot_enabled": False,
        "is_technical_account": False,
        "contact_name_display_order": 1,
    }


def _groups(account: Account) -> list[dict[str, Any]]:
    return [{"id": group["id"], "name": group["name"], "uuid": None} for group in account.users.groups()]


def _datetime_settings(account: Account) -> dict[str, str]:
    offset = account.ground.clock.now().astimezone(account.zone).utcoffset() or timedelta()
    minutes = int(offset.total_seconds()) // 60
    sign, (hours, rest) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)
    return {**_PATTERNS, "timezone": account.zone.key, "timezone_offset": f"{sign}{hours:02}:{rest:02}"}


def _task_types(_account: Account) -> list[dict[str, Any]]:
    return list(TYPES)


def _amojo_rights(_account: Account) -> dict[str, bool]:
    return {"can_direct": True, "can_create_groups": True}


def _uuid(kind: str) -> Callable[[Account], str]:
    return lambda account: str(UUID(account.ground.ids.token(kind, 0, 16)))


def _drive_url(account: Account) -> str:
    return f"https://drive-b.{account.domain}"


_FIELDS: dict[str, Callable[[Account], Any]] = {
    "amojo_id": _uuid("account amojo"),
    "uuid": _uuid("account uuid"),
    "version": lambda _account: 4,
    "drive_url": _drive_url,
    "is_api_filter_enabled": lambda _account: True,
    "entity_names": lambda _account: ENTITY_NAMES,
    "invoices_settings": lambda _account: {"lang": "ru", "invoices_catalog_id": None},
}
"""What is shown beside the other fields when `with` names it. Lists of invoices do not exist here."""

_EMBEDDABLE: dict[str, Callable[[Account], Any]] = {
    "users_groups": _groups,
    "task_types": _task_types,
    "datetime_settings": _datetime_settings,
    "amojo_rights": _amojo_rights,
}

ROUTES = [web.get("/api/v4/account", get)]
