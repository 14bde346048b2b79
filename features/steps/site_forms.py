"""Forms that visitors fill in on a site, and how they are passed on."""

from __future__ import annotations

from datetime import timedelta

from features.driver import FORM_MODES
from features.slots import given, then, when
from features.steps.scene import Scene

FILLED_IN = {"name": "name", "telephone": "phone", "e-mail": "email", "text": "message"}

KINDS = {"request": "request", "order of a callback": "callback", "form of the lead generator": "lead"}


@given("site forms are passed on in the mode {mode:text}")
async def form_mode(scene: Scene, mode: str) -> None:
    await scene.do.change_settings(**{"forms.enabled": True, "forms.mode": FORM_MODES[mode]})


@given("site forms are not passed on")
async def not_passed_on(scene: Scene) -> None:
    await scene.do.change_settings(**{"forms.enabled": False})


@given("only site forms of new people are passed on")
async def only_primary(scene: Scene) -> None:
    await scene.do.change_settings(**{"forms.only_primary": True})


@given("{card}s of site forms get the tag {tag:text}")
async def tag_of_cards(scene: Scene, card: str, tag: str) -> None:
    await scene.do.change_settings(**{f"forms.tag_{card}": tag})


@given("items of site forms get the tag {tag:text}")
async def tag_of_items(scene: Scene, tag: str) -> None:
    await scene.do.change_settings(**{"forms.tag_unsorted": tag})


@then("the settings refuse «Создавать компанию» as the mode for site forms and name the two there are")
async def refuse_a_third_mode(scene: Scene) -> None:
    said = await scene.do.refusal_of_settings(**{"forms.mode": "company"})
    _, _, named = said.partition("one of ")
    assert sorted(named.split(", ")) == sorted(FORM_MODES.values()), said


@given("{phone:phone} has sent a form on {site}")
@when("{phone:phone} sends a form on {site}")
async def sends_form(scene: Scene, phone: str, site: str) -> None:
    """A request with nothing but the number."""
    scene.form = await scene.do.visitor_sends_form(phone, site)


@given("a visitor has sent a form on {site} with")
@when("a visitor sends a form on {site} with")
async def sends_form_with(scene: Scene, site: str, datatable: list[list[str]]) -> None:
    """What is filled in and its value in each line."""
    scene.form = await scene.do.form_is_sent(site, **filled_in(datatable))


@when(
    "two visitors with one e-mail send forms at the same instant, while amoCRM takes {delay:duration} for each answer"
)
async def send_forms_at_once(scene: Scene, delay: timedelta) -> None:
    """With telephones of their own. Ends when amoCRM has answered everything and is quick again."""
    slow = {"delay": delay.total_seconds()}
    await scene.do.goes_wrong(target="amocrm", match={"path": "/api/v4/*"}, action=slow, times=None)
    phones = ("+79161234567", "+79169998877")
    await scene.do.together(*(scene.do.form_is_sent("main", phone=phone, email="ivan@okna.test") for phone in phones))
    await scene.do.time_passes(30 * delay)
    await scene.do.all_goes_well()


@when("{phone:phone} sends a form of the kind {kind:text} on {site}")
async def sends_form_of_kind(scene: Scene, phone: str, kind: str, site: str) -> None:
    scene.form = await scene.do.form_is_sent(site, phone=phone, kind=KINDS[kind])


@then("the card of the contact has a note that names the form")
async def note_of_form(scene: Scene) -> None:
    """One note, and at its end the number by which the telephony knows the form."""
    notes = await scene.do.notes_on_card((await scene.the_contact())["id"])
    assert [note.rpartition(" ")[2] for note in notes] == [str(scene.communication_of("form"))], notes


@then("the card of the contact has a note that says {text:text} and names the form")
async def note_with_text(scene: Scene, text: str) -> None:
    await note_of_form(scene)
    (note,) = await scene.do.notes_on_card((await scene.the_contact())["id"])
    assert text in note


@then("the card of the contact has no note")
async def no_note(scene: Scene) -> None:
    assert await scene.do.notes_on_card((await scene.the_contact())["id"]) == []


@then("the contact is called {name:text}")
async def called(scene: Scene, name: str) -> None:
    assert (await scene.the_contact())["name"] == name


def filled_in(lines: list[list[str]]) -> dict[str, str]:
    """The lines as the driver takes them; what is left empty is not filled in."""
    return {FILLED_IN[name]: value for name, value in lines if value}
