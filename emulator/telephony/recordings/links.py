"""Addresses of recordings, as the vendor's templates build them from the hashes of the reports (facts §1.6, §1.7).

`talk` (an mp3 in reality, a WAV here) and `wav` are of one line of the call, `voice_mail` is the message, and the full
record is all of it. The templates are used with the id of the communication and with that of the session alike.
"""

from __future__ import annotations

from emulator.core.ids import Ids

PATHS = {
    "talk": "/system/media/talk/{communication_id}/{hash}/",
    "wav": "/system/media/wav/{communication_id}/{hash}/",
    "voice_mail": "/system/media/voice_mail/{communication_id}/{hash}/",
    "full": "/media/{communication_id}/{hash}",
}
FIRST_EMPLOYEE = "first_employee"
"""A cut of our own, under the path of full records."""


class Links:
    """`base_url` is the telephony's server, as the people who open the links reach it."""

    def __init__(self, ids: Ids, base_url: str) -> None:
        self._ids = ids
        self._base_url = base_url.rstrip("/")

    def hash_of(self, cut: str, number: int) -> str:
        """What names a cut: nobody guesses it, and it is the same in every run of a world. `number` is the leg's id for
        talk, wav and voice_mail, the session's id for the others."""
        return self._ids.token(f"recording:{cut}", number, 16)

    def full(self, communication_id: int, hash_: str) -> str:
        """The address of a full record, or of another cut under that path."""
        return self._base_url + PATHS["full"].format(communication_id=communication_id, hash=hash_)
