"""What a newspaper's home page, feeds, sitemaps and stories say about it, for the draft of its declaration.

`akhbar newspapers draft` fetches them, and finds these functions by their names.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
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
from spiders.sitemaps import children_to_read, is_index, is_news_sitemap, read_sitemap
from spiders.xml import UnreadableXMLError, local_name, read_document

LINKS = xpath("descendant::a[@href]")
EDITORIALS = re.compile(
    r"\beditorials?\b|اداری[ہے]|\A(?:leaders?|leading articles?) /|/(?:leaders?|leading articles?)/?\Z", re.IGNORECASE
)
"""What the text and path of a link to editorials contain. Leaders can also be those of parties."""
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
ANY = "/.*[^/].*"
"""The paths of all pages but the home page."""
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
    links: list[str]
    """The paths of the page's other links within the site."""
    is_pattern_given: bool
    """Whether the paths of stories are those that the operator says, and no others."""


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
    page: bytes,
    content_type: str | None,
    address: str,
    robots_txt: str,
    fetched_at: datetime,
    *,
    is_copy: bool,
    story_url: str | None = None,
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
        paper = Newspaper("draft", host, f"https://{host}", "UTC", "en", story_url=story_url or STORY)
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
        _other_links(root, site),
        story_url is not None,
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
    all_pages = replace(site, paper=replace(site.paper, story_url=ANY))
    if local_name(found.root) == "urlset":
        entries = list(read_sitemap(found.root, all_pages))
        language = title = None
    else:
        language, title = (found.root.findtext(f"{{*}}channel/{{*}}{name}") for name in ("language", "title"))
        items = read_feed(found, all_pages, urljoin(site.paper.home_page, path))
        entries = [item.card if item else None for item in items]
    cards = distinct([card for card in entries if card])
    stories = [card for card in cards if site.story_id(card.path)]
    has_only_stories = local_name(found.root) != "urlset" or is_news_sitemap(found.root)
    if has_only_stories and not front.is_pattern_given and len(stories) < SHARE * len(cards):
        stories = cards
    drop_times_of_the_document(stories, site.fetched_at)
    return Source(
        stories,
        [],
        language_code(language),
        (title or "").strip() or None,
        summary(stories, site.fetched_at) if stories or not cards else no_stories([card.path for card in cards]),
    )


def no_stories(paths: Sequence[str]) -> str:
    """What links are that do not look like those of stories."""
    longest = max(paths, key=len)
    return f"{len(paths)} links, none of which looks like a story's, such as {longest}"


def resembling(front: Front, stories: Sequence[Card]) -> Front:
    """The same site, on which pages also count as stories if their paths are like those of these stories, which feeds
    list."""
    pattern = story_url([card.path for card in stories])
    if front.is_pattern_given or pattern is None or all(front.site.story_id(card.path) for card in stories):
        return front
    without_id = pattern.replace("?P<id>", "?:")
    paper = replace(front.site.paper, story_url=f"/(?:{STORY[1:]}|{without_id[1:]})")
    return replace(front, site=replace(front.site, paper=paper))


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
    """A pattern for the paths of stories, if nine in ten of them, at least five, have one in common.

    It has the group `id` if they have a number of their own in the same place: one of five to twelve digits, or of
    three after a letter. Otherwise, there is a pattern only if they do not look like stories' paths on most sites: for
    their folder, or their extension.

    >>> story_url([f"/news/200900{number}/a-slug-of-{number}" for number in range(5)])
    '/news/(?P<id>[0-9]{5,12})(?:/[^/]*)?/?'
    >>> story_url([f"/{name}/2026/ferries-{name}-1000{len(name)}.html" for name in ("a", "bb", "ccc", "dddd", "eeeee")])
    '/(?:[^/]+/)*[^/]+-(?P<id>[0-9]{5,12})\\\\.html'
    >>> story_url(["/2026/11/05/ferries-return-to-the-lake"] * 5)
    >>> story_url([f"/read/{name}.html" for name in ("ferries", "bus-park", "on-goats", "wheat", "canals")])
    '/read/[^/]+\\\\.html?'
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
    return None if _share_recognised(distinct_paths) >= SHARE else _pattern_without_id(distinct_paths)


IN_LAST_PART = (
    f"(?P<id>{NUMBER})",
    f"[^/]+-(?P<id>{NUMBER})",
    f"(?P<id>{NUMBER})-[^/]+",
    "[^/]+-[a-z](?P<id>[0-9]{3,12})",
)


def recognised(paths: Iterable[str]) -> list[str]:
    """The paths that a declaration without `story_url` takes for those of stories."""
    undeclared = Newspaper("draft", "draft", "https://draft", "UTC", "en")
    return [path for path in paths if undeclared.story_id(path)]


def _share_recognised(paths: Sequence[str]) -> float:
    return len(recognised(paths)) / max(1, len(paths))


def _pattern_without_id(paths: Sequence[str]) -> str | None:
    """A pattern for paths in the same folder, or with the same extension."""
    for ending in (r"\.html?", r"\.\w+", "/?"):
        pattern = re.compile(rf"(?P<start>/(?:[^/]+/)*)[^/]+?{ending}")
        found = [match["start"] for path in paths if (match := pattern.fullmatch(path))]
        if len(found) < max(FEWEST, SHARE * len(paths)):
            continue
        start = _start(found)
        has_folder = start != "/" and not start.endswith(")*")
        if has_folder or ending != "/?":
            return f"{start}[^/]+{ending}"
    return None


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


def _other_links(root: Element, site: Site) -> list[str]:
    paths = (urlsplit(site.own_path(link.get("href") or "") or "").path for link in LINKS(root))
    return list(dict.fromkeys(path for path in paths if path and site.story_id(path) is None))
