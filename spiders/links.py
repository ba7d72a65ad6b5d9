"""Links that a crawl follows besides those to stories: a listing's next page, a home page's feeds, and the sitemaps in
robots.txt."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from spiders.reading.html import Element, css, text_of, xpath
from spiders.site import Site

NEXT_LINK = xpath(
    "descendant::*[self::link or self::a]"
    "[@href and contains(concat(' ', translate(@rel, 'NEXT', 'next'), ' '), ' next ')]"
)
PAGER_LINK = css(
    "a.next, .next > a, .pagination-next a, .pager-next a, .pager__item--next a, .nav-previous a, .pagination a"
)
NEXT_TEXT = re.compile(
    r"\W*(?:next(?: page)?|older(?: (?:posts|stories|entries))?|load more|more|اگلا)?\W*", re.IGNORECASE
)
LINKS = xpath("descendant::a[@href]")
PAGE_NUMBER = re.compile(r"(?:[?&](?:page|p|paged)=|/page/)([0-9]{1,6})(?=[/&]|$)")
FEEDS = xpath("descendant::link[@href and (@type='application/rss+xml' or @type='application/atom+xml')]")
COMMENTS = re.compile(r"comments?\b", re.IGNORECASE)
MOST_FEEDS = 10


def next_page(root: Element, site: Site, path: str) -> str | None:
    """The path and query of the page that follows a page of a listing, or None.

    It must differ from this page only in a page number: any other link is not trusted, since some sites serve the same
    stories under endless paths. On some sites the links to other pages have no label but their numbers.
    """
    labelled = [*NEXT_LINK(root), *(link for link in PAGER_LINK(root) if NEXT_TEXT.fullmatch(text_of(link)))]
    found = _pages_of_listing(labelled, site, path)
    following = _page_number(path) + 1
    numbered = (page for page in _pages_of_listing(LINKS(root), site, path) if _page_number(page) == following)
    return next(found, None) or next(numbered, None)


def _pages_of_listing(links: list[Element], site: Site, path: str) -> Iterator[str]:
    """The paths and queries, among those of links, that differ from a page's own only in the page number."""
    listing = _without_page(path)
    for link in links:
        try:
            found = urlsplit((link.get("href") or "").strip())
        except ValueError:
            continue
        if found.netloc and not site.is_own_host(found.netloc):
            continue
        address = found._replace(scheme="", netloc="", fragment="").geturl()
        address = address if found.path else urlsplit(path).path + address
        if address != path and _without_page(address) == listing:
            yield address


def _page_number(path: str) -> int:
    found = PAGE_NUMBER.search(path)
    return int(found[1]) if found else 1


def _without_page(path: str) -> str:
    """A path without its page number: `/news/page/2/` and `/news?page=2` are both `/news`."""
    bare = re.sub(r"([?&](?:page|p|paged)=\d+)|/page/\d+(?=/|$)|(?<=/)\d{1,4}/?$", "", path)
    return bare.rstrip("/")


def feeds_of(root: Element, site: Site) -> list[str]:
    """The paths of the feeds that a home page links to, without those of comments."""
    found = []
    for link in FEEDS(root):
        address = urlsplit((link.get("href") or "").strip())
        own = not address.netloc or site.is_own_host(address.netloc)
        if own and address.path.strip("/") and not COMMENTS.search(f"{link.get('title') or ''} {address.path}"):
            found.append(address._replace(scheme="", netloc="", fragment="").geturl())
    return list(dict.fromkeys(found))[:MOST_FEEDS]


def sitemaps_of(robots_txt: str, site: Site) -> list[str]:
    """The paths of the sitemaps that a robots.txt lists, on the newspaper's own hosts."""
    found = []
    for line in robots_txt.splitlines():
        name, _, value = line.partition(":")
        address = urlsplit(value.partition("#")[0].strip())
        if name.strip().lower() == "sitemap" and site.is_own_host(address.netloc) and address.path.strip("/"):
            found.append(address._replace(scheme="", netloc="", fragment="").geturl())
    return list(dict.fromkeys(found))
