"""Parameters that several methods of the Call API share, and how long a message takes (facts §2.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from emulator.telephony.account import TelephonyAccount
from emulator.telephony.data_api.params import Check, Parameter, Shape, choice, number, required, structure, text
from emulator.telephony.rpc import Refusal

LONGEST_TTS = 1000
"""Characters; the documentation leaves it to the tariff."""

_TTS_PER_SECOND = 15
"""Characters that the voice speaks in a second: nothing is documented."""

_SECOND = 1_000_000

_GREATEST_ID = 2**63 - 1


def identifier() -> Parameter:
    """The number of something."""
    return number(least=0, most=_GREATEST_ID)


CALL: Shape = {"call_session_id": required(identifier())}


def message() -> Parameter:
    """What is played to somebody: {type, value}."""
    return structure({"type": required(choice("media", "tts")), "value": required(text(least=1))})


def _fitting(pattern: str, expected: str) -> Parameter:
    whole = re.compile(pattern)

    def check(value: Any, at: str) -> str:
        if not isinstance(value, str):
            raise Refusal("data_type_error", at, value)
        if not whole.fullmatch(value):
            raise Refusal("invalid_parameter_value", at, value, expected)
        return value

    checked: Check = check
    return Parameter(checked)


def keys_with_pauses() -> Parameter:
    """Keys that are sent one after another; a dot waits for a second."""
    return _fitting(r"[0-9*#.]+", "keys 0-9, *, # and dots for pauses of a second")


def key() -> Parameter:
    """One key of a telephone."""
    return _fitting(r"[0-9*#]", "one key: 0-9, * or #")


def confirmation() -> Parameter:
    return _fitting(r"[0-9*#]|any", "one key: 0-9, * or #, or any")


def length_of(account: TelephonyAccount, given: Mapping[str, Any], name: str) -> int:
    """Microseconds that the message `name` of a request takes; 0 without one.

    Raises Refusal `tts_text_exceeded`, `media_file_not_found`.
    """
    said = given.get(name)
    if said is None:
        return 0
    field, value = f"{name}.value", said["value"]
    if said["type"] == "tts":
        if len(value) > LONGEST_TTS:
            params = {"tts_message_max_length": LONGEST_TTS, "sent_tts_message_length": len(value)}
            raise Refusal("tts_text_exceeded", field, value, params=params)
        return -(-len(value) * _SECOND // _TTS_PER_SECOND)
    if not (value.isascii() and value.isdecimal() and len(value) <= 18):
        raise Refusal("invalid_parameter_value", field, value, "the id of a media file, as text")
    return media_file(account, int(value), field) * _SECOND


def media_file(account: TelephonyAccount, file_id: int, field: str) -> int:
    """The length of a file in seconds. Raises Refusal `media_file_not_found`."""
    found = account.media_files.get(file_id)
    if found is None:
        raise Refusal("media_file_not_found", field, file_id, params={"media_file_id": file_id})
    return found.duration
