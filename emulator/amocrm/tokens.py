"""Access tokens as text: JWTs like amoCRM's, and what can be read from one without knowing the world.

PyJWT makes and decodes them; it never judges a time claim, because it would ask the process clock. Whether a token is
valid says its row (`oauth.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import jwt

_UNJUDGED = {
    "verify_signature": False,
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "verify_iss": False,
}


@dataclass(frozen=True, slots=True)
class Bearer:
    """What the text of an access token tells: whose account it is for, and the key of its row."""

    account_id: int
    digest: bytes


def digest(token: str) -> bytes:
    """How a token is kept: its text never lies in a table. Bytes of a header that are no text have one too."""
    return blake2b(token.encode(errors="surrogatepass"), digest_size=16).digest()


def sign(claims: dict[str, Any], secret: str) -> str:
    return jwt.encode(claims, secret, algorithm="HS256", headers={"jti": claims["jti"]})


@lru_cache(maxsize=4096)
def read_bearer(header: str) -> Bearer | None:
    """The bearer token in an Authorization header; None when it is none of ours. Pure, so it is remembered."""
    kind, _, token = header.partition(" ")
    if kind.lower() != "bearer" or not token.isascii():
        return None
    try:
        account_id = jwt.decode(token.strip(), options=_UNJUDGED).get("account_id")  # type: ignore[arg-type]
    except jwt.InvalidTokenError:
        return None
    return Bearer(account_id, digest(token.strip())) if isinstance(account_id, int) else None
