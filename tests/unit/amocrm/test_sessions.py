"""Users log in and out: the cookie, what it opens, and how it names the account (design §3)."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlsplit

import pytest

from emulator.core.faults import Action, FaultRequest

from .conftest import Answer, Client, MakeScene, Scene

ACCOUNT = "/api/v4/account"


def cookie_of(answer: Answer) -> str:
    """The session cookie that a login set, as a Cookie header."""
    assert answer.status == 200, answer.body
    return str(answer.headers["Set-Cookie"]).partition(";")[0]


def bare(scene: Scene) -> Client:
    return Client(scene.client.session, scene.client.base, None)


async def log_in(scene: Scene, user: int = 2) -> str:
    return cookie_of(await bare(scene).post("/login", {"user_id": scene.users[user]}))


async def test_a_login_sets_a_cookie_that_scripts_cannot_read(scene: Scene) -> None:
    answer = await bare(scene).post("/login", {"email": " ANNA@acme.test ", "password": "whatever"})
    assert answer.body == {"user_id": scene.users[2], "name": "Анна", "email": "anna@acme.test"}
    attributes = answer.headers["Set-Cookie"].split("; ")
    assert attributes[0].startswith("session_id=")
    assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(attributes)


async def test_a_form_logs_in_too(scene: Scene) -> None:
    answer = await bare(scene).ask("POST", "/login", f"user_id={scene.users[1]}&password=x")
    assert answer.body["name"] == "Рита"


async def test_a_session_acts_as_its_user(scene: Scene) -> None:
    cookie = await log_in(scene)
    answer = await bare(scene).get(ACCOUNT, Cookie=cookie)
    assert (answer.status, answer.body["current_user_id"]) == (200, scene.users[2])
    assert (await bare(scene).get("/api/v4/users", Cookie=cookie)).status == 403
    assert (await bare(scene).get("/api/v4/users", Cookie=await log_in(scene, 0))).status == 200
    made = await bare(scene).ask("POST", "/api/v4/contacts", [{"name": "x"}], Cookie=cookie)
    contact = await scene.client.get(f"/api/v4/contacts/{made.items('contacts')[0]['id']}")
    assert contact.body["created_by"] == scene.users[2]


async def test_a_bearer_token_wins_over_the_cookie(scene: Scene) -> None:
    cookie = await log_in(scene)
    assert (await scene.client.get(ACCOUNT, Cookie=cookie)).body["current_user_id"] == scene.users[0]
    assert (await bare(scene).get(ACCOUNT, Cookie=cookie, Authorization="Bearer nonsense")).status == 401


async def test_a_logout_ends_one_session(scene: Scene) -> None:
    first, second = await log_in(scene), await log_in(scene)
    assert first != second
    answer = await bare(scene).ask("POST", "/logout", Cookie=first)
    assert answer.status == 204
    assert answer.headers["Set-Cookie"].startswith('session_id=""')
    assert (await bare(scene).get(ACCOUNT, Cookie=first)).status == 401
    assert (await bare(scene).ask("POST", "/logout", Cookie=first)).status == 401
    assert (await bare(scene).get(ACCOUNT, Cookie=second)).status == 200
    assert (await scene.client.ask("POST", "/logout")).status == 401


async def test_a_session_lasts(scene: Scene) -> None:
    cookie = await log_in(scene)
    await scene.pass_time(days=365)
    assert (await bare(scene).get(ACCOUNT, Cookie=cookie)).status == 200


async def test_a_deactivated_user_is_shut_out(scene: Scene) -> None:
    cookie = await log_in(scene)
    scene.account.users.deactivate(scene.users[2])
    assert (await bare(scene).get(ACCOUNT, Cookie=cookie)).status == 401
    assert (await bare(scene).post("/login", {"user_id": scene.users[2]})).status == 401


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ({}, 400, "`email` or a `user_id`"),
        ([], 400, "`email` or a `user_id`"),
        ("nonsense", 400, "`email` or a `user_id`"),
        ({"email": "anna@acme.test", "user_id": 1}, 400, "not both"),
        ({"email": 5}, 400, "email: expected text"),
        ({"user_id": True}, 400, "user_id: expected the number of a user"),
        ('{"user_id": 1%s}' % ("0" * 30), 400, "user_id: expected the number of a user"),
        ({"user_id": -1}, 400, "user_id: expected the number of a user"),
        ({"user_id": 5}, 401, "Неверный логин или пароль"),
        ({"email": "nobody@acme.test"}, 401, "Неверный логин или пароль"),
    ],
)
async def test_a_bad_login_says_why(scene: Scene, body: Any, status: int, says: str) -> None:
    answer = await bare(scene).post("/login", body)
    assert (answer.status, "Set-Cookie" in answer.headers) == (status, False)
    assert says in answer.body["detail"]
    assert scene.account.database.all("SELECT * FROM sessions") == []


async def test_ways_to_the_account(make_scene: MakeScene) -> None:
    one, two = make_scene(), make_scene()
    host = f"{two.account.subdomain}.amocrm.ru"
    http = bare(one)
    cookies = {scene.account.id: await log_in(scene) for scene in (one, two)}
    for number, cookie in cookies.items():
        assert (await http.get(ACCOUNT, Cookie=cookie)).body["id"] == number
    by_mail = {"email": "anna@acme.test"}
    answer = await http.post("/login", by_mail)
    assert answer.status == 404
    assert all(way in answer.body["detail"] for way in ("user_id", "session cookie", "Host"))
    there = await http.ask("POST", "/login", by_mail, Host=host)
    assert there.body["user_id"] == two.users[2]
    assert (await http.ask("POST", "/login", {"user_id": one.users[2]}, Host=host)).status == 401
    assert (await http.get(ACCOUNT, Cookie=cookies[one.account.id], Host=host)).status == 401
    assert (await one.client.get(ACCOUNT, Cookie=cookies[two.account.id])).status == 401
    other = await http.ask("POST", "/login", {"user_id": two.users[2]}, Cookie=cookies[one.account.id])
    assert other.status == 200
    assert (await http.get(ACCOUNT, Cookie="session_id=nonsense")).status == 401
    assert (await http.get(ACCOUNT, Cookie="theme=dark")).status == 404


@pytest.mark.parametrize(
    "cookie", ["session_id=", "session_id=-", "session_id=9999999999999999999999-x", "=;;=", "\xff"]
)
async def test_odd_cookies_are_refused(scene: Scene, cookie: str) -> None:
    assert (await bare(scene).get(ACCOUNT, Cookie=cookie)).status == 401


@pytest.mark.parametrize(
    "header", ["Authorization: Bearer \xff\xfe.a.b", "Authorization: \xff", "Cookie: session_id={account}-\xff"]
)
async def test_bytes_that_are_no_text_are_refused(scene: Scene, header: str) -> None:
    parts = urlsplit(scene.client.base)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    line = header.format(account=scene.account.id)
    writer.write(f"GET {ACCOUNT} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{line}\r\n\r\n".encode("latin-1"))
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    assert answer.startswith(b"HTTP/1.1 401 ")
    assert b"application/problem+json" in answer


async def test_neither_journal_nor_rows_keep_a_session(scene: Scene) -> None:
    answer = await bare(scene).post("/login", {"email": "anna@acme.test", "password": "of-anna"})
    text = cookie_of(answer).partition("=")[2]
    said = str([entry.body() for entry in scene.account.ground.journal.entries()])
    assert "/login" in said
    assert text not in said
    assert "of-anna" not in said
    assert text not in str(scene.account.database.all("SELECT * FROM sessions"))


async def test_pages_are_not_counted_by_the_limits_and_their_requests_are(scene: Scene) -> None:
    scene.account.limits.change(limits="on")
    cookies = [await log_in(scene) for _ in range(10)]
    statuses = [(await bare(scene).get(ACCOUNT, Cookie=cookie)).status for cookie in cookies]
    assert statuses == [200] * 7 + [429] * 3
    assert (await bare(scene).ask("POST", "/logout", Cookie=cookies[0])).status == 204


async def test_faults_spoil_a_login(scene: Scene) -> None:
    scene.account.ground.faults.add(FaultRequest(target="amocrm", action=Action(status=503)))
    assert (await bare(scene).post("/login", {"user_id": scene.users[0]})).status == 503
    assert scene.account.database.all("SELECT * FROM sessions") == []
