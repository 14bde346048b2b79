"""Recordings of calls: what is heard in them, their links, and when they are there."""

from __future__ import annotations

from datetime import timedelta

import pytest

from emulator.core.ids import seed_of
from emulator.telephony.recordings.timeline import moments, of_first_employee, whole
from emulator.telephony.recordings.voices import tones_of
from tests.unit.telephony.conftest import CONTACT, MAIN, SILENT, Office
from tests.unit.telephony.hearing import Segments, a_call, a_call_with, fetched, heard


async def test_a_talk_is_heard_as_it_was(office: Office) -> None:
    assert await heard(office, await a_call(office, 61.5)) == [("anna+contact", 61.5)]


async def test_the_pause_of_a_transfer_is_left_out(office: Office) -> None:
    call = office.account.calls.place("in", CONTACT, MAIN)
    script = [
        (0, "ring", {"who": "anna"}),
        (5, "answer", {"who": "anna"}),
        (45, "transfer", {"by": "anna", "to": "boris"}),
        (50, "decline", {"who": "boris"}),
        (65, "answer", {"who": "boris"}),
        (125, "hangup", {"who": "contact"}),
    ]
    await office.play(call, script)
    assert await heard(office, call) == [("anna+contact", 40), ("boris+contact", 60)]


async def test_voice_mail_is_the_subscriber_alone(office: Office) -> None:
    call = office.account.calls.place("in", CONTACT, MAIN)
    await office.play(call, [(0, "voicemail", {}), (9, "hangup", {"who": "contact"})])
    assert await heard(office, call) == [("contact", 9)]


async def test_colleagues_are_heard_without_a_subscriber(office: Office) -> None:
    call = office.account.calls.place("internal", office.id_of("anna"), office.id_of("boris"))
    script = [(1, "decline", {"who": "boris"}), (3, "answer", {"who": "boris"}), (33, "hangup", {"who": "anna"})]
    await office.play(call, script)
    assert await heard(office, call) == [("anna+boris", 30)]


TALKS: list[tuple[str, Segments, list[tuple[str, float]]]] = [
    (
        "consultation from which she comes back",
        [("anna", 5, 25, True), ("anna", 40, 60, True)],
        [("anna+contact", 40)],
    ),
    (
        "three in a chain",
        [("anna", 5, 45, True), ("boris", 60, 80, True), ("viktor", 90, 95.5, True)],
        [("anna+contact", 40), ("boris+contact", 20), ("contact+viktor", 5.5)],
    ),
    (
        "conference",
        [("anna", 5, 65, True), ("boris", 25, 45, True)],
        [("anna+contact", 20), ("anna+boris+contact", 20), ("anna+contact", 20)],
    ),
    (
        "conference of two whom she leaves",
        [("anna", 5, 45, True), ("boris", 25, 65, True), ("viktor", 25, 65, True)],
        [("anna+contact", 20), ("anna+boris+contact+viktor", 20), ("boris+contact+viktor", 20)],
    ),
    (
        "the second line does not record",
        [("anna", 5, 45, True), ("boris", 60, 120, False)],
        [("anna+contact", 40)],
    ),
    (
        "the first line does not record",
        [("anna", 5, 45, False), ("boris", 60, 120, True)],
        [("boris+contact", 60)],
    ),
    (
        "off and on again in mid-talk",
        [("anna", 5, 15, True), ("anna", 15, 35, False), ("anna", 35, 65, True)],
        [("anna+contact", 40)],
    ),
    (
        "who joins without recording is heard while the other line records",
        [("anna", 5, 35, True), ("boris", 15, 65, False)],
        [("anna+contact", 10), ("anna+boris+contact", 20)],
    ),
    (
        "a message after a talk",
        [("anna", 5, 25, True), (None, 30, 40, True)],
        [("anna+contact", 20), ("contact", 10)],
    ),
    (
        "somebody who answered for no time at all",
        [("anna", 5, 5, True), ("boris", 9, 19, True)],
        [("boris+contact", 10)],
    ),
]


@pytest.mark.parametrize(("segments", "expected"), [talk[1:] for talk in TALKS], ids=[talk[0] for talk in TALKS])
async def test_only_recorded_talk_with_the_subscriber_is_heard(
    office: Office, segments: Segments, expected: list[tuple[str, float]]
) -> None:
    assert await heard(office, await a_call_with(office, segments)) == expected


CUTS: list[tuple[str, Segments, list[tuple[str, float]] | str | None]] = [
    ("one employee", [("anna", 5, 65, True)], "whole"),
    ("handed over", [("anna", 5, 45, True), ("boris", 60, 120, True)], [("anna+contact", 40)]),
    (
        "she comes back first, then hands over",
        [("anna", 5, 25, True), ("anna", 40, 60, True), ("boris", 70, 90, True)],
        [("anna+contact", 40)],
    ),
    (
        "she leaves a conference",
        [("anna", 5, 45, True), ("boris", 25, 65, True)],
        [("anna+contact", 20), ("anna+boris+contact", 20)],
    ),
    (
        "the call comes back to her",
        [("anna", 5, 25, True), ("boris", 30, 50, True), ("anna", 60, 90, True)],
        [("anna+contact", 20)],
    ),
    ("her line does not record", [("anna", 5, 45, False), ("boris", 60, 120, True)], None),
    ("only the second line is not recorded", [("anna", 5, 45, True), ("boris", 60, 120, False)], "whole"),
    ("a message after the talk", [("anna", 5, 25, True), (None, 30, 40, True)], [("anna+contact", 20)]),
    ("a message alone", [(None, 30, 40, True)], "whole"),
]


@pytest.mark.parametrize(("segments", "expected"), [cut[1:] for cut in CUTS], ids=[cut[0] for cut in CUTS])
async def test_the_cut_of_the_first_employee(
    office: Office, segments: Segments, expected: list[tuple[str, float]] | str | None
) -> None:
    call = await a_call_with(office, segments)
    seen = office.account.recordings.heard(call)
    if not isinstance(expected, list):
        assert seen.first_employee_link == (seen.link if expected else None)
        return
    assert seen.first_employee_link not in (None, seen.link)
    assert await heard(office, call, seen.first_employee_link) == expected


async def test_a_cut_of_nothing_is_no_cut(office: Office) -> None:
    """What would be cut is found under its own hash only where there is something in it."""
    call = office.account.store.load(await a_call_with(office, [("anna", 5, 45, False), ("boris", 60, 120, True)]))
    call.segments = office.account.store.segments_of(call.id)
    talk = moments(call)
    assert len(whole(talk)) == 1
    assert of_first_employee(talk, office.id_of("anna")) == []


async def test_the_event_names_the_first_cut_where_it_is_another(connected: Office) -> None:
    call = connected.account.calls.place("in", CONTACT, MAIN)
    script = [
        (0, "ring", {"who": "anna"}),
        (5, "answer", {"who": "anna"}),
        (45, "transfer", {"by": "anna", "to": "boris"}),
        (50, "decline", {"who": "boris"}),
        (65, "answer", {"who": "boris"}),
        (125, "hangup", {"who": "contact"}),
    ]
    await connected.play(call, script)
    await a_call(connected)
    parted, alone = [
        body for body in connected.receiver.bodies if body["notification_mnemonic"] == "call_session_finished"
    ]
    assert "first_employee_record_file_link" not in alone
    assert parted["record_file_links"] != [parted["first_employee_record_file_link"]]
    assert await heard(connected, call, parted["first_employee_record_file_link"]) == [("anna+contact", 40)]


async def test_links_cannot_be_guessed_and_are_the_same_in_every_run(office: Office) -> None:
    call = await a_call(office)
    seen = office.account.calls.get(call)
    assert seen.recording is not None
    start, _, secret = seen.recording.rpartition("/")
    assert start == f"{office.url}/media/{seen.communication_id}"
    assert seed_of(seen.communication_id) == office.ground.ids.seed
    assert len(secret) == 32
    assert secret == office.ground.ids.token("recording:full", call, 16)
    another = office.account.calls.get(await a_call(office))
    assert secret not in str(another.recording)
    for url in (
        f"{start}/{'0' * 32}",
        f"{start}/",
        f"{office.url}/media/1/{secret}",
        f"{office.url}/media/one/{secret}",
        f"{office.url}/media/{'9' * 5000}/{secret}",
        f"{office.url}/media/{another.communication_id}/{secret}",
        f"{office.url}/system/media/talk/{seen.communication_id}/{secret}/",
    ):
        assert (await fetched(office, url))[0] == 404


async def test_hashes_of_the_reports_make_links_by_the_documented_templates(office: Office) -> None:
    call = await a_call_with(
        office, [("anna", 5, 45, True), ("viktor", 50, 60, False), ("boris", 60, 120, True), (None, 130, 139, True)]
    )
    fields = ["communication_id", "call_records", "wav_call_records", "voice_mail_records", "full_record_file_link"]
    [row] = await office.report("get.calls_report", fields=fields)
    templates = {"call_records": "talk", "wav_call_records": "wav", "voice_mail_records": "voice_mail"}
    expected = {
        "call_records": [[("anna+contact", 40)], [("boris+contact", 60)]],
        "wav_call_records": [[("anna+contact", 40)], [("boris+contact", 60)]],
        "voice_mail_records": [[("contact", 9)]],
    }
    hashes = [hash_ for field in templates for hash_ in row[field]]
    assert len(set(hashes)) == len(hashes) == 5
    for field, template in templates.items():
        for number in (row["communication_id"], call):
            links = [f"{office.url}/system/media/{template}/{number}/{hash_}/" for hash_ in row[field]]
            assert [await heard(office, call, link) for link in links] == expected[field]
    wrong = f"{office.url}/system/media/wav/{call}/{row['call_records'][0]}/"
    assert (await fetched(office, wrong))[0] == 404
    assert row["full_record_file_link"] == office.account.calls.get(call).recording


async def test_each_leg_has_the_recording_of_its_own_line(office: Office) -> None:
    call = await a_call_with(office, [("anna", 5, 65, True), ("boris", 25, 45, True), ("viktor", 70, 80, False)])
    fields = ["call_session_id", "employee_id", "call_records", "wav_call_records"]
    legs = [leg for leg in await office.report("get.call_legs_report", fields=fields) if leg["call_records"]]
    assert [office.name_of(leg["employee_id"]) for leg in legs] == ["anna", "boris"]
    expected = [
        [("anna+contact", 20), ("anna+boris+contact", 20), ("anna+contact", 20)],
        [("anna+boris+contact", 20)],
    ]
    for leg, said in zip(legs, expected, strict=True):
        for template, field in (("talk", "call_records"), ("wav", "wav_call_records")):
            link = f"{office.url}/system/media/{template}/{leg['call_session_id']}/{leg[field][0]}/"
            assert await heard(office, call, link) == said


async def test_nothing_where_nothing_is_recorded(office: Office) -> None:
    fields = ["call_records", "wav_call_records", "voice_mail_records", "full_record_file_link"]
    silent, unrecorded = await a_call(office, to=SILENT), await a_call(office, who="boris")
    missed = office.account.calls.place("in", CONTACT, MAIN)
    await office.play(missed, [(0, "ring", {"who": "anna"}), (9, "hangup", {"who": "contact"})])
    for row in await office.report("get.calls_report", fields=fields):
        assert list(row.values()) == [[], [], [], None]
    for call in (silent, unrecorded, missed):
        recording = office.account.recordings.heard(call)
        assert (recording.link, recording.first_employee_link, recording.line) == (None, None, [])
        secret = office.ground.ids.token("recording:full", call, 16)
        assert (await fetched(office, f"{office.url}/media/{call}/{secret}"))[0] == 404


async def test_a_call_that_goes_on_has_no_recording_yet(office: Office) -> None:
    call = office.account.calls.place("in", CONTACT, MAIN)
    await office.play(call, [(0, "ring", {"who": "anna"}), (5, "answer", {"who": "anna"})])
    await office.pass_time(30)
    assert office.account.recordings.heard(call).link is None
    [row] = await office.report("get.calls_report", include_ongoing_calls=True)
    assert (row["call_records"], row["full_record_file_link"]) == ([], None)


async def test_a_late_file_is_announced_when_it_is_there(connected: Office) -> None:
    connected.account.recordings.late.delay = timedelta(seconds=30)
    call = await a_call(connected)
    link = connected.account.calls.get(call).recording
    count, finished = len(connected.receiver.bodies), connected.receiver.bodies[-1]
    assert (finished["notification_mnemonic"], finished["record_file_links"]) == ("call_session_finished", [link])
    connected.account.recordings.late.delay = timedelta()
    await connected.pass_time(29.999999)
    status, said = await fetched(connected, str(link))
    assert (status, b"not ready yet" in said) == (404, True)
    assert len(connected.receiver.bodies) == count
    await connected.pass_time(0.000001)
    assert await heard(connected, call) == [("anna+contact", 60)]
    [ready] = connected.receiver.bodies[count:]
    assert (ready["notification_mnemonic"], ready["event_id"]) == ("call_record_ready", f"{call}:{count + 1}")
    assert connected.account.store.load(call).session.events == count + 1
    assert (ready["file_link"], ready["file_duration"]) == (link, 60)
    assert ready["notification_timestamp"] == finished["notification_timestamp"] + 30_000
    assert await heard(connected, await a_call(connected)) == [("anna+contact", 60)]


def test_each_person_has_a_tone_of_their_own() -> None:
    tones = tones_of(range(101), first_employee=1)
    assert len(set(tones.values())) == 101
    assert all(300 <= hertz <= 3400 and hertz % 25 == 0 for hertz in tones.values())
    assert abs(tones[1] - tones[2]) > 500


def test_a_person_sounds_alike_in_every_recording_and_gives_way_only_to_a_namesake() -> None:
    assert tones_of({0, 3, 7}, 1)[7] == tones_of({0, 7, 9}, 1)[7]
    shared = tones_of({0, 5, 5 + 101, 5 + 202}, 1)
    assert shared[5] == tones_of({5}, 1)[5]
    assert len(set(shared.values())) == 4
    assert len(tones_of(range(300), 1)) == 300
