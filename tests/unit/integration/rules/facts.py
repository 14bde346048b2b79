"""Facts for the tests of the rules: an ordinary call, and what makes it another one."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from integration.rules.facts import ArrivalFacts, EndFacts, Kind, LaterFacts, Origin, TaskFacts

OLGA, RITA, ANNA, BORIS = 501, 502, 503, 504
CONTACT, VISIBLE, DEAL, COMPANY, EMPLOYEE = 10, 11, 20, 30, 7
MOSCOW = ZoneInfo("Europe/Moscow")

ARRIVAL = ArrivalFacts(Kind.PRIMARY, "in", "contact", apply_to_outgoing=False, connecting_user=OLGA)
ANSWERED = EndFacts(
    communication=Kind.PRIMARY,
    direction="in",
    mode="contact",
    apply_to_outgoing=False,
    contact_id=CONTACT,
    visible_contact=None,
    pending_item=None,
    lost=False,
    voice_mail=False,
    answered_by=EMPLOYEE,
    answered_by_user=ANNA,
    talked_by=EMPLOYEE,
    default_responsible=RITA,
    success_tag="Успех",
    lost_tag="Потерян",
    talk_seconds=40,
)
NOBODY: dict[str, Any] = {"answered_by": None, "answered_by_user": None, "talked_by": None, "talk_seconds": 0}
LOST: dict[str, Any] = {**NOBODY, "lost": True}
VOICE_MAIL: dict[str, Any] = {**NOBODY, "voice_mail": True}
UNTAKEN_CALLBACK: dict[str, Any] = {"talked_by": None, "talk_seconds": 0}
VIKTOR: dict[str, Any] = {"answered_by": 9, "answered_by_user": None, "talked_by": 9}

LOST_CALL = TaskFacts(
    communication=Kind.PRIMARY,
    direction="in",
    lost=True,
    enabled=True,
    assignee="default_responsible",
    contact_id=CONTACT,
    deal_id=None,
    company_id=None,
    contact_owner=ANNA,
    owner_is_placeholder=False,
    caller_user=BORIS,
    default_responsible=RITA,
    started_at=datetime(2026, 3, 2, 12, tzinfo=MOSCOW),
)
LATER = LaterFacts("in", False, CONTACT, True, None, datetime(2026, 3, 2, 12, tzinfo=MOSCOW))
VISITOR = Origin(
    widget="comagic",
    communication_id="1081",
    communication_type="Звонок",
    source="Директ",
    arrived_at=1_772_442_000,
    utm_source="yandex",
    utm_medium="cpc",
    utm_campaign="spring",
    utm_content="banner2",
    utm_term="окна",
    ua_client_id="35009a79-1a05",
    session="77",
    search_query="купить окна",
    site="okna.ru",
    campaign="Директ",
)
STRANGER = Origin("comagic", "1081", "Звонок", "Офис", 1_772_442_000)
