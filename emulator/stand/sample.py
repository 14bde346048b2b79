"""The live sample world that `amostand up` leaves running, and the text that says how to reach it."""

from __future__ import annotations

from shlex import quote

from emulator.stand.building import WorldRequest
from emulator.stand.stand import Stand
from emulator.stand.world import World

NAME = "sample"
SETTINGS = {"calls.primary_mode": "contact", "calls.success_tag": "Успех"}


async def create_sample_world(stand: Stand) -> World:
    """Live at real now, as amoCRM's API behaves today with its limits, contacts made for first-time callers; the one
    that is there already, if any."""
    if kept := stand.worlds.get(NAME):
        return kept
    return await stand.create(WorldRequest(name=NAME, clock="live", profile="v4", limits="on"), SETTINGS)


def describe(stand: Stand, world: World) -> str:
    """Addresses and tokens, and the first thing to try."""
    control = f"{stand.urls['stand']}/_stand/worlds/{world.name}"
    return f"""\
The sample world is running (clock: live, amoCRM profile: v4, limits on). Stop it with Ctrl-C.

  control plane   {control}
  amoCRM          {world.urls["amocrm"]}/api/v4
    token         {world.access.amocrm_token}
  telephony       {world.urls["telephony"]}/v2.0
    token         {world.access.telephony_token}
  integration     {world.integration.base_url}
{_by_tls(stand, world)}
Try: curl -s {control}/calls -H 'Content-Type: application/json' \\
       -d '{{"direction": "in", "from": "+79161234567"}}'"""


def _by_tls(stand: Stand, world: World) -> str:
    """What a client with a hard-coded address needs in its environment."""
    if stand.tls is None:
        return ""
    ca = quote(str(stand.tls.ca))
    return f"""\
  amoCRM by TLS   {stand.urls["amocrm_tls"]}/api/v4

Clients of https://{world.amocrm.subdomain}.{world.amocrm.domain} come here unmodified with
  export HTTPS_PROXY={stand.urls["proxy"]}
  export REQUESTS_CA_BUNDLE={ca} SSL_CERT_FILE={ca}
  export NODE_EXTRA_CA_CERTS={ca} NODE_USE_ENV_PROXY=1
"""
