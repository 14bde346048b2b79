"""`amostand call`: a client of a running stand that places a call, or plays a script of one call or of a whole day.

A script file is YAML: a list of steps is the script of one call, an object with `calls` is a day (`days.py`). Times are
seconds, or `h:mm:ss` and `m:ss`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import orjson

from emulator.core.errors import BadRequest, Problem

Json = dict[str, Any]
Say = Callable[[str], object]

LIVE_SPEED = 10
"""How many times quicker than it says a script is played on a live world unless told otherwise."""


@dataclass(frozen=True)
class Wanted:
    """What the command line asks for; `script` is a file."""

    stand: str
    world: str
    from_: str | None
    to: str | None
    script: Path | None
    speed: float | None
    as_json: bool


async def call(wanted: Wanted, say: Say) -> None:
    """Carry it out and tell what became of it. Raises Problem with a sentence for the terminal."""
    script = read_script(wanted.script) if wanted.script else None
    async with _World.of(wanted) as world:
        speed = _speed(wanted, world, script)
        if isinstance(script, dict):
            if wanted.from_ or wanted.to:
                raise Problem(f"{wanted.script} holds a whole day, whose calls say themselves who calls whom")
            calls = _told(await world.post("/days", {**script, **speed}))
        else:
            calls = [("call", await world.post("/calls", {**ends(wanted, world.body), **_steps(script), **speed}))]
        for kind, made in calls:
            say(orjson.dumps(made).decode() if wanted.as_json else line(kind, made, world.body))
        if not wanted.as_json and script is None:
            say(_how_to_go_on(world.url, calls[0][1]))


def read_script(file: Path) -> list[Any] | Json:
    """The steps or the day in a file, times in seconds. Raises Problem naming the line that is no YAML."""
    import yaml

    try:
        script = yaml.safe_load(file.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise Problem(f"{file} is no YAML: {' '.join(str(error).split())}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise Problem(f"{file} cannot be read: {error}") from None
    if isinstance(script, dict) or (isinstance(script, list) and script):
        timed: list[Any] | Json = _timed(script)
        return timed
    raise Problem(f"{file} holds neither a list of steps nor a day with `calls`")


def _timed(value: Any, key: str = "") -> Any:
    """Every `at` as seconds. YAML reads 1:30 as 90 by itself, and 0:05 as text."""
    if isinstance(value, dict):
        return {_text(name): _timed(each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [_timed(each) for each in value]
    if key == "at" and isinstance(value, str):
        return seconds_in(value)
    return value


def _text(name: Any) -> str:
    """A key of the script. YAML reads `1:`, `yes:` and `null:` as something else than text."""
    if not isinstance(name, str):
        raise Problem(f"{name!r} is no key of a script: keys are names, such as `at` or `ring`")
    return name


def seconds_in(text: str) -> float:
    """Seconds of `h:mm:ss`, `m:ss` or `s`, with decimals if need be. Raises BadRequest for anything else."""
    try:
        parts = [float(part) for part in text.split(":")]
    except ValueError:
        parts = []
    if not 1 <= len(parts) <= 3:
        raise BadRequest.field("at", text, "seconds, m:ss or h:mm:ss")
    total = 0.0
    for part in parts:
        total = total * 60 + part
    return total


def ends(wanted: Wanted, world: Json) -> Json:
    """Who calls whom: a person calls outside or a colleague, everybody else comes from outside."""
    if wanted.from_ is None:
        raise Problem("say who calls: --from +79161234567, --from anna, or --from hidden")
    if wanted.from_ in world["people"]:
        inside = wanted.to in world["people"]
        return {"direction": "internal" if inside else "out", "from": wanted.from_, "to": wanted.to}
    from_ = None if wanted.from_ == "hidden" else wanted.from_
    return {"direction": "in", "from": from_, **({"to": wanted.to} if wanted.to else {})}


def _told(day: Json) -> list[tuple[str, Json]]:
    """What happened in a day, in the order in which it began."""
    began = {"visit": "started_at", "form": "received_at", "call": "started_at"}
    made = [(kind, each) for kind in began for each in day[f"{kind}s"]]
    return sorted(made, key=lambda each: str(each[1][began[each[0]]]))


def line(kind: str, made: Json, world: Json) -> str:
    """A call, visit or form in one line, its time in the account's zone."""
    at = datetime.fromisoformat(made["received_at" if kind == "form" else "started_at"])
    when = f"{at.astimezone(ZoneInfo(world['timezone'])):%H:%M:%S}  {kind:<5} {made['id']}"
    names = {number: key for key, number in world["numbers"].items()}
    if kind == "visit":
        return f"{when}  {made['visitor']} on {made['site']}, {made['channel']}, sees {made['number'] or 'no number'}"
    if kind == "form":
        return f"{when}  {made['name'] or 'somebody'}, {made['phone'] or made['email'] or 'no address'}"
    return f"{when}  {made['from'] or 'hidden'} → {names.get(made['to'], made['to'])}  {_became(made)}"


def _how_to_go_on(url: str, call: Json) -> str:
    """A verb that can be done now."""
    verb, who = ("ring", "anna") if call["state"] == "arrived" else ("answer", _rung(call))
    return f'Drive it by its verbs: POST {url}/calls/{call["id"]}/{verb} {{"who": "{who}"}} …'


def _rung(call: Json) -> str:
    """Whose telephone rings; Anna's where none does."""
    return next((str(leg["who"]) for leg in call["legs"] if leg["state"] == "ringing"), "anna")


def _became(call: Json) -> str:
    if call["ended_at"] is None:
        return str(call["state"])
    if call["is_lost"]:
        return f"lost after {call['total']} s"
    if not call["talk"]:
        return f"nobody talked, ended after {call['total']} s"
    by = "" if call["direction"] == "out" else f" by {call['first_answered'] or 'voice mail'}"
    return f"answered{by} after {call['wait']} s, talked {call['talk']} s"


def _steps(script: list[Any] | None) -> Json:
    return {} if script is None else {"script": script}


def _speed(wanted: Wanted, world: _World, script: Any) -> Json:
    """On a live clock a script takes a part of its time; a manual one is moved."""
    if world.body["clock"]["kind"] == "manual":
        if wanted.speed is not None:
            raise Problem(f"--speed is for live worlds; the clock of {wanted.world} is moved by the script")
        return {}
    return {} if script is None else {"speed": wanted.speed or LIVE_SPEED}


@dataclass(frozen=True)
class _World:
    """A world of a running stand, over its control plane."""

    http: aiohttp.ClientSession
    url: str
    body: Json

    @classmethod
    @asynccontextmanager
    async def of(cls, wanted: Wanted) -> AsyncIterator[_World]:
        url = f"{wanted.stand.rstrip('/')}/_stand/worlds/{wanted.world}"
        try:
            async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(None)) as http:
                yield cls(http, url, await _asked(http.get(url)))
        except (aiohttp.ClientConnectionError, aiohttp.InvalidURL):
            raise Problem(f"no stand answers at {wanted.stand}; start one with `amostand up`") from None

    async def post(self, path: str, body: Json) -> Json:
        headers = {"Content-Type": "application/json"}
        return await _asked(self.http.post(f"{self.url}{path}", data=orjson.dumps(body), headers=headers))


async def _asked(request: Any) -> Json:
    """The JSON answer. Raises Problem with what a refusal says."""
    async with request as answer:
        raw = await answer.read()
    said: Json = orjson.loads(raw)
    if answer.status >= 400:
        fields = "".join(f"\n  {each['path']}: expected {each['expected']}" for each in said.get("errors", []))
        raise Problem(f"{said['detail']}{fields}")
    return said
