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
    ", .page-nav a"
)
NEXT_TEXT = re.compile(
    r"\W*(?:next(?: page)?|older(?: (?:posts|stories|entries))?|load more|more|اگلا)?\W*", re.IGNORECASE
)
PAGE = re.compile(r"[?&](?:page|p|paged)=[0-9]+(?=&|$)|/page/[0-9]+(?=/?$)")
LAST_NUMBER = re.compile(r"/[0-9]{1,4}$")
DATE = re.compile(r"/[0-9]{4}[/-][0-9]{1,2}\b")
LINKS = xpath("descendant::a[@href]")
FEEDS = xpath("descendant::link[@href and (@type='application/rss+xml' or @type='application/atom+xml')]")
COMMENTS = re.compile(r"comments?\b", re.IGNORECASE)
MOST_FEEDS = 10


def next_page(root: Element, site: Site, path: str) -> str | None:
    """The path and query of the page that follows a page of a listing, or None.

    It must differ from this page only in its number, which must be higher: any other link is not trusted, since some
    sites serve the same stories under endless paths, and the links to both neighbours of a page can be arrows. If no
    link says "next", the one whose text is the next number counts.
    """
    labelled = [*NEXT_LINK(root), *(link for link in PAGER_LINK(root) if NEXT_TEXT.fullmatch(text_of(link)))]
    numbered = [link for link in LINKS(root) if text_of(link) == str(_page_number(path) + 1)]
    pages = (_page_at(link, path, site) for link in (*labelled, *numbered))
    return next((page for page in pages if page and _page_number(page) > _page_number(path)), None)


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
        path = _own_path((link.get("href") or "").strip(), site)
        if path and not COMMENTS.search(f"{link.get('title') or ''} {path}"):
            found.append(path)
    return list(dict.fromkeys(found))[:MOST_FEEDS]


def sitemaps_of(robots_txt: str, site: Site) -> list[str]:
    """The paths of the sitemaps that a robots.txt lists, on the newspaper's own hosts."""
    found = []
    for line in robots_txt.splitlines():
        name, _, value = line.partition(":")
        path = _own_path(value.partition("#")[0].strip(), site)
        if path and name.strip().lower() == "sitemap":
            found.append(path)
    return list(dict.fromkeys(found))


def _own_path(url: str, site: Site) -> str | None:
    """The path and query of a URL on the newspaper's own hosts, unless it is the home page's; None for any other."""
    try:
        address = urlsplit(url)
    except ValueError:
        return None
    own = not address.netloc or site.is_own_host(address.netloc)
    return address._replace(scheme="", netloc="", fragment="").geturl() if own and address.path.strip("/") else None
