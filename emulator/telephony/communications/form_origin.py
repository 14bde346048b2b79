"""Where a form came from, told by the visit it was sent in, a campaign or a site."""

from __future__ import annotations

from emulator.core.database import Database
from emulator.core.errors import Conflict, NotFound
from emulator.telephony.marketing.origin import Origin

_TABLES = {
    "visitor_session_id": (
        "visitor_sessions",
        "id AS visitor_session_id, visitor_id, campaign_id, site_id, started_at",
    ),
    "campaign_id": ("campaigns", "id AS campaign_id, site_id"),
    "site_id": ("sites", "id AS site_id"),
}


def origin_of_form(
    database: Database,
    *,
    visitor_session_id: int | None = None,
    campaign_id: int | None = None,
    site_id: int | None = None,
) -> tuple[Origin, int | None]:
    """(what these say together, when the visit began in microseconds).

    Raises NotFound for an id that is not there and Conflict for one that contradicts what the others say, both with
    the name of the `field` in `extra`.
    """
    ids = {"visitor_session_id": visitor_session_id, "campaign_id": campaign_id, "site_id": site_id}
    known: dict[str, int | None] = {}
    for field, identifier in ids.items():
        if identifier is None:
            continue
        table, columns = _TABLES[field]
        row = database.one(f"SELECT {columns} FROM {table} WHERE id = ?", identifier)
        if row is None:
            raise NotFound(f"no {field.removesuffix('_id').replace('_', ' ')} {identifier}", field=field)
        for name, value in row.items():
            if known.setdefault(name, value) != value:
                raise Conflict(f"{field} {identifier} contradicts what is given beside it", field=field)
    began = known.pop("started_at", None)
    return Origin(**known), began
