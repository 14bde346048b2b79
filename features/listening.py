"""Who is heard when in a recording, from its sound alone.

The telephony gives each person a tone of their own and says which; nothing else of it is known here. A few short
windows a second are looked at, and the moments of change are then searched for between them.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from math import cos, hypot, pi, sin, sqrt
from operator import mul

SOMEBODY = "?"
"""A voice that belongs to none of the speakers named."""

WINDOWS_A_SECOND = 25
"""So long is a window: tones that are multiples of 25 Hz are told apart exactly."""

LOOKS_A_SECOND = 4
SILENCE = 100
"""Of 32,768: what is softer is nobody."""

HEARD = 0.5
"""How loud a tone, or what no tone explains, has to be, compared with the loudest tone in the recording."""

Who = frozenset[str]
Stretch = tuple[float, float, Who]


def who_is_heard(wav: bytes, speakers: Mapping[str, float]) -> list[Stretch]:
    """(from, to, speakers) in seconds, in order; silence is left out. `speakers` are Hertz by name.

    True to 0.02 s; a stretch of 0.3 s or longer is never missed. Raises ValueError for what is no mono 16-bit WAV.
    """
    rate, samples = _opened(wav)
    window = rate // WINDOWS_A_SECOND
    if len(samples) < window:
        return []
    ear = _Ear(samples, window, {name: _turns(hertz / rate, window) for name, hertz in speakers.items()})
    spans = _without_blips([*_spans(ear, rate // LOOKS_A_SECOND)], window)
    return [(round(since / rate, 2), round(until / rate, 2), who) for since, until, who in spans if who]


def seconds_of(wav: bytes) -> float:
    """How long the recording is."""
    rate, samples = _opened(wav)
    return len(samples) / rate


class _Ear:
    """The sound through a window: `heard(at)` is who is heard in the window that begins with sample `at`."""

    def __init__(self, samples: array[int], window: int, tones: dict[str, tuple[list[float], list[float]]]) -> None:
        self._samples = samples
        self._window = window
        self._tones = tones
        self._known: dict[bytes, dict[str, float]] = {}
        self._loudest = 0.0
        self.last = len(samples) - window
        self.length = len(samples)

    def levels(self, at: int) -> dict[str, float]:
        """How loud each tone is, and what is left when all of them are taken away. Steady tones sound alike again."""
        sound = self._samples[at : at + self._window]
        if (raw := sound.tobytes()) not in self._known:
            self._known[raw] = self._listened([*map(float, sound)])
        return self._known[raw]

    def _listened(self, sound: list[float]) -> dict[str, float]:
        scale = 2 / self._window
        found = {
            name: scale * hypot(sum(map(mul, sound, cosines)), sum(map(mul, sound, sines)))
            for name, (cosines, sines) in self._tones.items()
        }
        power = scale * sum(map(mul, sound, sound)) - sum(level * level for level in found.values())
        return {**found, SOMEBODY: sqrt(max(0.0, power))}

    def adjust(self, looks: list[dict[str, float]]) -> None:
        """Learn from some windows how loud a voice is."""
        known = max((levels[name] for levels in looks for name in self._tones), default=0.0)
        self._loudest = known if known >= SILENCE else max(levels[SOMEBODY] for levels in looks)

    def who(self, levels: dict[str, float]) -> Who:
        if self._loudest < SILENCE:
            return frozenset()
        return frozenset(name for name, level in levels.items() if level >= self._loudest * HEARD)

    def heard(self, at: int) -> Who:
        return self.who(self.levels(at))


def _spans(ear: _Ear, step: int) -> Iterator[tuple[int, int, Who]]:
    """(first sample, sample before which it ends, speakers), one after the other; a change is in mid-window."""
    places = [*range(0, ear.last, step), ear.last]
    looks = [ear.levels(at) for at in places]
    ear.adjust(looks)
    since, who = 0, ear.who(looks[0])
    for (before, _), (after, levels) in pairwise(zip(places, looks, strict=True)):
        for at, following in _changes(ear, before, after, who, ear.who(levels)):
            middle = at + (ear.length - ear.last) // 2
            yield since, middle, who
            since, who = middle, following
    yield since, ear.length, who


def _changes(ear: _Ear, before: int, after: int, who: Who, at_last: Who) -> Iterator[tuple[int, Who]]:
    """Where between two windows somebody else is heard; each change is searched for by halves."""
    while who != at_last:
        same, other, heard = before, after, at_last
        while other - same > 1:
            middle = (same + other) // 2
            found = ear.heard(middle)
            if found == who:
                same = middle
            else:
                other, heard = middle, found
        yield other, heard
        before, who = other, heard


def _without_blips(spans: list[tuple[int, int, Who]], shortest: int) -> list[tuple[int, int, Who]]:
    """Without what is heard only because a window lies across a change; equal neighbours are one."""
    kept: list[tuple[int, int, Who]] = []
    for since, until, who in spans:
        if until - since < shortest and len(spans) > 1:
            continue
        if kept and kept[-1][2] == who:
            since = kept.pop()[0]
        elif kept:
            before, ended, whose = kept.pop()
            since = (ended + since) // 2
            kept.append((before, since, whose))
        else:
            since = 0
        kept.append((since, until, who))
    if kept:
        kept[-1] = (kept[-1][0], spans[-1][1], kept[-1][2])
    return kept


@lru_cache(maxsize=256)
def _turns(of_a_turn: float, window: int) -> tuple[list[float], list[float]]:
    angles = [2 * pi * of_a_turn * at for at in range(window)]
    return [cos(angle) for angle in angles], [sin(angle) for angle in angles]


def _opened(wav: bytes) -> tuple[int, array[int]]:
    """(samples a second, the samples) of a WAV file; pieces of it that are neither format nor sound are skipped."""
    if wav[:4] != b"RIFF" or wav[8:12] != b"WAVE":
        raise ValueError("no WAV file")
    rate, at = 0, 12
    while at + 8 <= len(wav):
        name, size = struct.unpack_from("<4sI", wav, at)
        if name == b"fmt ":
            coding, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", wav, at + 8)
            if (coding, channels, bits) != (1, 1, 16):
                raise ValueError(f"not mono PCM of 16 bits: coding {coding}, {channels} channels, {bits} bits")
        if name == b"data" and rate:
            sound = wav[at + 8 : at + 8 + size]
            return rate, _samples(sound)
        at += 8 + size + size % 2
    raise ValueError("a WAV file without sound")


def _samples(sound: bytes) -> array[int]:
    samples = array("h", sound[: len(sound) // 2 * 2])
    if struct.pack("=H", 1) != struct.pack("<H", 1):
        samples.byteswap()
    return samples
