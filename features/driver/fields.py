"""amoCRM: additional fields of cards."""

from __future__ import annotations

from features.driver.requests import Json
from features.driver.stand import Stand


class Fields(Stand):
    """The fields of `contacts` and `leads`, the tables that they are of."""

    async def fields(self, table: str) -> list[Json]:
        """«Настройки» → «Поля» of `contacts` or `leads`."""
        return await self._list(f"/api/v4/{table}/custom_fields", "custom_fields")

    async def make_field(self, table: str, name: str, kind: str) -> None:
        await self._amocrm("POST", f"/api/v4/{table}/custom_fields", [{"name": name, "type": kind}])

    async def rename_choice(self, table: str, name: str, choice: str) -> None:
        """Somebody gives a choice of a list another name."""
        (field,) = [each for each in await self.fields(table) if each["name"] == name]
        choices = [
            each | {"value": f"{choice} (старый)"} if each["value"] == choice else each for each in field["enums"]
        ]
        await self._amocrm("PATCH", f"/api/v4/{table}/custom_fields/{field['id']}", {"enums": choices})

    async def delete_field(self, table: str, identifier: int) -> None:
        await self._amocrm("DELETE", f"/api/v4/{table}/custom_fields/{identifier}")

    # Values

    async def takes_value(self, table: str, card: int, field: str, value: str) -> bool:
        """Whether amoCRM lets somebody write the value into that field of a card."""
        values = [{"field_id": await self._field_id(table, field), "values": [{"value": value}]}]
        return await self._accepted(self._amocrm("PATCH", f"/api/v4/{table}/{card}", {"custom_fields_values": values}))

    async def write_value(self, table: str, card: int, field: str, value: str | None) -> None:
        """Somebody fills in a field of a card, or empties it."""
        values = None if value is None else [{"value": value}]
        written = [{"field_id": await self._field_id(table, field), "values": values}]
        await self._amocrm("PATCH", f"/api/v4/{table}/{card}", {"custom_fields_values": written})
        await self.settle()

    async def _field_id(self, table: str, name: str) -> int:
        (field,) = (field for field in await self.fields(table) if field["name"] == name)
        return int(field["id"])
