"""What the stages of pipelines are from the first moment, and which colours they may have (facts §3.7)."""

from __future__ import annotations

WON = 142
LOST = 143
UNSORTED_TYPE = 1

STAGES = (
    ("Неразобранное", 10, "#c1c1c1", UNSORTED_TYPE, 0),
    ("Первичный контакт", 20, "#99ccff", 0, 1),
    ("Переговоры", 30, "#ffff99", 0, 1),
    ("Принимают решение", 40, "#ffcc66", 0, 1),
    ("Согласование договора", 50, "#ffcccc", 0, 1),
)
"""(name, sort, colour, type, is_editable) of the main pipeline."""

CLOSED = (
    (WON, "Успешно реализовано", 10000, "#CCFF66", 0, 0),
    (LOST, "Закрыто и не реализовано", 11000, "#D5D8DB", 0, 0),
)
"""(id, name, sort, colour, type, is_editable); every pipeline has them."""

COLORS = frozenset(
    [
        "#fffeb2",
        "#fffd7f",
        "#fff000",
        "#ffeab2",
        "#ffdc7f",
        "#ffce5a",
        "#ffdbdb",
        "#ffc8c8",
        "#ff8f92",
        "#d6eaff",
        "#c1e0ff",
        "#98cbff",
        "#ebffb1",
        "#deff81",
        "#87f2c0",
        "#f9deff",
        "#f3beff",
        "#ccc8f9",
        "#eb93ff",
        "#f2f3f4",
        "#e6e8ea",
        "#99ccff",
        "#ffff99",
        "#ffcc66",
        "#ffcccc",
    ]
)
DEFAULT_COLOR = "#99ccff"
