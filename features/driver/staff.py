"""People of the company, in both systems."""

from __future__ import annotations

from features.driver.requests import Json, Requests


class Staff(Requests):
    """Who works there."""

    async def person_joins(self, who: str, name: str) -> Json:
        """Somebody with a desk phone, in both systems; the integration knows that they are one person."""
        person: Json = await self._control("POST", "/people", {"key": who, "name": name})
        self.world["people"][who] = person
        return person

    async def is_deleted_in_amocrm(self, who: str) -> None:
        await self._control("DELETE", f"/amocrm/users/{who}")
