"""One broken version of the telephony per rule that it enforces itself."""

from __future__ import annotations

from typing import Any

from tests.sabotage.breakage import Breakage, Function, answers, instead


def asked_once(original: Function) -> Function:
    """Whether a site counts sales is asked when somebody looks for the first time, and never again."""
    known: dict[Any, bool] = {}
    return lambda database, site_id: known.setdefault(site_id, original(database, site_id))


BREAKAGES = (
    Breakage(
        "the telephony records the talk with the first employee only",
        "emulator.telephony.recordings.recordings:whole",
        answers(lambda cut: cut[:1]),
        ("LOG-05.c",),
    ),
    Breakage(
        "the telephony never calls a call lost",
        "emulator.telephony.engine.step:is_lost",
        instead(False),
        ("TERM-05.a",),
    ),
    Breakage(
        "one leg that was not answered makes a call lost",
        "emulator.telephony.engine.step:is_lost",
        lambda _original: lambda call: any(leg.was_rung and leg.connected_at is None for leg in call.legs),
        ("TERM-05.d",),
    ),
    Breakage(
        "«Список сделок» shows no site's deals",
        "emulator.telephony.communications.deal_list:counts_sales",
        instead(False),
        ("REP-01.a",),
    ),
    Breakage(
        "«Список сделок» shows the deals of every site",
        "emulator.telephony.communications.deal_list:counts_sales",
        lambda _original: lambda _database, site_id: site_id is not None,
        ("REP-01.b", "REP-02.b"),
    ),
    Breakage(
        "«Список сделок» does not notice a change of the option",
        "emulator.telephony.communications.deal_list:counts_sales",
        asked_once,
        ("REP-01.c",),
    ),
    Breakage(
        "«Список сделок» shows deals that came from no site",
        "emulator.telephony.communications.deal_list:counts_sales",
        lambda original: lambda database, site_id: site_id is None or original(database, site_id),
        ("REP-01.d", "REP-02.a"),
    ),
)
