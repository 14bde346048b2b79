"""The live sample world that `amostand up` leaves running, and the text that says how to reach it."""

from __future__ import annotations

from emulator.stand.building import WorldRequest
from emulator.stand.stand import Stand
from emulator.stand.world import World

NAME = "sample"
SETTINGS = {"calls.primary_mode": "contact", "calls.success_tag": "Успех"}


async def create_sample_world(stand: Stand) -> World:
    """Live at real now, as amoCRM's API behaves today, contacts made for first-time callers; the kept one, if any."""
    if kept := stand.worlds.get(NAME):
        return kept
    return await stand.create(WorldRequest(name=NAME, clock="live", profile="v4"), SETTINGS)


def describe(stand: Stand, world: World) -> str:
    """Addresses and tokens, and the first thing to try."""
    control = f"{stand.urls['stand']}/_stand/worlds/{world.name}"
    return f"""\
The sample world is running (clock: live, amoCRM profile: v4). Stop it with Ctrl-C.

  control plane   {control}
  amoCRM          {world.urls["amocrm"]}/api/v4
    token         {world.access.amocrm_token}
  telephony       {world.urls["telephony"]}/v2.0
    token         {world.access.telephony_token}
  integration     {world.integration.base_url}

Try: curl -s {control}/calls -H 'Content-Type: application/json' \\
       -d '{{"direction": "in", "from": "+79161234567"}}'"""
