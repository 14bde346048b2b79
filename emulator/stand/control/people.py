"""People who join later, in one system or both, and users who are deleted in amoCRM.

Of somebody in both the integration is told by a new connection, as if a synchronisation had linked them.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from aiohttp import web

from emulator.core.errors import BadRequest, NotFound, nearest
from emulator.core.web import json_response
from emulator.stand.building import introduce
from emulator.stand.control.context import Routes, body_as, world_of
from emulator.stand.people import DOMAIN, KEY, OUTSIDE
from emulator.stand.world import World
from emulator.telephony.staff import EmployeeSpec, NumberOfEmployee


class PersonRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of POST …/people. `numbers` in dialling order, a telephone with its +, else a SIP line to be made.

    Without `numbers` it is one SIP line with the next free login; with none of them there is no employee.
    """

    key: Annotated[str, msgspec.Meta(pattern=f"^{KEY}$")]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    amocrm: bool = True
    admin: bool = False
    numbers: Annotated[list[str], msgspec.Meta(max_length=10)] | None = None


async def create(request: web.Request) -> web.Response:
    """Somebody joins. All of it or nothing."""
    world, asked = world_of(request), await body_as(request, PersonRequest)
    staff = world.telephony.staff
    numbers = [staff.lines.free_login()] if asked.numbers is None else asked.numbers
    _check(world, asked, numbers)
    if numbers:
        phones = [NumberOfEmployee(each, "PSTN" if each.startswith("+") else "SIP") for each in numbers]
        with world.telephony.database.transaction():
            staff.hire(EmployeeSpec(asked.name, f"{asked.key}@{DOMAIN}", phones))
        world.telephony.staff_changed()
    if asked.amocrm:
        world.amocrm.users.join(asked.name, f"{asked.key}@{DOMAIN}", is_admin=asked.admin)
    if numbers and asked.amocrm and world.integration.connected:
        await introduce(world)
    await world.settle()
    return json_response(world.person_body(asked.key), 201)


def _check(world: World, asked: PersonRequest, numbers: list[str]) -> None:
    if asked.key in world.people.by_key or asked.key == OUTSIDE:
        raise BadRequest.field("key", asked.key, "a key that nobody has")
    if not asked.amocrm and not numbers:
        raise BadRequest.field("numbers", numbers, "a number, or a user of amoCRM")
    taken = {line.login for line in world.telephony.staff.lines.all()}
    for position, number in enumerate(numbers):
        if number in taken:
            raise BadRequest.field(f"numbers[{position}]", number, "a login that no other SIP line has")
        if not number.startswith("+"):
            taken.add(number)


async def delete_user(request: web.Request) -> web.Response:
    """A user is deleted in amoCRM: no page, token or session of theirs is good, and no card can be given to them.

    What is theirs stays theirs. A second time does nothing.
    """
    world, key = world_of(request), request.match_info["person"]
    users = {each: person.user_id for each, person in world.people.by_key.items() if person.user_id is not None}
    if key not in users:
        near = nearest(key, list(users))
        hint = f"; did you mean {near}?" if near else ""
        raise NotFound(f"no user {key[:80]} in amoCRM; there are {', '.join(users)}{hint}", nearest=near)
    world.amocrm.users.deactivate(users[key])
    await world.settle()
    return web.Response(status=204)


ROUTES: Routes = [
    ("POST", "/worlds/{world}/people", create),
    ("DELETE", "/worlds/{world}/amocrm/users/{person}", delete_user),
]
