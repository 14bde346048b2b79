"""The answer to whoever fetches a recording: whole or in part, made while it is sent."""

from __future__ import annotations

from aiohttp import web

from emulator.core.streamed import Streamed
from emulator.telephony.recordings.audio import Audio
from emulator.telephony.recordings.ranges import Unsatisfiable, range_in

_FOR_BROWSERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Accept-Ranges, Content-Length, Content-Range, ETag",
}


def served(request: web.Request, audio: Audio) -> web.Response:
    """200, 206 for one range, 304 for what the client has already, 416 for a range that is not there.

    A range counts for GET only (RFC 9110 §14.2), and with `If-Range` only if that names this very file.
    """
    headers = {"Accept-Ranges": "bytes", "ETag": audio.etag, **_FOR_BROWSERS}
    if _is_known(request.headers.get("If-None-Match"), audio.etag):
        return web.Response(status=304, headers=headers)
    try:
        part = _part(request, audio)
    except Unsatisfiable:
        return web.Response(status=416, headers={**headers, "Content-Range": f"bytes */{audio.size}"})
    start, end = part or (0, audio.size)
    if part:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{audio.size}"
    body = Streamed(end - start, audio.read(start, end), audio.content_type)
    return web.Response(status=206 if part else 200, body=body, headers=headers)


def _part(request: web.Request, audio: Audio) -> tuple[int, int] | None:
    asked = request.headers.get("Range")
    if asked is None or request.method != "GET" or request.headers.get("If-Range", audio.etag) != audio.etag:
        return None
    return range_in(asked, audio.size)


def _is_known(header: str | None, etag: str) -> bool:
    """Whether `If-None-Match` names the file; it compares weakly."""
    named = [each.strip().removeprefix("W/") for each in (header or "").split(",")]
    return etag in named or "*" in named
