"""Run by the Python of schemathesis, which has the meta-schema: what is wrong with the OpenAPI document on stdin.

Every schema in it must be a JSON Schema as well, which the meta-schema of OpenAPI does not look at.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

from jsonschema_rs import Draft202012Validator, ValidationError, meta
from schemathesis.specs.openapi.definitions import OPENAPI_31


def schemas(node: Any) -> Iterator[Any]:
    if isinstance(node, dict):
        for key, inner in node.items():
            if key == "schema":
                yield inner
            yield from schemas(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from schemas(inner)


def problems(document: dict[str, Any]) -> Iterator[str]:
    for error in Draft202012Validator(OPENAPI_31).iter_errors(document):
        yield f"{'/'.join(map(str, error.instance_path))}: {error.message[:300]}"
    for schema in schemas(document):
        try:
            meta.validate(schema)
        except ValidationError as error:
            yield f"{json.dumps(schema)[:200]}: {error.message[:300]}"


found = list(problems(json.load(sys.stdin)))
print("\n".join(found))
sys.exit(1 if found else 0)
