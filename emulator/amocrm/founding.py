"""What every account has from its first moment: group, pipeline with statuses, predefined fields.

The rows are fixed but for their ids, which start where the world's ranges do; so an account opens in one transaction
of a few prepared inserts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.amocrm.stages import CLOSED, STAGES
from emulator.amocrm.users import DEFAULT_GROUP, PersonSpec

if TYPE_CHECKING:
    from emulator.amocrm.account import Account

_CONTACT_FIELDS = (("Телефон", "PHONE"), ("Email", "EMAIL"))
_COMPANY_FIELDS = (("Web", "WEB", "url"), ("Адрес", "ADDRESS", "textarea"))
_ENUMS = (
    *((field, code) for field in (0, 2) for code in ("WORK", "WORKDD", "MOB", "FAX", "HOME", "OTHER")),
    *((field, code) for field in (1, 3) for code in ("WORK", "PRIV", "OTHER")),
)
_TRACKING = (
    *(f"UTM_{name}" for name in ("CONTENT", "MEDIUM", "CAMPAIGN", "SOURCE", "TERM", "REFERRER")),
    *("ROISTAT", "REFERRER", "OPENSTAT_SERVICE", "OPENSTAT_CAMPAIGN", "OPENSTAT_AD", "OPENSTAT_SOURCE", "FROM"),
    *("GCLIENTID", "_YM_UID", "_YM_COUNTER", "GCLID", "YCLID", "FBCLID"),
)

_FIELD_ROWS = (
    *(("contacts", name, code, "multitext", sort) for sort, (name, code) in enumerate(_CONTACT_FIELDS, 1)),
    *(("companies", name, code, "multitext", sort) for sort, (name, code) in enumerate(_CONTACT_FIELDS, 1)),
    *(("companies", name, code, kind, sort) for sort, (name, code, kind) in enumerate(_COMPANY_FIELDS, 3)),
    *(("leads", code.lower(), code, "tracking_data", sort) for sort, code in enumerate(_TRACKING, 1)),
)


_LOSS_REASONS = ("Слишком дорого", "Пропала потребность", "Не устроили условия", "Выбрали других")


def found(account: Account, people: list[PersonSpec]) -> None:
    """Fill the empty tables of a new account."""
    database, ids = account.database, account.ground.ids
    with database.transaction():
        row = {"id": account.id, "name": account.name, "subdomain": account.subdomain, "created_at": account.now()}
        database.insert("account", row)
        database.insert("groups", {"id": 0, "name": DEFAULT_GROUP})
        pipeline = {"name": "Воронка", "sort": 1, "is_main": 1, "is_unsorted_on": 1}
        pipeline_id = database.insert("pipelines", pipeline)
        statuses = [(pipeline_id, ids.first("status") + place, *stage) for place, stage in enumerate(STAGES)]
        database.insert("status_ids", {"id": statuses[-1][1]})
        statuses += [(pipeline_id, *stage) for stage in CLOSED]
        database.many(
            "INSERT INTO statuses (pipeline_id, id, name, sort, color, type, is_editable) VALUES (?, ?, ?, ?, ?, ?, ?)",
            statuses,
        )
        now = account.now()
        database.many(
            "INSERT INTO loss_reasons (name, sort, created_at, updated_at) VALUES (?, ?, ?, ?)",
            [(name, sort, now, now) for sort, name in enumerate(_LOSS_REASONS, 1)],
        )
        database.many(
            "INSERT INTO custom_fields (entity_type, name, code, type, sort, is_predefined) VALUES (?, ?, ?, ?, ?, 1)",
            _FIELD_ROWS,
        )
        first = ids.first("custom_field")
        database.many(
            "INSERT INTO enums (field_id, value, code, sort) VALUES (?, ?, ?, ?)",
            [(first + field, code, code, sort) for sort, (field, code) in enumerate(_ENUMS, 1)],
        )
        for person in people:
            account.users.add(person)
