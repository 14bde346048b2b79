"""How the account of a request is found, and what is refused before any resource acts (design §3)."""

from __future__ import annotations

import pytest

from emulator.amocrm.account import Account
from emulator.amocrm.accounts import subdomain_in
from emulator.amocrm.profile import Profile
from emulator.core.errors import BadRequest, Conflict
from emulator.core.faults import Action, FaultRequest, Match

from .conftest import PEOPLE, REDIRECT, Client, MakeScene, Scene

ACCOUNT = "/api/v4/account"


async def test_ways_to_an_account(make_scene: MakeScene) -> None:
    one, two = make_scene(), make_scene()
    bare = Client(one.client.session, one.client.base, None)
    for scene in (one, two):
        assert (await scene.client.get(ACCOUNT)).body["id"] == scene.account.id
        answer = await scene.client.get(ACCOUNT, Host=f"{scene.account.subdomain}.amocrm.ru")
        assert answer.body["_links"]["self"]["href"] == f"http://{scene.account.subdomain}.amocrm.ru{ACCOUNT}"
    answer = await bare.get(ACCOUNT, Host=f"{two.account.subdomain}.amocrm.ru")
    assert (answer.status, answer.body["detail"]) == (401, "Неверный логин или пароль")
    answer = await bare.get(ACCOUNT)
    assert answer.status == 404
    assert all(way in answer.body["detail"] for way in ("Host", "bearer", "client_id"))
    answer = await one.client.get(ACCOUNT, Host=f"{two.account.subdomain}.amocrm.ru")
    assert answer.status == 401
    assert one.account.subdomain in answer.body["detail"]
    assert (await bare.get(ACCOUNT, Authorization="Bearer nonsense")).status == 401


async def test_the_case_of_a_host_does_not_matter(make_scene: MakeScene) -> None:
    one, two = make_scene(), make_scene()
    bare = Client(one.client.session, one.client.base, None)
    host = f"{two.account.subdomain.upper()}.AmoCRM.ru"
    assert (await bare.ask("POST", "/login", {"email": "anna@acme.test"}, Host=host)).body["user_id"] == two.users[2]
    domain = (await two.client.get("/oauth2/account/subdomain", Host=host)).body["domain"]
    assert domain == f"{two.account.subdomain}.amocrm.ru"


def test_the_first_part_of_an_ip_address_names_nobody() -> None:
    hosts = ("127.0.0.1:8080", "127.0.0.1", "one.amocrm.ru:80", "One", "localhost:80", "[::1]:80", "")
    assert [subdomain_in(host) for host in hosts] == ["", "", "one", "one", "localhost:80", "[::1]:80", ""]


async def test_an_oauth_body_names_the_account(make_scene: MakeScene) -> None:
    one, two = make_scene(), make_scene()
    bare = Client(one.client.session, one.client.base, None)
    clients = [scene.account.oauth.register_client("x", REDIRECT) for scene in (one, two)]
    codes = [
        scene.account.oauth.issue_code(client.client_id, scene.users[0])
        for scene, client in zip((one, two), clients, strict=True)
    ]
    body = {
        "client_id": clients[1].client_id,
        "client_secret": clients[1].client_secret,
        "grant_type": "authorization_code",
        "redirect_uri": REDIRECT,
    }
    assert (await bare.post("/oauth2/access_token", {**body, "code": codes[0]})).status == 401
    assert (await bare.post("/oauth2/access_token", {**body, "code": codes[1]})).status == 200
    assert (await bare.post("/oauth2/access_token", {"client_id": "unknown"})).status == 404


async def test_the_only_world_needs_no_name(scene: Scene) -> None:
    bare = Client(scene.client.session, scene.client.base, None)
    assert (await bare.get(ACCOUNT)).status == 401


async def test_accounts_refuse_a_second_of_the_same_name(scene: Scene) -> None:
    with pytest.raises(Conflict):
        scene.accounts.add(scene.account)


@pytest.mark.parametrize("path", ["/api/v4/account/", "//api/v4/account", "/api//v4///account//?with=version"])
async def test_slashes_are_forgiven(client: Client, path: str) -> None:
    answer = await client.get(client.base + path)
    assert (answer.status, answer.body.get("version")) == (200, 4 if "version" in path else None)


@pytest.mark.parametrize("number", ["9223372036854775806", "9223372036854775808", "9" * 40])
async def test_a_number_too_long_for_an_id_is_no_card(client: Client, number: str) -> None:
    assert (await client.get(f"/api/v4/contacts/{number}")).status == 204
    assert (await client.get(f"/api/v4/leads/pipelines/{number}")).status == 404


async def test_every_answer_has_a_number_that_support_could_ask_for(client: Client) -> None:
    numbers = {(await client.get("/api/v4/account")).headers["X-Request-Id"] for _ in range(2)}
    refused = await client.get("/api/v4/nothing")
    assert len({*numbers, refused.headers["X-Request-Id"]}) == 3


@pytest.mark.parametrize(
    ("method", "path", "status", "detail"),
    [
        ("GET", "/api/v4/contact", 404, "the nearest route is /api/v4/contacts"),
        ("GET", "/api/v4/contacts/abc", 404, "Cannot GET http://"),
        ("DELETE", "/api/v4/contacts", 405, "allowed: GET, HEAD, PATCH, POST"),
        ("POST", "/api/v4/leads/unsorted", 405, "allowed: GET, HEAD"),
    ],
)
async def test_routes_that_do_not_exist(client: Client, method: str, path: str, status: int, detail: str) -> None:
    answer = await client.ask(method, path)
    assert (answer.status, answer.type, answer.body["status"]) == (status, "application/problem+json", status)
    assert detail in answer.body["detail"]


async def test_faults_spoil_requests(scene: Scene) -> None:
    scene.account.ground.faults.add(
        FaultRequest(target="amocrm", match=Match(path="/api/v4/contacts"), action=Action(status=503), phase="after")
    )
    assert (await scene.client.post("/api/v4/contacts", [{}])).status == 503
    assert len((await scene.client.get("/api/v4/contacts")).items("contacts")) == 1


async def test_an_account_in_a_file_is_there_again(scene: Scene, tmp_path: object) -> None:
    from pathlib import Path

    path = Path(str(tmp_path)) / "account.db"
    ground = scene.account.ground
    for _ in range(2):
        account = Account.open(ground, subdomain="filed", profile=Profile(), people=PEOPLE, path=path)
        assert len(account.user_ids) == len(PEOPLE)
        await account.close()
    ground.clock._owners[:] = [owner for owner in ground.clock._owners if owner is not account.timers]


def test_profiles_refuse_unknown_switches() -> None:
    assert Profile.named("v4", {"unknown_calls": "hold"}).unknown_calls == "hold"
    for name, switches, text in (
        ("v5", {}, "documented, v4"),
        ("v4", {"unknown_call": "hold"}, "did you mean `unknown_calls`"),
        ("v4", {"unknown_calls": "keep"}, "one of hold, reject"),
        ("v4", {"one_call_per_uniq": "yes"}, "one of True, False"),
    ):
        with pytest.raises(BadRequest, match=text):
            Profile.named(name, switches)
