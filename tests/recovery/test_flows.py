"""Every flow through every trouble: afterwards the world is as if nothing had happened (LOG-12, design §5).

AMOSTAND_RECOVERY=1/2 goes through the first of two halves of all points, as `make recovery` does; without it a part.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from integration.amocrm import AmoCrm
from integration.effects import Effects
from tests.recovery.flows import FLOWS, Flow
from tests.recovery.playing import Played, Theatre
from tests.recovery.seen import difference
from tests.recovery.troubles import Place, Point, Trouble, chosen, troubles

Run = Callable[..., Any]

SHOWN = 5
"""So many failures are shown whole; the others are named."""


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_what_a_flow_leaves_when_nothing_disturbs_it(flow: Flow, undisturbed: Callable[[Flow], Played]) -> None:
    counts = {name: len(things) for name, things in undisturbed(flow).seen.items() if things}
    counts.pop("calls before items were accepted", None)
    assert counts == flow.leaves


KINDS: dict[str, Callable[[Place], bool]] = {
    "requests": lambda place: place.what == "request" and place.target != "",
    "events": lambda place: place.what == "event",
    "deaths": lambda place: place.target == "",
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_a_flow_leaves_the_same_when_something_goes_wrong(
    run: Run,
    theatre: Theatre,
    undisturbed: Callable[[Flow], Played],
    gone_through: Counter[str],
    flow: Flow,
    kind: str,
) -> None:
    expected = undisturbed(flow)
    accepted = [expected.seen]
    if flow.other_order is not None:
        accepted.append(run(theatre.play(flow, Trouble("the other order", flow.other_order))).seen)
    places = [place for place in expected.places if KINDS[kind](place)]
    points = [Point(flow.name, place, trouble) for place in places for trouble in troubles(place)]
    points = chosen(points, FLOWS.index(flow))
    failures = []
    for point in points:
        found = run(theatre.play(flow, point.trouble))
        if found.seen not in accepted:
            failures.append(f"{point}\n{difference(expected.seen, found.seen)}")
        elif not found.met and flow.other_order is None:
            failures.append(f"{point}\nit did not come to that")
    gone_through[kind] += len(points)
    assert not failures, _told(failures, len(points))


def _told(failures: list[str], points: int) -> str:
    """The first ones whole."""
    names = [failure.splitlines()[0] for failure in failures[SHOWN:]]
    return "\n\n".join([f"{len(failures)} of {points} points", *failures[:SHOWN], *names])


LOOK_UPS = (
    (FLOWS[0], "POST /api/v4/contacts", Effects, "_find_contact"),
    (FLOWS[1], "POST /api/v4/tasks", AmoCrm, "find_task"),
    (FLOWS[3], "POST /api/v4/leads", Effects, "_find_deal"),
)
"""What amoCRM would make twice. Of calls and items it keeps one per `uniq` and one per `source_uid` by itself."""


async def _finds_nothing(_: object, _order: object) -> None:
    """What amoCRM has already is not seen."""


@pytest.mark.parametrize("trouble", ["reset after", "dies after this request"])
@pytest.mark.parametrize(("flow", "request_name", "owner", "look_up"), LOOK_UPS, ids=[each[1] for each in LOOK_UPS])
def test_what_was_made_is_found_again_and_would_be_missed(
    run: Run,
    theatre: Theatre,
    undisturbed: Callable[[Flow], Played],
    monkeypatch: pytest.MonkeyPatch,
    flow: Flow,
    request_name: str,
    owner: type,
    look_up: str,
    trouble: str,
) -> None:
    """An integration that does not look first makes it twice, and this is how it shows."""
    expected = undisturbed(flow)
    creations = [place for place in expected.places if place.name == request_name]
    (wrong,) = (each for place in creations for each in troubles(place) if each.name == trouble)
    assert not difference(expected.seen, run(theatre.play(flow, wrong)).seen)
    monkeypatch.setattr(owner, look_up, _finds_nothing)
    assert difference(expected.seen, run(theatre.play(flow, wrong)).seen)
