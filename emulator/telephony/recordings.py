"""Links of recordings (facts §1.6): `…/system/media/talk/{communication_id}/{hash}/`.

A link exists from the end of the call on, also while the file is still being prepared. The hash cannot be guessed from
outside and is the same in every run of the same world.
"""

from __future__ import annotations

from emulator.core.ids import Ids
from emulator.telephony.engine.records import Session

PATH = "/system/media/talk/{communication_id}/{hash}/"


class Recordings:
    """`base_url` is the telephony's server, as the people who open the link reach it."""

    def __init__(self, ids: Ids, base_url: str) -> None:
        self._ids = ids
        self._base_url = base_url.rstrip("/")

    def hash_of(self, communication_id: int) -> str:
        return self._ids.token("recording", communication_id, 16)

    def link(self, session: Session) -> str | None:
        """None while the call goes on, when nobody talked, and when recording is off for the line."""
        if session.ended_at is None or not session.is_recorded:
            return None
        path = PATH.format(communication_id=session.communication_id, hash=self.hash_of(session.communication_id))
        return f"{self._base_url}{path}"

    def hashes(self, session: Session) -> list[str]:
        """The recording of a call as the reports name it: at most one, it holds all of the talk."""
        return [self.hash_of(session.communication_id)] if self.link(session) else []
