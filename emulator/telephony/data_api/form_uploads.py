"""`upload.offline_messages` (facts §1.11): up to 50 forms of a client's own, all of them or none.

A form says where it came from, by a visit, a campaign or a site, and how to reach the sender. It counts from its own
`date_time` and goes to the integration like every form.
"""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from emulator.core.errors import BadRequest, Conflict, NotFound
from emulator.core.instants import micros
from emulator.telephony.account import TelephonyAccount
from emulator.telephony.communications.form_origin import origin_of_form
from emulator.telephony.communications.forms import Form
from emulator.telephony.data_api.answer import Answer, Methods, Params
from emulator.telephony.data_api.given import ENVELOPE, Given
from emulator.telephony.marketing.origin import Origin
from emulator.telephony.numbers import written

MOST = 50
VISIT_WITHIN = timedelta(days=180)
_SPAN = VISIT_WITHIN // timedelta(microseconds=1)
_WHERE_FROM = ("visitor_session_id", "campaign_id", "site_id")
_NO_CAMPAIGN = -1
_KNOWN = (
    "date_time",
    "name",
    "phone",
    "email",
    "message",
    *_WHERE_FROM,
    "source_id",
    "form_name",
    "ext_id",
    "user_fields",
)


def upload_offline_messages(account: TelephonyAccount, params: Params) -> Answer:
    """`[{id}]` in the order of the request. Raises Refusal; what is refused is the whole request."""
    given = Given(params, (*ENVELOPE, "offline_messages"))
    given.require("offline_messages")
    items = given.objects("offline_messages", _KNOWN, MOST)
    if not items:
        raise given.refusal("invalid_parameter_value", "offline_messages", "at least one")
    taken: set[str] = set()
    loaded = []
    for item in items:
        form = _form(account, item, taken)
        sent_at = _sent_at(item, micros(account.ground.clock.now()), account.ground.zone)
        loaded.append((form, _origin(account, item, sent_at), sent_at))
    return Answer([{"id": message.id} for message in account.forms.load(loaded)])


def _form(account: TelephonyAccount, item: Given, taken: set[str]) -> Form:
    phone, email = item.maybe_text("phone"), item.maybe_text("email")
    if not phone and not email:
        raise item.refusal("required_parameter_missed", "phone", "phone or email")
    try:
        phone = written(phone, "phone") if phone else None
    except BadRequest as refused:
        raise item.refusal("invalid_parameter_value", "phone", refused.detail) from None
    ext_id = item.text("ext_id") if item.has("ext_id") else None
    if ext_id is not None and (ext_id in taken or account.forms.communication_of(ext_id) is not None):
        raise item.refusal("duplicate_entity", "ext_id")
    taken.update([ext_id] if ext_id else [])
    item.maybe_number("source_id")
    fields = item.objects("user_fields", ("ext_id", "value"))
    return Form(
        form_type="DataAPI",
        form_name=item.maybe_text("form_name"),
        name=item.maybe_text("name"),
        phone=phone,
        email=email or None,
        message=item.maybe_text("message"),
        ext_id=ext_id,
        user_fields=[{"ext_id": each.text("ext_id"), "value": each.text("value")} for each in fields],
    )


def _sent_at(item: Given, now: int, zone: ZoneInfo) -> int:
    """When the form was sent; now when it does not say."""
    at = item.maybe_moment("date_time", zone)
    if at is not None and at > now:
        raise item.refusal("invalid_date_time", "date_time", "in the future")
    return now if at is None else at


def _origin(account: TelephonyAccount, item: Given, sent_at: int) -> Origin:
    ids = {name: item.maybe_number(name) for name in _WHERE_FROM}
    if ids["campaign_id"] == _NO_CAMPAIGN:
        item.require("site_id")
        ids["campaign_id"] = None
    if all(each is None for each in ids.values()):
        raise item.refusal("required_parameter_missed", "site_id", f"one of {', '.join(_WHERE_FROM)}")
    try:
        origin, began = origin_of_form(account.database, **ids)
    except NotFound as refused:
        raise item.refusal("entity_not_found", refused.extra["field"], refused.detail) from None
    except Conflict as refused:
        raise item.refusal("invalid_parameters_combination", refused.extra["field"], refused.detail) from None
    if began is not None and not began - began % 1_000_000 <= sent_at <= began + _SPAN:
        raise item.refusal("invalid_date_time", "date_time", "not within 180 days after the visit began")
    return origin


METHODS: Methods = {"upload.offline_messages": upload_offline_messages}
