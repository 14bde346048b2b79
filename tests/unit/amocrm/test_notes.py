"""Notes: every type that can be written, changes, pins, and what becomes of them in the bin (facts §3.8)."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import NOON_UNIX, Client, Scene

CONTACTS = "/api/v4/contacts"


def flaws(body: Any) -> list[tuple[str, str]]:
    return [(error["code"], error["path"]) for item in body["validation-errors"] for error in item["errors"]]


async def noted(client: Client, contact_id: int, **fields: Any) -> int:
    item = {"note_type": "common", "params": {"text": "hello"}, **fields}
    answer = await client.post(f"{CONTACTS}/{contact_id}/notes", [item])
    assert answer.status == 200, answer.body
    return int(answer.items("notes")[0]["id"])


@pytest.mark.parametrize(
    ("note_type", "params"),
    [
        ("common", {"text": "hello"}),
        ("call_in", {"uniq": "u", "duration": 3, "source": "s", "link": "https://x.test/1", "phone": "+79160000001"}),
        ("call_out", {"call_status": 4, "call_result": "ok", "call_responsible": "Анна"}),
        ("service_message", {"service": "s", "text": "t"}),
        ("extended_service_message", {"service": "s", "text": "t"}),
        ("message_cashier", {"status": "shown", "text": "t"}),
        ("geolocation", {"text": "t", "address": "a", "longitude": "37.6", "latitude": 55.7}),
        ("sms_in", {"text": "t", "phone": "1"}),
        ("sms_out", {"text": "t", "phone": "1"}),
        ("attachment", {"file_uuid": "f", "version_uuid": "v", "file_name": "n", "original_name": "o"}),
        ("invoice_paid", {"service": "s", "text": "t", "icon_url": "https://x.test/i"}),
        ("bill_paid", {"service": "s", "text": "t", "icon_url": "https://x.test/i"}),
        ("site_visit", {"url": "https://x.test"}),
        ("link_followed", {"url": "https://x.test"}),
        ("transaction", {"transaction_id": 5}),
        ("targeting_in", {"service": "vkontakte", "contacts": [{"id": 1}]}),
        ("targeting_out", {"service": "adwords", "campaign": "c"}),
        ("zoom_meeting", {"conference": {"id": 1}, "recordings": []}),
        ("dropbox_attachment", {"link": "https://x.test", "filename": "f"}),
        ("ai_result", {"text": "t"}),
    ],
)
async def test_a_note_of_each_type_reads_back(client: Client, note_type: str, params: dict[str, Any]) -> None:
    contact_id = await client.contact()
    note_id = await noted(client, contact_id, note_type=note_type, params=params)
    note = (await client.get(f"{CONTACTS}/notes/{note_id}")).body
    assert (note["note_type"], note["params"], note["entity_id"]) == (note_type, params, contact_id)


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"note_type": "amomail_message"}, ("NotSupportedChoice", "note_type")),
        ({"note_type": "chat"}, ("NotSupportedChoice", "note_type")),
        ({"note_type": "common", "params": {"text": 5}}, ("InvalidType", "params.text")),
        ({"note_type": "common", "params": {"text": "x" * 20_001}}, ("TooLong", "params.text")),
        ({"note_type": "common", "params": []}, ("InvalidType", "params")),
        ({"note_type": "transaction", "params": {"transaction_id": "5"}}, ("InvalidType", "params.transaction_id")),
        (
            {"note_type": "message_cashier", "params": {"status": "x", "text": "t"}},
            ("NotSupportedChoice", "params.status"),
        ),
        ({"note_type": "targeting_in", "params": {"service": "x"}}, ("NotSupportedChoice", "params.service")),
        (
            {"note_type": "common", "params": {"text": "t"}, "is_need_to_trigger_digital_pipeline": "yes"},
            ("InvalidType", "is_need_to_trigger_digital_pipeline"),
        ),
    ],
)
async def test_a_note_that_cannot_be(client: Client, item: dict[str, Any], expected: tuple[str, str]) -> None:
    contact_id = await client.contact()
    answer = await client.post(f"{CONTACTS}/{contact_id}/notes", [item])
    assert answer.status == 400
    assert expected in flaws(answer.body)
    assert (await client.get(f"{CONTACTS}/notes")).status == 204


async def test_a_single_patch_keeps_what_it_does_not_name(scene: Scene) -> None:
    client = scene.client
    contact_id = await client.contact()
    params = {"uniq": "u", "duration": 3}
    note_id = await noted(client, contact_id, note_type="call_in", params=params, created_by=0)
    await scene.pass_time(seconds=5)
    for path in (f"{CONTACTS}/{contact_id}/notes/{note_id}", f"{CONTACTS}/notes/{note_id}"):
        answer = await client.patch(path, {"note_type": "call_in", "params": {"duration": 9}})
        href = f"{client.base}{CONTACTS}/{contact_id}/notes/{note_id}"
        assert answer.body == {
            "id": note_id,
            "entity_id": contact_id,
            "updated_at": NOON_UNIX + 5,
            "_links": {"self": {"href": href}},
        }
    await client.patch(f"{CONTACTS}/notes/{note_id}", {"responsible_user_id": scene.users[2]})
    note = (await client.get(f"{CONTACTS}/notes/{note_id}")).body
    assert note["params"] == {"uniq": "u", "duration": 9}
    assert (note["created_by"], note["updated_by"], note["created_at"]) == (0, scene.users[0], NOON_UNIX)
    assert note["responsible_user_id"] == scene.users[2]


async def test_a_batch_patch_is_all_or_nothing(client: Client) -> None:
    contact_id, other = await client.contact(), await client.contact()
    first, second = await noted(client, contact_id), await noted(client, other)
    good = {"id": first, "params": {"text": "new"}, "request_id": "q"}
    for bad, expected in (
        ({"id": 5}, ("NotSupportedChoice", "id")),
        ({"params": {"text": "x"}}, ("FieldMissing", "id")),
        ({"id": second, "params": {"text": None}}, ("NotNullable", "params.text")),
        ({"id": second, "note_type": "sms_in"}, ("NotSupportedChoice", "note_type")),
        ({"id": second, "entity_id": contact_id}, ("NotSupportedChoice", "entity_id")),
        ({"id": second, "updated_by": 5}, ("NotSupportedChoice", "updated_by")),
    ):
        answer = await client.patch(f"{CONTACTS}/notes", [good, bad])
        assert flaws(answer.body) == [expected]
    assert (await client.get(f"{CONTACTS}/notes/{first}")).body["params"] == {"text": "hello"}
    foreign = await client.patch(f"{CONTACTS}/{contact_id}/notes", [{"id": second, "params": {"text": "x"}}])
    assert flaws(foreign.body) == [("NotSupportedChoice", "id")]
    answer = await client.patch(
        f"{CONTACTS}/notes", [good, {"id": second, "params": {"text": "2"}}, {**good, "params": {"a": 1}}]
    )
    assert [(each["id"], each["request_id"]) for each in answer.items("notes")] == [
        (first, "q"),
        (second, "1"),
        (first, "q"),
    ]
    assert (await client.get(f"{CONTACTS}/notes/{first}")).body["params"] == {"text": "new", "a": 1}


async def test_pins(scene: Scene) -> None:
    client = scene.client
    contact_id = await client.contact()
    note_id = await noted(client, contact_id)
    path = f"{CONTACTS}/notes/{note_id}"
    assert "is_pinned" not in (await client.get(path)).body
    for action, is_pinned in (("pin", True), ("pin", True), ("unpin", False)):
        answer = await client.post(f"{path}/{action}", [])
        assert (answer.status, answer.body) == (204, None)
        assert (await client.get(f"{path}?with=is_pinned")).body["is_pinned"] is is_pinned
    assert (await client.ask("POST", f"{path}/pin")).status == 204
    assert (await client.post(f"{CONTACTS}/notes/5/pin", [])).status == 404
    assert (await client.patch(f"{CONTACTS}/notes/5", {"params": {}})).status == 404


async def test_changes_of_notes_are_announced_with_both_rows(scene: Scene) -> None:
    told = []
    scene.account.changes.listen(told.append)
    contact_id = await scene.client.contact()
    note_id = await noted(scene.client, contact_id)
    await scene.client.patch(f"{CONTACTS}/notes/{note_id}", {"params": {"text": "new"}})
    change = told[-1]
    assert (change.kind, change.action, change.id, change.author) == ("note", "changed", note_id, scene.users[0])
    assert change.before is not None
    assert change.after is not None
    assert (change.before["params"], change.after["params"]) == ('{"text":"hello"}', '{"text":"new"}')


async def test_notes_of_a_card_in_the_bin_are_hidden_with_it(scene: Scene) -> None:
    client = scene.client
    contact_id = await client.contact()
    note_id = await noted(client, contact_id)
    scene.account.contacts.delete([contact_id], scene.users[0])
    assert (await client.get(f"{CONTACTS}/notes")).status == 204
    assert (await client.get(f"{CONTACTS}/notes/{note_id}")).status == 204
    assert (await client.patch(f"{CONTACTS}/notes/{note_id}", {"params": {"text": "x"}})).status == 404
    scene.account.contacts.restore([contact_id], scene.users[0])
    assert (await client.get(f"{CONTACTS}/notes/{note_id}")).body["params"] == {"text": "hello"}
