"""The tone of each person, and the sound of people who talk at once.

All frequencies are multiples of 25 Hz, so that any mixture repeats after 320 samples: a second or an hour of talk is
one block of bytes again and again, and over a window of that length each tone is told from all others exactly.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable
from functools import lru_cache
from math import pi, sin

from emulator.telephony.recordings.timeline import CONTACT

RATE = 8000
"""Samples a second; a sample has two bytes."""

PERIOD = 320
CONTACT_HZ = 400
_LOWEST = 500
_STEP = RATE // PERIOD
_TONES = 101
_STRIDE = 37
"""A prime number of tones, taken 37 steps apart: people hired one after the other do not sound alike."""

_LOUDEST = 32_000
_TOGETHER = 4
"""Up to so many people are as loud together as alone; with more of them in one recording all are softer."""


def tones_of(speakers: Iterable[int], first_employee: int) -> dict[int, int]:
    """Hertz by speaker. An employee's tone follows from the id; who would share it with another in the same recording
    takes the next free one. `first_employee` is the first id of an employee in the account."""
    tones: dict[int, int] = {}
    taken: set[int] = set()
    for speaker in sorted(speakers, key=lambda each: (each < CONTACT, each)):
        if speaker == CONTACT:
            tones[speaker] = CONTACT_HZ
            continue
        wished = (speaker - first_employee if speaker > CONTACT else speaker) % _TONES
        place = next((each % _TONES for each in range(wished, wished + _TONES) if each % _TONES not in taken), wished)
        taken.add(place)
        tones[speaker] = _LOWEST + _STEP * (place * _STRIDE % _TONES)
    return tones


def loudness(most: int) -> int:
    """How loud each tone is in a recording in which at most `most` people talk at once."""
    return _LOUDEST // max(_TOGETHER, most)


@lru_cache(maxsize=256)
def block(tones: tuple[int, ...], loud: int) -> bytes:
    """One period of these tones together, as 16-bit little-endian samples."""
    turns = [2 * pi * hertz / RATE for hertz in tones]
    samples = array("h", (round(loud * sum(sin(turn * at) for turn in turns)) for at in range(PERIOD)))
    if sys.byteorder == "big":
        samples.byteswap()
    return samples.tobytes()
