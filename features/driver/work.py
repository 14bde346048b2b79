"""amoCRM: «Неразобранное», tasks and the page «Звонки»."""

from __future__ import annotations

from datetime import timedelta

from features.driver.requests import Json
from features.driver.stand import Stand


class Work(Stand):
    """What waits for people in amoCRM, and what they had."""

    # «Неразобранное»

    async def unsorted(self) -> list[Json]:
        return await self._list("/api/v4/leads/unsorted", "unsorted")

    async def accept_item(self, uid: str, who: str | None, stage: str | None = None) -> Json:
        """A user accepts an item, to the stage of that name or the first one; the deal is then theirs.

        With nobody named it stays whose it is.
        """
        choice = {} if who is None else {"user_id": self.user_id(who)}
        if stage is not None:
            choice["status_id"] = await self.stage_id(stage)
        return await self._sort_item("POST", f"{uid}/accept", choice)

    async def decline_item(self, uid: str, who: str) -> Json:
        return await self._sort_item("DELETE", f"{uid}/decline", {"user_id": self.user_id(who)})

    async def calls_on_item(self, item: Json) -> list[Json]:
        """The rows of the page «Звонки» that are on an item which nobody has sorted yet."""
        (contact,) = item["_embedded"]["contacts"]
        rows = [row for row in await self.call_log() if row["state"] == "unsorted"]
        return [row for row in rows if row["entity"]["id"] == contact["id"]]

    async def stage_id(self, name: str) -> int:
        """The stage of the main pipeline with that name."""
        pipelines = await self._list("/api/v4/leads/pipelines", "pipelines")
        (main,) = (pipeline for pipeline in pipelines if pipeline["is_main"])
        (stage,) = (stage for stage in main["_embedded"]["statuses"] if stage["name"] == name)
        return int(stage["id"])

    async def _sort_item(self, method: str, path: str, choice: Json) -> Json:
        sorted_item: Json = await self._amocrm(method, f"/api/v4/leads/unsorted/{path}", choice)
        await self.settle()
        return sorted_item

    # Tasks

    async def tasks(self) -> list[Json]:
        return await self._list("/api/v4/tasks", "tasks")

    async def takes_task(self, card: tuple[str, int] | None) -> bool:
        """Whether amoCRM takes a task for that card, (kind in the plural, id), or for none; due in a day."""
        due = await self.now() + timedelta(days=1)
        named = {} if card is None else {"entity_type": card[0], "entity_id": card[1]}
        task = {"text": "Перезвонить", "complete_till": int(due.timestamp()), **named}
        return await self._accepted(self._amocrm("POST", "/api/v4/tasks", [task]))

    # The page «Звонки»

    async def call_log(self) -> list[Json]:
        """The page «Звонки»."""
        rows: list[Json] = await self._control("GET", "/amocrm/call-log")
        return rows
