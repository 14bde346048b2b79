"""The pop-ups of a world as a tester reads them (contract §1)."""

from __future__ import annotations

from .conftest import Control


async def test_pop_ups_of_people(control: Control) -> None:
    async with control.alone() as world:
        amocrm, anna = world.world["amocrm"], world.user_id("anna")
        headers = {"Authorization": f"Bearer {amocrm['access_token']}"}
        body = {"add": [{"type": "phone_call", "phone_number": "79161234567", "users": [anna, world.user_id("rita")]}]}
        async with control.http.post(f"{amocrm['base_url']}/api/v2/events/", json=body, headers=headers) as answer:
            assert answer.status == 202
        path = f"/_stand/worlds/{world.world['id']}/amocrm/popups"
        status, shown = await control.ask("GET", path)
        assert (status, [popup["user"] for popup in shown]) == (200, ["anna", "rita"])
        status, [popup] = await control.ask("GET", f"{path}?user=anna")
        assert {key: popup[key] for key in ("user", "user_id", "phone", "card")} == {
            "user": "anna",
            "user_id": anna,
            "phone": "79161234567",
            "card": None,
        }
        status, journal = await control.ask("GET", f"/_stand/worlds/{world.world['id']}/journal?kind=push")
        assert [entry["subject"] for entry in journal["entries"]] == [f"user:{anna}", f"user:{world.user_id('rita')}"]
        for query, text in (
            ("user=ana", "did you mean anna"),
            ("user=viktor", "a user of amoCRM"),
            ("who=anna", "who"),
        ):
            status, refused = await control.ask("GET", f"{path}?{query}")
            assert (status, text in str(refused)) == (400, True)
