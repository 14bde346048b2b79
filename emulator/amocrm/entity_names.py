"""What leads are called in this account, by language: `with=entity_names` of GET /account (facts §3.1)."""

from __future__ import annotations

from typing import Any

_CASES = ("default", "genitive", "dative", "accusative", "instrumental", "prepositional")


def _forms(*words: str) -> dict[str, str]:
    return dict(zip(_CASES, words, strict=False))


ENTITY_NAMES: dict[str, dict[str, dict[str, Any]]] = {
    "leads": {
        "ru": {
            "gender": "f",
            "singular_form": _forms("сделка", "сделки", "сделке", "сделку", "сделкой", "сделке"),
            "plural_form": _forms("сделки", "сделок", "сделкам", "сделки", "сделками", "сделках"),
        },
        "en": {"gender": "m", "singular_form": _forms("lead"), "plural_form": _forms("leads")},
    }
}
