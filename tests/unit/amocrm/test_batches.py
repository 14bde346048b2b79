"""What changes do to a card: its stage, its names, and several changes of one card in a request (facts §3.3)."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.amocrm.pipelines import LOST, WON

from .conftest import NOON_UNIX, Client, Scene

LEADS = "/api/v4/leads"


async def lead_of(client: Client, **fields: Any) -> int:
    return int((await client.post(LEADS, [fields])).items("leads")[0]["id"])


async def changed(client: Client, table: str, card_id: int, *changes: dict[str, Any]) -> dict[str, Any]:
    """The card after one request with all these changes."""
    answer = await client.patch(f"/api/v4/{table}", [{"id": card_id, **change} for change in changes])
    assert answer.status == 200, answer.body
    shown: dict[str, Any] = (await client.get(f"/api/v4/{table}/{card_id}")).body
    return shown


def stages(scene: Scene) -> tuple[int, int]:
    """The main pipeline and its second ordinary status."""
    pipeline_id = scene.account.pipelines.main()
    sql = "SELECT id FROM statuses WHERE pipeline_id = ? AND type = 0 AND id NOT IN (142, 143) ORDER BY sort"
    return pipeline_id, scene.account.database.all(sql, pipeline_id)[1]["id"]


async def other_pipeline(client: Client) -> tuple[int, int]:
    """A second pipeline and its first ordinary status."""
    statuses = {"statuses": [{"name": "Первый", "sort": 20, "color": "#fffeb2"}]}
    body = [{"name": "Вторая", "sort": 2, "is_main": False, "is_unsorted_on": False, "_embedded": statuses}]
    answer = await client.post(f"{LEADS}/pipelines", body)
    assert answer.status == 200, answer.body
    [pipeline] = answer.items("pipelines")
    known = pipeline["_embedded"]["statuses"]
    return pipeline["id"], next(each["id"] for each in known if each["name"] == "Первый")


async def test_a_deal_whose_own_pipeline_is_named_stays_on_its_stage(scene: Scene) -> None:
    pipeline_id, second = stages(scene)
    lead = await lead_of(scene.client, status_id=second)
    shown = await changed(scene.client, "leads", lead, {"pipeline_id": pipeline_id, "name": "x"})
    assert (shown["status_id"], shown["name"]) == (second, "x")
    won = await changed(scene.client, "leads", lead, {"status_id": WON})
    again = await changed(scene.client, "leads", lead, {"pipeline_id": pipeline_id})
    assert (again["status_id"], again["closed_at"]) == (WON, won["closed_at"])


async def test_a_deal_moved_away_and_back_in_one_request_is_on_the_first_stage(scene: Scene) -> None:
    pipeline_id, second = stages(scene)
    other, first_of_other = await other_pipeline(scene.client)
    lead = await lead_of(scene.client, status_id=second)
    shown = await changed(scene.client, "leads", lead, {"pipeline_id": other}, {"pipeline_id": pipeline_id})
    assert (shown["pipeline_id"], shown["status_id"]) == (
        pipeline_id,
        scene.account.pipelines.first_status(pipeline_id),
    )
    shown = await changed(scene.client, "leads", lead, {"pipeline_id": other}, {"status_id": WON})
    assert (shown["pipeline_id"], shown["status_id"]) == (other, WON)
    shown = await changed(scene.client, "leads", lead, {"status_id": first_of_other}, {"name": "x"})
    assert (shown["pipeline_id"], shown["status_id"]) == (other, first_of_other)


async def test_names_of_one_contact_come_together(client: Client) -> None:
    contact = await client.contact(name="Old")
    shown = await changed(client, "contacts", contact, {"first_name": "New"}, {"last_name": "Y"})
    assert (shown["name"], shown["first_name"], shown["last_name"]) == ("New Y", "New", "Y")
    shown = await changed(client, "contacts", contact, {"name": "Other"}, {"last_name": "Z"})
    assert (shown["name"], shown["first_name"], shown["last_name"]) == ("Other Z", "Other", "Z")


async def test_a_deal_opened_and_won_again_is_closed_now(scene: Scene) -> None:
    _, second = stages(scene)
    lead = await lead_of(scene.client, status_id=WON)
    await scene.pass_time(hours=1)
    shown = await changed(scene.client, "leads", lead, {"status_id": second}, {"status_id": WON})
    assert (shown["status_id"], shown["closed_at"]) == (WON, NOON_UNIX + 3600)


async def test_an_open_deal_has_no_reason_of_its_loss(scene: Scene) -> None:
    _, second = stages(scene)
    reason = scene.account.database.value("SELECT min(id) FROM loss_reasons")
    lead = await lead_of(scene.client, status_id=LOST)
    shown = await changed(scene.client, "leads", lead, {"status_id": second}, {"loss_reason_id": reason})
    assert (shown["status_id"], shown["loss_reason_id"], shown["closed_at"]) == (second, None, None)
    other, _ = await other_pipeline(scene.client)
    lost = await lead_of(scene.client, status_id=LOST, loss_reason_id=reason)
    answer = await scene.client.patch(f"{LEADS}/{lost}", {"pipeline_id": other, "loss_reason_id": reason})
    assert answer.body["validation-errors"][0]["errors"][0]["path"] == "loss_reason_id"


@pytest.mark.parametrize(("stage", "closed"), [({}, None), ({"status_id": WON}, 1700000000)])
async def test_only_a_closed_deal_was_closed_at_some_time(client: Client, stage: Any, closed: int | None) -> None:
    lead = await lead_of(client, **stage, closed_at=1700000000)
    assert (await client.get(f"{LEADS}/{lead}")).body["closed_at"] == closed
    plain = await lead_of(client)
    assert (await changed(client, "leads", plain, {**stage, "closed_at": 1700000000}))["closed_at"] == closed


async def test_a_deal_whose_name_is_emptied_is_called_by_its_number(client: Client) -> None:
    lead = await lead_of(client, name="Звонок")
    assert (await changed(client, "leads", lead, {"name": ""}))["name"] == f"Сделка #{lead}"
    assert (await client.get(f"{LEADS}?query=сделка%20%23{lead}")).status == 200
