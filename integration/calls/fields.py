"""Additional fields for the cards that a call or a site form makes or refreshes (FIELD-01..19, SALE-08)."""

from __future__ import annotations

from collections.abc import Callable

from integration.calls.context import Communication, Context
from integration.events import CallEvent, CommunicationEvent, SiteForm
from integration.model import Contact, ContactPatch, Fields, InboxRow
from integration.ports import TelephonyRefusedError
from integration.rules import additional_fields
from integration.rules.additional_fields import CALL, SITE_FORM
from integration.rules.decisions import FillFields, Nothing, RefreshFields
from integration.rules.facts import Direction, LaterFacts, Origin
from integration.settings import Values


class CardFields:
    """The fields of one communication. Raises UnavailableError when the telephony or amoCRM cannot be asked."""

    def __init__(
        self, context: Context, row: InboxRow, event: CommunicationEvent, about: Communication, values: Values
    ) -> None:
        self._context = context
        self._row = row
        self._event = event
        self._about = about
        self._widget: str = values["widget.type"]
        self._known: Origin | None = None

    async def prepare(self) -> None:
        """Ask the telephony and amoCRM for all that the fields need: nothing is decided that cannot be done at once."""
        if self._widget == additional_fields.OUR_WIDGET:
            await self._origin()
            await self._context.crm.unusable_fields()

    async def of_new_contact(self) -> Fields:
        return await self._filled(additional_fields.of_new_contact)

    async def of_new_deal(self) -> Fields:
        return await self._filled(additional_fields.of_new_deal)

    async def refresh(self, contact: Contact, direction: Direction, *, on_outgoing: bool) -> None:
        """A contact that was known before shows this communication as its last one, if it is automatic (SALE-08)."""
        is_automatic = contact.communication_id is not None
        if is_automatic:
            await self.prepare()
        facts = LaterFacts(
            direction=direction,
            refresh_on_outgoing=on_outgoing,
            contact_id=contact.id,
            is_automatic=is_automatic,
            holds_since=contact.communication_time,
            arrived_at=self._about.started_at,
        )
        decision = await self._context.decide(self._row, self._about, additional_fields.at_later_communication, facts)
        if isinstance(decision, RefreshFields) and (refreshed := await self._refreshed()):
            await self._context.effects.refresh(self._about, ContactPatch(decision.contact_id, fields=refreshed))

    async def _refreshed(self) -> Fields:
        """Those that follow the last communication; none where another widget is installed."""
        origin = await self._origin()
        if origin.widget != additional_fields.OUR_WIDGET:
            return {}
        await self._name_unusable()
        return additional_fields.refreshed(origin)

    async def _filled(self, rule: Callable[[Origin], FillFields | Nothing]) -> Fields:
        filled = await self._context.decide(self._row, self._about, rule, await self._origin())
        if not isinstance(filled, FillFields):
            return {}
        await self._name_unusable()
        return dict(filled.values)

    async def _name_unusable(self) -> None:
        """Fields that do not take their values go to the decision log; the call is handled all the same."""
        for place, wrong in enumerate(await self._context.crm.unusable_fields()):
            line: dict[str, object] = {"decision": "field_error", "because": wrong}
            await self._context.decisions.note(
                f"{self._row.event_id}/field/{place}", self._about.subject, "FIELD-01", line
            )

    async def _origin(self) -> Origin:
        """Where the communication came from, out of the variables of its event (GAP-83)."""
        if self._known is None:
            self._known = self._told(self._event.campaign_name or await self._name_of_place())
        return self._known

    def _told(self, source: str | None) -> Origin:
        event, about = self._event, self._about
        return Origin(
            widget=self._widget,
            communication_id=about.communication_id,
            communication_type=SITE_FORM if isinstance(event, SiteForm) else CALL,
            source=source,
            arrived_at=int(about.started_at.timestamp()),
            utm_source=event.utm_source,
            utm_medium=event.utm_medium,
            utm_campaign=event.utm_campaign,
            utm_content=event.utm_content,
            utm_term=event.utm_term,
            ua_client_id=event.ua_client_id,
            session=None if event.visitor_session_id is None else str(event.visitor_session_id),
            search_query=event.search_query,
            site=event.site_domain_name,
            campaign=event.campaign_name,
        )

    async def _name_of_place(self) -> str | None:
        """The name of the number that was called, or of the site of the form. A refusal holds up no call."""
        event = self._event
        if not isinstance(event, CallEvent) or not event.virtual_phone_number:
            return event.site_domain_name
        if self._widget != additional_fields.OUR_WIDGET:
            return None
        try:
            return await self._context.telephony.number_name(event.virtual_phone_number)
        except TelephonyRefusedError as refusal:
            line: dict[str, object] = {"decision": "field_error", "because": refusal.reason}
            ref = f"{self._row.event_id}/field/communication_source"
            await self._context.decisions.note(ref, self._about.subject, "FIELD-12", line)
            return None
