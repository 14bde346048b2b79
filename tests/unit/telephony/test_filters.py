"""The filter grammar of the Data API (facts §1.4): on calls over TCP, and operator by operator."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.telephony.data_api.fields import Field
from emulator.telephony.data_api.filters import compiled
from emulator.telephony.data_api.jsquery import query
from emulator.telephony.data_api.posix import MAX_LENGTH, Pattern
from emulator.telephony.rpc import Refusal
from tests.unit.telephony.conftest import Office
from tests.unit.telephony.test_data_api import DAY, two_calls

FILTERS: list[tuple[Any, list[int]]] = [
    ({"field": "is_lost", "operator": "=", "value": True}, [1]),
    ({"field": "is_lost", "operator": "!=", "value": True}, [0]),
    ({"field": "talk_duration", "operator": ">", "value": 59}, [0]),
    ({"field": "talk_duration", "operator": "<=", "value": 0}, [1]),
    ({"field": "virtual_phone_number", "operator": "in", "value": ["74951112233", "7"]}, [0]),
    ({"field": "virtual_phone_number", "operator": "not_in", "value": ["74951112233"]}, [1]),
    ({"field": "contact_phone_number", "operator": "is_null"}, [1]),
    ({"field": "contact_phone_number", "operator": "is_not_null", "value": None}, [0]),
    ({"field": "contact_phone_number", "operator": "=", "value": None}, [1]),
    ({"field": "contact_phone_number", "operator": "like", "value": "7916%"}, [0]),
    ({"field": "first_answered_employee_full_name", "operator": "like", "value": "an%"}, []),
    ({"field": "first_answered_employee_full_name", "operator": "ilike", "value": "an%"}, [0]),
    (
        {
            "filters": [
                {"field": "is_lost", "operator": "=", "value": True},
                {
                    "filters": [
                        {"field": "wait_duration", "operator": "<", "value": 10},
                        {"field": "finish_reason", "operator": "=", "value": "subscriber_disconnects"},
                    ],
                    "condition": "and",
                },
            ],
            "condition": "or",
        },
        [0, 1],
    ),
    ({}, [0, 1]),
    ({"filters": [], "condition": "or"}, [0, 1]),
    ({"filters": [], "condition": "and"}, [0, 1]),
]


@pytest.mark.parametrize(("given", "found"), FILTERS)
async def test_a_filter(office: Office, given: Any, found: list[int]) -> None:
    calls = await two_calls(office)
    rows = await office.report(fields=["id"], filter=given)
    assert [row["id"] for row in rows] == [calls[index] for index in found]


BAD_DATES = ["2026-03-02", "2026-03-02T12:00:00", "2026-3-2 9:00:00", "2026-02-30 12:00:00", "вчера", ""]


@pytest.mark.parametrize("given", BAD_DATES)
async def test_a_date_that_is_none(office: Office, given: str) -> None:
    """It would be compared as text and find nothing, or everything."""
    for condition in (
        {"field": "date_time", "operator": ">=", "value": given},
        {"field": "date_time", "operator": "in", "value": ["2026-03-02 12:00:00", given]},
    ):
        answer = await office.ask("get.communications_report", **DAY, filter=condition)
        data = answer["error"]["data"]
        assert (data["mnemonic"], data["field"]) == ("invalid_parameter_value", "filter.value")
    answer = await office.ask("get.communications_report", date_from=given, date_till=DAY["date_till"])
    assert answer["error"]["data"]["mnemonic"] == "invalid_parameter_value"


BAD_FILTERS: list[tuple[Any, str, str]] = [
    ({"field": "start_time", "operator": ">", "value": "2026"}, "filter_prohibited", "filter.field"),
    ({"field": "colour", "operator": "=", "value": 1}, "unexpected_parameters", "filter.field"),
    ({"field": "id", "operator": "~", "value": 1}, "invalid_parameter_value", "filter.operator"),
    ({"field": "id", "operator": "like", "value": "1"}, "invalid_parameter_value", "filter.operator"),
    ({"field": "source", "operator": "<", "value": "va"}, "invalid_parameter_value", "filter.operator"),
    ({"field": "id", "operator": "=", "value": "1"}, "data_type_error", "filter.value"),
    ({"field": "id", "operator": "=", "value": True}, "data_type_error", "filter.value"),
    ({"field": "id", "operator": "in", "value": 1}, "data_type_error", "filter.value"),
    ({"field": "source", "operator": "like"}, "data_type_error", "filter.value"),
    ({"field": "id", "operator": "is_null", "value": 1}, "data_type_error", "filter.value"),
    ({"field": "id"}, "required_parameter_missed", "filter.operator"),
    ({"field": "id", "operator": "=", "value": 1, "colour": 1}, "unexpected_parameters", "filter.colour"),
    ({"filters": []}, "required_parameter_missed", "filter.condition"),
    ({"filters": [], "condition": "xor"}, "invalid_parameter_value", "filter.condition"),
    ({"filters": {}, "condition": "or"}, "data_type_error", "filter.filters"),
    ([1], "data_type_error", "filter"),
    ({"filters": [{"field": 1, "operator": "="}], "condition": "or"}, "data_type_error", "filter.filters.field"),
]


@pytest.mark.parametrize(("given", "mnemonic", "field"), BAD_FILTERS)
async def test_a_filter_that_cannot_be_used(office: Office, given: Any, mnemonic: str, field: str) -> None:
    answer = await office.ask("get.calls_report", **DAY, filter=given)
    assert (answer["error"]["data"]["mnemonic"], answer["error"]["data"]["field"]) == (mnemonic, field)
    assert "limits" in answer["error"]["data"]["metadata"]


TAGS = [
    {"tag_id": 1, "tag_name": "VIP", "tag_type": "manual", "tag_change_time": None},
    {"tag_id": 2, "tag_name": "Спам", "tag_type": "auto", "tag_change_time": "2026-03-02 12:00:00"},
]
TAG = {"tag_id": "number", "tag_name": "string", "tag_type": "enum", "tag_change_time": "iso8601"}
FIELDS = {
    "name": Field("name", "string", True, True, True),
    "age": Field("age", "number", True, True, True),
    "at": Field("at", "iso8601", True, True, True),
    "tags": Field("tags", "array", True, False, True, TAG),
    "attributes": Field("attributes", "array", True, False, True),
    "coach": Field("coach", "object", True, False, True, {"coach_id": "number"}),
    "campaigns": Field("campaigns", "array", True, False, True, {"site_blocks.id": "number"}),
    "secret": Field("secret", "array", False, False, True, TAG),
}
BOB = {
    "name": "Bob Dexter",
    "age": 25,
    "at": "2026-03-02 12:00:00",
    "tags": TAGS,
    "attributes": ["first", "lost"],
    "coach": {"coach_id": 7},
    "campaigns": [{"site_blocks": [{"id": 1}, {"id": 2}]}, {"site_blocks": []}],
}
NOBODY: dict[str, Any] = {"name": None, "age": None, "at": None, "tags": [], "attributes": [], "coach": {}}

OPERATORS: list[tuple[str, str, Any, bool, bool]] = [
    ("name", "not_like", "Bob%", False, True),
    ("name", "not_like", "bob%", True, True),
    ("name", "not_ilike", "bob%", False, True),
    ("name", "like", "%b D%x%", True, False),
    ("name", "like", "%xx%", False, False),
    ("name", "regexp", "^Bob", True, False),
    ("name", "regexp", "^bob", False, False),
    ("name", "=", None, False, True),
    ("name", "!=", None, True, False),
    ("age", "in", [25, 26], True, False),
    ("age", "in", [None], False, True),
    ("age", "not_in", [25, 26], False, True),
    ("at", ">=", "2026-03-02 12:00:00", True, False),
    ("at", ">", "2026-03-02 12:00:00", False, False),
    ("tags", "jsquery", '#.tag_name = "VIP"', True, False),
    ("tags", "is_null", None, False, True),
    ("tags", "is_not_null", None, True, False),
    ("attributes", "overlap", "lost", True, False),
    ("attributes", "overlap", ["target", "lost"], True, False),
    ("attributes", "overlap", ["target"], False, False),
    ("attributes", "not_overlap", ["target", "lost"], False, True),
    ("attributes", "=", ["first", "lost"], True, False),
    ("coach", "is_null", None, False, True),
    ("coach", "jsquery", "coach_id = 7", True, False),
    ("tags.tag_name", "=", "VIP", True, False),
    ("tags.tag_name", "!=", "VIP", False, True),
    ("tags.tag_name", "!=", "Лид", True, True),
    ("tags.tag_name", "in", ["Лид", "Спам"], True, False),
    ("tags.tag_name", "ilike", "спам", True, False),
    ("tags.tag_name", "not_ilike", "спам", False, True),
    ("tags.tag_name", "regexp", "^V", True, False),
    ("tags.tag_id", ">", 1, True, False),
    ("tags.tag_id", ">", 2, False, False),
    ("tags.tag_id", "is_null", None, False, True),
    ("tags.tag_id", "is_not_null", None, True, False),
    ("tags.tag_id", "=", None, False, True),
    ("tags.tag_name", "in", [None], False, True),
    ("tags.tag_change_time", "is_null", None, False, True),
    ("tags.tag_change_time", "is_not_null", None, True, False),
    ("coach.coach_id", "=", 7, True, False),
    ("campaigns.site_blocks.id", "=", 2, True, False),
    ("campaigns.site_blocks.id", "=", 3, False, False),
]


@pytest.mark.parametrize(("field", "operator", "value", "of_bob", "of_nobody"), OPERATORS)
def test_an_operator(field: str, operator: str, value: Any, of_bob: bool, of_nobody: bool) -> None:
    keep, used = compiled({"field": field, "operator": operator, "value": value}, FIELDS)
    assert (keep(BOB.get), keep(NOBODY.get)) == (of_bob, of_nobody)
    assert used == {field.partition(".")[0]}


UNSUITABLE: list[tuple[str, str, Any, str, str]] = [
    ("age", "regexp", "1", "invalid_parameter_value", "filter.operator"),
    ("name", "jsquery", "#", "invalid_parameter_value", "filter.operator"),
    ("name", "overlap", ["x"], "invalid_parameter_value", "filter.operator"),
    ("tags.tag_id", "like", "1%", "invalid_parameter_value", "filter.operator"),
    ("tags.tag_id", "=", "1", "data_type_error", "filter.value"),
    ("tags", "jsquery", None, "data_type_error", "filter.value"),
    ("attributes", "overlap", None, "data_type_error", "filter.value"),
    ("tags", "jsquery", "#.tag_name =", "invalid_parameter_value", "filter.value"),
    ("name", "regexp", "(", "invalid_parameter_value", "filter.value"),
    ("tags.colour", "=", "red", "unexpected_parameters", "filter.field"),
    ("name.first", "=", "Bob", "unexpected_parameters", "filter.field"),
    ("tags.", "=", "Bob", "unexpected_parameters", "filter.field"),
    ("secret.tag_id", "=", 1, "filter_prohibited", "filter.field"),
]


@pytest.mark.parametrize(("field", "operator", "value", "mnemonic", "path"), UNSUITABLE)
def test_an_operator_that_does_not_suit(field: str, operator: str, value: Any, mnemonic: str, path: str) -> None:
    with pytest.raises(Refusal) as refused:
        compiled({"field": field, "operator": operator, "value": value}, FIELDS)
    assert (refused.value.mnemonic, refused.value.field) == (mnemonic, path)


PATTERNS: list[tuple[str, list[str], list[str]]] = [
    ("", ["", "a"], []),
    ("^$", [""], ["a"]),
    ("^7(916|926)[0-9]{7}$", ["79161234567", "79260000000"], ["79151234567", "7916123456", "791612345678"]),
    ("a.c", ["abc", "xaacx"], ["ac", "ab"]),
    ("^(ab)*$", ["", "ab", "abab"], ["aba"]),
    ("colou?r", ["color", "colour"], ["colouur"]),
    ("^a+b?$", ["a", "aab"], ["b", "abb"]),
    ("[[:digit:]]+", ["a1"], ["ab"]),
    ("^[^a-c]$", ["d", "-"], ["a", "b", "de"]),
    ("^[]a]+$", ["]a"], ["b"]),
    ("^[a-]+$", ["a-"], ["b"]),
    (r"^\d{3}\D\w\s$", ["123-a ", "123-_ "], ["1234a ", "12-a "]),
    (r"^a\.b\\$", ["a.b\\"], ["axb\\"]),
    ("^(a|b|)c{2,3}$", ["acc", "bccc", "cc"], ["c", "cccc"]),
    ("^x{2,}$", ["xx", "xxxx"], ["x"]),
    ("^x{2}$", ["xx"], ["x", "xxx"]),
    ("(?:ab)+?$", ["ab", "xabab"], ["abx"]),
    ("^(a*)*$", ["", "aaa"], ["b"]),
    ("b$|^a", ["ax", "xb"], ["xa", "bx"]),
    ("Москва", ["г. Москва"], ["москва"]),
]


@pytest.mark.parametrize(("text", "fits", "misses"), PATTERNS)
def test_a_posix_pattern(text: str, fits: list[str], misses: list[str]) -> None:
    pattern = Pattern(text)
    assert [each for each in fits if not pattern.is_in(each)] == []
    assert [each for each in misses if pattern.is_in(each)] == []


BROKEN = ["(", ")", "a)", "[", "[a", "[[:colour:]]", "[c-a]", "*a", "+", "a**", "a{2}{3}", "a{", "a{x}", "a{3,2}"]
UNUSABLE = ["a{256}", "\\", r"(a)\1", "(?=a)", "(a{200}){200}", "(((){255}){255}){255}", "(" * 60 + ")" * 60]


@pytest.mark.parametrize("text", [*BROKEN, *UNUSABLE, "a" * (MAX_LENGTH + 1), "(" * MAX_LENGTH])
def test_a_pattern_that_cannot_be_used(text: str) -> None:
    with pytest.raises(ValueError):
        Pattern(text)


@pytest.mark.parametrize("text", ["(a+)+$", "(a|aa)+$", "(.*)*b", "(a*)*(a*)*b", "^(a|a?)+$"])
def test_no_pattern_holds_the_server_up(text: str) -> None:
    """Python's own engine needs longer than the world lasts for these."""
    assert not Pattern(text).is_in("a" * 20_000 + "c")


QUERIES: list[tuple[str, bool]] = [
    ('#.tag_name = "VIP"', True),
    ('#.tag_name = "vip"', False),
    ('#(tag_id = 1 and tag_type = "auto")', False),
    ('#(tag_id = 2 & tag_type = "auto")', True),
    ("#.tag_id = 1 and #.tag_id = 2", True),
    ("#.tag_id = 3 or #.tag_id = 2", True),
    ("#.tag_id = 3 | #.tag_id = 4", False),
    ("not #.tag_id = 3", True),
    ("!(#.tag_id = 1)", False),
    ("#.tag_id in (3, 2)", True),
    ("#.tag_id IN (3)", False),
    ("*.tag_id > 1", True),
    ("#.tag_id >= 3", False),
    ("#1.tag_id = 2", True),
    ("#0.tag_id = 2", False),
    ("#5.tag_id = 2", False),
    ("#.tag_id = *", True),
    ("#.colour = *", False),
    ('#."tag_name" = "VIP"', True),
    ('#.% = "VIP"', True),
    ('*.*.* = "VIP"', True),
    ("*." * 400 + "tag_id = 9", False),
    ("#.tag_id = true", False),
    ('$ @> ["x"]', False),
]


@pytest.mark.parametrize(("text", "holds"), QUERIES)
def test_a_jsquery_on_tags(text: str, holds: bool) -> None:
    assert query(text)(TAGS) is holds


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ('$ && ["lost", "x"]', True),
        ('$ && ["x"]', False),
        ('$ @> ["lost", "first"]', True),
        ('$ @> ["lost", "x"]', False),
        ('$ <@ ["lost", "first", "x"]', True),
        ('$ <@ ["lost"]', False),
        ('# = "lost"', True),
    ],
)
def test_a_jsquery_on_words(text: str, holds: bool) -> None:
    assert query(text)(["first", "lost"]) is holds


MISTAKES = ["", "#", "# = ", "# = x", "#.tag_id == 1", "(# = 1", "# = 1)", "# in ()", "# in (1", "= 1", "1 = 1"]
OTHERS = ["# = 1 and", "# ~ 1", "# = 'x'", "not " * 30 + "# = 1", "(" * 30 + "# = 1", "a" * 1001]


@pytest.mark.parametrize("text", [*MISTAKES, *OTHERS])
def test_a_jsquery_that_cannot_be_used(text: str) -> None:
    with pytest.raises(ValueError):
        query(text)
