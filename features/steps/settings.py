"""Settings of the integration, as the account settings page shows them."""

from __future__ import annotations

from features.driver import MODES
from features.slots import given, then, when
from features.steps.scene import Scene, key


@given("{who} connected the integration")
async def connected(scene: Scene, who: str) -> None:
    """The default world: the sentence says what it is, and this makes sure that it is so."""
    assert "integration" in scene.do.world
    assert scene.do.user_id(key(who)) == min(person["user_id"] for person in users(scene))


@given("{who} is the default responsible")
async def default_responsible(scene: Scene, who: str) -> None:
    await scene.do.change_settings(**{"calls.responsible_user_id": scene.do.user_id(key(who))})


@given("the mode for primary calls is {mode:text}")
async def primary_mode(scene: Scene, mode: str) -> None:
    await scene.do.change_settings(**{"calls.primary_mode": MODES[mode]})


@when("the mode for primary calls is changed to {mode:text}")
async def changed_mode(scene: Scene, mode: str) -> None:
    await primary_mode(scene, mode)


@then("{mode:text} alone is the mode for primary calls")
async def mode_is(scene: Scene, mode: str) -> None:
    assert (await scene.do.settings())["calls.primary_mode"] == MODES[mode]


@then("the settings refuse «Создавать компанию» as the mode for primary calls and name the five there are")
async def refuse_a_sixth_mode(scene: Scene) -> None:
    said = await scene.do.refusal_of_settings(**{"calls.primary_mode": "company"})
    _, _, named = said.partition("one of ")
    assert sorted(named.split(", ")) == sorted(MODES.values()), said


@given("successful calls get the tag {tag:text}")
async def success_tag(scene: Scene, tag: str) -> None:
    await scene.do.change_settings(**{"calls.success_tag": tag})


@given("outgoing calls count as communications of the contact")
async def outgoing_calls_count(scene: Scene) -> None:
    await scene.do.change_settings(**{"calls.refresh_on_outgoing": True})


@given("successful calls get no tag")
async def no_success_tag(scene: Scene) -> None:
    await scene.do.change_settings(**{"calls.success_tag": None})


@given("lost calls get the tag {tag:text}")
async def lost_tag(scene: Scene, tag: str) -> None:
    await scene.do.change_settings(**{"calls.lost_tag": tag})


@given("lost calls get no tag")
async def no_lost_tag(scene: Scene) -> None:
    await scene.do.change_settings(**{"calls.lost_tag": None})


@given("«Применять настройки для исходящих звонков» is on")
async def applied_to_outgoing(scene: Scene) -> None:
    await scene.do.change_settings(**{"calls.apply_to_outgoing": True})


@given("«Применять настройки для исходящих звонков» is off")
async def not_applied_to_outgoing(scene: Scene) -> None:
    await scene.do.change_settings(**{"calls.apply_to_outgoing": False})


def users(scene: Scene) -> list[dict[str, int]]:
    return [person for person in scene.do.world["people"].values() if person["user_id"] is not None]
