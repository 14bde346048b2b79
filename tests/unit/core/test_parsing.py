from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
import pytest

from emulator.core.errors import BadRequest
from emulator.core.parsing import DEEPEST, instant, is_too_deep, parse, parse_body


class Step(msgspec.Struct, forbid_unknown_fields=True):
    at: float
    ring: str | list[str] | None = None


class Call(msgspec.Struct, forbid_unknown_fields=True, rename={"from_": "from"}):
    direction: Literal["in", "out"]
    from_: str | None
    script: list[Step] = []
    switches: dict[str, int] = {}


@pytest.mark.parametrize(
    ("body", "path", "got", "expected"),
    [
        ({"direction": "in", "from": 7}, "from", 7, "`str | null`"),
        ({"direction": "up", "from": None}, "direction", "up", "one of in, out"),
        ({"direction": "in"}, "from", None, "required"),
        ({"direction": "in", "from": None, "script": [{"at": 1}, {"at": "x"}]}, "script[1].at", "x", "`float`"),
        ({"direction": "in", "from": None, "script": [{"at": 1, "rnig": "a"}]}, "script[0].rnig", "a", "at, ring"),
        ({"direction": "in", "from": None, "scirpt": []}, "scirpt", [], "direction, from, script, switches"),
        ([], "", [], "`object`"),
    ],
)
def test_a_bad_field_is_named_with_what_was_given_and_expected(body: Any, path: str, got: Any, expected: str) -> None:
    with pytest.raises(BadRequest) as refusal:
        parse(Call, body)
    (error,) = refusal.value.errors
    assert (error.path, error.got) == (path, got)
    assert expected in error.expected


class Days(msgspec.Struct):
    days: tuple[Literal["mon", "tue"], ...] = ()
    how: Annotated[Literal["together", "in_order"] | None, msgspec.Meta(description="how")] = None
    by: dict[str, Literal["a", "b"]] = {}


@pytest.mark.parametrize(
    ("body", "path", "expected", "near"),
    [
        ({"weeks": [{"days": ["mon", "teu"]}]}, "weeks[0].days[1]", "one of mon, tue (did you mean tue?)", "tue"),
        ({"weeks": [{"how": "togetherr"}]}, "weeks[0].how", "one of in_order, together", "together"),
        ({"weeks": [{"by": {"x": "?"}}]}, "weeks[0].by[...]", "one of a, b", None),
    ],
)
def test_an_unknown_choice_names_those_there_are(body: Any, path: str, expected: str, near: str | None) -> None:
    class Weeks(msgspec.Struct):
        weeks: list[Days] | None = None

    with pytest.raises(BadRequest) as refusal:
        parse(Weeks, body)
    (error,) = refusal.value.errors
    assert error.path == path
    assert error.expected.startswith(expected)
    assert refusal.value.body()["nearest"] == near
    assert refusal.value.detail == f"{path}: expected {error.expected}"


def test_an_unknown_key_names_the_nearest_known_one() -> None:
    with pytest.raises(BadRequest, match="did you mean `script`") as refusal:
        parse(Call, {"direction": "in", "from": None, "scirpt": []})
    assert refusal.value.body()["nearest"] == "script"


def test_a_body_that_is_no_json_says_so() -> None:
    with pytest.raises(BadRequest, match="the body is not JSON"):
        parse_body(Call, b"{")


@pytest.mark.parametrize("text", ["2026-03-02", "noon", "2026-03-02T12:00:00"])
def test_an_instant_needs_an_offset(text: str) -> None:
    with pytest.raises(BadRequest, match="to: expected"):
        instant(text, "to")


@pytest.mark.parametrize(
    "text",
    [
        b'{"text": "x", "j1": "' + b"]" * 600 + b'", "junk": ' + b"[" * 300 + b"]" * 300 + b"}",
        b'["\\"]]]]", ' + b"[" * DEEPEST + b"]" * DEEPEST + b"]",
        b'["\\\\", ' + b"[" * DEEPEST + b'"]"' + b"]" * DEEPEST + b"]",
    ],
)
def test_brackets_inside_strings_hide_no_depth(text: bytes) -> None:
    assert is_too_deep(text)


@pytest.mark.parametrize(
    "text",
    [
        b'["' + b"[" * 600 + b'"]',
        b'["\\"' + b"[{" * 600 + b'"]',
        b"[" + b"[]," * 600 + b"[]]",
        b"[" * DEEPEST + b"]" * DEEPEST,
        b'"' + b"a\\" * 5000 + b"[" * 100,
    ],
)
def test_brackets_inside_strings_are_no_depth(text: bytes) -> None:
    assert not is_too_deep(text)
