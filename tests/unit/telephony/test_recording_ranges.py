"""Parts of recordings: byte for byte those of the whole file, for whatever a client asks."""

from __future__ import annotations

import io
import wave
from time import process_time

import pytest

from emulator.core.faults import Action, FaultRequest, Match
from emulator.telephony.recordings.audio import CHUNK, Audio
from emulator.telephony.recordings.ranges import Unsatisfiable, range_in
from emulator.telephony.recordings.timeline import Stretch
from tests.unit.telephony.conftest import Office
from tests.unit.telephony.hearing import SECOND, a_call, a_call_with, fetched

TONES = {0: 400, 1: 500, 2: 1425}
TALK = [
    Stretch(0, 1_234_567, frozenset({0, 1})),
    Stretch(1_234_567, 1_234_600, frozenset({0})),
    Stretch(1_234_600, 9 * SECOND + 1, frozenset({0, 2})),
]

READ = [
    ("bytes=0-", (0, 1000)),
    ("bytes=0-0", (0, 1)),
    ("bytes=0-999", (0, 1000)),
    ("bytes=0-1000", (0, 1000)),
    ("bytes=10-19", (10, 20)),
    ("bytes=999-", (999, 1000)),
    ("bytes=-1", (999, 1000)),
    ("bytes=-1000", (0, 1000)),
    ("bytes=-5000", (0, 1000)),
    ("Bytes= 5-6 ", (5, 7)),
    ("bytes=007-0010", (7, 11)),
    (f"bytes=5-{'9' * 5000}", (5, 1000)),
    (f"bytes=-{'9' * 5000}", (0, 1000)),
]
WHOLE = ["", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=1-2,5-6", "bytes=6-5", "bytes=1-2-3", "items=0-5"]
WHOLE += ["bytes=+1-2", "bytes=1.5-2", "bytes=0x1-2", "bytes=１-２", "0-5", "bytes 0-5", "bytes==1-2"]
NOWHERE = ["bytes=1000-", "bytes=1000-1001", "bytes=-0", f"bytes={'9' * 5000}-"]


@pytest.mark.parametrize(("header", "expected"), READ)
def test_one_range_is_read(header: str, expected: tuple[int, int]) -> None:
    assert range_in(header, 1000) == expected


@pytest.mark.parametrize("header", WHOLE)
def test_what_is_no_single_range_is_the_whole_file(header: str) -> None:
    assert range_in(header, 1000) is None


@pytest.mark.parametrize("header", NOWHERE)
def test_a_range_after_the_end_is_nowhere(header: str) -> None:
    with pytest.raises(Unsatisfiable):
        range_in(header, 1000)


def test_every_part_is_the_slice_of_the_whole() -> None:
    audio = Audio(TALK, TONES)
    whole = b"".join(audio.read(0, audio.size))
    assert len(whole) == audio.size == 44 + 2 * (9 * 8000)
    edges = [0, 1, 43, 44, 45, 683, 684, 685, 44 + 19_752, 44 + 19_753, 44 + 19_754, 44 + CHUNK, 65_579, 100_001]
    edges += [audio.size - 1, audio.size]
    for start in edges:
        for end in edges:
            assert b"".join(audio.read(start, end)) == whole[start:end], (start, end)


def test_it_is_a_wave_file_that_never_clips() -> None:
    audio = Audio(TALK, TONES)
    with wave.open(io.BytesIO(b"".join(audio.read(0, audio.size)))) as file:
        assert file.getparams()[:4] == (1, 2, 8000, 72_000)
    crowd = Audio([Stretch(0, SECOND, frozenset(range(9)))], {who: 400 + 25 * who for who in range(9)})
    samples = memoryview(b"".join(crowd.read(44, crowd.size))).cast("h")
    assert 20_000 < max(samples) <= 32_767


def test_the_tag_tells_files_apart() -> None:
    assert Audio(TALK, TONES).etag == Audio(TALK, dict(TONES)).etag
    tags = {Audio(TALK, TONES).etag, Audio(TALK[:2], TONES).etag, Audio(TALK, {**TONES, 2: 1450}).etag}
    assert len(tags) == 3


def test_the_end_of_a_long_call_costs_nothing_and_no_chunk_is_large() -> None:
    two_hours = Audio([Stretch(0, 7200 * SECOND, frozenset({0, 1}))], TONES)
    began = process_time()
    assert sum(map(len, two_hours.read(two_hours.size - 101, two_hours.size))) == 101
    assert process_time() - began < 0.02
    assert max(map(len, two_hours.read(0, two_hours.size))) <= CHUNK
    a_week = Audio([Stretch(0, 7 * 86_400 * SECOND, frozenset({0, 1}))], TONES)
    assert b"".join(a_week.read(0, 44))[-4:] == (0xFFFF_FFFF - 44).to_bytes(4, "little")


def test_nobody_talked() -> None:
    silent = Audio([], {})
    assert (silent.size, len(b"".join(silent.read(0, 99)))) == (44, 44)


async def test_parts_over_tcp(office: Office) -> None:
    call = await a_call_with(office, [("anna", 5, 6.5, True), ("boris", 7, 9.25, True)])
    link = str(office.account.calls.get(call).recording)
    status, whole = await fetched(office, link)
    size = 44 + 16_000 * 3.75
    assert (status, len(whole)) == (200, size)
    for header, start, end in (
        ("bytes=0-1", 0, 2),
        ("bytes=44-44", 44, 45),
        ("bytes=20001-33333", 20_001, 33_334),
        ("bytes=-7", len(whole) - 7, len(whole)),
        ("bytes=60000-99999999", 60_000, len(whole)),
    ):
        async with office.session.get(link, headers={"Range": header}) as answer:
            assert answer.status == 206
            assert answer.headers["Content-Range"] == f"bytes {start}-{end - 1}/{len(whole)}"
            assert answer.headers["Content-Length"] == str(end - start)
            assert await answer.read() == whole[start:end]
    assert await fetched(office, link, Range="bytes=0-1,5-6") == (200, whole)
    assert await fetched(office, link, Range="lines=1-2") == (200, whole)


async def test_headers_of_a_file(office: Office) -> None:
    link = str(office.account.calls.get(await a_call(office, 2)).recording)
    async with office.session.get(link) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "audio/wav"
        assert answer.headers["Accept-Ranges"] == "bytes"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Transfer-Encoding" not in answer.headers
        tag = answer.headers["ETag"]
    assert tag.startswith('"')
    async with office.session.head(link, headers={"Range": "bytes=5-9"}) as answer:
        assert (answer.status, answer.headers["Content-Length"]) == (200, str(44 + 32_000))
        assert (answer.headers["ETag"], answer.headers["Accept-Ranges"]) == (tag, "bytes")
        assert await answer.read() == b""
    async with office.session.get(link, headers={"Range": "bytes=32044-"}) as answer:
        assert (answer.status, answer.headers["Content-Range"]) == (416, "bytes */32044")
        assert await answer.read() == b""


async def test_a_range_of_another_file_is_the_whole_of_this_one(office: Office) -> None:
    link = str(office.account.calls.get(await a_call(office, 2)).recording)
    async with office.session.get(link) as answer:
        tag, whole = answer.headers["ETag"], await answer.read()
    part = {"Range": "bytes=5-9"}
    assert await fetched(office, link, **part, **{"If-Range": tag}) == (206, whole[5:10])
    for other in ('"another"', f"W/{tag}", "Mon, 02 Mar 2026 09:00:00 GMT"):
        assert await fetched(office, link, **part, **{"If-Range": other}) == (200, whole)


@pytest.mark.parametrize("known", ["{}", "W/{}", '"a", {}', "*"])
async def test_what_the_client_has_is_not_sent_again(office: Office, known: str) -> None:
    link = str(office.account.calls.get(await a_call(office, 2)).recording)
    async with office.session.get(link) as answer:
        tag = answer.headers["ETag"]
    assert await fetched(office, link, **{"If-None-Match": known.format(tag)}) == (304, b"")
    assert (await fetched(office, link, **{"If-None-Match": '"other"'}))[0] == 200


async def test_a_fault_may_cut_a_download_off(office: Office) -> None:
    link = str(office.account.calls.get(await a_call(office, 20)).recording)
    _, whole = await fetched(office, link)
    match = Match(path="/media/*")
    office.ground.faults.add(FaultRequest("telephony", match=match, action=Action(truncate=100_001)))
    got = bytearray()
    with pytest.raises(Exception, match="payload"):
        async with office.session.get(link) as answer:
            assert answer.headers["Content-Length"] == str(len(whole))
            async for piece in answer.content.iter_any():
                got += piece
    assert bytes(got) == whole[: len(got)]
    assert len(got) == 100_001
    status, rest = await fetched(office, link, Range=f"bytes={len(got)}-")
    assert (status, bytes(got) + rest) == (206, whole)
