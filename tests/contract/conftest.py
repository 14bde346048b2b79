"""A served stand, as a user runs it, for clients nobody here wrote. They block, so it is a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from emulator.stand.served import served
from tests.contract.receiver import Receiver, receiving
from tests.routes import hits


@dataclass(frozen=True)
class ServedStand:
    """The control plane of a stand in another process, and the URLs it printed."""

    control: httpx.Client
    config: pytest.Config
    urls: dict[str, str]

    def create_world(self, **wanted: Any) -> dict[str, Any]:
        answer = self.control.post("/_stand/worlds", json=wanted)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def delete_world(self, world: dict[str, Any], client: str) -> None:
        """Delete a world, after what `client` was answered in it is kept for the page of routes."""
        url = f"/_stand/worlds/{world['id']}"
        entries = self.control.get(f"{url}/journal", params={"kind": "response"}).json()["entries"]
        answers = [(entry["subject"], entry["data"]["status"]) for entry in entries if entry["to"] == "client"]
        hits.keep(self.config, client, answers)
        self.control.delete(url)

    def post(self, world: dict[str, Any], path: str, **body: Any) -> Any:
        answer = self.control.post(f"/_stand/worlds/{world['id']}{path}", json=body)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def advance(self, world: dict[str, Any], seconds: float) -> None:
        """Move the world's clock."""
        self.post(world, "/clock", advance=seconds)

    def settle(self, world: dict[str, Any]) -> None:
        """Wait until the world rests: webhooks that were due have been delivered."""
        self.post(world, "/settle")

    def limit(self, world: dict[str, Any], **settings: Any) -> None:
        """Change amoCRM's limits."""
        answer = self.control.patch(f"/_stand/worlds/{world['id']}/limits", json=settings)
        assert answer.status_code == 200, answer.text

    def lift_limits(self, world: dict[str, Any]) -> None:
        """Lift bans, forget who asked, and set the limits as they were when the world was made."""
        assert self.control.delete(f"/_stand/worlds/{world['id']}/limits").status_code == 204

    @contextmanager
    def world(self, client: str, **wanted: Any) -> Iterator[dict[str, Any]]:
        """A world for `client`, which is deleted afterwards."""
        world = self.create_world(**wanted)
        try:
            yield world
        finally:
            self.delete_world(world, client)


@pytest.fixture(scope="session")
def served_stand(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedStand]:
    """By TLS too, for clients that know amoCRM's own address only."""
    folder = tmp_path_factory.mktemp("certificates")
    with served(folder) as stand, httpx.Client(base_url=stand.urls["stand"]) as control:
        yield ServedStand(control, pytestconfig, stand.urls)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Where amoCRM's webhooks go."""
    with receiving() as receiver:
        yield receiver
