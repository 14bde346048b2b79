"""The JSON-RPC envelope of the Data API: requests in, results and errors out (facts §1.3, §1.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

_CATALOGUE: dict[str, tuple[int, str]] = {
    "parse_error": (-32700, "Parse error"),
    "invalid_request": (-32600, "Invalid request"),
    "method_not_found": (-32601, "The method does not exist / is not available"),
    "data_type_error": (-32602, "Invalid data type"),
    "required_parameter_missed": (-32602, "The required parameter has been missed"),
    "invalid_parameter_value": (-32602, "Invalid parameter value"),
    "unexpected_parameters": (-32602, "Unexpected method parameter(s)"),
    "invalid_parameters_combination": (-32602, "Invalid parameters combination"),
    "sort_prohibited": (-32602, "Sorting by the field is prohibited"),
    "filter_prohibited": (-32602, "Filtering by the field is prohibited"),
    "date_interval_limit_reached": (-32602, "Max value of requested date interval is 3 months"),
    "entity_not_found": (-32602, "Entity not found"),
    "duplicate_entity": (-32602, "Duplicate entity"),
    "invalid_date_time": (-32602, "Invalid date time"),
    "data_limit_exceeded": (-32602, "A new data limit has been exceeded"),
    "forbidden": (-32003, "Permission denied"),
    "access_token_invalid": (-32001, "Access token is invalid"),
    "batch_opreations_not_supported": (-32099, "Batch operations are not supported"),
    "notifications_not_supported": (-32099, "Notifications are not supported"),
}

_WITHOUT_LIMITS = frozenset(
    (
        "parse_error",
        "invalid_request",
        "method_not_found",
        "access_token_invalid",
        "batch_opreations_not_supported",
        "notifications_not_supported",
    )
)


class Refusal(Exception):
    """An error of the vendor's catalogue. `field` is dotted; clients match on `mnemonic`."""

    def __init__(self, mnemonic: str, field: str | None = None, value: Any = None, hint: str = "") -> None:
        self.code, message = _CATALOGUE[mnemonic]
        self.message = f"{message}: {hint}" if hint else message
        self.mnemonic = mnemonic
        self.field = field
        self.value = value
        super().__init__(self.message)

    def error(self, metadata: dict[str, Any]) -> dict[str, Any]:
        """The `error` member; limits are not reported for what never reached an account."""
        data = {
            "mnemonic": self.mnemonic,
            "field": self.field,
            "value": self.value,
            "params": {},
            "extended_helper": None,
            "metadata": {} if self.mnemonic in _WITHOUT_LIMITS else metadata,
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


def access_token(body: bytes) -> str | None:
    """The access token in a body, if it has one; used to find the account before anything is checked."""
    try:
        _, document = read(body)
    except Refusal:
        return None
    params = document.get("params")
    token = params.get("access_token") if isinstance(params, dict) else None
    return token if isinstance(token, str) else None


def success(call_id: Any, data: Any, metadata: dict[str, Any]) -> dict[str, Any]:
    """Always {data, metadata}: the one shape that every known client reads (facts §1.3)."""
    return {"jsonrpc": "2.0", "id": call_id, "result": {"data": data, "metadata": metadata}}


def failure(call_id: Any, refusal: Refusal, metadata: dict[str, Any]) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": call_id, "error": refusal.error(metadata)}
