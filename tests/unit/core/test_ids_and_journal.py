from __future__ import annotations

from datetime import UTC, datetime
from itertools import combinations
from urllib.parse import parse_qsl, quote, urlsplit

import pytest

from emulator.core.clock import ManualClock
from emulator.core.database import Database
from emulator.core.ids import KINDS, MAX_SEED, RANGE, Ids, seed_of
from emulator.core.journal import LIMIT, Journal

NOON = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TABLE = "CREATE TABLE contacts (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT)"


def test_ranges_of_two_seeds_never_meet() -> None:
    for one, other in combinations((0, 1, 2, 500_000, MAX_SEED), 2):
        assert not {Ids(one).first(kind) for kind in KINDS} & {Ids(other).first(kind) for kind in KINDS}
        assert seed_of(Ids(one).first(KINDS[-1]) + RANGE - len(KINDS) * 100_000) == one


def test_kinds_start_at_different_numbers_and_fit_javascript() -> None:
    ids = Ids(MAX_SEED)
    assert len({ids.first(kind) for kind in KINDS}) == len(KINDS)
    assert max(ids.first(kind) for kind in KINDS) < 2**53


def test_counters_of_a_database_start_in_the_range_of_the_seed() -> None:
    database = Database(TABLE, {"contacts": "contact"}, Ids(7))
    assert database.insert("contacts", {"name": "Anna"}) == Ids(7).first("contact")
    assert database.insert("contacts", {"name": "Boris"}) == Ids(7).first("contact") + 1
    database.close()


def test_a_transaction_is_all_or_nothing() -> None:
    database = Database(TABLE, {"contacts": "contact"}, Ids(7))
    with pytest.raises(ZeroDivisionError), database.transaction():
        database.insert("contacts", {"name": "Anna"})
        with database.transaction():
            database.insert("contacts", {"name": "Boris"})
        raise ZeroDivisionError
    assert database.all("SELECT * FROM contacts") == []
    database.close()


def test_tokens_repeat_for_the_same_seed_and_differ_otherwise() -> None:
    assert Ids(7).token("recording", 1) == Ids(7).token("recording", 1)
    tokens = [Ids(7).token("recording", 1), Ids(7).token("recording", 2), Ids(8).token("recording", 1)]
    assert len(set(tokens)) == 3


def test_secrets_are_cut_to_their_last_four_characters() -> None:
    journal = Journal(ManualClock(NOON))
    body = (
        b'{"grant_type": "x", "client_secret": "abcdefgh1234", "code": "a-secret-code",'
        b' "nested": [{"access_token": "token-9876-5432"}, {"password": "1234"}]}'
    )
    journal.add("request", "client", "amocrm", "POST /oauth2/access_token", {"body": body})
    (entry,) = journal.entries()
    assert entry.body()["data"]["body"] == {
        "grant_type": "x",
        "client_secret": "…1234",
        "code": "…code",
        "nested": [{"access_token": "…5432"}, {"password": "…"}],
    }


def test_secrets_in_addresses_are_cut_wherever_they_stand() -> None:
    journal = Journal(ManualClock(NOON))
    address = "HTTP://anna:hunter2@x.test/a?token=abcdefgh1234&b=1"
    body = b'{"destination": "%s", "note": "http://x.test/\\nsee above", "bad": "http://[::1"}' % address.encode()
    query = f"filter[destination]={quote(address, safe='')}&page=2"
    journal.request("client", "amocrm", "POST /api/v4/webhooks", None, query, body)
    journal.add("change", "amocrm", "amocrm", "webhook:1", {"links": [{"href": f"https://a.test/?{query}"}]})
    asked, changed = (entry.body()["data"] for entry in journal.entries())
    shown = "http://x.test/a?token=…1234&b=1"
    assert asked["body"] == {"destination": shown, "note": "http://x.test/\nsee above", "bad": "…"}
    assert dict(parse_qsl(asked["query"])) == {"filter[destination]": shown, "page": "2"}
    (link,) = changed["links"]
    assert dict(parse_qsl(urlsplit(link["href"]).query)) == {"filter[destination]": shown, "page": "2"}


def test_the_journal_keeps_the_newest_and_counts_what_fell_out() -> None:
    journal = Journal(ManualClock(NOON))
    for number in range(LIMIT + 5):
        journal.add("change", "amocrm", "amocrm", f"contact:{number}", {})
    assert journal.overflowed == 5
    assert next(journal.entries()).subject == "contact:5"


def test_the_journal_is_read_by_kind_subject_and_number() -> None:
    journal = Journal(ManualClock(NOON))
    journal.add("change", "amocrm", "amocrm", "contact:1", {})
    journal.add("timer", "stand", "amocrm", "contact:1", {})
    journal.add("change", "amocrm", "amocrm", "contact:2", {})
    assert [entry.seq for entry in journal.entries(kind="change")] == [1, 3]
    assert [entry.seq for entry in journal.entries(subject="contact:1", since=1)] == [2]
