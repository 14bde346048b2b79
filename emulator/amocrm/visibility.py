"""Which cards a request can find: not those in the bin, and not those that live in «Неразобранное» only."""

from __future__ import annotations


def visible(alias: str = "") -> str:
    """The SQL condition for the cards of a table, under that alias where the statement gives it one."""
    at = f"{alias}." if alias else ""
    return f"{at}visible_at IS NOT NULL AND NOT {at}is_deleted"


CARD_FOUND = f"SELECT 1 FROM {{0}} c WHERE c.id = entity_id AND {visible('c')}"
"""Whether the card of a row with `entity_id` can be found, for the table of its kind."""
