"""The control plane serves the OpenAPI description of the fake amoCRM."""

from __future__ import annotations

from emulator.amocrm.openapi import description
from tests.unit.stand.conftest import Control


async def test_the_description_names_the_fake_that_answers(control: Control) -> None:
    status, served = await control.ask("GET", "/_stand/amocrm/openapi.json")
    _, health = await control.ask("GET", "/_stand/health")
    assert status == 200
    assert served == description(health["urls"]["amocrm"])
