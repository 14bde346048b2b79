"""Who works here: people who join, users who are deleted in amoCRM, the administrator who connected the integration."""

from __future__ import annotations

from features.slots import given, when
from features.steps.scene import Scene, key


@given("there is an employee {who} in both systems")
async def employee(scene: Scene, who: str) -> None:
    """One more, with a desk phone; the integration knows who they are in amoCRM."""
    await scene.do.person_joins(key(who), who)


@given("there is an employee {who} called {name:text} in both systems")
async def employee_called(scene: Scene, who: str, name: str) -> None:
    """As above, with a name that somebody else may have as well."""
    await scene.do.person_joins(key(who), name)


@given("{who} is deleted in amoCRM")
@when("{who} is deleted in amoCRM")
async def deleted(scene: Scene, who: str) -> None:
    await scene.do.is_deleted_in_amocrm(key(who))


@given("{who} connected the integration in place of {other:who}")
async def connected_in_place_of(scene: Scene, who: str, other: str) -> None:
    assert await scene.do.connecting_person() == key(other)
    await scene.do.connects_integration(key(who))


@when("{who} connects the integration again")
async def connects_again(scene: Scene, who: str) -> None:
    """The administrator who connected it before."""
    assert await scene.do.connecting_person() == key(who)
    await scene.do.connects_integration(key(who))
