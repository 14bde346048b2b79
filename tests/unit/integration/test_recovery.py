"""What a store holds after a crash. `tests/recovery` kills the real process."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from integration.model import Call, NewEvent, TokenPair
from integration.rules.facts import Kind
from integration.store import SqliteStore
from tests.unit.integration.driver import NOON

NOW = datetime.fromisoformat(NOON)


async def test_what_was_committed_is_there_and_what_was_not_is_not(tmp_path: Path) -> None:
    path = tmp_path / "w1.sqlite3"
    first = SqliteStore.create(path=path)
    event = NewEvent("81:1", "phone:1", None, b"{}", None)
    assert await first.accept_event(event, NOW, timedelta(days=1)) == "ready"
    assert (await first.claim_next("phone:1", "a", NOW, timedelta(minutes=1))) is not None
    assert (await first.record_effect("call:81:contact", b"{}", NOW)).fresh
    try:
        with first._db.transaction():
            first._db.run("DELETE FROM inbox")
            # Somebody else looks while the transaction is open, as a new process would after a crash.
            second = SqliteStore.open(path)
            raise ConnectionAbortedError
    except ConnectionAbortedError:
        pass
    assert await second.accept_event(event, NOW, timedelta(days=1)) == "repeated"
    assert await second.unfinished_keys() == ["phone:1"]
    assert await second.claim_next("phone:1", "b", NOW, timedelta(minutes=1)) is None
    assert await second.claim_next("phone:1", "b", NOW + timedelta(minutes=1), timedelta(minutes=1)) is not None
    again = await second.record_effect("call:81:contact", b"other", NOW)
    assert (again.fresh, again.state, again.order) == (False, "open", b"{}")
    first.close()
    second.close()


async def test_images_of_files_and_memory_are_alike(tmp_path: Path) -> None:
    call = Call("81", "1081", "in", Kind.PRIMARY, "+79161234567", NOW, 1, (10,))
    store = SqliteStore.create(path=tmp_path / "a.sqlite3")
    await store.save_call(call)
    copies = [SqliteStore.create(store.image()), SqliteStore.create(store.image(), tmp_path / "b.sqlite3")]
    copies.append(SqliteStore.create(copies[0].image(), tmp_path / "b.sqlite3"))
    for copy in copies:
        assert await copy.call("81") == call
    for each in (store, *copies):
        each.close()


async def test_timers_come_in_order() -> None:
    store = SqliteStore.create()
    for seconds, key in ((2, "late"), (1, "early"), (2, "later")):
        store._add_timer(NOW + timedelta(seconds=seconds), "kind", key, "")
    assert [timer.key for timer in await store.due_timers(NOW + timedelta(seconds=2))] == ["early", "late", "later"]
    assert await store.next_due() == NOW + timedelta(seconds=1)
    store.close()


def test_records_with_secrets_do_not_print_them() -> None:
    assert repr(TokenPair("access", "refresh", NOW)) == "<TokenPair>"
