"""The channel of a visit (Data API, enum `channel`). The vendor does not say how it finds it; what the visit says most
plainly decides: the mark of a click on an ad, then `utm_medium`, a search, the place it came from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from emulator.telephony.marketing.pages import is_host_of

NAMES = {
    "display": "Медийная реклама",
    "paid": "Платный трафик",
    "affiliate": "Партнёрские программы",
    "messenger": "Мессенджеры",
    "social": "Социальные сети",
    "email": "E-mail рассылки",
    "organic": "Поисковый трафик",
    "internal": "Внутренние переходы",
    "recommendation": "Рекомендательные системы",
    "cashed": "Сохранённые страницы",
    "referral": "Переходы с сайтов",
    "direct": "Прямые заходы",
}

_CLICK_MARKS = ("gclid", "yclid", "ymclid")
_MEDIUMS = {
    "paid": ("paid", "cpc", "ppc", "cpv", "paidsearch", "paid_search", "search_ads"),
    "display": ("display", "cpm", "banner", "media"),
    "affiliate": ("affiliate", "cpa", "partner"),
    "email": ("email", "e-mail", "newsletter", "mailing"),
    "social": ("social", "smm", "social-network", "social_network"),
    "messenger": ("messenger",),
    "organic": ("organic",),
    "recommendation": ("recommendation", "recommend"),
    "referral": ("referral",),
}
_HOSTS = {
    "social": ("vk.com", "ok.ru", "facebook.com", "instagram.com", "youtube.com", "dzen.ru", "linkedin.com"),
    "messenger": ("t.me", "telegram.org", "web.telegram.org", "wa.me", "web.whatsapp.com", "viber.com"),
    "email": ("mail.yandex.ru", "e.mail.ru", "mail.google.com", "mail.rambler.ru"),
}


def channel_of(visit: Mapping[str, object], domain: str) -> str:
    """The channel of a visit with these columns to the site at `domain`."""
    if any(visit[mark] for mark in _CLICK_MARKS):
        return "paid"
    medium = str(visit["utm_medium"] or "").lower()
    if by_medium := _found(_MEDIUMS, lambda each: each == medium):
        return by_medium
    host = visit["referrer_domain"]
    if isinstance(host, str) and (by_host := _found(_HOSTS, lambda each: is_host_of(each, host))):
        return by_host
    if visit["search_engine"] or visit["search_query"]:
        return "organic"
    if isinstance(host, str) and is_host_of(domain, host):
        return "internal"
    return "referral" if host or visit["utm_source"] else "direct"


def _found(names: Mapping[str, tuple[str, ...]], fits: Callable[[str], bool]) -> str | None:
    return next((name for name, known in names.items() if any(fits(each) for each in known)), None)
