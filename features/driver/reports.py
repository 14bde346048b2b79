"""The telephony's Data API: reports, tags and deals."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from features.driver.requests import Json, Refused
from features.driver.stand import Stand


class Reports(Stand):
    """What the telephony says of the last weeks."""

    async def calls_report(self) -> list[Json]:
        return await self._report("get.calls_report")

    def reported_time(self, row: Json) -> datetime:
        """When the call of a row began; reports have the time of the account."""
        return datetime.fromisoformat(row["start_time"]).replace(tzinfo=self.zone)

    async def legs_report(self) -> list[Json]:
        return await self._report("get.call_legs_report")

    async def visits_report(self) -> list[Json]:
        """The visitor sessions, with where each came from."""
        fields = ["id", "campaign_name", "utm_source"]
        return await self._report("get.visitor_sessions_report", fields=fields)

    async def communication(self, identifier: int) -> list[Json]:
        """The rows of the communications report with that id."""
        named = {"field": "id", "operator": "=", "value": identifier}
        return await self._report("get.communications_report", filter=named)

    # Tags

    async def tag_call(self, communication: int, tag: str) -> None:
        tags = {each["name"]: each["id"] for each in await self._data_api("get.tags")}
        mark = {"communication_id": communication, "communication_type": "call", "tag_id": tags[tag]}
        await self._data_api("set.tag_communications", **mark)

    async def tags_of_call(self, communication: int) -> list[str]:
        rows = await self._report("get.communications_report", fields=["id", "tags"])
        return [tag["tag_name"] for row in rows if row["id"] == communication for tag in row["tags"]]

    async def tagged(self, tag: str) -> list[int]:
        """The communications that carry the tag."""
        rows = await self._report("get.communications_report", fields=["id", "tags"])
        return [row["id"] for row in rows if tag in [each["tag_name"] for each in row["tags"]]]

    # Deals

    async def deal_is_passed_on(self, name: str, communication: int) -> None:
        """A deal won right now, which the call led to."""
        now = f"{await self._local_now():%Y-%m-%d %H:%M:%S}"
        deal = {
            "ext_id": name,
            "name": name,
            "created_date_time": now,
            "modified_stage_date_time": now,
            "closed_date_time": now,
            "sales_funnel_ext_id": "1",
            "stage_ext_id": "142",
            "revenue": 90_000,
            "communication_id": communication,
            "communication_type": "call",
        }
        await self._data_api("upload.deals_history", deals=[deal])

    async def deal_list(self) -> list[Json]:
        """The report «Список сделок»."""
        return list((await self._control("GET", "/telephony/deals"))["deals"])

    # For the verbs

    async def _report(self, method: str, **params: Any) -> list[Json]:
        """The rows of a report over the last weeks."""
        today, day = await self._local_now(), timedelta(days=1)
        period = {
            "date_from": f"{today - 60 * day:%Y-%m-%d %H:%M:%S}",
            "date_till": f"{today + day:%Y-%m-%d %H:%M:%S}",
        }
        return list(await self._data_api(method, **period, **params))

    async def _data_api(self, method: str, **params: Any) -> Any:
        """`data` of the answer."""
        telephony = self.world["telephony"]
        given = {"access_token": telephony["access_token"], **params}
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": given}
        answer = await self._json("POST", telephony["data_api_url"], body)
        if "error" in answer:
            raise Refused(f"{method}: {answer['error']}")
        return answer["result"]["data"]

    async def _local_now(self) -> datetime:
        return (await self.now()).astimezone(self.zone)
