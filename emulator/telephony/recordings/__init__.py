"""Recordings of calls: who is heard when, the links, and WAV files that are made while they are sent (facts §1.6).

Each person has a tone of their own, so that a test can hear who speaks (`features/listening.py`). Nothing is rendered
before it is asked for and nothing is kept: any range of bytes follows from the rows of the call.
"""

from emulator.telephony.recordings.late import READY, announcing
from emulator.telephony.recordings.links import PATHS
from emulator.telephony.recordings.recordings import Heard, Recordings

__all__ = ["PATHS", "READY", "Heard", "Recordings", "announcing"]
