"""Changes of a tenant that go wrong in the middle: the tenant works on as it was."""

from __future__ import annotations

import errno
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from integration.http.keys import TENANTS
from integration.store import SqliteStore
from tests.unit.integration.driver import NOON, Bench
from tests.unit.integration.stub_amocrm import StubAmo
from tests.unit.integration.test_http import _files

TENANT = "/_sut/tenants/w1"


@asynccontextmanager
async def connected(amo: StubAmo, session: aiohttp.ClientSession, data: Path | None) -> AsyncIterator[Bench]:
    """A bench whose tenant has a snapshot `first` of before it went to the mode «Обрабатывать вручную»."""
    bench = await Bench(amo, session, data).start()
    try:
        await bench.connect()
        await bench.sut("POST", "/snapshots/first")
        await bench.sut("PATCH", "/settings", {"calls.primary_mode": "manual"})
        yield bench
    finally:
        await bench.stop()


async def works_on(bench: Bench, mode: str = "manual") -> bool:
    assert (await bench.sut("GET", "/settings"))["calls.primary_mode"] == mode
    await bench.sut("POST", "/clock", {"to": NOON})
    await bench.arrive()
    await bench.settled()
    return True


@pytest.mark.parametrize(
    "cut", [lambda _: b"", lambda whole: whole[:5000], lambda whole: whole[:8192], lambda _: b"no"]
)
async def test_a_snapshot_that_is_damaged_is_refused_and_the_tenant_works_on(
    amo: StubAmo, session: aiohttp.ClientSession, tmp_path: Path, cut: Any
) -> None:
    async with connected(amo, session, tmp_path) as bench:
        path = tmp_path / "snapshots" / "w1" / "first"
        path.write_bytes(cut(path.read_bytes()))
        status, problem = await bench.ask("POST", f"{TENANT}/snapshots/first/restore")
        assert (status, problem["title"]) == (409, "Damaged snapshot")
        assert await works_on(bench)
        await bench.sut("DELETE", "")
        assert (await bench.ask("GET", f"{TENANT}/idle"))[0] == 404


async def test_a_kill_in_the_middle_of_a_snapshot_leaves_the_one_before(
    amo: StubAmo, session: aiohttp.ClientSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with connected(amo, session, tmp_path) as bench:
        with monkeypatch.context() as patch:
            patch.setattr(Path, "write_bytes", half_written)
            assert (await bench.ask("POST", f"{TENANT}/snapshots/first"))[0] == 503
        await bench.sut("POST", "/snapshots/first/restore")
        assert await works_on(bench, "contact")


def half_written(path: Path, content: bytes) -> int:
    with path.open("wb") as file:
        file.write(content[:5000])
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("change", ["restore", "reconnect"])
async def test_a_full_disk_leaves_the_tenant_as_it_was(
    amo: StubAmo, session: aiohttp.ClientSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    async with connected(amo, session, tmp_path) as bench:
        with monkeypatch.context() as patch:
            patch.setattr(os, "replace", full)
            patch.setattr(SqliteStore, "save_account", full_for_files(SqliteStore.save_account))
            if change == "restore":
                status, _ = await bench.ask("POST", f"{TENANT}/snapshots/first/restore")
            else:
                status, _ = await bench.ask("PUT", TENANT, bench.connect_body())
        assert status >= 500
        assert await works_on(bench)
        await bench.sut("DELETE", "")


def full(*_: Any) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def full_for_files(save: Any) -> Any:
    async def saved(store: SqliteStore, *what: Any) -> None:
        if not store.in_memory:
            full()
        await save(store, *what)

    return saved


async def test_a_tenant_that_cannot_be_opened_can_be_deleted(
    amo: StubAmo, session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    async with connected(amo, session, tmp_path):
        pass
    (tmp_path / "w1.sqlite3").write_bytes(b"no database at all" * 100)
    bench = await Bench(amo, session, tmp_path).start()
    try:
        assert (await bench.ask("GET", f"{TENANT}/idle"))[0] == 404
        assert (await bench.ask("DELETE", TENANT))[0] == 204
        assert _files(tmp_path) == []
        assert (await bench.ask("DELETE", TENANT))[0] == 404
    finally:
        await bench.stop()


async def test_a_kill_in_the_middle_of_a_removal_leaves_what_can_be_removed_again(
    amo: StubAmo, session: aiohttp.ClientSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with connected(amo, session, tmp_path) as bench:
        with monkeypatch.context() as patch:
            patch.setattr(Path, "unlink", full)
            assert (await bench.ask("DELETE", TENANT))[0] == 500
        assert [path.name for path in _files(tmp_path)] == ["w1.sqlite3"]
        assert (await bench.ask("DELETE", TENANT))[0] == 204
        assert _files(tmp_path) == []


async def test_names_that_were_used_leave_nothing_behind(bench: Bench) -> None:
    for number in range(5):
        assert (await bench.ask("DELETE", f"/_sut/tenants/never-{number}"))[0] == 404
        bench.tenant = f"w{number}"
        await bench.sut("PUT", "", bench.connect_body())
        await bench.sut("DELETE", "")
    assert dict(bench.app[TENANTS]._locks) == {}
