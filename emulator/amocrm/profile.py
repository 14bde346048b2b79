"""Where the documented amoCRM and today's API v4 differ: one named switch per difference (docs/differences.md).

`documented` is what the integration's documentation says amoCRM does; `v4` is what the API does today.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, get_args, get_type_hints

from emulator.core.errors import BadRequest, FieldError, nearest


@dataclass(frozen=True)
class Profile:
    """The switches of one account. The defaults are the profile `documented`."""

    unknown_calls: Literal["hold", "reject"] = "hold"
    """A call of an unknown number is held with a null entity, or refused with error 263."""

    lost_calls: Literal["unknown_only", "literal"] = "unknown_only"
    """Lost calls that are not recorded: those of unknown numbers (reading B), or every one (reading A, GAP-23)."""

    call_target: Literal["contact", "lead_customer_contact"] = "contact"
    """A call goes to the contact or company with the number, or to its only active lead when it has exactly one."""

    one_call_per_uniq: bool = True
    """A call with a `uniq` that is known already is answered as the first one and not stored again."""

    null_call_fields: Literal["allow", "refuse"] = "allow"
    """Null in link, call_result or call_status of a call counts as absent, or is refused as in call notes."""

    tasks_without_entity: Literal["refuse", "allow"] = "refuse"
    """A task that names no card is refused, or stands alone."""

    created_by_on_patch: Literal["change", "ignore"] = "change"
    """PATCH changes the creator of a card, or ignores `created_by`."""

    @classmethod
    def named(cls, name: str, switches: dict[str, Any] | None = None) -> Profile:
        """The profile `documented` or `v4` with single switches changed. Raises BadRequest for what does not exist."""
        if name not in PROFILES:
            raise BadRequest.field("profile", name, f"one of {', '.join(PROFILES)}")
        return PROFILES[name].changed(switches or {})

    def changed(self, switches: dict[str, Any]) -> Profile:
        """This profile with other values. Raises BadRequest naming the switch and what it accepts."""
        if not switches:
            return self
        hints = get_type_hints(type(self))
        for key, value in switches.items():
            if key not in hints:
                near = nearest(key, list(hints))
                hint = f"; did you mean `{near}`?" if near else ""
                known = FieldError(f"switches.{key}", value, f"one of {', '.join(hints)}")
                raise BadRequest(f"unknown switch `{key}`{hint}", [known], nearest=near)
            allowed = (True, False) if hints[key] is bool else get_args(hints[key])
            if type(value) is not type(allowed[0]) or value not in allowed:
                raise BadRequest.field(f"switches.{key}", value, f"one of {', '.join(map(str, allowed))}")
        return replace(self, **switches)


PROFILES = {
    "documented": Profile(),
    "v4": Profile(
        unknown_calls="reject",
        call_target="lead_customer_contact",
        one_call_per_uniq=False,
        tasks_without_entity="allow",
        created_by_on_patch="ignore",
    ),
}
