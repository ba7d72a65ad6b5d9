"""Links that a crawl follows in addition to those to stories: a listing's next page, a home page's feeds, and the
sitemaps in robots.txt."""

import re
from collections.abc import Iterator
from typing import cast
from urllib.parse import urlsplit

from lxml import etree

from spiders.reading.html import Element, classes, text_of, xpath
from spiders.site import Site

PAGERS = frozenset({"pagination-next", "pager-next", "pager__item--next", "nav-previous", "pagination", "page-nav"})
"""Class names of the elements around the links to other pages of a listing."""
MAY_BE_PAGERS = xpath("descendant::*[contains(@class, 'next') or contains(@class, 'pag') or contains(@class, 'nav-')]")
NEXT_TEXT = re.compile(
    r"\W*(?:next(?: page)?|older(?: (?:posts|stories|entries))?|load more|more|اگلا)?\W*", re.IGNORECASE
)
PAGE = re.compile(r"[?&](?:page|p|paged)=[0-9]+(?=&|$)|/page/[0-9]+(?=/?$)")
LAST_NUMBER = re.compile(r"/[0-9]{1,4}$")
DATE = re.compile(r"/[0-9]{4}[/-][0-9]{1,2}\b")
NUMBERED = etree.XPath("descendant::a[@href and contains(., $number)]", smart_strings=False)
FEEDS = xpath("descendant::link[@href and (@type='application/rss+xml' or @type='application/atom+xml')]")
COMMENTS = re.compile(r"comments?\b", re.IGNORECASE)
MOST_FEEDS = 10


def next_page(root: Element, site: Site, path: str) -> str | None:
    """The path and query of the page that follows a page of a listing, or None.

    It must differ from this page only in its number, which must be higher: any other link is not trusted, since some
    sites serve the same stories under endless paths, and the links to both neighbours of a page can be arrows. If no
    link says "next", the one whose text is the next number counts.
    """
    here = _page_number(path)
    pages = (_page_at(link, path, site) for link in _links_to_next(root, str(here + 1)))
    return next((page for page in pages if page and _page_number(page) > here), None)


def _links_to_next(root: Element, number: str) -> Iterator[Element]:
    """The links that may lead to the page with this number, most trusted first."""
    yield from (link for link in root.iter("link", "a") if "next" in (link.get("rel") or "").lower().split())
    yield from (link for link in _pager_links(root) if NEXT_TEXT.fullmatch(text_of(link)))
    yield from (link for link in cast(list[Element], NUMBERED(root, number=number)) if text_of(link) == number)


def _pager_links(root: Element) -> Iterator[Element]:
    """The links of the class `next` or directly in an element of it, and all links in a pager."""
    for around in MAY_BE_PAGERS(root):
        names = classes(around)
        if not PAGERS.isdisjoint(names):
            yield from around.iterdescendants("a")
        elif "next" in names:
            yield from [around] if around.tag == "a" else around.iterchildren("a")


def _page_at(link: Element, listing: str, site: Site) -> str | None:
    """The path and query that a link leads to, if it is a page of the listing."""
    try:
        found = urlsplit((link.get("href") or "").strip())
    except ValueError:
        return None
    if found.netloc and not site.is_own_host(found.netloc):
        return None
    address = found._replace(scheme="", netloc="", fragment="").geturl()
    address = address if found.path else urlsplit(listing).path + address
    return address if _is_page_of(address, listing) else None


def _page_number(path: str) -> int:
    """The number of a page; 1 for a path without one."""
    found = PAGE.search(path) or (None if DATE.search(path) else LAST_NUMBER.search(path.rstrip("/")))
    return int(re.sub(r"[^0-9]", "", found[0])) if found else 1


def _is_page_of(address: str, listing: str) -> bool:
    """Whether two addresses are pages of one listing: they differ only in `?page=2`, `/page/2` or a last `/2`."""
    ours, theirs = (PAGE.sub("", path).rstrip("/") for path in (listing, address))
    if ours == theirs:
        return True
    is_dated = DATE.search(ours) or DATE.search(theirs)
    return not is_dated and LAST_NUMBER.sub("", theirs) in (ours, LAST_NUMBER.sub("", ours))


def feeds_of(root: Element, site: Site) -> list[str]:
    """The paths of the feeds that a home page links to, without those of comments."""
    found = []
    for link in FEEDS(root):
        path = site.own_path(link.get("href") or "")
        if path and not COMMENTS.search(f"{link.get('title') or ''} {path}"):
            found.append(path)
    return list(dict.fromkeys(found))[:MOST_FEEDS]


def sitemaps_of(robots_txt: str, site: Site) -> list[str]:
    """The paths of the sitemaps that a robots.txt lists, on the newspaper's own hosts."""
    found = []
    for line in robots_txt.splitlines():
        name, _, value = line.partition(":")
        path = site.own_path(value.partition("#")[0])
        if path and name.strip().lower() == "sitemap":
            found.append(path)
    return list(dict.fromkeys(found))
