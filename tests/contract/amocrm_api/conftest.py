"""`amocrm-api` 2.6.1 from PyPI works unmodified: it knows `https://{subdomain}.amocrm.ru` and nothing else.

Two variables lead it here, as they would lead a user's: HTTPS_PROXY to the stand's proxy, REQUESTS_CA_BUNDLE to the
stand's CA. It reads the process clock to see whether its token expired, so its worlds are live or begin now.

It has no calls for complex deals, «Неразобранное», webhooks, outgoing call notes and pins; `test_requests.py` does
what it can of those with the request method under its models. It raises no error of its own for a 429: that is an
`AmoApiException` like every other status that it does not know.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from amocrm.v2.interaction import _session
from amocrm.v2.tokens import default_token_manager

from tests.contract.amocrm_api.use import PHONE, Person, fresh_code, set_up
from tests.contract.conftest import ServedStand

OTHERS_WISHES = ("https_proxy", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY", "CURL_CA_BUNDLE")


@contextmanager
def exported(served_stand: ServedStand) -> Iterator[None]:
    """What a user exports."""
    with pytest.MonkeyPatch.context() as patch:
        for name in OTHERS_WISHES:
            patch.delenv(name, raising=False)
        patch.setenv("HTTPS_PROXY", served_stand.urls["proxy"])
        patch.setenv("REQUESTS_CA_BUNDLE", served_stand.urls["ca"])
        yield


@pytest.fixture(scope="module", autouse=True)
def environment(served_stand: ServedStand) -> Iterator[None]:
    with exported(served_stand):
        yield
    _session.close()


@pytest.fixture(scope="session")
def world(served_stand: ServedStand) -> Iterator[dict[str, Any]]:
    """The live world of the process: the client keeps one manager of tokens and its models keep the ids of fields."""
    with served_stand.world("amocrm-api", name="krukov", profile="v4", clock="live") as world:
        set_up(default_token_manager, world)
        with exported(served_stand):
            default_token_manager.init(fresh_code(served_stand, world))
        yield world


@pytest.fixture
def person(world: dict[str, Any]) -> Person:
    """A contact with a phone, as amoCRM shows it."""
    person = Person(name="Иван Петров", phone=PHONE)
    person.create()
    return Person.objects.get(person.id)
