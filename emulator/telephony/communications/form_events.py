"""The event `offline_message` of a form (contract §3): a flat object of the vendor's variables, one a form.

It is stored in the transaction that takes the form in and sent once that is over. While no integration is connected
nothing is stored.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from emulator.core.ground import Ground
from emulator.core.instants import local_text, micros
from emulator.core.sender import Destination, Sender
from emulator.telephony.communications.ledger import Communications

if TYPE_CHECKING:
    from emulator.telephony.communications.forms import OfflineMessage

MNEMONIC = "offline_message"


def stream_of(message: OfflineMessage) -> str:
    """The key under which the event of one form is delivered, and its subject in the journal."""
    return f"form:{message.id}"


class FormEvents:
    """Writes the events of forms. The subject of a delivery is `offline_message <event_id>`."""

    def __init__(
        self,
        ground: Ground,
        sender: Sender,
        integration: Callable[[], Destination | None],
        communications: Communications,
    ) -> None:
        self._ground = ground
        self._sender = sender
        self._integration = integration
        self._communications = communications

    def put(self, message: OfflineMessage) -> None:
        """A form has no call session; what it has in common with calls has the same names, the telephone too."""
        if self._integration() is None or message.communication_id is None:
            return
        form, event_id = message.form, f"{message.communication_id}:1"
        body = {
            "event_id": event_id,
            "notification_mnemonic": MNEMONIC,
            "notification_timestamp": micros(self._ground.clock.now()) // 1000,
            "communication_id": message.communication_id,
            "communication_type": MNEMONIC,
            "direction": "in",
            "contact_phone_number": form.phone,
            "start_time": local_text(message.received_at, self._ground.zone),
            "visitor_name": form.name,
            "visitor_phone_number": form.phone,
            "visitor_email": form.email,
            "text": form.message,
            "form_name": form.form_name,
            "form_type": form.form_type,
            **self._communications.variables(message.communication_id),
        }
        self._sender.put(stream_of(message), f"{MNEMONIC} {event_id}", body)

    def send(self, message: OfflineMessage) -> None:
        """The form is stored: note it in the journal and deliver its event."""
        stream = stream_of(message)
        data = {"verb": "send", "kind": message.form.kind, "communication_id": message.communication_id}
        cause, now = self._ground.ids.trace_id(stream), self._ground.clock.now()
        self._ground.journal.add("change", "telephony", "telephony", stream, data, cause, now)
        if message.communication_id is not None:
            self._sender.wake(stream)
