"""How a world is built: the fakes' accounts, the cast, access for clients, and the integration connected to it all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import aiohttp
import msgspec

from emulator.amocrm.account import Account as AmocrmAccount
from emulator.amocrm.account import PersonSpec
from emulator.amocrm.oauth import OAuthClient
from emulator.amocrm.profile import Profile
from emulator.core.clock import Clock, LiveClock, ManualClock
from emulator.core.database import Databases
from emulator.core.errors import BadRequest
from emulator.core.ground import Ground
from emulator.core.ids import MAX_SEED
from emulator.core.parsing import instant
from emulator.stand.answers import Capabilities
from emulator.stand.integration_link import IntegrationLink
from emulator.stand.people import CONNECTING, DEFAULT_RESPONSIBLE, PRESETS, People, Role, people_of
from emulator.stand.tabs import Tabs
from emulator.stand.world import OutsideAccess, World
from emulator.telephony.account import EmployeeSpec, NumberOfEmployee, NumberSpec, SiteSpec, TelephonyAccount

DEFAULT_NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""Monday 2026-03-02 12:00 in Moscow, where a manual world begins unless told otherwise."""

NUMBERS = {"main": "+74951112233", "tracked": "+74951112244"}
SITES = [SiteSpec("main", "okna.test", pool=(NUMBERS["tracked"],))]
WIDGET = "comagic"
"""The code of the widget that comes with the integration."""

_WIDGET_SETTINGS = [{"key": "employees", "name": "Сотрудники", "type": "users", "is_required": False}]
REDIRECT_URI = "https://integration.example.test/oauth"


class WorldRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of POST /_stand/worlds. `integration` None: nobody is connected, the fakes are alone."""

    name: str | None = None
    now: str | None = None
    timezone: str = "Europe/Moscow"
    seed: int | None = None
    clock: Literal["manual", "live"] = "manual"
    profile: Literal["documented", "v4"] = "documented"
    switches: dict[str, Any] = {}
    limits: Literal["off", "on"] = "off"
    people: Literal["default"] = "default"
    own_ports: bool = False
    integration: str | None = "builtin"


@dataclass(frozen=True)
class Place:
    """Where a world lives: base URLs by part, the stand's HTTP client and databases, the folder if it is kept."""

    urls: dict[str, str]
    session: Callable[[], aiohttp.ClientSession]
    databases: Databases
    folder: Path | None = None

    def file(self, name: str) -> Path | None:
        return self.folder / f"{name}.db" if self.folder else None


def zone_of(request: WorldRequest) -> ZoneInfo:
    try:
        return ZoneInfo(request.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadRequest.field("timezone", request.timezone[:80], "an IANA time zone, such as Europe/Moscow") from None


def clock_of(request: WorldRequest) -> Clock:
    start = instant(request.now, "now") if request.now else None
    if request.clock == "live":
        return LiveClock(start)
    return ManualClock(start or DEFAULT_NOW)


def check_seed(seed: int) -> int:
    if not 0 <= seed <= MAX_SEED:
        raise BadRequest.field("seed", seed, f"a number from 0 to {MAX_SEED}")
    return seed


def build(request: WorldRequest, name: str, seed: int, place: Place) -> World:
    """Make the world that `request` asks for, without its integration."""
    return assemble(request, name, seed, place, clock_of(request))


def copy_of(origin: World, request: WorldRequest, name: str, place: Place) -> World:
    """A world with the rows, ids, tokens and time of `origin`, without its integration."""
    return assemble(
        request,
        name,
        origin.ground.ids.seed,
        place,
        origin.ground.clock.twin(),
        subdomain=origin.amocrm.subdomain,
        access=origin.access,
        origin=origin,
    )


def assemble(
    request: WorldRequest,
    name: str,
    seed: int,
    place: Place,
    clock: Clock,
    *,
    subdomain: str | None = None,
    access: OutsideAccess | None = None,
    origin: World | None = None,
) -> World:
    """Put the parts of a world together: new ones, those that lie in the folder of `place`, or copies of `origin`'s.

    `access` is given where the account has been opened before.
    """
    profile = Profile.named(request.profile, request.switches)
    ground = Ground.lay(name, clock, seed, zone_of(request), place.databases)
    cast = PRESETS[request.people]
    amocrm = AmocrmAccount.open(
        ground,
        subdomain=subdomain or name,
        profile=profile,
        people=_users(cast),
        path=place.file("amocrm"),
        source=origin.amocrm.database if origin else None,
        limits=request.limits == "on",
        session=place.session,
    )
    base_url = place.urls["integration"] if request.integration == "builtin" else request.integration
    link = IntegrationLink(base_url or "", name, ground.ids.token("events secret"), clock, place.session)
    telephony = TelephonyAccount.open(
        ground,
        name=name,
        employees=_employees(cast),
        virtual_numbers=[NumberSpec(number, key) for key, number in NUMBERS.items()],
        base_url=place.urls["telephony"],
        integration=link.destination,
        session=place.session,
        sites=SITES,
        path=place.file("telephony"),
        source=origin.telephony.database if origin else None,
        limits=request.limits == "on",
    )
    people = partial(people_of, cast, amocrm, telephony)
    access = access or _outside_access(amocrm, telephony, people(), place.urls["amocrm"])
    tabs = Tabs(ground, amocrm, people, link, place.urls["amocrm"], place.session)
    return World(ground, amocrm, telephony, link, people, access, place.urls, tabs, request)


async def connect(world: World, settings: dict[str, Any], capabilities: Capabilities | None = None) -> None:
    """Connect the integration, which exchanges its code at the world's amoCRM: the world must be reachable over HTTP.

    `settings` are set on top of the default responsible. `capabilities` spares asking for what is known. A world that
    wants no integration stays alone.
    """
    if not world.has_integration:
        return
    world.integration.capabilities = capabilities or await world.integration.ask_capabilities()
    responsible = {"calls.responsible_user_id": world.people.user_id(DEFAULT_RESPONSIBLE)}
    await introduce(world)
    await world.integration.change_settings({**responsible, **settings})


async def introduce(world: World, by: int | None = None) -> None:
    """Tell the integration where the world is, with a fresh code: a new tenant, or a new connection of an old one.

    `by` is the administrator who connects it; None is the one who did so last.
    """
    body = _introduction(world, by)
    code = world.amocrm.oauth.issue_code(body["amocrm"]["client_id"], body["connecting_user"])
    await world.integration.connect({**body, "amocrm": {**body["amocrm"], "code": code}})


async def connect_copy(fork: World, origin: World) -> None:
    """Have the integration, if any, copy the tenant of `origin`, tokens included, for its `fork`, which goes on from
    there."""
    fork.integration.capabilities = origin.integration.capabilities
    fork.integration.decisions_seen = origin.integration.decisions_seen
    if origin.has_integration:
        await fork.integration.connect({**_introduction(fork), "copy_of": origin.integration.tenant})
    fork.resume_deliveries()
    fork.ground.clock.rearm()
    await fork.settle()


def _users(cast: tuple[Role, ...]) -> list[PersonSpec]:
    return [PersonSpec(role.name, role.email, is_admin=role.is_admin) for role in cast if role.in_amocrm]


def _employees(cast: tuple[Role, ...]) -> list[EmployeeSpec]:
    return [
        EmployeeSpec(
            role.name,
            role.email,
            [NumberOfEmployee(number, "SIP" if number == role.sip else "PSTN") for number in role.numbers],
        )
        for role in cast
        if role.numbers
    ]


def _outside_access(amocrm: AmocrmAccount, telephony: TelephonyAccount, people: People, base_url: str) -> OutsideAccess:
    client = amocrm.oauth.register_client("developer", REDIRECT_URI, holder="client")
    host = base_url.partition("://")[2]
    token = amocrm.oauth.long_lived_token(client.client_id, people.user_id(CONNECTING), api_domain=host)
    return OutsideAccess(
        client.client_id, client.client_secret, client.redirect_uri, token, telephony.issue_token("client")
    )


def _integration_client(amocrm: AmocrmAccount) -> OAuthClient:
    """A new client for the integration, with its widget installed."""
    client = amocrm.oauth.register_client("integration", REDIRECT_URI, holder="integration")
    amocrm.widgets.publish(WIDGET, "1.0.0", _WIDGET_SETTINGS, client.client_id)
    amocrm.widgets.install(WIDGET, {})
    return client


def _introduction(world: World, by: int | None = None) -> dict[str, Any]:
    """The body of PUT /_sut/tenants/{t} (contract §2), without code."""
    oauth, people = world.amocrm.oauth, world.people
    client = oauth.client_of("integration") or _integration_client(world.amocrm)
    connecting = by or oauth.granted_by(client.client_id) or people.user_id(CONNECTING)
    return {
        "amocrm": {
            "base_url": world.urls["amocrm"],
            "client_id": client.client_id,
            "client_secret": client.client_secret,
            "redirect_uri": client.redirect_uri,
        },
        "telephony": {
            "data_api_url": f"{world.urls['telephony']}/v2.0",
            "call_api_url": f"{world.urls['telephony']}/v4.0",
            "access_token": world.telephony.tokens.of("integration") or world.telephony.issue_token("integration"),
            "events_secret": world.ground.ids.token("events secret"),
        },
        "timezone": world.ground.zone.key,
        "connecting_user": connecting,
        "clock": {"now": world.ground.clock.now().isoformat(), "kind": world.ground.clock.kind},
        "employees": people.links(),
    }
