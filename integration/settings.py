"""Settings of a tenant: one flat object under dotted keys, declared in one table (rules.md §4, contract §2).

Durations are whole seconds, users amoCRM ids, times of day "HH:MM", null is empty. What no code honours yet
is accepted and kept.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from integration.problems import FieldError, Problem

Values = dict[str, Any]
SUPPORT = "support"
DAY = 86_400
LONGEST_TEXT = 255
"""That long may a tag of amoCRM be: it refuses cards with a longer one whole."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table: what is accepted, in words and as a check, and which role may see it (None: everybody)."""

    key: str
    default: Any
    expected: str
    accepts: Callable[[Any], bool]
    role: str | None = None


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_short(value: Any) -> bool:
    return isinstance(value, str) and len(value.strip()) <= LONGEST_TEXT


def _flag(key: str, default: bool = False) -> Setting:
    return Setting(key, default, "true or false", lambda value: isinstance(value, bool))


def _choice(key: str, default: str, *others: str) -> Setting:
    allowed = (default, *others)
    return Setting(key, default, f"one of {', '.join(allowed)}", lambda value: value in allowed)


def _text(key: str) -> Setting:
    expected = f"a text of {LONGEST_TEXT} characters at the most, or null"
    return Setting(key, None, expected, lambda value: value is None or _is_short(value))


def _number(key: str, default: int, least: int, most: int, unit: str, role: str | None = None) -> Setting:
    return Setting(key, default, f"whole {unit}, {least} to {most}", lambda v: _is_int(v) and least <= v <= most, role)


def _user(key: str) -> Setting:
    return Setting(
        key, None, "an amoCRM user id or null", lambda value: value is None or (_is_int(value) and value > 0)
    )


def _night(value: Any) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(r"0[0-5]:[0-5]\d|06:00", value))


TABLE = (
    _flag("deals.transfer_enabled"),
    Setting("deals.night_time", "02:00", "a time from 00:00 to 06:00 as HH:MM", _night),
    _choice("deals.manual_contact_choice", "last_in_period", "first"),
    _number("deals.manual_contact_period_days", 30, 1, 36_500, "days"),
    _choice("calls.primary_mode", "manual", "contact", "deal", "contact_and_deal", "unsorted"),
    _flag("calls.apply_to_outgoing"),
    _text("calls.success_tag"),
    _text("calls.lost_tag"),
    _user("calls.responsible_user_id"),
    _number("calls.card_update_delay", 0, 0, DAY, "seconds", SUPPORT),
    _flag("calls.refresh_on_outgoing"),
    _flag("tasks.incoming.enabled"),
    _choice("tasks.incoming.assignee", "default_responsible", "contact_responsible"),
    _flag("tasks.outgoing.enabled"),
    _choice("tasks.outgoing.assignee", "default_responsible", "contact_responsible", "caller"),
    _flag("pm.respect_status"),
    _text("c2c.number"),
    _flag("c2c.sequential"),
    _flag("c2c.override_caller_id"),
    _flag("widget.enabled", True),
    _choice("widget.type", "comagic", "other"),
    _flag("widget.notifications", True),
    _flag("widget.web_phone"),
    _number("phone.options_block_out_s", 30, 0, DAY, "seconds"),
    _number("phone.options_block_in_s", 3, 0, DAY, "seconds"),
    _flag("forms.enabled"),
    _choice("forms.mode", "contact_and_deal", "unsorted"),
    _flag("forms.only_primary"),
    _text("forms.tag_contact"),
    _text("forms.tag_deal"),
    _text("forms.tag_unsorted"),
)
BY_KEY = {setting.key: setting for setting in TABLE}


def complete(stored: Mapping[str, Any], connecting_user: int) -> Values:
    """Every setting with its value: what was set, else its default; the default responsible is who connected."""
    values = {setting.key: stored.get(setting.key, setting.default) for setting in TABLE}
    if values["calls.responsible_user_id"] is None:
        values["calls.responsible_user_id"] = connecting_user
    return values


def visible(values: Mapping[str, Any], role: str | None) -> Values:
    """What this role reads: the card-update delay is not among the settings of an administrator (LOST-05)."""
    return {key: value for key, value in values.items() if BY_KEY[key].role in (None, role)}


def changed(stored: Mapping[str, Any], patch: Mapping[str, Any], role: str | None) -> Values:
    """What is stored after the patch; Problem naming each bad key, and then nothing is changed."""
    errors = [error for key, value in patch.items() if (error := _error(key, value, role))]
    forbidden = [key for key in patch if key in BY_KEY and BY_KEY[key].role not in (None, role)]
    merged = {**stored, **{key: _tidy(value) for key, value in patch.items()}}
    if not errors and merged.get("c2c.override_caller_id") and not merged.get("c2c.number"):
        errors.append(FieldError("c2c.override_caller_id", True, "c2c.number to be set (DIAL-08)"))
    if errors:
        status = 403 if len(errors) == len(forbidden) else 400
        raise Problem(status, "Settings refused", "Nothing was changed: " + "; ".join(map(str, errors)), errors)
    return merged


def _error(key: str, value: Any, role: str | None) -> FieldError | None:
    setting = BY_KEY.get(key)
    if setting is None:
        nearest = difflib.get_close_matches(key, BY_KEY, 1, 0.0)[0]
        return FieldError(key, value, f"a known setting; the nearest one is {nearest}")
    if setting.role not in (None, role):
        return FieldError(key, value, f"the role {setting.role} (header X-Role)")
    if not setting.accepts(value):
        return FieldError(key, value, setting.expected)
    return None


def _tidy(value: Any) -> Any:
    return (value.strip() or None) if isinstance(value, str) else value
