"""429, the ban, 402 and who is counted together (facts §2.5, §2.6), on a manual clock over TCP."""

from __future__ import annotations

import pytest

from emulator.amocrm.oauth import OAuthClient
from emulator.core.faults import Action, FaultRequest

from .conftest import REDIRECT, Answer, Client, MakeScene, Scene

ACCOUNT = "/api/v4/account"
TOKENS = "/oauth2/access_token"


@pytest.fixture
def limited(make_scene: MakeScene) -> Scene:
    scene = make_scene()
    scene.account.limits.change(limits="on")
    return scene


def another_client(scene: Scene) -> tuple[OAuthClient, Client]:
    """A second integration of the same account."""
    client = scene.account.oauth.register_client("second", REDIRECT)
    token = scene.account.oauth.long_lived_token(client.client_id, scene.users[0])
    return client, Client(scene.client.session, scene.client.base, token)


async def statuses(client: Client, count: int, path: str = ACCOUNT) -> list[int]:
    return [(await client.get(path)).status for _ in range(count)]


async def ask_for_token(scene: Scene, client: OAuthClient) -> Answer:
    body = {"client_id": client.client_id, "client_secret": client.client_secret, "redirect_uri": REDIRECT}
    bare = Client(scene.client.session, scene.client.base, None)
    return await bare.post(TOKENS, {**body, "grant_type": "authorization_code", "code": "nonsense"})


async def test_without_limits_nothing_is_counted(scene: Scene) -> None:
    assert await statuses(scene.client, 60) == [200] * 60
    assert scene.account.database.all("SELECT * FROM limit_requests") == []


async def test_the_eighth_request_of_a_second_is_refused_in_plain_text(limited: Scene) -> None:
    assert await statuses(limited.client, 7) == [200] * 7
    answer = await limited.client.get(ACCOUNT)
    assert (answer.status, answer.type) == (429, "text/plain; charset=utf-8")
    assert answer.headers["Retry-After"] == "1"
    assert answer.body == "You have sent too many requests in a given amount of time\n"


async def test_the_second_slides_and_its_end_is_exact(limited: Scene) -> None:
    assert await statuses(limited.client, 1) == [200]
    await limited.pass_time(milliseconds=600)
    assert await statuses(limited.client, 7) == [200] * 6 + [429]
    await limited.pass_time(microseconds=399_999)
    assert await statuses(limited.client, 1) == [429]
    await limited.pass_time(microseconds=1)
    assert await statuses(limited.client, 2) == [200, 429]
    await limited.pass_time(milliseconds=600)
    assert await statuses(limited.client, 7) == [200] * 6 + [429]


async def test_a_refused_request_takes_no_place_and_changes_nothing(limited: Scene) -> None:
    await statuses(limited.client, 7)
    assert (await limited.client.post("/api/v4/contacts", [{"name": "x"}])).status == 429
    await limited.pass_time(seconds=1)
    assert await statuses(limited.client, 7, "/api/v4/contacts") == [204] * 7


async def test_a_refused_first_use_is_none(limited: Scene) -> None:
    """The pairs before a new token live until a request with it gets through."""
    client, _ = another_client(limited)
    code = limited.account.oauth.issue_code(client.client_id, limited.users[0])
    body = {"client_id": client.client_id, "client_secret": client.client_secret, "redirect_uri": REDIRECT}
    exchange = limited.account.oauth.exchange
    first = exchange({**body, "grant_type": "authorization_code", "code": code})
    second = exchange({**body, "grant_type": "refresh_token", "refresh_token": first["refresh_token"]})
    http = limited.client
    old, new = (Client(http.session, http.base, pair["access_token"]) for pair in (first, second))
    assert await statuses(old, 7) == [200] * 7
    assert await statuses(new, 1) == [429]
    await limited.pass_time(seconds=1)
    assert await statuses(old, 1) == [200]
    assert await statuses(new, 1) == [200]
    assert await statuses(old, 1) == [401]


async def test_each_client_has_seven_and_those_without_one_share_seven(limited: Scene) -> None:
    _, second = another_client(limited)
    bare = Client(second.session, second.base, None)
    assert await statuses(limited.client, 8) == [200] * 7 + [429]
    assert await statuses(second, 8) == [200] * 7 + [429]
    assert await statuses(bare, 8) == [401] * 7 + [429]
    assert await statuses(Client(second.session, second.base, f"{second.token}x"), 1) == [429]


async def test_the_token_endpoint_and_unknown_routes_count(limited: Scene) -> None:
    client, http = another_client(limited)
    assert [(await ask_for_token(limited, client)).status for _ in range(3)] == [401] * 3
    assert await statuses(http, 4, "/api/v4/nothing") == [404] * 4
    assert (await ask_for_token(limited, client)).status == 429


async def test_the_account_has_a_limit_of_its_own(limited: Scene) -> None:
    limited.account.limits.change(per_second=3, per_second_account=5)
    _, second = another_client(limited)
    assert await statuses(limited.client, 4) == [200] * 3 + [429]
    assert await statuses(second, 3) == [200] * 2 + [429]
    await limited.pass_time(seconds=1)
    assert await statuses(second, 3) == [200] * 3


async def test_accounts_do_not_count_for_each_other(make_scene: MakeScene) -> None:
    one, other = make_scene(), make_scene()
    for scene in (one, other):
        scene.account.limits.change(limits="on")
    assert await statuses(one.client, 8) == [200] * 7 + [429]
    assert await statuses(other.client, 8) == [200] * 7 + [429]


async def test_who_persists_is_banned_with_a_page_until_it_is_lifted(limited: Scene) -> None:
    client, http = another_client(limited)
    limited.account.limits.change(ban_after=3)
    assert await statuses(http, 12) == [200] * 7 + [429] * 3 + [403] * 2
    answer = await http.get(ACCOUNT)
    assert answer.type == "text/html; charset=utf-8"
    assert "403 Forbidden" in answer.body
    assert (await ask_for_token(limited, client)).status == 403
    await limited.pass_time(days=30)
    assert await statuses(http, 1) == [403]
    assert await statuses(limited.client, 1) == [200]
    assert limited.account.limits.body()["banned_clients"] == [client.client_id]
    limited.account.limits.reset()
    assert await statuses(http, 1) == [200]


async def test_refusals_are_forgotten_after_a_minute(limited: Scene) -> None:
    limited.account.limits.change(ban_after=2)
    assert await statuses(limited.client, 8) == [200] * 7 + [429]
    await limited.pass_time(seconds=60)
    assert await statuses(limited.client, 8) == [200] * 7 + [429]
    await limited.pass_time(seconds=59, microseconds=999_999)
    assert await statuses(limited.client, 9) == [200] * 7 + [429, 403]


async def test_lifting_a_ban_forgets_what_led_to_it(limited: Scene) -> None:
    limited.account.limits.change(ban_after=2)
    assert await statuses(limited.client, 10) == [200] * 7 + [429, 429, 403]
    limited.account.limits.change(banned=False)
    assert await statuses(limited.client, 3) == [429, 429, 403]


async def test_everybody_can_be_banned_without_limits(scene: Scene) -> None:
    client, http = another_client(scene)
    scene.account.limits.change(banned=True)
    assert await statuses(http, 1) + await statuses(scene.client, 1) == [403, 403]
    assert (await ask_for_token(scene, client)).status == 403
    scene.account.limits.change(banned=False)
    assert await statuses(http, 1) + await statuses(scene.client, 1) == [200, 200]
    assert not scene.account.limits.active


async def test_an_unpaid_account_answers_402_on_every_api_route(scene: Scene) -> None:
    client, http = another_client(scene)
    scene.account.limits.change(unpaid=True)
    for method, path in (("GET", ACCOUNT), ("POST", "/api/v4/contacts"), ("GET", "/api/v4/nothing")):
        answer = await http.ask(method, path, [{}] if method == "POST" else None)
        assert (answer.status, answer.type, answer.body["title"]) == (
            402,
            "application/problem+json",
            "Payment Required",
        )
    assert (await ask_for_token(scene, client)).status == 401
    scene.account.limits.change(unpaid=False)
    assert (await http.get("/api/v4/contacts")).status == 204


async def test_refusals_lie_in_the_journal(limited: Scene) -> None:
    limited.account.limits.change(ban_after=1)
    await statuses(limited.client, 9)
    entries = list(limited.account.ground.journal.entries(kind="response"))
    assert [entry.data["status"] for entry in entries[-2:]] == [429, 403]
    assert {(entry.sender, entry.receiver) for entry in entries} == {("amocrm", "client")}
    (ban,) = limited.account.ground.journal.entries(kind="change")
    assert ban.data == {"banned": True}


async def test_a_request_that_a_fault_keeps_from_amocrm_is_not_counted(limited: Scene) -> None:
    limited.account.ground.faults.add(FaultRequest(target="amocrm", action=Action(status=503), times=5))
    assert await statuses(limited.client, 13) == [503] * 5 + [200] * 7 + [429]


async def test_limits_are_rows(limited: Scene) -> None:
    """Another look at the same rows sees the same limits."""
    await statuses(limited.client, 7)
    again = type(limited.account.limits)(limited.account)
    assert again.active
    limited.account.limits = again
    assert await statuses(limited.client, 1) == [429]
