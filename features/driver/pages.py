"""amoCRM: pages that people have open, with the widget in them."""

from __future__ import annotations

from features.driver.requests import Json, Requests


class Pages(Requests):
    """What people see of the widget."""

    async def opens_amocrm(self, who: str) -> Json:
        """A person logs in and opens a page, in which the widget is at work."""
        tab: Json = await self._control("POST", "/tabs", {"user": who})
        assert (tab["state"], tab["widget"]) == ("open", "open"), tab
        return tab

    async def popups_of(self, who: str) -> list[Json]:
        """Every pop-up that appeared on the pages of a person, oldest first of each page: `phone`, `contact` and `name`
        of the card that it offers to open (null: it offers to make one), `is_open` until it closes."""
        tabs = (await self._control("GET", "/tabs"))["tabs"]
        popups: list[Json] = []
        for tab in tabs:
            if tab["user"] == who:
                frames = await self._control("GET", f"/tabs/{tab['id']}/frames")
                popups += _popups([each["frame"] for each in frames if each["from"] == "integration"])
        return popups


def _popups(frames: list[Json]) -> list[Json]:
    """What the notifications of one page have shown."""
    popups: dict[str, Json] = {}
    for frame in frames:
        said = frame.get("data") or {}
        if frame.get("type") == "call":
            card = said["customer"]
            shown = {"phone": said["ani"], "contact": card["id"], "name": card["person_name"], "is_open": True}
            popups[said["leg_id"]] = shown
        elif frame.get("type") == "release_call":
            popups[said["leg_id"]]["is_open"] = False
    return list(popups.values())
