"""The tables of a telephony account, one file per area, and which kind of id each counts in."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from emulator.core.sender import DELIVERIES_SQL
from emulator.core.timers import TIMERS_SQL

COUNTERS = {
    "employees": "employee",
    "phones": "phone",
    "virtual_numbers": "virtual_number",
    "communications": "communication",
    "sessions": "call_session",
    "legs": "leg",
    "sites": "site",
    "campaigns": "campaign",
    "visitors": "visitor",
    "visitor_sessions": "visitor_session",
    "persons": "person",
    "tags": "communication_tag",
    "sales": "sale",
    "offline_messages": "offline_message",
    "sip_lines": "sip_line",
    "employee_groups": "group",
    "scenarios": "scenario",
    "operations": "operation",
    "contacts": "card",
    "api_calls": "api_call",
    "media_files": "media_file",
}


@cache
def schema() -> str:
    """All of it as SQL text."""
    own = sorted((each for each in files(__name__).iterdir() if each.name.endswith(".sql")), key=lambda each: each.name)
    return "\n".join([*(file.read_text(encoding="utf-8") for file in own), TIMERS_SQL, DELIVERIES_SQL])
