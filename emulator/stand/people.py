"""The cast of a world: who is a user of amoCRM, who an employee of the telephony, with which numbers.

The default cast is that of the rule catalogue: Olga connected the integration, Pavel is another administrator, Rita is
the default responsible, Anna and Boris are managers in both systems, Viktor exists in the telephony only.

Whoever joined later is known by an e-mail address of the stand's own domain, in either system or both: the rows tell
who is there, also after a restore, a fork or a restart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from emulator.amocrm.account import Account as AmocrmAccount
from emulator.core.errors import BadRequest, nearest
from emulator.core.parsing import number_in
from emulator.telephony.account import TelephonyAccount

DOMAIN = "example.test"
KEY = r"[a-z][a-z0-9_-]{0,39}"
OUTSIDE = "contact"
"""The key of whoever is outside, which nobody here can have."""

_ADDRESS = re.compile(rf"({KEY})@{re.escape(DOMAIN)}")


@dataclass(frozen=True)
class Role:
    """What a person of the cast is before a world gives ids to them."""

    key: str
    name: str
    in_amocrm: bool = True
    is_admin: bool = False
    sip: str | None = None
    mobile: str | None = None

    @property
    def email(self) -> str:
        return f"{self.key}@{DOMAIN}"

    @property
    def numbers(self) -> list[str]:
        """In dialling order: the SIP line first."""
        return [number for number in (self.sip, self.mobile) if number]


DEFAULT_CAST = (
    Role("olga", "Ольга Соколова", is_admin=True),
    Role("pavel", "Павел Орлов", is_admin=True),
    Role("rita", "Рита Белова"),
    Role("anna", "Анна Иванова", sip="100101", mobile="+79990000101"),
    Role("boris", "Борис Петров", sip="100102", mobile="+79990000102"),
    Role("viktor", "Виктор Смирнов", in_amocrm=False, sip="100103"),
)

PRESETS = {"default": DEFAULT_CAST}

CONNECTING = "olga"
DEFAULT_RESPONSIBLE = "rita"


@dataclass(frozen=True)
class Person:
    """A person in one world. `user_id` is theirs in amoCRM, `employee_id` in the telephony; None where they are not."""

    role: Role
    user_id: int | None
    employee_id: int | None

    def body(self) -> dict[str, Any]:
        return {
            "user_id": self.user_id,
            "employee_id": self.employee_id,
            "email": self.role.email,
            "name": self.role.name,
        }


@dataclass(frozen=True)
class People:
    """The people of one world under their lower-case keys."""

    by_key: dict[str, Person] = field(default_factory=dict)

    def employee_id(self, key: str, path: str) -> int:
        """The employee behind `key`; a number is the id of one who has no key, whom the telephony may not know.

        Raises BadRequest naming `path` for a stranger or somebody without telephony.
        """
        person = self.by_key.get(key)
        if person is None and (identifier := number_in(key)) is not None:
            return identifier
        employees = [each for each, someone in self.by_key.items() if someone.employee_id is not None]
        if person is None or person.employee_id is None:
            near = nearest(key, employees)
            hint = f" (did you mean {near}?)" if near else ""
            raise BadRequest.field(path, key, f"an employee of the telephony: {', '.join(employees)}{hint}")
        return person.employee_id

    def user_of(self, key: str, path: str) -> int:
        """The amoCRM user behind `key`. Raises BadRequest naming `path` for a stranger or somebody without amoCRM."""
        person = self.by_key.get(key)
        users = [each for each, someone in self.by_key.items() if someone.user_id is not None]
        if person is None or person.user_id is None:
            near = nearest(key, users)
            hint = f" (did you mean {near}?)" if near else ""
            raise BadRequest.field(path, key, f"a user of amoCRM: {', '.join(users)}{hint}")
        return person.user_id

    def key_of_user(self, user_id: int) -> str:
        """The key of a user; the number as text for one who was added later."""
        return next((key for key, each in self.by_key.items() if each.user_id == user_id), str(user_id))

    def key_of_employee(self, employee_id: int | None) -> str | None:
        """The key of an employee; the number as text for one who was added later, None for nobody."""
        if employee_id is None:
            return None
        return next((key for key, each in self.by_key.items() if each.employee_id == employee_id), str(employee_id))

    def user_id(self, key: str) -> int:
        """The amoCRM user behind `key`, who must have one."""
        user_id = self.by_key[key].user_id
        assert user_id is not None
        return user_id

    def links(self) -> list[dict[str, int]]:
        """Who is both: the links that an earlier synchronisation of the employees left."""
        return [
            {"employee_id": each.employee_id, "user_id": each.user_id}
            for each in self.by_key.values()
            if each.employee_id is not None and each.user_id is not None
        ]


def people_of(cast: tuple[Role, ...], amocrm: AmocrmAccount, telephony: TelephonyAccount) -> People:
    """The people of these accounts, which began with the cast."""
    user_ids, employee_ids = amocrm.user_ids, telephony.staff.hired()
    users, employees = iter(user_ids), iter(employee_ids)
    people = {
        role.key: Person(role, next(users) if role.in_amocrm else None, next(employees) if role.numbers else None)
        for role in cast
    }
    for user_id in users:
        user = amocrm.users.get(user_id)
        if user and (key := _key_of(user["email"])) and key not in people:
            people[key] = Person(Role(key, user["name"], is_admin=user["is_admin"] == 1), user_id, None)
    later = set(employees)
    for card in telephony.staff.cards.rows() if later else ():
        if card["id"] in later and (key := _key_of(card["email"])):
            person = people.get(key) or Person(Role(key, card["full_name"], in_amocrm=False), None, None)
            if person.employee_id is None:
                people[key] = replace(person, employee_id=card["id"])
    return People(people)


def _key_of(email: str | None) -> str | None:
    """The key of somebody with that address; None for an address of another domain."""
    found = _ADDRESS.fullmatch(email or "")
    return found[1] if found and found[1] != OUTSIDE else None
