"""Listening to recordings (`features/listening.py`): sound that the telephony did not make."""

from __future__ import annotations

import io
import wave
from array import array
from itertools import accumulate
from math import pi, sin
from time import process_time

import pytest

from emulator.core.ids import Ids
from emulator.telephony.recordings.audio import Audio
from emulator.telephony.recordings.timeline import Stretch
from features.listening import seconds_of, who_is_heard

TONES = {"contact": 400, "anna": 500, "boris": 1425, "viktor": 525}
Talk = list[tuple[float, str]]
"""Seconds and who speaks, as words: `contact anna`."""


def sound(talk: Talk, rate: int = 8000, loud: float = 8000, noise: int = 0) -> array[int]:
    """Samples made one by one, each tone from a phase of its own."""
    samples = array("h")
    draw = Ids(7)
    rustle = [draw.token("noise", at, 2) for at in range(999)] if noise else []
    for seconds, who in talk:
        tones = [TONES[name] for name in who.split()]
        for at in range(len(samples), len(samples) + round(seconds * rate)):
            voices = sum([sin(2 * pi * tone * at / rate + tone) for tone in tones])
            hiss = (int(rustle[at % 999], 16) % (2 * noise + 1) - noise) if noise else 0
            samples.append(round(loud * voices) + hiss)
    return samples


def file_of(samples: array[int], rate: int = 8000, channels: int = 1, width: int = 2) -> bytes:
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return written.getvalue()


def said(talk: Talk, wav: bytes) -> None:
    """Each stretch is heard from where it begins to where it ends, true to 0.02 s."""
    heard = who_is_heard(wav, TONES)
    at, expected = 0.0, []
    for seconds, who in talk:
        if who:
            expected.append((at, at + seconds, set(who.split())))
        at += seconds
    assert [who for *_, who in heard] == [who for *_, who in expected], heard
    for (since, until, _), (begins, ends, _) in zip(heard, expected, strict=True):
        assert (since, until) == (pytest.approx(begins, abs=0.021), pytest.approx(ends, abs=0.021))


TALKS: list[Talk] = [
    [(0.5, "contact anna")],
    [(1.111, "contact anna"), (0.5, "contact boris")],
    [(0.4, "contact anna"), (0.3, "contact boris"), (0.4, "contact anna")],
    [(0.4, "contact anna"), (0.5, "contact anna boris viktor"), (0.4, "contact")],
    [(0.5, "anna"), (0.5, "viktor"), (0.77, "")],
    [(0.5, ""), (0.4, "contact anna"), (0.6, ""), (0.4, "contact anna")],
    [(0.63, "contact anna"), (0.4, "boris viktor")],
    [(0.3, "contact")],
    [(0.3, "contact"), (0.3, "anna"), (0.3, "boris"), (0.3, "contact viktor")],
]


@pytest.mark.parametrize("talk", TALKS)
def test_who_speaks_when(talk: Talk) -> None:
    said(talk, file_of(sound(talk)))


@pytest.mark.parametrize(("rate", "loud", "noise"), [(8000, 300, 0), (16_000, 8000, 0), (8000, 2000, 700)])
def test_softly_more_finely_or_in_noise(rate: int, loud: float, noise: int) -> None:
    talk: Talk = [(0.4, "contact anna"), (0.3, "contact"), (0.33, "contact viktor")]
    said(talk, file_of(sound(talk, rate, loud, noise), rate))


@pytest.mark.parametrize("draw", range(6))
def test_any_recording_of_the_telephony(draw: int) -> None:
    """Stretches of drawn lengths with drawn people, next to each other on the scale or not."""
    numbers = [int(Ids(draw).token("talk", at, 4), 16) for at in range(40)]
    tones = dict(enumerate(accumulate((25 * (1 + number % 5) for number in numbers[:4]), initial=400)))
    names = {str(who): hertz for who, hertz in tones.items()}
    line: list[Stretch] = []
    at = 0
    for number in numbers[5:15]:
        speakers = frozenset({0, *(who for who in range(1, 5) if number >> who & 1)})
        if line and line[-1].speakers == speakers:
            continue
        line.append(Stretch(at, at := at + 300_000 + number % 5_000_000, speakers))
    audio = Audio(line, tones)
    heard = who_is_heard(b"".join(audio.read(0, audio.size)), names)
    assert [who for *_, who in heard] == [{str(who) for who in each.speakers} for each in line]
    for (since, until, _), each in zip(heard, line, strict=True):
        assert since == pytest.approx(each.since / 1e6, abs=0.021)
        assert until == pytest.approx(each.until / 1e6, abs=0.021)


def test_a_voice_of_nobody_named_is_somebody() -> None:
    wav = file_of(sound([(1, "contact anna"), (1, "contact boris"), (1, "boris")]))
    heard = who_is_heard(wav, {"contact": 400, "anna": 500})
    assert [who for *_, who in heard] == [{"contact", "anna"}, {"contact", "?"}, {"?"}]
    assert [who for *_, who in who_is_heard(wav, {"olga": 3000})] == [{"?"}]


def test_somebody_named_who_says_nothing_is_not_heard() -> None:
    [(_, _, who)] = who_is_heard(file_of(sound([(1, "contact anna")])), {**TONES, "olga": 475, "rita": 2000})
    assert who == {"contact", "anna"}


def test_silence_is_nobody() -> None:
    assert who_is_heard(file_of(sound([(2, "")])), TONES) == []
    assert who_is_heard(file_of(sound([(2, "")], noise=20)), TONES) == []
    assert who_is_heard(file_of(array("h")), TONES) == []
    assert who_is_heard(file_of(sound([(0.03, "anna")])), TONES) == []


def test_the_length_of_a_file() -> None:
    assert seconds_of(file_of(sound([(1.5, "")]))) == 1.5


def test_other_pieces_of_a_file_are_skipped() -> None:
    wav = file_of(sound([(1, "contact")]))
    named = wav[:12] + b"LIST\x05\x00\x00\x00names\x00" + wav[12:]
    assert [who for *_, who in who_is_heard(named, TONES)] == [{"contact"}]


@pytest.mark.parametrize(
    ("wav", "why"),
    [
        (b"", "no WAV file"),
        (b'{"status": 404}', "no WAV file"),
        (file_of(sound([(1, "anna")]), channels=2), "2 channels"),
        (file_of(sound([(1, "anna")]), width=1), "8 bits"),
        (file_of(sound([(1, "anna")]))[:36], "without sound"),
    ],
    ids=["nothing", "JSON", "stereo", "8 bits", "no data"],
)
def test_what_is_no_recording_is_refused(wav: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        who_is_heard(wav, TONES)


def test_it_is_quick() -> None:
    line = [Stretch(0, 40_000_000, frozenset({0, 1})), Stretch(40_000_000, 100_000_000, frozenset({0, 2}))]
    audio = Audio(line, {0: 400, 1: 500, 2: 1425})
    wav = b"".join(audio.read(0, audio.size))
    spent = []
    for _ in range(3):
        began = process_time()
        assert len(who_is_heard(wav, TONES)) == 2
        spent.append(process_time() - began)
    assert min(spent) < 0.2
