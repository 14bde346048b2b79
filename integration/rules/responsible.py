"""Who is responsible for what a call leaves behind (PRIM-06, 08..10; LOST-03; OUT-04; STAFF-07, STAFF-08).

Of an outgoing call the first employee who answered is the one who called: his own leg comes first.
"""

from __future__ import annotations

from collections.abc import Collection

from integration.rules.facts import EndFacts


def of_call(facts: EndFacts) -> tuple[int, str]:
    """The amoCRM user who owns what this call creates, and why: the first employee who answered, else the default."""
    if facts.lost:
        return facts.default_responsible, "the call was lost: default responsible"
    if facts.answered_by_user is None:
        return facts.default_responsible, "voice mail, or somebody who is not in amoCRM, answered: default responsible"
    return facts.answered_by_user, "the first employee who answered"


def in_amocrm(user_id: int | None, users: Collection[int]) -> int | None:
    """The user if he still works in amoCRM: whoever was deleted there takes no part any more (STAFF-07)."""
    return user_id if user_id in users else None


def default(setting: int, users: Collection[int], connecting_user: int) -> int:
    """«Ответственный сотрудник»; the administrator who connected when that one was deleted in amoCRM (STAFF-08)."""
    return setting if setting in users else connecting_user
