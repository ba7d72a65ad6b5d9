"""What a newspaper's home page, feeds, sitemaps and stories say about it, for the draft of its declaration.

`akhbar newspapers draft` fetches them, and finds these functions by their names.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from lxml import etree

from akhbar.languages import language_code
from akhbar.newspaper import Newspaper, bare_host
from spiders.feeds import read_feed
from spiders.links import feeds_of, sitemaps_of
from spiders.listings import Card, distinct, drop_times_of_the_document, summary
from spiders.reading import general
from spiders.reading.address import own_address
from spiders.reading.article import SEPARATED
from spiders.reading.html import Element, ParserLimitError, parse, resolve_links, text_of, xpath
from spiders.reading.metadata import Metadata
from spiders.reading.page import PageRead, UnreadablePageError, read_page
from spiders.reading.text import folded
from spiders.site import Site
from spiders.sitemaps import children_to_read, is_index, read_sitemap
from spiders.xml import UnreadableXMLError, local_name, read_document

LINKS = xpath("descendant::a[@href]")
EDITORIALS = re.compile(r"\beditorials?\b|اداری[ہے]", re.IGNORECASE)
NO_EDITORIALS = re.compile(
    r"\b(?:editors?|polic\w+|teams?|boards?|staff|guidelines?|standards?|codes?|values|contacts?|independence)\b",
    re.IGNORECASE,
)
"""Words of links that lead to pages about the newsroom, such as "Editorial policy"."""
NUMBER = "[0-9]{5,12}"
PLAIN = re.compile(r"[\w-]+", re.ASCII)
FEWEST, SHARE = 5, 0.9
"""How many stories must have a pattern in common, and which share of all that are listed."""
STORY = (
    rf"/(?:(?:[^/]*/)*{NUMBER}(?:/.*)?"
    r"|(?:[^/]*/)*[^/]*[0-9]{5}[^/]*/?|(?:[^/]*/)*[-_]*(?:[^-_/]+[-_]+){3}[^-_/][^/]*/?"
    r"|(?:[^/]*/)*[0-9]{4}/(?:[0-9]{1,2}|[a-z]{3})/(?:[0-9]{1,2}/)?(?![0-9]{1,2}/?$|page/)[^/].*)"
)
"""What may be the path of a story: one that a declaration without `story_url` takes for one, or one with a number
before its last part, as in `/news/2009001/ferries-return`."""
HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+(?::[0-9]+)?")
LOCAL = re.compile(r"(?:localhost|127\.[0-9.]+|\[::1\])(?::[0-9]+)?")


class NoNewspaperError(Exception):
    """A site does not look like a newspaper's."""


class UnreadableError(Exception):
    """A document is no feed or sitemap, or a page has no story."""


@dataclass(frozen=True)
class Front:
    """What a site's home page and robots.txt say."""

    site: Site
    """With the newspaper's real host, even if its pages were fetched from a copy."""
    publishers: list[str]
    """The names that the page has for its publisher, most trusted first."""
    language: str | None
    feeds: list[str]
    sitemaps: list[str]
    stories: list[Card]
    """The stories that the page links to."""
    editorials: dict[str, str]
    """The paths of links that may lead to a listing of editorials, with their texts."""


@dataclass(frozen=True)
class Source:
    """What a feed or sitemap lists."""

    stories: list[Card]
    children: list[str] = field(default_factory=list)
    """The paths of an index's sitemaps, newest first."""
    language: str | None = None
    title: str | None = None
    seen: str = ""
    """How many stories, and how old the newest is."""


def read_front(
    page: bytes, content_type: str | None, address: str, robots_txt: str, fetched_at: datetime, *, is_copy: bool
) -> Front:
    """What a home page and robots.txt say.

    The newspaper's host is that of the `address`; of a copy on this machine, the one that its pages name. Raises
    `NoNewspaperError` if the page is no HTML, or names no host.
    """
    try:
        root = parse(page, content_type)
    except (etree.ParserError, etree.XMLSyntaxError, ParserLimitError):
        raise NoNewspaperError("its home page is not an HTML page") from None
    host = _host(root, robots_txt, None if is_copy else urlsplit(address).netloc.lower())
    resolve_links(root, address)
    try:
        paper = Newspaper("draft", host, f"https://{host}", "UTC", "en", story_url=STORY)
    except ValueError:
        raise NoNewspaperError(f"its host {host} cannot be a newspaper's") from None
    site = Site(paper, {host, urlsplit(address).netloc.lower()}, fetched_at)
    metadata = Metadata(root)
    languages = (language_code(html.get("lang")) for html in root.iter("html"))
    return Front(
        site,
        list(dict.fromkeys([*_names(metadata), *_names_in_title(metadata.title or "", host)])),
        next(filter(None, languages), None),
        feeds_of(root, site),
        sitemaps_of(robots_txt, site),
        general.read_listing(root, site).stories,
        _editorials(root, site),
    )


def read_source(document: bytes, content_type: str | None, path: str, front: Front) -> Source:
    """What a feed or sitemap lists. Raises `UnreadableError`."""
    site = front.site
    try:
        found = read_document(document, content_type)
    except UnreadableXMLError as error:
        raise UnreadableError(str(error)) from None
    if is_index(found.root):
        return Source([], [child.path for child in children_to_read(found.root, site)])
    if local_name(found.root) == "urlset":
        stories = distinct([card for card in read_sitemap(found.root, site) if card])
        language = title = None
    else:
        language, title = (found.root.findtext(f"{{*}}channel/{{*}}{name}") for name in ("language", "title"))
        items = read_feed(found, site, urljoin(site.paper.home_page, path))
        stories = distinct([item.card for item in items if item])
    drop_times_of_the_document(stories, site.fetched_at)
    seen = summary(stories, site.fetched_at)
    return Source(stories, [], language_code(language), (title or "").strip() or None, seen)


def read_story(page: bytes, content_type: str | None, path: str, front: Front) -> tuple[PageRead, list[str]]:
    """The story at a path, read by the general reader, and the names that its page has for the publisher. Raises
    `UnreadableError`."""
    address = front.site.paper.home_page + path
    try:
        found = read_page(page, content_type, address, None, lambda _: None, front.site.fetched_at)
    except UnreadablePageError as error:
        raise UnreadableError(str(error)) from None
    return found, list(_names(Metadata(parse(page, content_type))))


def newest_first(stories: Iterable[Card]) -> list[Card]:
    """Stories without duplicates, the newest first; those without a timestamp come last, in their order."""

    def age(card: Card) -> float:
        shown = card.published_at or card.updated_at
        return -datetime.fromisoformat(shown).timestamp() if shown else 0.0

    return sorted(distinct(list(stories)), key=age)


def story_url(paths: Sequence[str]) -> str | None:
    """A pattern for the paths of stories with the group `id`, if nine in ten of them, at least five, have a number of
    their own with five to twelve digits in the same place.

    >>> story_url([f"/news/200900{number}/a-slug-of-{number}" for number in range(5)])
    '/news/(?P<id>[0-9]{5,12})(?:/[^/]*)?/?'
    >>> story_url([f"/{name}/2026/ferries-{name}-1000{len(name)}.html" for name in ("a", "bb", "ccc", "dddd", "eeeee")])
    '/(?:[^/]+/)*[^/]+-(?P<id>[0-9]{5,12})\\\\.html'
    >>> story_url(["/2026/11/05/ferries-return-to-the-lake"] * 5)
    """
    distinct_paths = list(dict.fromkeys(paths))
    for ending in (
        f"(?P<id>{NUMBER})(?:/[^/]*)?/?",
        *(f"{name}{suffix}" for suffix in ("/?", r"\.html", r"\.html?", r"\.\w+") for name in IN_LAST_PART),
    ):
        pattern = re.compile(rf"(?P<start>/(?:[^/]+/)*){ending}")
        found = [match for path in distinct_paths if (match := pattern.fullmatch(path))]
        enough = max(FEWEST, SHARE * len(distinct_paths))
        if enough <= len(found) == len({match["id"] for match in found}):
            return _start([match["start"] for match in found]) + ending
    return None


IN_LAST_PART = (f"(?P<id>{NUMBER})", f"[^/]+-(?P<id>{NUMBER})", f"(?P<id>{NUMBER})-[^/]+")


def _start(starts: Sequence[str]) -> str:
    """A pattern for what comes before the last part of these paths: itself if all have the same, without a number."""
    one = starts[0]
    is_same = len(set(starts)) == 1 and all(PLAIN.fullmatch(part) for part in one.strip("/").split("/") if part)
    return one if is_same and not re.search("[0-9]", one) else "/(?:[^/]+/)*"


def _host(root: Element, robots_txt: str, served: str | None) -> str:
    """The newspaper's host. The page can name another form of the host that served it; a copy's page names any."""
    named = [own_address(root, None) or "", *_sitemap_urls(robots_txt), *_most_linked(root)]
    for url in named:
        with suppress(ValueError):
            host = urlsplit(url).netloc.lower()
            if (
                HOST.fullmatch(host)
                and not LOCAL.fullmatch(host)
                and (served is None or bare_host(host) == bare_host(served))
            ):
                return host
    if served is None:
        raise NoNewspaperError("no page names the newspaper's own host, for example as its canonical URL")
    return served


def _sitemap_urls(robots_txt: str) -> list[str]:
    return re.findall(r"^\s*sitemap\s*:\s*(\S+)", robots_txt, re.IGNORECASE | re.MULTILINE)


def _most_linked(root: Element) -> list[str]:
    """The site that most links with a host lead to."""
    links = (re.match(r"https?://[^/?#]+", (link.get("href") or "").strip(), re.IGNORECASE) for link in LINKS(root))
    return [url for url, _ in Counter(link[0] for link in links if link).most_common(1)]


def _names(metadata: Metadata) -> Iterator[str]:
    for name in (*metadata.all_meta("og:site_name"), *metadata.publishers(), *metadata.all_meta("application-name")):
        yield " ".join(name.split())


def _names_in_title(title: str, host: str) -> Iterator[str]:
    """The parts of a title that are the host's name in words: "Pakistan Today" for pakistantoday.com.pk."""
    own = bare_host(host)
    for part in SEPARATED.split(title):
        name = folded(part)
        if name and name in {folded(own), *map(folded, own.split(".")[:-1])}:
            yield part.strip()


def _editorials(root: Element, site: Site) -> dict[str, str]:
    found: dict[str, str] = {}
    for link in LINKS(root):
        path, text = urlsplit(site.own_path(link.get("href") or "") or "").path, text_of(link)
        words = f"{text} {path}".replace("-", " ")
        is_listing = path and site.story_id(path) is None
        if is_listing and EDITORIALS.search(words) and not NO_EDITORIALS.search(words):
            found.setdefault(path, text)
    return found
