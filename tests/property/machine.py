"""A state machine of random requests to the fake amoCRM, held against the model after every few of them.

Rules are what clients and people do; `holds` is what must be true whatever they did. The machine reads through API v4
alone.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.property.model import KINDS, SINGULAR, Card, Model
from tests.property.world import Answer, Driven

PHONES = ("+79160000001", "8 916 000-00-01", "+79160000002")
TAGS = ("Успех", "Повтор")
NAMES = ("Анна", "Борис", "Ромашка")
CARD_CODES = ("add", "update", "delete", "restore", "responsible", "note")
CODES = [
    *(
        f"{what}_{kind}"
        for what in ("add", "update", "delete", "restore", "responsible", "note")
        for kind in SINGULAR.values()
    ),
    *("status_lead", "add_task", "update_task", "add_unsorted", "delete_unsorted"),
]

kinds = st.sampled_from(KINDS)
places = st.integers(0, 50)
tags = st.frozensets(st.sampled_from(TAGS))
PAIRS = (
    ("leads", "contacts"),
    ("contacts", "leads"),
    ("leads", "companies"),
    ("contacts", "companies"),
    ("companies", "leads"),
)


class AmocrmMachine(RuleBasedStateMachine):
    """`driven` is the world of this example."""

    def __init__(self, driven: Driven) -> None:
        super().__init__()
        self.driven = driven
        self.model = Model()
        self.number = 0
        self.taken: dict[str, Any] = {}

    @initialize()
    def begin(self) -> None:
        """The same small account for every example."""
        if self.driven.beginning is None:
            self._found()
            self._done(self.driven.stand("POST", "/snapshots/beginning"))
            self.driven.beginning = self.model.state
        self._done(self.driven.stand("POST", "/snapshots/beginning/restore"))
        self.model.state = self.driven.beginning.copy()
        self.model.hooks.clear()
        self.driven.receiver.seen.clear()

    def _found(self) -> None:
        answer = self.driven.api("POST", "/webhooks", {"destination": self.driven.hook_url, "settings": CODES})
        assert answer.status in (200, 201), answer.body
        for kind, count in (("contacts", 4), ("companies", 2), ("leads", 2)):
            self._create(kind, NAMES[0], frozenset(TAGS), PHONES[0], count)
        for lead, contact, company in zip(*map(self.model.visible, ("leads", "contacts", "companies")), strict=False):
            self._link(("leads", lead), ("contacts", contact), is_main=True)
            self._link(("leads", lead), ("companies", company), is_main=False)

    @cached_property
    def users(self) -> list[int]:
        people = self.driven.world.people.by_key.values()
        return [person.user_id for person in people if person.user_id is not None][:3]

    @cached_property
    def statuses(self) -> list[int]:
        return self.driven.statuses

    # What clients do

    @rule(kind=kinds, name=st.sampled_from(NAMES), tags=tags, phone=st.sampled_from(PHONES), count=st.integers(1, 3))
    def create(self, kind: str, name: str, tags: frozenset[str], phone: str, count: int) -> None:
        self._create(kind, name, tags, phone, count)

    def _create(self, kind: str, name: str, tags: frozenset[str], phone: str, count: int) -> None:
        body = [self._item(kind, name, tags, phone) for _ in range(count)]
        answer = self._done(self.driven.api("POST", f"/{kind}", body))
        for thin in answer.body["_embedded"][kind]:
            self.model.add(kind, thin["id"], self._card(kind, name, tags, phone))

    def _item(self, kind: str, name: str, tags: frozenset[str], phone: str) -> dict[str, Any]:
        item: dict[str, Any] = {"name": name, "_embedded": {"tags": [{"name": tag} for tag in sorted(tags)]}}
        if kind != "leads":
            item["custom_fields_values"] = [{"field_code": "PHONE", "values": [{"value": phone}]}]
        return item

    def _card(self, kind: str, name: str, tags: frozenset[str], phone: str) -> Card:
        is_lead = kind == "leads"
        status = self.statuses[0] if is_lead else 0
        return Card(name, self.users[0], tags, None if is_lead else phone, status=status)

    @precondition(lambda self: self.model.visible("contacts"))
    @rule(places=st.lists(places, min_size=1, max_size=3), name=st.sampled_from(NAMES))
    def create_lead_with_contacts(self, places: list[int], name: str) -> None:
        known = self.model.visible("contacts")
        contacts = list(dict.fromkeys(known[place % len(known)] for place in places))
        item = {"name": name, "_embedded": {"contacts": [{"id": each} for each in contacts]}}
        [thin] = self._done(self.driven.api("POST", "/leads", [item])).body["_embedded"]["leads"]
        self.model.add("leads", thin["id"], self._card("leads", name, frozenset(), ""))
        for contact_id in contacts:
            self.model.link(("leads", thin["id"]), ("contacts", contact_id))

    @rule(
        kind=kinds,
        place=places,
        what=st.sampled_from(("name", "responsible", "tags", "phone", "price", "status")),
        pick=places,
    )
    def patch(self, kind: str, place: int, what: str, pick: int) -> None:
        card_id = self._some(kind, place)
        if card_id is None or (
            (what in ("price", "status")) != (kind == "leads") and what in ("price", "status", "phone")
        ):
            return
        wire, changes = self._patch(what, pick)
        self._done(self.driven.api("PATCH", f"/{kind}/{card_id}", wire))
        self.model.change(kind, card_id, changes)

    def _patch(self, what: str, pick: int) -> tuple[dict[str, Any], dict[str, Any]]:
        """One change as the wire has it and as the model keeps it."""
        name, user, phone = NAMES[pick % 3], self.users[pick % len(self.users)], PHONES[pick % 3]
        status, chosen = self.statuses[pick % len(self.statuses)], frozenset(TAGS[: pick % 3])
        values = [{"field_code": "PHONE", "values": [{"value": phone}]}]
        made: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
            "name": ({"name": name}, {"name": name}),
            "responsible": ({"responsible_user_id": user}, {"responsible": user}),
            "tags": ({"_embedded": {"tags": [{"name": tag} for tag in sorted(chosen)] or None}}, {"tags": chosen}),
            "phone": ({"custom_fields_values": values}, {"phone": phone}),
            "price": ({"price": pick}, {"price": pick}),
            "status": ({"status_id": status}, {"status": status}),
        }
        return made[what]

    @rule(pair=st.sampled_from(PAIRS), one=places, two=places, is_main=st.booleans())
    def link(self, pair: tuple[str, str], one: int, two: int, is_main: bool) -> None:
        ends = self._ends(pair, one, two)
        if ends is None:
            return
        self._link(*ends, is_main=is_main)

    def _link(self, first: tuple[str, int], second: tuple[str, int], *, is_main: bool) -> None:
        body = [{"to_entity_id": second[1], "to_entity_type": second[0], "metadata": {"is_main": is_main}}]
        self._done(self.driven.api("POST", f"/{first[0]}/{first[1]}/link", body))
        self.model.link(first, second, is_main=is_main)

    @rule(pair=st.sampled_from(PAIRS), one=places, two=places)
    def unlink(self, pair: tuple[str, str], one: int, two: int) -> None:
        ends = self._ends(pair, one, two)
        if ends is None:
            return
        first, second = ends
        body = [{"to_entity_id": second[1], "to_entity_type": second[0]}]
        self._done(self.driven.api("POST", f"/{first[0]}/{first[1]}/unlink", body))
        self.model.unlink(first, second)

    def _ends(self, pair: tuple[str, str], one: int, two: int) -> tuple[tuple[str, int], tuple[str, int]] | None:
        first, second = self._some(pair[0], one), self._some(pair[1], two)
        return None if first is None or second is None else ((pair[0], first), (pair[1], second))

    @rule(kind=kinds, place=places)
    def delete(self, kind: str, place: int) -> None:
        if (card_id := self._some(kind, place)) is not None:
            self._bin(kind, card_id, "delete")
            self.model.bin(kind, card_id, deleted=True)

    @rule(kind=kinds, place=places)
    def take_out_of_the_bin(self, kind: str, place: int) -> None:
        known = self.model.deleted(kind)
        if known:
            card_id = known[place % len(known)]
            self._bin(kind, card_id, "restore")
            self.model.bin(kind, card_id, deleted=False)

    def _bin(self, kind: str, card_id: int, action: str) -> None:
        form = [("ACTION", action.upper()), ("ID[]", str(card_id))]
        self._done(self.driven.page(f"/ajax/{kind}/multiple/{action}/", form))

    @rule(kind=kinds, flaw=st.sampled_from(("responsible_user_id", "custom_fields_values", "name")))
    def bad_batch(self, kind: str, flaw: str) -> None:
        wrong = {"responsible_user_id": 1, "custom_fields_values": [{"field_id": 1, "values": []}], "name": 5}
        body = [{"name": NAMES[0]}, {flaw: wrong[flaw], "request_id": "bad"}]
        answer = self.driven.api("POST", f"/{kind}", body)
        assert answer.status == 400, answer.body
        [flawed] = answer.body["validation-errors"]
        assert flawed["request_id"] == "bad"
        assert flawed["errors"][0]["path"].startswith(flaw)

    @rule(phone=st.sampled_from(PHONES), name=st.sampled_from(NAMES))
    def unsorted_add(self, phone: str, name: str) -> None:
        self.number += 1
        item = {
            "source_name": "АТС",
            "source_uid": f"pbx-{self.number}",
            "metadata": {
                "phone": phone,
                "from": phone,
                "called_at": 1,
                "duration": 9,
                "service_code": "x",
                "uniq": "u",
            },
            "_embedded": {"leads": [{"name": name}], "contacts": [self._item("contacts", name, frozenset(), phone)]},
        }
        [made] = self._done(self.driven.api("POST", "/leads/unsorted/sip", [item])).body["_embedded"]["unsorted"]
        lead_id, contact_id = (made["_embedded"][kind][0]["id"] for kind in ("leads", "contacts"))
        for kind, card_id in (("leads", lead_id), ("contacts", contact_id)):
            card = self._card(kind, name, frozenset(), phone)
            card.hidden = True
            self.model.add(kind, card_id, card)
        self.model.link(("leads", lead_id), ("contacts", contact_id))
        self.model.state.pending[made["uid"]] = (lead_id, contact_id)
        self.model.hook("add_unsorted", made["uid"])

    @precondition(lambda self: self.model.state.pending)
    @rule(place=places, accept=st.booleans(), user=places)
    def sort(self, place: int, accept: bool, user: int) -> None:
        uid = sorted(self.model.state.pending)[place % len(self.model.state.pending)]
        lead_id, contact_id = self.model.state.pending.pop(uid)
        self.model.hook("delete_unsorted", uid)
        responsible = self.users[user % len(self.users)]
        cards = (("leads", lead_id), ("contacts", contact_id))
        if accept:
            body = {"user_id": responsible, "status_id": self.statuses[1]}
            self._done(self.driven.api("POST", f"/leads/unsorted/{uid}/accept", body))
            for kind, card_id in cards:
                card = self.model.state.cards[kind, card_id]
                card.hidden = False
                self.model.hook(f"add_{SINGULAR[kind]}", card_id)
            lead = self.model.state.cards["leads", lead_id]
            lead.status, lead.responsible = self.statuses[1], responsible
        else:
            self._done(self.driven.api("DELETE", f"/leads/unsorted/{uid}/decline", {"user_id": responsible}))
            for card in cards:
                self.model.unlink(("leads", lead_id), ("contacts", contact_id))
                del self.model.state.cards[card]

    @rule(kind=kinds, place=places)
    def note(self, kind: str, place: int) -> None:
        if (card_id := self._some(kind, place)) is not None:
            body = [{"note_type": "common", "params": {"text": "Перезвонить"}}]
            [thin] = self._done(self.driven.api("POST", f"/{kind}/{card_id}/notes", body)).body["_embedded"]["notes"]
            self.model.state.notes.add(thin["id"])
            self.model.hook(f"note_{SINGULAR[kind]}", thin["id"])

    @rule(kind=kinds, place=places)
    def task(self, kind: str, place: int) -> None:
        if (card_id := self._some(kind, place)) is not None:
            body = [{"text": "Позвонить", "complete_till": 1893456000, "entity_id": card_id, "entity_type": kind}]
            [thin] = self._done(self.driven.api("POST", "/tasks", body)).body["_embedded"]["tasks"]
            self.model.state.tasks[thin["id"]] = (kind, card_id), False
            self.model.hook("add_task", thin["id"])

    @precondition(lambda self: self.model.readable_tasks())
    @rule(place=places)
    def complete(self, place: int) -> None:
        known = sorted(self.model.readable_tasks())
        task_id = known[place % len(known)]
        body = {"is_completed": True, "result": {"text": "Готово"}}
        self._done(self.driven.api("PATCH", f"/tasks/{task_id}", body))
        self.model.state.tasks[task_id] = self.model.state.tasks[task_id][0], True
        self.model.hook("update_task", task_id)

    # What the tester does

    @rule(seconds=st.sampled_from((0.5, 60, 3600 * 11)))
    def time_passes(self, seconds: float) -> None:
        self._done(self.driven.stand("POST", "/clock", {"advance": seconds}))

    @rule(name=st.sampled_from(("a", "b")))
    def snapshot(self, name: str) -> None:
        self._done(self.driven.stand("POST", f"/snapshots/{name}"))
        self.model.snapshot(name)
        self.taken[name] = self._everything()

    @precondition(lambda self: self.model.snapshots)
    @rule(place=places)
    def restore(self, place: int) -> None:
        name = sorted(self.model.snapshots)[place % len(self.model.snapshots)]
        self._done(self.driven.stand("POST", f"/snapshots/{name}/restore"))
        self.model.restore(name)
        assert self._everything() == self.taken[name], "a restored snapshot differs from what was taken"

    def _everything(self) -> list[Any]:
        """All that API v4 shows, as it stands."""
        lists = [*KINDS, "events"]
        return [self.driven.api("GET", f"/{name}?limit=100&with=contacts,leads").body for name in lists]

    def teardown(self) -> None:
        self.holds()

    # What must be true

    def holds(self) -> None:
        """Everything that can be read is as the model says."""
        self._done(self.driven.stand("POST", "/settle"))
        for kind in KINDS:
            self._cards_hold(kind)
        self._links_hold()
        self._unsorted_holds()
        self._tasks_hold()
        assert self.driven.receiver.seen == self.model.hooks, "webhooks and changes differ"

    def _cards_hold(self, kind: str) -> None:
        """A walk through small pages sees every visible card exactly once, as it is."""
        shown = self._walk(f"/{kind}", kind)
        assert [card["id"] for card in shown] == self.model.visible(kind)
        for each in shown:
            card = self.model.state.cards[kind, each["id"]]
            assert (each["name"], each["responsible_user_id"]) == (card.name, card.responsible)
            assert {tag["name"] for tag in each["_embedded"]["tags"]} == card.tags
            if kind == "leads":
                assert (each["price"], each["status_id"]) == (card.price, card.status)
            else:
                phones = [field["values"][0]["value"] for field in each["custom_fields_values"]]
                assert phones == [card.phone]

    def _links_hold(self) -> None:
        """Each card shows its links, none of them to a card that cannot be read."""
        for kind in KINDS:
            known = self.model.visible(kind)
            asked = "&".join(f"filter[entity_id][]={card_id}" for card_id in known)
            links = self._read(f"/{kind}/links?{asked}")["links"] if known else []
            for card_id in known:
                own = [link for link in links if link["entity_id"] == card_id]
                ends = {(link["to_entity_type"], link["to_entity_id"]) for link in own}
                assert ends == self.model.linked((kind, card_id)), f"links of {kind} {card_id}"
                assert len(own) == len(ends)
                if kind == "leads":
                    self._main_contact_holds(card_id, own)

    def _main_contact_holds(self, lead_id: int, links: list[dict[str, Any]]) -> None:
        main = self.model.main(lead_id)
        shown = [link["to_entity_id"] for link in links if (link["metadata"] or {}).get("main_contact")]
        assert shown == ([] if main is None else [main])

    def _unsorted_holds(self) -> None:
        assert {item["uid"] for item in self._walk("/leads/unsorted", "unsorted")} == self.model.state.pending.keys()

    def _tasks_hold(self) -> None:
        tasks = {task["id"]: task["is_completed"] for task in self._walk("/tasks", "tasks")}
        assert tasks == self.model.readable_tasks()

    # How it is read

    def _some(self, kind: str, place: int) -> int | None:
        known = self.model.visible(kind)
        return known[place % len(known)] if known else None

    def _walk(self, path: str, name: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        page = 1
        while (answer := self.driven.api("GET", f"{path}?limit=3&page={page}")).status == 200:
            found += answer.body["_embedded"][name]
            if "next" not in answer.body["_links"]:
                return found
            page += 1
        assert answer.status == 204
        return found

    def _read(self, path: str) -> Any:
        return self._done(self.driven.api("GET", path)).body["_embedded"]

    def _done(self, answer: Answer) -> Answer:
        assert answer.status < 300, answer.body
        return answer
