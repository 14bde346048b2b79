"""A body that is made piece by piece while it is sent, so that a large one is never in memory as a whole."""

from __future__ import annotations

from collections.abc import Iterator

from aiohttp.abc import AbstractStreamWriter
from aiohttp.payload import Payload


class Streamed(Payload):
    """`pieces` have `size` bytes together. They are asked for once, when the body is sent."""

    _autoclose = True

    def __init__(self, size: int, pieces: Iterator[bytes], content_type: str) -> None:
        super().__init__(pieces, content_type=content_type)
        self._size = size
        self._pieces = pieces

    async def write(self, writer: AbstractStreamWriter) -> None:
        for piece in self._pieces:
            await writer.write(piece)

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        raise TypeError("a streamed body is no text")

    def first(self, length: int) -> bytes:
        """The first `length` bytes, for a body that is cut off."""
        taken = bytearray()
        for piece in self._pieces:
            taken += piece[: length - len(taken)]
            if len(taken) >= length:
                break
        return bytes(taken)
