"""GET /account (facts §3.1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from aiohttp import web

from emulator.amocrm import hal
from emulator.amocrm.account import Account
from emulator.amocrm.api.common import ACCOUNT, PRINCIPAL, with_
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
    if "version" in wanted:
        fields["version"] = 4
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


_EMBEDDABLE: dict[str, Callable[[Account], Any]] = {
    "users_groups": _groups,
    "task_types": _task_types,
    "datetime_settings": _datetime_settings,
    "amojo_rights": _amojo_rights,
}

ROUTES = [web.get("/api/v4/account", get)]
