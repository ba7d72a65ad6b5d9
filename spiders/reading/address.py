"""The URL of a story page according to the page itself.

Most pages name it several times. Some name another newspaper's page as canonical, for example the news agency's whose
copy they publish: that is not where this page is.
"""

from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from urllib.parse import urljoin, urlsplit

from akhbar.newspaper import Newspaper, bare_host
from akhbar.story import web_address
from spiders.reading.html import Element
from spiders.reading.metadata import Metadata


def own_address(root: Element, paper: Newspaper | None) -> str | None:
    """The page's canonical URL, `og:url` or JSON-LD URL, the first one on the page's own host. None if it has none.

    The own host is that of the `paper`. If the newspaper is not known and these URLs are on several hosts, it is the
    one that most of the page's other links lead to.
    """
    named = _named(root)
    absolute = [url for url in named if web_address(url)]
    base = [url for element in root.iter("base") if (url := web_address((element.get("href") or "").strip()))]
    if paper:
        own = bare_host(paper.host)
        base.append(f"{paper.home_page}/")
    else:
        own = _own_host(root, absolute or base)
    here = next((url for url in (*base, *absolute) if _host(url) == own), None)
    return next((url for url in _resolved(named, here) if _host(url) == own), None)


def _named(root: Element) -> list[str]:
    """The URLs that the page gives as its own, most trusted first."""
    canonical = [link.get("href") or "" for link in root.iter("link") if "canonical" in _relations(link)]
    metadata = Metadata(root)
    named = [*canonical, *metadata.all_meta("og:url"), *metadata.addresses()]
    return list(dict.fromkeys(filter(None, map(str.strip, named))))


def _relations(link: Element) -> list[str]:
    return (link.get("rel") or "").lower().split()


def _own_host(root: Element, candidates: list[str]) -> str:
    """The host of these URLs that most links of the page lead to; without any such link, the first URL's."""
    hosts = list(dict.fromkeys(map(_host, candidates)))
    if len(hosts) < 2:
        return next(iter(hosts), "")
    links = (link for link in root.iter("a", "link") if "canonical" not in _relations(link))
    linked = Counter(_host(link.get("href") or "") for link in links)
    return max(hosts, key=lambda host: linked[host])


def _resolved(urls: Iterable[str], base: str | None) -> Iterable[str]:
    for url in urls:
        with suppress(ValueError):
            found = web_address(urljoin(base, url) if base else url)
            if found:
                yield found


def _host(url: str) -> str:
    try:
        return bare_host(urlsplit(url.strip()).netloc)
    except ValueError:
        return ""
