"""What steps can do and see: verbs in the words of a call centre, over HTTP alone.

The driver knows a world as contract §1 describes it. It acts through the control plane, reads amoCRM through API v4
and its page «Звонки», the telephony through its Data API, and ends each verb with the world settled. It runs the same
against a stand inline, a served one, and a foreign integration.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import aiohttp
import orjson

from features.listening import who_is_heard

Json = dict[str, Any]

_WRITE = re.compile(r"(?:POST|PATCH|PUT|DELETE) /api/v4/(?!.*custom_fields)")
"""Requests about cards, tasks and calls; the additional fields are set up when the integration is connected."""

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


class Refused(AssertionError):
    """Something that the driver asked for was answered with an error: its HTTP status, if it is one, and its body."""

    def __init__(self, said: str, status: int | None = None, answer: bytes = b"") -> None:
        super().__init__(said)
        self.status = status
        self.answer = answer


@dataclass(frozen=True)
class Driver:
    """The verbs of one world. Phones are text, people are keys such as `anna`, spans are timedeltas."""

    http: aiohttp.ClientSession
    control: str
    world: Json

    # Telephony: what people do

    async def call_arrives(self, phone: str | None, to: str = "main") -> Json:
        """Somebody calls one of the company's numbers."""
        return await self._control("POST", "/calls", {"direction": "in", "from": phone, "to": self.number(to)})

    async def visitor_calls(self, phone: str, site: str) -> Json:
        """Somebody opens a site and calls the number that they see there."""
        visit = await self._control("POST", "/visits", {"site": site})
        return await self._control("POST", "/calls", {"direction": "in", "from": phone, "to": visit["number"]})

    async def calls_number(self, phone: str, number: str) -> Json:
        """Somebody calls the company's number that is called or written so."""
        return await self._control("POST", "/calls", {"direction": "in", "from": phone, "to": number})

    async def employee_calls(self, who: str, colleague: str) -> Json:
        """An employee calls a colleague by the short number; it rings at once."""
        return await self._control("POST", "/calls", {"direction": "internal", "from": who, "to": colleague})

    async def employee_dials(self, who: str, number: str) -> Json:
        """An employee dials a number by their own telephone; the other one rings at once."""
        return await self._control("POST", "/calls", {"direction": "out", "kind": "dial", "from": who, "to": number})

    async def employee_clicks(self, who: str, number: str) -> Json:
        """An employee clicks a number in amoCRM: their telephone rings, and once they answer the other one."""
        return await self._control("POST", "/calls", {"direction": "out", "kind": "click", "from": who, "to": number})

    async def visitor_sends_form(self, phone: str, site: str) -> Json:
        """Somebody fills in a form on a site and leaves their number."""
        return await self.form_is_sent(site, phone=phone)

    async def form_is_sent(self, site: str, **filled_in: str) -> Json:
        """A form on a site: `name`, `phone`, `email`, `message`, and its `kind`: request, callback or lead."""
        return await self._control("POST", "/forms", {"site": site, **filled_in})

    async def visitor_orders_callback(self, phone: str, site: str) -> Json:
        """Somebody leaves their number on a site to be called; employees are rung first, the visitor after that."""
        visit = await self._control("POST", "/visits", {"site": site})
        order = {"direction": "in", "kind": "callback", "from": phone, "to": visit["number"]}
        return await self._control("POST", "/calls", order)

    async def rings(self, call: int, *people: str) -> Json:
        return await self._verb(call, "ring", {"who": list(people)})

    async def answers(self, call: int, who: str) -> Json:
        return await self._verb(call, "answer", {"who": who})

    async def declines(self, call: int, who: str) -> Json:
        return await self._verb(call, "decline", {"who": who})

    async def does_not_answer(self, call: int, who: str) -> Json:
        return await self._verb(call, "no_answer", {"who": who})

    async def is_busy(self, call: int, who: str) -> Json:
        return await self._verb(call, "busy", {"who": who})

    async def hands_over(self, call: int, who: str, colleague: str) -> Json:
        """A transfer without talking to the colleague first."""
        return await self._verb(call, "transfer", {"by": who, "to": colleague, "kind": "blind"})

    async def holds(self, call: int, who: str) -> Json:
        return await self._verb(call, "hold", {"who": who})

    async def goes_back(self, call: int, who: str) -> Json:
        """To whom was put on hold; a colleague who was consulted leaves."""
        return await self._verb(call, "resume", {"who": who})

    async def consults(self, call: int, who: str, colleague: str) -> Json:
        """A colleague is rung while the other party is on hold."""
        return await self._verb(call, "consult", {"by": who, "to": colleague})

    async def connects(self, call: int, who: str, colleague: str) -> Json:
        """A transfer to the colleague who was consulted."""
        return await self._verb(call, "transfer", {"by": who, "to": colleague, "kind": "attended"})

    async def presses(self, call: int, who: str, keys: str) -> Json:
        return await self._verb(call, "dtmf", {"who": who, "digits": keys})

    async def voice_mail_takes(self, call: int) -> Json:
        return await self._verb(call, "voicemail", {})

    async def hangs_up(self, call: int, who: str = "contact") -> Json:
        return await self._verb(call, "hangup", {"who": who})

    async def calls(self) -> list[Json]:
        """All calls, in the order in which they came."""
        return list((await self._control("GET", "/calls"))["calls"])

    async def call(self, call: int) -> Json:
        """The call as the telephony sees it now."""
        return await self._control("GET", f"/calls/{call}")

    async def ringing(self, call: int, who: str) -> str | None:
        """The number at which somebody is rung now."""
        legs = (await self.call(call))["legs"]
        return next((leg["number"] for leg in legs if (leg["who"], leg["state"]) == (who, "ringing")), None)

    async def recording(self, call: int) -> Json:
        """What the telephony says of the recording: its links, when the file is there, who has which tone."""
        return await self._control("GET", f"/calls/{call}/recording")

    async def hears(self, call: int, link: str | None = None) -> list[tuple[set[str], float]]:
        """Who is heard for how many seconds, one after the other, in the file of the recording; with a `link` in that
        one, which is of the same call. Nobody where there is no recording."""
        said = await self.recording(call)
        link = link or said["link"]
        if link is None:
            return []
        async with self.http.get(link) as answer:
            wav = await answer.read()
        if answer.status >= 400:
            raise Refused(f"GET {link} answered {answer.status}: {wav.decode()}", answer.status)
        heard = who_is_heard(wav, said["speakers"])
        return [(set(who), round(until - since, 1)) for since, until, who in heard]

    async def can_be_heard(self, call: int) -> bool:
        """Whether the file of the recording is there by now."""
        async with self.http.get((await self.recording(call))["link"]) as answer:
            if answer.status not in (200, 404):
                raise Refused(f"GET {answer.url} answered {answer.status}", answer.status)
            return answer.status == 200

    async def record_line(self, who: str, *, on: bool) -> None:
        """Whether what is talked on somebody's SIP line is recorded."""
        lines = (await self._control("GET", "/telephony/lines"))["lines"]
        (login,) = (line["login"] for line in lines if line["who"] == who)
        await self._control("PATCH", f"/telephony/lines/{login}", {"record": on})

    async def recordings_take(self, delay: timedelta) -> None:
        """From now on the file of a recording is there so long after the end of its call."""
        await self._control("PATCH", "/recordings", {"recording_delay": delay.total_seconds()})

    async def together(self, *verbs: Awaitable[Json]) -> list[Json]:
        """Several things at the same instant."""
        return list(await asyncio.gather(*verbs))

    # Telephony: how it is set up

    async def number_leads_to(self, **operations: Json) -> None:
        """Calls of the main number go through a scenario of these operations from now on, beginning with the first."""
        scenario = {"numbers": ["main"], "first": next(iter(operations)), "operations": operations}
        await self._control("PUT", "/scenarios/main", scenario)

    async def operations_of_call(self, call: int) -> list[Json]:
        """The way of the call through its scenario, as the call details tell it."""
        return list((await self._control("GET", f"/calls/{call}/details"))["operations"])

    async def block_talk_options(self, direction: str, span: timedelta) -> None:
        """For so long no talk option works in calls of the direction, `in` or `out`."""
        await self._control("PATCH", "/telephony/options", {f"block_{direction}": int(span.total_seconds())})

    # Staff

    async def person_joins(self, who: str, name: str) -> Json:
        """Somebody with a desk phone, in both systems; the integration knows that they are one person."""
        person: Json = await self._control("POST", "/people", {"key": who, "name": name})
        self.world["people"][who] = person
        return person

    async def is_deleted_in_amocrm(self, who: str) -> None:
        await self._control("DELETE", f"/amocrm/users/{who}")

    async def connects_integration(self, who: str) -> None:
        """An administrator connects the integration anew; everything goes on under that account."""
        await self._control("POST", "/integration/connect", {"by": who})

    async def connecting_person(self) -> str:
        """The administrator who connected the integration, as it says itself."""
        url = self.world["integration"]["settings_url"].removesuffix("/settings")
        return self.person_of_user((await self._json("GET", f"{url}/status"))["connecting_user"])

    # Time

    async def time_passes(self, span: timedelta) -> None:
        await self._control("POST", "/clock", {"advance": span.total_seconds()})

    async def time_comes(self, moment: datetime) -> None:
        """Time goes on to that moment; it never goes back."""
        await self._control("POST", "/clock", {"to": moment.isoformat()})

    async def now(self) -> datetime:
        return datetime.fromisoformat((await self._control("GET", "/clock"))["now"])

    # Settings of the integration

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

    async def deals_are_passed_on(self) -> None:
        """The button in the integration's settings: deals that were won go to the telephony."""
        await self._json("POST", self.world["integration"]["settings_url"].removesuffix("settings") + "sync", {})
        await self.settle()

    # amoCRM: what a person sees there

    async def contacts(self, phone: str | None = None) -> list[Json]:
        """All contacts, or those that a search for the phone finds."""
        query = f"?query={phone[-10:]}" if phone else ""
        return await self._list(f"/api/v4/contacts{query}", "contacts")

    async def contact(self, identifier: int) -> Json:
        return await self._amocrm("GET", f"/api/v4/contacts/{identifier}")

    async def create_contact(self, name: str, phones: list[str], responsible: str, email: str | None = None) -> Json:
        """A manager makes a contact by hand."""
        user = self.user_id(responsible)
        reached = [*([phones_of_card(phones)] if phones else []), *([email_of_card(email)] if email else [])]
        contact = {"name": name, "responsible_user_id": user, "created_by": user, "custom_fields_values": reached}
        made = await self._amocrm("POST", "/api/v4/contacts", [contact])
        await self.settle()
        return await self.contact(made["_embedded"]["contacts"][0]["id"])

    async def delete_contact(self, identifier: int) -> None:
        """Into the bin, from the page of contacts: API v4 deletes no cards."""
        form = urlencode({"ACTION": "DELETE", "ID[]": identifier})
        await self._amocrm("POST", "/ajax/contacts/multiple/delete/", form)
        await self.settle()

    async def add_phone(self, contact: int, phone: str, who: str) -> None:
        """A manager adds a number to those on a contact's card."""
        fields = (await self.contact(contact))["custom_fields_values"] or []
        phones = [value for field in fields if field["field_code"] == "PHONE" for value in field["values"]]
        values = [*phones, {"value": phone, "enum_code": "WORK"}]
        phone_field = {"field_code": "PHONE", "values": values}
        change = {"updated_by": self.user_id(who), "custom_fields_values": [phone_field]}
        await self._amocrm("PATCH", f"/api/v4/contacts/{contact}", change)
        await self.settle()

    async def companies(self) -> list[Json]:
        return await self._list("/api/v4/companies", "companies")

    async def create_company(self, name: str, phone: str, responsible: str) -> Json:
        """A manager makes a company by hand."""
        user = self.user_id(responsible)
        numbers = [phones_of_card([phone])]
        company = {"name": name, "responsible_user_id": user, "created_by": user, "custom_fields_values": numbers}
        made = await self._amocrm("POST", "/api/v4/companies", [company])
        await self.settle()
        return dict(made["_embedded"]["companies"][0])

    async def calls_on_card(self, contact: int) -> list[Json]:
        """The call notes on a contact's card."""
        notes = await self._list(f"/api/v4/contacts/{contact}/notes", "notes")
        return [note for note in notes if note["note_type"] in ("call_in", "call_out")]

    async def notes_on_card(self, contact: int) -> list[str]:
        """What the notes on a contact's card say, those of calls left out."""
        notes = await self._list(f"/api/v4/contacts/{contact}/notes", "notes")
        return [note["params"]["text"] for note in notes if "text" in note["params"]]

    async def write_note(self, contact: int, text: str) -> None:
        """A manager writes a note on a contact's card."""
        await self._note(contact, {"note_type": "common", "params": {"text": text}})

    async def note_call(self, contact: int, direction: str, **params: Any) -> None:
        """Whatever has access to amoCRM notes a call on a contact's card; the direction is `in` or `out`."""
        await self._note(contact, {"note_type": f"call_{direction}", "params": params})

    async def _note(self, contact: int, note: Json) -> None:
        await self._amocrm("POST", f"/api/v4/contacts/{contact}/notes", [note])
        await self.settle()

    async def win_deal(self, deal: int, who: str) -> None:
        """Somebody closes a deal as won."""
        await self._amocrm("PATCH", f"/api/v4/leads/{deal}", {"status_id": 142, "updated_by": self.user_id(who)})
        await self.settle()

    async def give_deal(self, deal: int, who: str) -> None:
        """Somebody else becomes responsible for a deal."""
        await self._amocrm("PATCH", f"/api/v4/leads/{deal}", {"responsible_user_id": self.user_id(who)})
        await self.settle()

    async def deals(self) -> list[Json]:
        """All deals; what is in «Неразобранное» is none yet."""
        return await self._list("/api/v4/leads", "leads")

    async def deal(self, identifier: int) -> Json:
        """With the contacts that it is linked to."""
        return await self._amocrm("GET", f"/api/v4/leads/{identifier}?with=contacts")

    async def create_deal(self, name: str, responsible: str, **cards: Json) -> Json:
        """A manager makes a deal by hand, of the `contacts` and `companies` of that id if there are any."""
        embedded = {kind: [{"id": card["id"]}] for kind, card in cards.items()}
        deal = {"name": name, "responsible_user_id": self.user_id(responsible), "_embedded": embedded}
        made = await self._amocrm("POST", "/api/v4/leads", [deal])
        await self.settle()
        return await self.deal(made["_embedded"]["leads"][0]["id"])

    async def link_deal(self, deal: int, contact: int) -> None:
        """A manager adds a contact to a deal."""
        await self._amocrm(
            "POST", f"/api/v4/leads/{deal}/link", [{"to_entity_id": contact, "to_entity_type": "contacts"}]
        )
        await self.settle()

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

    async def tasks(self) -> list[Json]:
        return await self._list("/api/v4/tasks", "tasks")

    async def takes_task(self, card: tuple[str, int] | None) -> bool:
        """Whether amoCRM takes a task for that card, (kind in the plural, id), or for none; due in a day."""
        due = await self.now() + timedelta(days=1)
        named = {} if card is None else {"entity_type": card[0], "entity_id": card[1]}
        task = {"text": "Перезвонить", "complete_till": int(due.timestamp()), **named}
        return await self._accepted(self._amocrm("POST", "/api/v4/tasks", [task]))

    async def call_log(self) -> list[Json]:
        """The page «Звонки»."""
        rows: list[Json] = await self._control("GET", "/amocrm/call-log")
        return rows

    # amoCRM: additional fields

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

    # amoCRM: pages that people have open, with the widget in them

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

    # Marketing and sales in the telephony

    async def visitor_comes(self, site: str, visitor: str, **about: Any) -> Json:
        """A visit to a site by whoever the visitor is, with what the body of a visit may say (docs/telephony.md)."""
        return await self._control("POST", "/visits", {"site": site, "visitor": visitor, **about})

    async def visits(self) -> list[Json]:
        """All visits, in the order in which they began."""
        return list((await self._control("GET", "/visits"))["visits"])

    async def campaign_opens(self, name: str) -> None:
        """An advertising campaign of the site; visits say themselves that they come from it."""
        await self._control("POST", "/campaigns", {"name": name})

    async def number_opens(self, number: str, name: str) -> None:
        """A further number of the company, which tracks nothing."""
        await self._control("POST", "/numbers", {"number": number, "name": name})

    async def number_belongs_to(self, key: str, campaign: str) -> None:
        """The number is the one that the campaign shows, and tracks that it was called."""
        await self._control("PUT", f"/numbers/{key}/tracking", {"campaign": campaign})

    async def communication(self, identifier: int) -> list[Json]:
        """The rows of the communications report with that id."""
        named = {"field": "id", "operator": "=", "value": identifier}
        return await self._report("get.communications_report", filter=named)

    async def visits_report(self) -> list[Json]:
        """The visitor sessions, with where each came from."""
        fields = ["id", "campaign_name", "utm_source"]
        return await self._report("get.visitor_sessions_report", fields=fields)

    async def site_opens(self, key: str, domain: str, number: str) -> None:
        """A further site, whose visitors see the number."""
        await self._control("POST", "/sites", {"key": key, "domain": domain})
        await self._control("POST", "/numbers", {"number": number, "name": key, "site": key})

    async def count_sales(self, site: str, *, on: bool) -> Json:
        """Switch «Учитывать продажи» of a site."""
        return await self._control("PATCH", f"/sites/{site}", {"count_sales": on})

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

    async def last_transfer(self) -> Json:
        """`last_success` and `last_error` of the runs that pass deals on."""
        url = self.world["integration"]["settings_url"].removesuffix("settings") + "status"
        return await self._json("GET", url)

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

    # Reports of the telephony

    async def calls_report(self) -> list[Json]:
        return await self._report("get.calls_report")

    def reported_time(self, row: Json) -> datetime:
        """When the call of a row began; reports have the time of the account."""
        return datetime.fromisoformat(row["start_time"]).replace(tzinfo=self.zone)

    async def legs_report(self) -> list[Json]:
        return await self._report("get.call_legs_report")

    # The stand

    async def settle(self) -> None:
        await self._control("POST", "/settle", {})

    async def goes_wrong(self, **fault: Any) -> Json:
        """Set a fault (contract §1): target, match, phase, action, after, times."""
        return await self._control("POST", "/faults", fault)

    async def all_goes_well(self) -> None:
        await self._control("DELETE", "/faults")

    async def sent_to_amocrm(self, request: str) -> list[Json]:
        """The requests of that method and path that the integration sent, oldest first."""
        return [each for each in await self.written_to_amocrm() if each["subject"] == request]

    async def written_to_amocrm(self) -> list[Json]:
        """The requests by which the integration changed anything about its clients, oldest first."""
        entries = (await self._control("GET", "/journal?kind=request"))["entries"]
        return [each for each in entries if each["from"] == "integration" and _WRITE.match(each["subject"])]

    async def decisions(self) -> list[Json]:
        """What the integration decided, with rule ids."""
        return (await self._control("GET", "/journal?kind=decision"))["entries"]

    # Looking up the world

    @property
    def zone(self) -> ZoneInfo:
        """Where the account is."""
        return ZoneInfo(self.world["timezone"])

    def is_user(self, who: str) -> bool:
        """Whether the person can log in to amoCRM."""
        return self.world["people"][who]["user_id"] is not None

    def user_id(self, who: str) -> int:
        """The amoCRM user of a person."""
        return int(self.world["people"][who]["user_id"])

    def person_of_employee(self, employee_id: int | None) -> str:
        """Who of the telephony that is, in the same way."""
        people = self.world["people"].items()
        found = (key for key, each in people if each["employee_id"] == employee_id is not None)
        return next(found, f"a stranger ({employee_id})")

    def person_of_user(self, user_id: int) -> str:
        """Whose user that is; a failed comparison then shows names."""
        people = self.world["people"].items()
        return next((key for key, each in people if each["user_id"] == user_id), f"a stranger ({user_id})")

    def desk_phone(self, who: str) -> str:
        return str(self.world["people"][who]["numbers"][0])

    def mobile(self, who: str) -> str:
        return str(self.world["people"][who]["numbers"][-1])

    def number(self, key: str) -> str:
        return str(self.world["numbers"][key])

    # Requests

    async def _accepted(self, request: Awaitable[object]) -> bool:
        """Whether it was not refused as a bad or a forbidden request."""
        try:
            await request
        except Refused as refused:
            if refused.status not in (400, 403):
                raise
            return False
        return True

    async def _verb(self, call: int, verb: str, body: Json) -> Json:
        return await self._control("POST", f"/calls/{call}/{verb}", body)

    async def _control(self, method: str, path: str, body: Any = None) -> Any:
        return await self._json(method, f"{self.control}{path}", body)

    async def _sort_item(self, method: str, path: str, choice: Json) -> Json:
        sorted_item: Json = await self._amocrm(method, f"/api/v4/leads/unsorted/{path}", choice)
        await self.settle()
        return sorted_item

    async def _amocrm(self, method: str, path: str, body: Any = None) -> Any:
        amocrm = self.world["amocrm"]
        headers = {"Authorization": f"Bearer {amocrm['access_token']}"}
        return await self._json(method, f"{amocrm['base_url']}{path}", body, headers)

    async def _list(self, path: str, name: str) -> list[Json]:
        """The items of an amoCRM list; its 204 is an empty one."""
        page = await self._amocrm("GET", f"{path}{'&' if '?' in path else '?'}limit=250")
        return page["_embedded"][name] if page else []

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

    async def _json(self, method: str, url: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        """Send a body as JSON, or as a form if it is text, and read JSON; Refused for an answer of 400 or more."""
        kind = "application/x-www-form-urlencoded" if isinstance(body, str) else "application/json"
        data = body if body is None or isinstance(body, str) else orjson.dumps(body)
        all_headers = {"Content-Type": kind, **(headers or {})}
        async with self.http.request(method, url, data=data, headers=all_headers) as answer:
            raw = await answer.read()
        if answer.status >= 400:
            raise Refused(f"{method} {url} answered {answer.status}: {raw.decode()}", answer.status, raw)
        return orjson.loads(raw) if raw else None


def phones_of_card(phones: list[str]) -> Json:
    return {"field_code": "PHONE", "values": [{"value": phone, "enum_code": "WORK"} for phone in phones]}


def email_of_card(email: str) -> Json:
    return {"field_code": "EMAIL", "values": [{"value": email, "enum_code": "WORK"}]}


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
