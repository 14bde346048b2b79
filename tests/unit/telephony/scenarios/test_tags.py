"""A scenario puts a tag on the communication."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from emulator.core.errors import BadRequest
from emulator.telephony.communications.tags import Tag
from emulator.telephony.scenarios.editor import Scenarios
from emulator.telephony.scenarios.runner import Runner
from tests.unit.telephony.scenarios.conftest import MAIL, Pbx

OPERATIONS = {"tag": {"set_tag": {"tag": "VIP"}, "next": "mail"}, "mail": MAIL}


@dataclass
class Tags:
    """The tags of an account by name, and who has which."""

    ids: dict[str, int]
    put_on: list[tuple[int, int]] = field(default_factory=list)

    def all(self) -> list[Tag]:
        return [Tag(tag_id, name, is_system=False) for name, tag_id in self.ids.items()]

    def id_of(self, name: str) -> int | None:
        return self.ids.get(name)

    def put(self, communication_id: int, tag_id: int) -> None:
        self.put_on.append((communication_id, tag_id))


@pytest.fixture
def tags(pbx: Pbx) -> Tags:
    tags, account = Tags({"VIP": 5}), pbx.office.account
    tools = replace(account.routing.tools, tags=tags)
    account.scenarios = Scenarios(tools)
    account.engine.routing = Runner(account.engine, tools, account.scenarios, account.routing.passages)
    return tags


async def test_the_tag_is_put_and_the_call_goes_on(pbx: Pbx, tags: Tags) -> None:
    pbx.has(OPERATIONS)
    call = await pbx.call()
    assert tags.put_on == [(pbx.view(call).communication_id, 5)]
    assert (pbx.way(call), pbx.operation(call, "tag").said) == ([("tag", "next"), ("mail", None)], {"tag": "VIP"})


async def test_without_tags_the_operation_is_not_offered(pbx: Pbx, tags: Tags) -> None:
    account = pbx.office.account
    assert "set_tag" in [kind.name for kind in account.scenarios.kinds()]
    account.scenarios = Scenarios(replace(account.routing.tools, tags=None))
    assert "set_tag" not in [kind.name for kind in account.scenarios.kinds()]
    with pytest.raises(BadRequest) as refusal:
        pbx.has(OPERATIONS)
    assert refusal.value.errors[0].path == "operations.tag.set_tag"


async def test_a_tag_that_is_no_more_is_noted(pbx: Pbx, tags: Tags) -> None:
    pbx.has(OPERATIONS)
    tags.ids.clear()
    call = await pbx.call()
    assert (tags.put_on, pbx.operation(call, "tag").reason) == ([], "tag_not_found")
    assert pbx.view(call).state == "voice_mail"


async def test_a_tag_that_is_unknown_is_refused_with_the_nearest(pbx: Pbx, tags: Tags) -> None:
    with pytest.raises(BadRequest, match="did you mean VIP") as refusal:
        pbx.has({"tag": {"set_tag": {"tag": "VIPs"}, "next": "mail"}, "mail": MAIL})
    assert [error.path for error in refusal.value.errors] == ["operations.tag.set_tag.tag"]
    assert pbx.office.account.scenarios.all() == []
