"""Addresses of pages: what an entrance and a referrer tell by themselves."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from urllib.parse import SplitResult, parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from emulator.core.errors import BadRequest

UTM = ("source", "medium", "campaign", "term", "content", "referrer", "expid")
_CLICKS = ("gclid", "yclid", "ymclid", "ef_id", "cm_id")
_OPENSTAT = ("openstat_service", "openstat_campaign", "openstat_ad", "openstat_source")

_ENGINES = {
    "yandex": ("yandex.ru", "yandex.com", "ya.ru", "yandex.by", "yandex.kz"),
    "google.com": ("google.com", "google.ru"),
    "mail.ru": ("go.mail.ru",),
    "bing.com": ("bing.com",),
    "rambler.ru": ("nova.rambler.ru", "search.rambler.ru"),
    "yahoo.com": ("search.yahoo.com",),
}
"""The vendor's names of search engines with their hosts."""
_QUERY_KEYS = ("text", "q", "query", "p")

Marks = dict[str, str | None]


def page_of(domain: str, given: str, path: str) -> str:
    """The whole address of a page of the site at `domain`, given whole or from its `/`.

    Raises BadRequest naming `path` for anything else.
    """
    url = urljoin(f"https://{domain}/", given) if _split(given) else ""
    if not url.startswith(("http://", "https://")) or not is_host_of(domain, host_of(url)):
        raise BadRequest.field(path, given[:200], f"a page of the site, such as /prices or https://{domain}/prices")
    return url


def is_host_of(domain: str, host: str | None) -> bool:
    """Whether `host` is `domain` or a subdomain of it; `www.` makes no difference."""
    bare = domain.removeprefix("www.")
    return host is not None and (host == bare or host.endswith(f".{bare}"))


def with_utm(url: str, utm: Mapping[str, str]) -> str:
    """`url` with these marks, by their names without `utm_`, in place of its own ones of the same name."""
    if not utm:
        return url
    split = urlsplit(url)
    own = {f"utm_{mark}": value for mark, value in utm.items()}
    query = urlencode([*((key, value) for key, value in _query(split) if key not in own), *own.items()])
    return urlunsplit(split._replace(query=query))


def marks_in(url: str) -> Marks:
    """The marks in the address of an entrance, by the column of a visitor session; None where there is none."""
    query = dict(_query(urlsplit(url)))
    marks: Marks = {f"utm_{mark}": query.get(f"utm_{mark}") or None for mark in UTM}
    marks.update({mark: query.get(mark) or None for mark in _CLICKS})
    marks.update(_openstat(query.get("_openstat", "")))
    return marks


def host_of(url: str | None) -> str | None:
    """The host of an address in lower case, without `www.`; None when it has none."""
    split = _split(url or "")
    host = split.hostname if split else None
    return host.removeprefix("www.") if host else None


def search_in(referrer: str | None) -> tuple[str | None, str | None]:
    """(search engine, search query) of a referrer that is a page of results."""
    host, split = host_of(referrer), _split(referrer or "")
    engine = next((name for name, own in _ENGINES.items() if host in own), None)
    if engine is None or split is None:
        return None, None
    query = dict(_query(split))
    return engine, next((query[key] for key in _QUERY_KEYS if query.get(key)), None)


def _split(url: str) -> SplitResult | None:
    """None for what is no address at all."""
    try:
        return urlsplit(url)
    except ValueError:
        return None


def _query(split: SplitResult) -> list[tuple[str, str]]:
    return parse_qsl(split.query, keep_blank_values=True)


def _openstat(text: str) -> Marks:
    """`service;campaign;ad;source`, plain or in base64."""
    if ";" not in text:
        try:
            text = b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode()
        except ValueError:
            text = ""
    parts = [*text.split(";"), "", "", "", ""]
    return {mark: part or None for mark, part in zip(_OPENSTAT, parts, strict=False)}
