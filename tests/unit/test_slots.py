"""Typed slots: what each type reads, which patterns are refused, and how coroutine steps run."""

from __future__ import annotations

import datetime as dt
import inspect
from typing import Any

import pytest
from pytest_bdd.steps import step_function_context_registry

from features import slots
from features.slot_types import TYPES, slot_type
from features.slots import SlotError, SlotParser, given, then, when

S, M, H = dt.timedelta(seconds=1), dt.timedelta(minutes=1), dt.timedelta(hours=1)

CONVERSIONS = [
    ("word", "Anna", "Anna"),
    ("word", "+7…", "+7…"),
    ("who", "Anna", "Anna"),
    ("who", "the caller", "caller"),
    ("who", "An administrator", "administrator"),
    ("who", "Анна-Мария", "Анна-Мария"),
    ("people", "Anna", ["Anna"]),
    ("people", "Anna and the visitor", ["Anna", "visitor"]),
    ("people", "Anna, Boris and Viktor", ["Anna", "Boris", "Viktor"]),
    ("people", "Anna, Boris, and Viktor", ["Anna", "Boris", "Viktor"]),
    ("number", "17", 17),
    ("number", "-2", -2),
    ("number", "no", 0),
    ("number", "One", 1),
    ("number", "twelve", 12),
    ("duration", "15 s", 15 * S),
    ("duration", "15s", 15 * S),
    ("duration", "1 second", S),
    ("duration", "2 minutes", 2 * M),
    ("duration", "1 minute 30 s", 90 * S),
    ("duration", "two hours and 5 min", 2 * H + 5 * M),
    ("duration", "0.5 s", S / 2),
    ("duration", "5.999 s", dt.timedelta(microseconds=5_999_000)),
    ("duration", "250 ms", S / 4),
    ("duration", "10 h", 10 * H),
    ("duration", "1 day", 24 * H),
    ("duration", "5:59:59", 6 * H - S),
    ("duration", "0:00:05.999", dt.timedelta(microseconds=5_999_000)),
    ("moment", "10:00", dt.time(10)),
    ("moment", "9:05", dt.time(9, 5)),
    ("moment", "18:59:59.999", dt.time(18, 59, 59, 999_000)),
    ("moment", "19:00:00", dt.time(19)),
    ("date", "2026-03-02", dt.date(2026, 3, 2)),
    ("communication", "form", "form"),
    ("phone", "+79161234567", "+79161234567"),
    ("phone", "8 916 123-45-67", "8 916 123-45-67"),
    ("phone", "+7 (916) 123-45-67", "+7 (916) 123-45-67"),
    ("stretches", "Anna for 40 s", [(["Anna"], 40 * S)]),
    ("stretches", "Anna for 40 s, then Boris for 1 minute 1 s", [(["Anna"], 40 * S), (["Boris"], 61 * S)]),
    (
        "stretches",
        "the caller for 9 s, then Anna, Boris and Viktor for 2 min, then Anna for 0:00:05.5",
        [(["caller"], 9 * S), (["Anna", "Boris", "Viktor"], 2 * M), (["Anna"], 5.5 * S)],
    ),
    ("text", "«Продажа»", "Продажа"),
    ("text", '"a deal"', "a deal"),
    ("text", '«the "big" one»', 'the "big" one'),
    ("text", '"a «b» c"', "a «b» c"),
    ("text", "«»", ""),
    ("text", "«the mode «Неразобранное»»", "the mode «Неразобранное»"),
    ("direction", "incoming", "in"),
    ("direction", "outgoing", "out"),
    ("card", "company", "company"),
    ("ordinal", "first", 1),
    ("zone", "Asia/Kamchatka", "Asia/Kamchatka"),
    ("zone", "America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
    ("keys", "*3", "*3"),
    ("keys", "12#", "12#"),
    ("site", "the site", "main"),
    ("site", "the second site", "second"),
]

REFUSALS = [
    ("word", "two words"),
    ("word", "«Продажа»"),
    ("who", "the second caller"),
    ("people", "Anna and"),
    ("stretches", "Anna for 40 s then Boris for 60 s"),
    ("stretches", "Anna for 40"),
    ("stretches", "Anna for 40 s, then for 60 s"),
    ("number", "1.5"),
    ("number", "thirteen"),
    ("duration", "15"),
    ("duration", "2 minutess"),
    ("duration", "5:60:00"),
    ("moment", "25:00"),
    ("moment", "10:60"),
    ("date", "2.3.2026"),
    ("phone", "Anna"),
    ("direction", "internal"),
    ("zone", "Moscow"),
    ("keys", "*3a"),
    ("site", "the third site"),
    ("text", "«a"),
    ("text", "«a «b»"),
    ("text", "«a» and «b»"),
    ("text", '"a" and "b"'),
]


@pytest.mark.parametrize(("type_name", "text", "value"), CONVERSIONS, ids=[f"{t}: {x}" for t, x, _ in CONVERSIONS])
def test_slot_reads(type_name: str, text: str, value: Any) -> None:
    parser = SlotParser(f"it is {{x:{type_name}}}.")
    assert parser.is_matching(f"it is {text}.")
    assert parser.parse_arguments(f"it is {text}.") == {"x": value}


@pytest.mark.parametrize(("type_name", "text"), REFUSALS, ids=[f"{t}: {x}" for t, x in REFUSALS])
def test_slot_does_not_match(type_name: str, text: str) -> None:
    parser = SlotParser(f"it is {{x:{type_name}}}.")
    assert not parser.is_matching(f"it is {text}.")
    assert parser.parse_arguments(f"it is {text}.") is None


def test_every_type_has_a_conversion_in_the_table() -> None:
    assert {type_name for type_name, *_ in CONVERSIONS} == set(TYPES)


def test_several_slots_and_plain_text_match_from_end_to_end() -> None:
    parser = SlotParser("{who} answers (again) after {wait:duration}")
    assert parser.parse_arguments("Anna answers (again) after 1 minute 30 s") == {"who": "Anna", "wait": 90 * S}
    assert not parser.is_matching("then Anna answers (again) after 5 s")
    assert not parser.is_matching("Anna answers (again) after 5 s or so")
    assert not parser.is_matching("Anna answers (again) after 5 s\n")
    assert parser.name == "{who} answers (again) after {wait:duration}"


def test_a_slot_without_type_has_the_type_of_its_name_or_is_a_word() -> None:
    assert SlotParser("{number} of {name}").parse_arguments("two of it") == {"number": 2, "name": "it"}


def test_patterns_of_one_shape_match_the_same_steps() -> None:
    assert SlotParser("{who} calls").shape == SlotParser("{someone:who} calls").shape
    assert SlotParser("{who} calls").shape != SlotParser("{someone} calls").shape


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("{who:persn} calls", "no slot type 'persn'; there are card, communication, date"),
        ("{who:} calls", "no slot type ''"),
        ("{who} calls {who}", "two slots are called 'who'"),
        ("{who calls", "a brace is not closed"),
        ("who} calls", "a brace is not closed or not opened"),
        ("{who calls {whom}", "a brace is not closed"),
        ("{} calls", "'' is no name for a slot"),
        ("{the one} calls", "'the one' is no name for a slot"),
        ("{run} calls", "a slot cannot be called 'run'"),
    ],
)
def test_a_bad_pattern_is_refused_where_it_is_defined(pattern: str, message: str) -> None:
    with pytest.raises(SlotError, match=r"^step '.*': ") as caught:
        given(pattern)
    assert message in str(caught.value)
    assert repr(pattern) in str(caught.value)


def test_a_slot_that_the_function_does_not_take_is_refused() -> None:
    with pytest.raises(SlotError, match="does not take count"):

        @then("{who} sees {count:number} deals")
        def _(who: str) -> None: ...


def test_a_type_is_added_in_one_line() -> None:
    slot_type("money", r"\d+ ₽", lambda text: int(text[:-2]))
    try:
        assert SlotParser("a deal of {price:money}").parse_arguments("a deal of 500 ₽") == {"price": 500}
    finally:
        del TYPES["money"]


def test_a_definition_lands_in_the_module_that_makes_it() -> None:
    namespace: dict[str, Any] = {"when": when}
    exec("@when('{who} waits')\ndef waits(who): ...", namespace)
    assert "pytestbdd_stepdef_when_{who} waits" in namespace


def _registered(name: str) -> Any:
    return next(c.step_func for c in step_function_context_registry.values() if c.parser.name == name)


def run_at_once(coroutine: Any) -> Any:
    """Drive a coroutine that awaits nothing outside."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value
    raise AssertionError("it waits for something")


def test_a_coroutine_step_becomes_a_function_that_asks_for_run() -> None:
    @given("{who} is awaited")
    async def original(world: str, who: str, extra: int = 3) -> str:
        return f"{world} {who} {extra}"

    plain = _registered("{who} is awaited")
    assert list(inspect.signature(plain).parameters) == ["run", "world", "who", "extra"]
    assert not inspect.iscoroutinefunction(plain)
    assert plain(run=run_at_once, world="w", who="Anna") == "w Anna 3"
    assert inspect.iscoroutinefunction(original), "the decorated name stays what it was"


def test_a_coroutine_step_may_take_run_itself() -> None:
    @given("it runs itself")
    async def _(run: Any) -> Any:
        return run

    assert _registered("it runs itself")(run=run_at_once) is run_at_once


def test_a_coroutine_generator_step_cleans_up_and_yields_once() -> None:
    seen: list[str] = []

    @given("a resource")
    async def _() -> Any:
        seen.append("open")
        yield "resource"
        seen.append("closed")

    @given("two resources")
    async def _twice() -> Any:
        yield 1
        yield 2

    held = _registered("a resource")(run=run_at_once)
    assert next(held) == "resource"
    assert seen == ["open"]
    assert list(held) == []
    assert seen == ["open", "closed"]
    with pytest.raises(SlotError, match="yields twice"):
        list(_registered("two resources")(run=run_at_once))


def test_a_plain_step_is_registered_as_it_is() -> None:
    @slots.step("any keyword")
    def original() -> None: ...

    assert _registered("any keyword") is original
