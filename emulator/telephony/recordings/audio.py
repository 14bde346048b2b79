"""A recording as a WAV file: mono, 16 bit, 8 kHz. Any part of it is made from the stretches when it is read."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b

from emulator.telephony.recordings.timeline import Stretch
from emulator.telephony.recordings.voices import RATE, block, loudness

HEADER = 44
WIDTH = 2
CHUNK = 64 * 1024
_LARGEST = 0xFFFF_FFFF
"""What the 32 bits of a length in a WAV header hold: 74 hours. A longer file says that much, as recorders do."""


class Audio:
    """The bytes of one recording. `size` counts the header too, `etag` is the same exactly for the same bytes."""

    content_type = "audio/wav"

    def __init__(self, line: Sequence[Stretch], tones: Mapping[int, int]) -> None:
        loud = loudness(max((len(each.speakers) for each in line), default=0))
        self._pieces = [
            (_offset(each.since), _offset(each.until), tuple(sorted(tones[who] for who in each.speakers)))
            for each in line
        ]
        self._loud = loud
        self.size = self._pieces[-1][1] if self._pieces else HEADER
        self.etag = f'"{blake2b(repr((self._pieces, loud)).encode(), digest_size=12).hexdigest()}"'

    def read(self, start: int, end: int) -> Iterator[bytes]:
        """The bytes from `start` to before `end`, in chunks that are made one by one."""
        if start < HEADER:
            yield self._header()[start:end]
        for begins, ends, tones in self._pieces:
            at, until = max(begins, start), min(ends, end)
            if at >= until:
                continue
            period = block(tones, self._loud)
            repeated = period * (CHUNK // len(period) + 2)
            while at < until:
                length = min(CHUNK, until - at)
                turned = (at - HEADER) % len(period)
                yield repeated[turned : turned + length]
                at += length

    def _header(self) -> bytes:
        data = min(self.size - HEADER, _LARGEST - HEADER)
        wave = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, RATE, RATE * WIDTH, WIDTH, WIDTH * 8)
        return struct.pack("<4sI4s", b"RIFF", data + HEADER - 8, b"WAVE") + wave + struct.pack("<4sI", b"data", data)


def _offset(span: int) -> int:
    """Where in the file the sound after `span` microseconds begins."""
    return HEADER + span * RATE // 1_000_000 * WIDTH
