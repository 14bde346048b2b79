"""The HTTP application of the fake amoCRM: its resources, behind the one way in."""

from __future__ import annotations

from functools import cache

from aiohttp import web

from emulator.amocrm.accounts import Accounts
from emulator.amocrm.api import (
    account,
    calls,
    card_bin,
    companies,
    complex_leads,
    contacts,
    custom_fields,
    events,
    field_groups,
    leads,
    legacy_account,
    legacy_calls,
    legacy_contacts,
    links,
    login,
    loss_reasons,
    notes,
    oauth,
    pipelines,
    popups,
    roles,
    short_links,
    sources,
    status,
    statuses,
    tags,
    tasks,
    unsorted,
    users,
    webhooks,
    widgets,
)
from emulator.amocrm.entrance import entrance
from emulator.core.web import MAX_BODY

RESOURCES = (
    contacts,
    leads,
    complex_leads,
    companies,
    links,
    card_bin,
    notes,
    tags,
    field_groups,
    custom_fields,
    tasks,
    calls,
    unsorted,
    pipelines,
    statuses,
    account,
    users,
    events,
    webhooks,
    roles,
    loss_reasons,
    sources,
    widgets,
    short_links,
    oauth,
    popups,
    legacy_account,
    legacy_calls,
    legacy_contacts,
    login,
    status,
)


def create_app(accounts: Accounts) -> web.Application:
    """An application that answers for `accounts`."""
    app = web.Application(middlewares=[entrance(accounts)], client_max_size=MAX_BODY)
    for resource in _resources():
        app.router.register_resource(resource)
    return app


@cache
def _resources() -> tuple[web.AbstractResource, ...]:
    """What every application answers, put together once: nothing in it belongs to one of them."""
    router = web.UrlDispatcher()
    for resource in RESOURCES:
        router.add_routes(resource.ROUTES)
    return (*router.resources(),)
