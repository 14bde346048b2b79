"""The JSON-RPC envelope of both vendor APIs: requests in, results and errors out (facts §1.1, §1.3, §1.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from emulator.telephony.rpc_errors import CATALOGUE, WITHOUT_LIMITS, text_of

LOG_IN = "login.user"
"""The one method that needs no access token."""

SECRETS = ("access_token", "password", "operator_password")
"""Parameters that no answer and no journal repeats."""


class Refusal(Exception):
    """An error of the vendor's catalogue. `field` is dotted; clients match on `mnemonic`.

    `value` is what was given, unless it is a secret; `params` are substitutions of the text, also shown; `hint` is
    added to the text; `code` stands in for the catalogue's where an API has another one.
    """

    def __init__(
        self,
        mnemonic: str,
        field: str | None = None,
        value: Any = None,
        hint: str = "",
        *,
        code: int | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> None:
        self.code = CATALOGUE[mnemonic][0] if code is None else code
        self.params = {name: str(each) for name, each in (params or {}).items()}
        text = text_of(mnemonic, self.params)
        self.message = f"{text}: {hint}" if hint else text
        self.mnemonic = mnemonic
        self.field = field
        self.value = None if (field or "").rpartition(".")[2] in SECRETS else value
        super().__init__(self.message)

    def say(self, more: str) -> None:
        """Add to the text."""
        self.message = f"{self.message}, {more}"

    @property
    def shows_limits(self) -> bool:
        """Whether it got as far as the account's limits, so that they are reported with it."""
        return self.mnemonic not in WITHOUT_LIMITS

    def error(self, metadata: dict[str, Any]) -> dict[str, Any]:
        """The `error` member."""
        data = {
            "mnemonic": self.mnemonic,
            "field": self.field,
            "value": self.value,
            "params": self.params,
            "extended_helper": None,
            "metadata": metadata,
        }
        return {"code": self.code, "message": self.message, "data": data}


@dataclass(frozen=True)
class Call:
    """A well-formed request. `params` still hold the access token."""

    id: str | int | float
    method: str
    params: dict[str, Any]


def read(body: bytes) -> tuple[Any, dict[str, Any]]:
    """(id to answer to, the JSON object) of a body that is one JSON-RPC call at least in outline.

    Raises Refusal `parse_error`, `invalid_request` or `batch_opreations_not_supported` (sic).
    """
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Refusal("parse_error") from None
    if isinstance(document, list):
        raise Refusal("batch_opreations_not_supported")
    if not isinstance(document, dict):
        raise Refusal("invalid_request")
    return document.get("id"), document


def call_in(document: dict[str, Any]) -> Call:
    """The call that a JSON object is. Raises Refusal `invalid_request` or `notifications_not_supported`."""
    if document.get("jsonrpc") != "2.0":
        raise Refusal("invalid_request", "jsonrpc", document.get("jsonrpc"))
    if document.get("id") is None:
        raise Refusal("notifications_not_supported", "id")
    if isinstance(document["id"], bool) or not isinstance(document["id"], str | int | float):
        raise Refusal("invalid_request", "id", document["id"])
    if not isinstance(document.get("method"), str):
        raise Refusal("invalid_request", "method", document.get("method"))
    params = document.get("params", {})
    if not isinstance(params, dict):
        raise Refusal("invalid_request", "params", params)
    return Call(document["id"], document["method"], params)


@dataclass(frozen=True)
class Credentials:
    """What a body says of who asks: an access token, or a login with its password."""

    token: str | None = None
    login: str | None = None
    password: str | None = None


def credentials(body: bytes) -> Credentials:
    """Used to find the account before anything is checked."""
    try:
        _, document = read(body)
    except Refusal:
        return Credentials()
    params = document.get("params")
    if not isinstance(params, dict):
        return Credentials()

    def text(name: str) -> str | None:
        return params[name] if isinstance(params.get(name), str) else None

    if document.get("method") == LOG_IN:
        return Credentials(login=text("login"), password=text("password"))
    return Credentials(token=text("access_token"))


def success(call_id: Any, data: Any, metadata: dict[str, Any]) -> dict[str, Any]:
    """Always {data, metadata}: the one shape that every known client reads (facts §1.3)."""
    return {"jsonrpc": "2.0", "id": call_id, "result": {"data": data, "metadata": metadata}}


def failure(call_id: Any, refusal: Refusal, metadata: dict[str, Any]) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": call_id, "error": refusal.error(metadata)}
