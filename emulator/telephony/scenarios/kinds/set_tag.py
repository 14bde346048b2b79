"""A tag is put on the communication, as the automatic one that it is, and the call goes on."""

from __future__ import annotations

from typing import Annotated

import msgspec

from emulator.core.errors import nearest
from emulator.telephony.scenarios.kinds.base import NEXT, Kind, Settings, refuse
from emulator.telephony.scenarios.run import Run, Tools


class SetTagSettings(Settings, frozen=True, forbid_unknown_fields=True):
    """`tag` is the name of a tag of the account; one that is no more is noted and not put."""

    tag: Annotated[str, msgspec.Meta(min_length=1)]


class SetTag(Kind[SetTagSettings]):
    name = "set_tag"
    title = "Установка тега"
    settings = SetTagSettings
    fixed_exits = (NEXT,)

    def is_offered(self, tools: Tools) -> bool:
        return tools.tags is not None

    def check(self, settings: SetTagSettings, tools: Tools, path: str) -> None:
        if tools.tags is None or tools.tags.id_of(settings.tag) is not None:
            return
        known = [tag.name for tag in tools.tags.all()]
        near = nearest(settings.tag, known)
        hint = f" (did you mean {near}?)" if near else ""
        raise refuse(f"{path}.tag", settings.tag, f"a tag of this account: {', '.join(known)}{hint}")

    def enter(self, run: Run, settings: SetTagSettings) -> None:
        tags = run.tools.tags
        tag_id = tags.id_of(settings.tag) if tags else None
        run.details["tag"] = settings.tag
        if tags is None or tag_id is None:
            run.leave(NEXT, "tag_not_found")
            return
        tags.put(run.step.session.communication_id, tag_id)
        run.leave(NEXT)
