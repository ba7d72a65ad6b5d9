"""Links that a crawl follows besides those to stories: a listing's next page, a home page's feeds, and the sitemaps in
robots.txt."""

import re
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
PAGE = re.compile(r"[?&](?:page|p|paged)=[0-9]+(?=&|$)|/page/[0-9]+(?=/?$)")
LAST_NUMBER = re.compile(r"/[0-9]{1,4}$")
DATE = re.compile(r"/[0-9]{4}[/-][0-9]{1,2}\b")
FEEDS = xpath("descendant::link[@href and (@type='application/rss+xml' or @type='application/atom+xml')]")
COMMENTS = re.compile(r"comments?\b", re.IGNORECASE)
MOST_FEEDS = 10


def next_page(root: Element, site: Site, path: str) -> str | None:
    """The path and query of the page that follows a page of a listing, or None.

    It must differ from this page only in a page number: any other link is not trusted, since some sites serve the same
    stories under endless paths.
    """
    candidates = [*NEXT_LINK(root), *(link for link in PAGER_LINK(root) if NEXT_TEXT.fullmatch(text_of(link)))]
    for link in candidates:
        found = urlsplit((link.get("href") or "").strip())
        address = found._replace(scheme="", netloc="", fragment="").geturl()
        here = urlsplit(path)
        if found.netloc and not site.is_own_host(found.netloc):
            continue
        address = address if found.path else here.path + address
        if address != path and _is_page_of(address, path):
            return address
    return None


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
        own = not address.netloc or site.is_own_host(address.netloc)
        if name.strip().lower() == "sitemap" and own and address.path.strip("/"):
            found.append(address._replace(scheme="", netloc="", fragment="").geturl())
    return list(dict.fromkeys(found))
