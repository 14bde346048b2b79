"""`upload.offline_messages` (facts §1.11): up to 50 forms of a client's own, all of them or none.

A form says where it came from, by a visit, a campaign or a site, and how to reach the sender. It counts from its own
`date_time` and goes to the integration like every form.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from emulator.core.errors import Conflict, NotFound
from emulator.core.instants import local_text, micros
from emulator.telephony.account import TelephonyAccount
from emulator.telephony.communications.form_origin import origin_of_form
from emulator.telephony.communications.forms import Form
from emulator.telephony.data_api.answer import Answer, Methods, Params
from emulator.telephony.data_api.params import (
    Shape,
    array,
    batch,
    checked,
    filled,
    moment,
    number,
    of_item,
    required,
    structure,
    telephone,
    text,
)
from emulator.telephony.marketing.origin import Origin
from emulator.telephony.rpc import Refusal

MOST = 50
VISIT_WITHIN = timedelta(days=180)
_SPAN = VISIT_WITHIN // timedelta(microseconds=1)
_WHERE_FROM = ("visitor_session_id", "campaign_id", "site_id")
_NO_CAMPAIGN = -1
_AT = "offline_messages"


@cache
def _upload(zone: ZoneInfo) -> Shape:
    form: Shape = {
        "date_time": moment(zone),
        "name": text(),
        "phone": telephone(),
        "email": text(),
        "message": text(),
        **{name: number() for name in _WHERE_FROM},
        "source_id": number(),
        "form_name": text(),
        "ext_id": filled(),
        "user_fields": array(structure({"ext_id": required(filled()), "value": required(filled())})),
    }
    return {_AT: batch(structure(form), MOST)}


def upload_offline_messages(account: TelephonyAccount, params: Params) -> Answer:
    """`[{id}]` in the order of the request. Raises Refusal; what is refused is the whole request."""
    given = checked(params, _upload(account.ground.zone))
    now = micros(account.ground.clock.now())
    taken: set[str] = set()
    loaded = []
    for index, item in enumerate(given[_AT]):
        with of_item(_AT, index):
            form, sent_at = _form(account, item, taken), _sent_at(account, item, now)
            loaded.append((form, _origin(account, item, sent_at), sent_at))
    return Answer([{"id": message.id} for message in account.forms.load(loaded)])


def _form(account: TelephonyAccount, item: dict[str, Any], taken: set[str]) -> Form:
    phone, email, ext_id = item.get("phone"), item.get("email"), item.get("ext_id")
    if not phone and not email:
        raise _refusal("required_parameter_missed", "phone", phone, "phone or email")
    if ext_id is not None and (ext_id in taken or account.forms.communication_of(ext_id) is not None):
        raise _refusal("duplicate_entity", "ext_id", ext_id)
    taken.update([ext_id] if ext_id else [])
    return Form(
        form_type="DataAPI",
        form_name=item.get("form_name"),
        name=item.get("name"),
        phone=phone,
        email=email or None,
        message=item.get("message"),
        ext_id=ext_id,
        user_fields=item.get("user_fields") or [],
    )


def _sent_at(account: TelephonyAccount, item: dict[str, Any], now: int) -> int:
    """When the form was sent; now when it does not say."""
    at: int | None = item.get("date_time")
    if at is not None and at > now:
        raise _refusal("invalid_date_time", "date_time", local_text(at, account.ground.zone), "in the future")
    return now if at is None else at


def _origin(account: TelephonyAccount, item: dict[str, Any], sent_at: int) -> Origin:
    ids: dict[str, int | None] = {name: item.get(name) for name in _WHERE_FROM}
    if ids["campaign_id"] == _NO_CAMPAIGN:
        if ids["site_id"] is None:
            raise _refusal("required_parameter_missed", "site_id")
        ids["campaign_id"] = None
    if all(each is None for each in ids.values()):
        raise _refusal("required_parameter_missed", "site_id", None, f"one of {', '.join(_WHERE_FROM)}")
    try:
        origin, began = origin_of_form(account.database, **ids)
    except (NotFound, Conflict) as refused:
        mnemonic = "entity_not_found" if isinstance(refused, NotFound) else "invalid_parameters_combination"
        field = refused.extra["field"]
        raise _refusal(mnemonic, field, ids[field], refused.detail) from None
    if began is not None and not began - began % 1_000_000 <= sent_at <= began + _SPAN:
        at = local_text(sent_at, account.ground.zone)
        raise _refusal("invalid_date_time", "date_time", at, "not within 180 days after the visit began")
    return origin


def _refusal(mnemonic: str, name: str, value: Any = None, hint: str = "") -> Refusal:
    return Refusal(mnemonic, f"{_AT}.{name}", value, hint)


METHODS: Methods = {"upload.offline_messages": upload_offline_messages}
