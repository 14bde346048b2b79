"""Recordings as `requests` and httpx fetch them: in one go, and again from where a connection broke off."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import requests

from features.listening import seconds_of, who_is_heard
from tests.contract.conftest import ServedStand

CALLER = "+79161234567"


@pytest.fixture(scope="module")
def world(served_stand: ServedStand) -> Iterator[dict[str, Any]]:
    world = served_stand.create_world(name="recordings")
    yield world
    served_stand.control.delete(f"/_stand/worlds/{world['id']}")


@pytest.fixture(scope="module")
def recording(served_stand: ServedStand, world: dict[str, Any]) -> dict[str, Any]:
    """Of a call that Anna talked in for ten minutes."""
    script = [{"at": 0, "ring": "anna"}, {"at": 8, "answer": "anna"}, {"at": 608, "hangup": "contact"}]
    call = served_stand.post(world, "/calls", **{"direction": "in", "from": CALLER, "script": script})
    answer = served_stand.control.get(f"/_stand/worlds/{world['id']}/calls/{call['id']}/recording")
    return dict(answer.json())


def test_a_download_that_broke_off_is_resumed(
    served_stand: ServedStand, world: dict[str, Any], recording: dict[str, Any]
) -> None:
    served_stand.post(world, "/faults", target="telephony", match={"path": "/media/*"}, action={"truncate": 1_000_001})
    got = bytearray()
    with requests.Session() as client:
        with client.get(recording["link"], stream=True) as answer:
            tag, size = answer.headers["ETag"], int(answer.headers["Content-Length"])
            with pytest.raises(requests.exceptions.ChunkedEncodingError):
                for piece in answer.iter_content(4096):
                    got += piece
        assert 0 < len(got) <= 1_000_001 < size
        part = {"Range": f"bytes={len(got)}-", "If-Range": tag}
        rest = client.get(recording["link"], headers=part)
        assert rest.status_code == 206
        assert rest.headers["Content-Range"] == f"bytes {len(got)}-{size - 1}/{size}"
        assert bytes(got) + rest.content == client.get(recording["link"]).content
    assert seconds_of(bytes(got) + rest.content) == 600
    [(_, until, who)] = who_is_heard(bytes(got) + rest.content, recording["speakers"])
    assert (until, who) == (600, {"contact", "anna"})


def test_a_player_looks_first_and_then_jumps(recording: dict[str, Any]) -> None:
    with httpx.Client() as client:
        seen = client.head(recording["link"])
        size = int(seen.headers["Content-Length"])
        assert (seen.status_code, seen.headers["Accept-Ranges"], seen.content) == (200, "bytes", b"")
        last = client.get(recording["link"], headers={"Range": "bytes=-16000"})
        assert (last.status_code, len(last.content)) == (206, 16_000)
        assert last.content == client.get(recording["link"]).content[-16_000:]
        beyond = client.get(recording["link"], headers={"Range": f"bytes={size}-"})
        assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{size}")
