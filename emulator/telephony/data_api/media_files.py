"""`get.media_files`: what can be played in a call; its ids are those of the Call API's messages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from emulator.telephony.account import TelephonyAccount
from emulator.telephony.answer import Answer, Methods, Params
from emulator.telephony.data_api.fields import fields_of
from emulator.telephony.data_api.query import query_in
from emulator.telephony.media_files import MediaFile

COLUMNS: dict[str, Callable[[MediaFile], Any]] = {
    "id": lambda row: row.id,
    "name": lambda row: row.name,
    "duration": lambda row: row.duration,
    "normalization": lambda _: False,
    "size": lambda row: row.size,
    "type": lambda row: row.type,
}


def get_media_files(account: TelephonyAccount, params: Params) -> Answer:
    return query_in(params, fields_of("get.media_files")).run(account.media_files.all(), COLUMNS)


METHODS: Methods = {"get.media_files": get_media_files}
