"""What a site's options say about its communications."""

from __future__ import annotations

from emulator.core.database import Database


def counts_sales(database: Database, site_id: int | None) -> bool:
    """Whether «Учитывать продажи» is on for that site now; never without a site (REP-01, REP-02)."""
    if site_id is None:
        return False
    return bool(database.value("SELECT sales_enabled FROM sites WHERE id = ?", site_id))


def counting_sites(database: Database) -> set[int]:
    """The sites that count sales now."""
    return {row["id"] for row in database.all("SELECT id FROM sites WHERE sales_enabled")}
