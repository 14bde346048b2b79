"""The integration: who connected it, its settings and the button that passes deals on."""

from __future__ import annotations

from typing import Any

import orjson

from features.driver.requests import Json, Refused
from features.driver.stand import Stand

MODES = {
    "Создавать контакт": "contact",
    "Создавать сделку": "deal",
    "Создавать контакт и сделку": "contact_and_deal",
    "Использовать функционал «Неразобранное»": "unsorted",
    "Обрабатывать вручную": "manual",
}

FORM_MODES = {
    "Создавать сделку и контакт": "contact_and_deal",
    "Использовать функционал «Неразобранное»": "unsorted",
}

ASSIGNEES = {
    "Сотрудник указанный в настройках CRM": "default_responsible",
    "Сотрудник указанный в карточке контакта в amoCRM": "contact_responsible",
    "Сотрудник совершивший вызов": "caller",
}
"""Whom a task for a lost call can go to."""

SUPPORT = {"X-Role": "support"}
"""Says that a request about settings comes from the support of the telephony."""


class Integration(Stand):
    """What people do with the integration itself."""

    async def connects_integration(self, who: str) -> None:
        """An administrator connects the integration anew; everything goes on under that account."""
        await self._control("POST", "/integration/connect", {"by": who})

    async def connecting_person(self) -> str:
        """The administrator who connected the integration, as it says itself."""
        url = self.world["integration"]["settings_url"].removesuffix("/settings")
        return self.person_of_user((await self._json("GET", f"{url}/status"))["connecting_user"])

    # Settings

    async def change_settings(self, **settings: Any) -> Json:
        """Change settings under their dotted keys; the answer is the whole object."""
        return await self._json("PATCH", self.world["integration"]["settings_url"], settings)

    async def change_as_support(self, **settings: Any) -> Json:
        """The same for those of the telephony's support, who may set more than an administrator."""
        return await self._json("PATCH", self.world["integration"]["settings_url"], settings, SUPPORT)

    async def refusal_of_settings(self, **settings: Any) -> str:
        """What the answer says when these settings are refused, as they have to be."""
        try:
            await self.change_settings(**settings)
        except Refused as refused:
            return str(orjson.loads(refused.answer)["detail"])
        raise AssertionError(f"taken: {settings}")

    async def settings(self) -> Json:
        return await self._json("GET", self.world["integration"]["settings_url"])

    async def takes_setting(self, setting: str, value: Any) -> bool:
        """Whether the setting can have that value; it has it from then on."""
        return await self._accepted(self.change_settings(**{setting: value}))

    async def settings_for_support(self) -> Json:
        return await self._json("GET", self.world["integration"]["settings_url"], None, SUPPORT)

    # Deals that go to the telephony

    async def deals_are_passed_on(self) -> None:
        """The button in the integration's settings: deals that were won go to the telephony."""
        await self._json("POST", self.world["integration"]["settings_url"].removesuffix("settings") + "sync", {})
        await self.settle()

    async def last_transfer(self) -> Json:
        """`last_success` and `last_error` of the runs that pass deals on."""
        url = self.world["integration"]["settings_url"].removesuffix("settings") + "status"
        return await self._json("GET", url)
