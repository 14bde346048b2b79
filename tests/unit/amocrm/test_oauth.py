"""The life of tokens on a manual clock (facts §1.2, §1.3)."""

from __future__ import annotations

from typing import Any

import jwt
import pytest

from emulator.amocrm.oauth import OAuthClient

from .conftest import NOON_UNIX, REDIRECT, Answer, Client, MakeScene, Scene

PATH = "/oauth2/access_token"


class Integration:
    """An OAuth client that asks the token endpoint."""

    def __init__(self, scene: Scene, holder: str = "client") -> None:
        self.scene = scene
        self.http = Client(scene.client.session, scene.client.base, None)
        self.client: OAuthClient = scene.account.oauth.register_client("tool", REDIRECT, holder)  # type: ignore[arg-type]

    def code(self) -> str:
        return self.scene.account.oauth.issue_code(self.client.client_id, self.scene.users[0])

    async def ask(self, path: str = PATH, **body: Any) -> Answer:
        client = {"client_id": self.client.client_id, "client_secret": self.client.client_secret}
        return await self.http.post(path, {**client, "redirect_uri": REDIRECT, **body})

    async def exchange(self) -> dict[str, Any]:
        answer = await self.ask(grant_type="authorization_code", code=self.code())
        assert answer.status == 200
        pair: dict[str, Any] = answer.body
        return pair

    async def refresh(self, pair: dict[str, Any]) -> Answer:
        return await self.ask(grant_type="refresh_token", refresh_token=pair["refresh_token"])

    async def status(self, pair: dict[str, Any]) -> int:
        answer = await self.http.ask("GET", "/api/v4/account", Authorization=f"Bearer {pair['access_token']}")
        return answer.status


@pytest.fixture
def integration(scene: Scene) -> Integration:
    return Integration(scene)


async def test_a_code_gives_a_pair(integration: Integration) -> None:
    pair = await integration.exchange()
    assert (pair["token_type"], pair["expires_in"]) == ("Bearer", 86400)
    claims = jwt.decode(pair["access_token"], options={"verify_signature": False})
    account = integration.scene.account
    assert (claims["aud"], claims["sub"]) == (integration.client.client_id, str(integration.scene.users[0]))
    assert (claims["iat"], claims["nbf"], claims["exp"]) == (NOON_UNIX, NOON_UNIX, NOON_UNIX + 86400)
    assert claims["account_id"] == account.id
    assert claims["api_domain"] == integration.http.base.partition("://")[2]
    assert {"jti", "base_domain", "grant_type", "scopes"} <= claims.keys()
    assert await integration.status(pair) == 200


async def test_the_endpoint_answers_with_a_slash_and_to_forms(integration: Integration) -> None:
    answer = await integration.ask(f"{PATH}/", grant_type="authorization_code", code=integration.code())
    assert answer.status == 200
    form = "&".join(
        f"{key}={value}"
        for key, value in {
            "client_id": integration.client.client_id,
            "client_secret": integration.client.client_secret,
            "grant_type": "authorization_code",
            "code": integration.code(),
            "redirect_uri": "https%3A%2F%2Fpbx.test%2Fback",
        }.items()
    )
    assert (await integration.http.post(PATH, form)).status == 200


async def test_refusals_carry_a_hint_and_401(integration: Integration) -> None:
    used = integration.code()
    assert (await integration.ask(grant_type="authorization_code", code=used)).status == 200
    code = {"grant_type": "authorization_code", "code": integration.code()}
    for body, hint in (
        ({**code, "code": used}, "Authorization code has been revoked"),
        ({**code, "code": "nonsense"}, "Cannot decrypt the authorization code"),
        ({**code, "client_secret": "x"}, "Client authentication failed"),
        ({**code, "redirect_uri": "https://other.test"}, "Check the `redirect_uri` parameter"),
        ({**code, "grant_type": "password"}, "Check that all required parameters have been provided"),
        ({**code, "code": None}, "Check the `code` parameter"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, "Cannot decrypt the refresh token"),
    ):
        answer = await integration.ask(**body)
        assert (answer.status, answer.type) == (401, "application/problem+json")
        assert answer.body == {
            "hint": hint,
            "title": "Некорректный запрос",
            "type": "https://developers.amocrm.ru/v3/errors/OAuthProblemJson",
            "status": 401,
            "detail": "В запросе отсутствует ряд параметров или параметры невалидны",
        }


async def test_lives_of_code_access_and_refresh_token(integration: Integration) -> None:
    scene, late = integration.scene, integration.code()
    pair = await integration.exchange()
    await scene.pass_time(minutes=20)
    answer = await integration.ask(grant_type="authorization_code", code=late)
    assert answer.body["hint"] == "Authorization code has expired"
    await scene.pass_time(hours=23, minutes=39, seconds=59)
    assert await integration.status(pair) == 200
    await scene.pass_time(seconds=1)
    assert await integration.status(pair) == 401
    renewed = (await integration.refresh(pair)).body
    assert await integration.status(renewed) == 200
    await scene.pass_time(days=90)
    assert (await integration.refresh(renewed)).body["hint"] == "Refresh token has expired"


async def test_the_old_pair_dies_when_the_new_one_is_first_used(integration: Integration) -> None:
    first = await integration.exchange()
    second = (await integration.refresh(first)).body
    assert await integration.status(first) == 200
    third = (await integration.refresh(first)).body
    assert third["refresh_token"] != second["refresh_token"]
    assert await integration.status(third) == 200
    for dead in (first, second):
        assert await integration.status(dead) == 401
        assert (await integration.refresh(dead)).body["hint"] == "Token has been revoked"


async def test_a_refresh_counts_as_the_first_use(integration: Integration) -> None:
    first = await integration.exchange()
    second = (await integration.refresh(first)).body
    assert (await integration.refresh(second)).status == 200
    assert (await integration.refresh(first)).body["hint"] == "Token has been revoked"


@pytest.mark.parametrize("holder", ["integration", "client"])
async def test_the_journal_tells_who_asked_and_keeps_no_secret(scene: Scene, holder: str) -> None:
    integration = Integration(scene, holder)
    pair = await integration.exchange()
    await integration.status(pair)
    entries = list(scene.account.ground.journal.entries(kind="request"))
    assert [entry.sender for entry in entries] == [holder, holder]
    text = str([entry.body() for entry in scene.account.ground.journal.entries()])
    assert pair["refresh_token"] not in text
    assert integration.client.client_secret not in text


async def test_only_valid_tokens_of_the_world_count(make_scene: MakeScene) -> None:
    scene, other = make_scene(), make_scene()
    for header in ("Bearer x", "Basic abc", f"Bearer {scene.client.token}x"):
        answer = await scene.client.get("/api/v4/account", Authorization=header, Host=f"{scene.account.subdomain}.x")
        assert (answer.status, answer.body["detail"]) == (401, "Неверный логин или пароль"), header
    assert scene.users[0] != other.users[0]


async def test_a_refused_token_is_no_first_use(integration: Integration) -> None:
    """The answer to a refresh was lost: its pair expires unused, and presenting it kills nothing."""
    first = await integration.exchange()
    lost = (await integration.refresh(first)).body
    await integration.scene.pass_time(hours=25)
    assert await integration.status(lost) == 401
    assert (await integration.refresh(first)).status == 200
