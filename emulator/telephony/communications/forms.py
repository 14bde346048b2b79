"""Forms: offline messages that visitors send, and that clients load for them (facts §1.8, §1.11).

A form is a communication of the type `offline_message`, but for a technical one, which is a row of its report and
nothing else. A form of the kind `callback` only records the wish; the callback is a call of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import orjson

from emulator.core.database import Database, Row
from emulator.core.errors import BadRequest, NotFound
from emulator.core.ground import Ground
from emulator.core.instants import micros
from emulator.telephony.communications.form_events import FormEvents
from emulator.telephony.communications.ledger import Communications
from emulator.telephony.communications.tags import LEAD_GENERATOR, Tags
from emulator.telephony.marketing.origin import UNKNOWN, Origin

Kind = Literal["request", "callback", "lead"]
FormType = Literal["Пользовательская", "Стандартная", "DataAPI"]
Status = Literal["not_processed", "processing", "processed"]


@dataclass(frozen=True)
class Form:
    """What somebody filled in. `phone` is E.164 with `+`; `user_fields` are {ext_id, value}."""

    form_type: FormType
    kind: Kind = "request"
    form_name: str | None = None
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    message: str | None = None
    ext_id: str | None = None
    agrees_to_processing: bool | None = None
    agrees_to_mailing: bool | None = None
    user_fields: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class OfflineMessage:
    """A form as it is kept; `received_at` and `processed_at` in microseconds. A technical one has no communication."""

    id: int
    communication_id: int | None
    received_at: int
    form: Form
    status: Status
    processed_at: int | None
    employee_id: int | None
    employee_comment: str | None


class Forms:
    """The forms of one account."""

    def __init__(
        self, ground: Ground, database: Database, communications: Communications, tags: Tags, events: FormEvents
    ) -> None:
        self._ground = ground
        self._database = database
        self._communications = communications
        self._tags = tags
        self._events = events

    def send(self, form: Form, origin: Origin = UNKNOWN, *, is_technical: bool = False) -> OfflineMessage:
        """A visitor sends a form now.

        A lead generator's request gets the system tag «Генератор лидов» by itself.
        """
        with self._database.transaction():
            message = self._take_in(form, origin, micros(self._ground.clock.now()), is_technical=is_technical)
        self._events.send(message)
        return message

    def load(self, forms: Sequence[tuple[Form, Origin, int]]) -> list[OfflineMessage]:
        """Forms of a client's own, each with where it came from and when (microseconds); all of them or none."""
        with self._database.transaction():
            messages = [self._take_in(*each, is_technical=False) for each in forms]
        for message in messages:
            self._events.send(message)
        return messages

    def process(self, message_id: int, status: Status, employee_id: int, comment: str | None) -> OfflineMessage:
        """An employee takes a form on, is done with it, or puts it back. Raises NotFound, and BadRequest for `by`."""
        self.get(message_id)
        if self._database.value("SELECT 1 FROM employees WHERE id = ?", employee_id) is None:
            raise BadRequest.field("by", employee_id, "the id of an employee of this account")
        changes = {
            "status": status,
            "processed_at": micros(self._ground.clock.now()) if status == "processed" else None,
            "employee_id": employee_id,
            "employee_comment": comment,
        }
        self._database.update("offline_messages", message_id, changes)
        return self.get(message_id)

    def get(self, message_id: int) -> OfflineMessage:
        """Raises NotFound for an unknown form."""
        row = self._database.one("SELECT * FROM offline_messages WHERE id = ?", message_id)
        if row is None:
            raise NotFound(f"no form {message_id}")
        return _message(row)

    def all(self) -> list[OfflineMessage]:
        """The oldest first."""
        return [_message(row) for row in self._database.all("SELECT * FROM offline_messages ORDER BY id")]

    def between(self, since: int, until: int) -> list[OfflineMessage]:
        """Those received in [since, until), oldest first, technical ones included."""
        span = "received_at >= ? AND received_at < ?"
        question = f"SELECT * FROM offline_messages WHERE {span} ORDER BY received_at, id"
        return [_message(row) for row in self._database.all(question, since, until)]

    def communication_of(self, ext_id: str) -> int | None:
        """The communication of the form that has this id in the client's system."""
        communication_id: int | None = self._database.value(
            "SELECT communication_id FROM offline_messages WHERE ext_id = ?", ext_id
        )
        return communication_id

    def _take_in(self, form: Form, origin: Origin, at: int, *, is_technical: bool) -> OfflineMessage:
        row = {
            **asdict(form),
            "communication_id": None if is_technical else self._begin(form, at, origin),
            "received_at": at,
            "user_fields": orjson.dumps(form.user_fields).decode(),
        }
        message = self.get(self._database.insert("offline_messages", row))
        self._events.put(message)
        return message

    def _begin(self, form: Form, at: int, origin: Origin) -> int:
        communication_id = self._communications.begin(
            "offline_message", at, phone=form.phone, email=form.email, origin=origin
        )
        if form.kind == "lead":
            tag_id = self._tags.id_of(LEAD_GENERATOR)
            assert tag_id is not None
            self._tags.put(communication_id, tag_id)
        return communication_id


_FLAGS = ("agrees_to_processing", "agrees_to_mailing")
_OF_FORM = tuple(Form.__dataclass_fields__)


def _message(row: Row) -> OfflineMessage:
    row["user_fields"] = orjson.loads(row["user_fields"])
    for flag in _FLAGS:
        row[flag] = None if row[flag] is None else bool(row[flag])
    form = Form(**{name: row.pop(name) for name in _OF_FORM})
    return OfflineMessage(form=form, **row)
