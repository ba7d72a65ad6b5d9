"""Reading pages of the NewsKit platform (earlier Scribe), on which Dawn and its sister papers run.

Pure functions from a parsed page to what stands on it: the cards of a listing, the boxes beside it, the facts of a
story. Where to look stands in the selectors on top, each by one stable class: whole class attributes change with
every redesign. A redesign of the story page becomes one more `Layout`; the old ones stay for old pages.
"""

import json
import re
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import tzinfo
from itertools import islice
from typing import Any, TypeAlias, cast
from urllib.parse import urlsplit

from lxml import etree
from lxml.cssselect import CSSSelector

from akhbar.story import read_instant, read_printed_date

Element: TypeAlias = etree._Element
Select = Callable[[Element], list[Element]]
"""Finds elements in an element, in the order of the page."""


CLASS = re.compile(r"(?P<tag>[a-z0-9]*)\.(?P<name>[\w-]+)")
"""A selector of nothing but a class, or of a tag with one."""


def _css(selector: str) -> Select:
    """Alternatives become one condition: libxml2 sorts a union in a time that grows with the square of its length.

    Those of nothing but a class, or of a tag with one, are looked for in Python, in a third of the time.
    """
    alone = [CLASS.fullmatch(alternative) for alternative in selector.split(", ")]
    if all(alone):
        return _by_class([(found["tag"], found["name"]) for found in alone if found])
    alternatives = "," in selector and " " not in selector.replace(", ", ",")
    return cast(Select, CSSSelector(f":is({selector})" if alternatives else selector, translator="html"))


def _by_class(wanted: list[tuple[str, str]]) -> Select:
    """Finds elements by class; each class with the tag that it must stand at, or an empty one for any."""
    anywhere = frozenset(name for tag, name in wanted if not tag)
    at = {tag: anywhere | {name for its, name in wanted if its == tag} for tag, _ in wanted if tag}
    looked_at = (etree.Element,) if anywhere else tuple(at)

    def select(region: Element) -> list[Element]:
        found = []
        for element in region.iter(*looked_at):
            its = element.get("class")
            if its and not at.get(element.tag, anywhere).isdisjoint(its.split()):
                found.append(element)
        return found

    return select


TEXT = etree.XPath("string()", smart_strings=False)
"""All text in an element; lxml's smart strings would hold on to the tree."""


@dataclass(frozen=True)
class Layout:
    """One era of the story page: the selector of each part."""

    era: str
    header: Select | None
    title: Select
    byline: Select
    time: Select
    body: Select


LAYOUTS = (
    Layout(
        era="2016",
        header=_css("div.template__header"),
        title=_css(".story__title"),
        byline=_css(".story__byline"),
        time=_css(".story__time, .timestamp--published, .timestamp--updated"),
        body=_css("div.story__content"),
    ),
    Layout(
        era="2013",
        header=None,
        title=_css("h1.story-hed"),
        byline=_css(".story-byline, .byline, .story__byline"),
        time=_css(".story-date, .story-time, .date, .time, .timestamp, .timeago, .story__time, time"),
        body=_css("div.story-content"),
    ),
)
"""The latest first, since most pages are of it."""

CARDS = _css("article.story, div.story-type-newspaper-main, div.story-type-row")
CARD_LINK = _css(".story__title a[href], .story-hed a[href], a.story__link[href]")
CARD_EXCERPT = _css(".story__excerpt, .story-excerpt")
CARD_TIME = _css(".story__time")
SPONSORED = _css("#sponsored, .slideshow")
SIDE = ("aside", "header", "footer", "nav")
EMBEDS = _css(
    "iframe, video, .media__item--youtube, .media__item--video, .media__item--dailymotion, .media__item--embed"
)
PICTURES = _css("figure, img")
CAPTION = _css("figcaption")
MAIN = _css("div.template__main")

SIDE_BOX = re.compile(
    r"\s*+(?:top|most|popular|trending|must|editor.s|recommended|sponsored|more from|latest stories|related|also read)"
    r"(?: [\w’'&]+){0,4}\s*",
    re.IGNORECASE,
)
"""What the headings of boxes beside the main column say: "Top Reads Today", "Popular oped writers", "Top Authors"."""

MOST_BOXES, MOST_CARDS = 50, 100
"""How many headings of boxes a page has, and how far behind its heading a box ends: real pages have five boxes of ten
cards. Every element behind every heading would be a square of what a broken page holds."""

HEADING_TAGS = (
    *("h1", "h2", "h3", "h4", "h5", "h6", "a", "b", "button", "caption", "center", "div", "dt", "em", "figcaption"),
    *("font", "i", "label", "legend", "p", "section", "small", "span", "strong", "summary", "td", "th", "u"),
)
"""What a box's heading can be. Naming them halves the time of looking: lxml makes no Python object for the others."""

EDITORIAL_HEADING = re.compile(r"\s*+editorials?\s*", re.IGNORECASE)

NOT_BODY = frozenset(
    {"script", "style", "noscript", "iframe", "figure", "figcaption", "aside", "article", "form", "nav"}
)
NOT_BODY_CLASSES = frozenset({"ad", "ads", "advert", "media", "social", "comments", "comment", "newsletter"})
BLOCKS = frozenset(
    {"address", "blockquote", "center", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol"}
    | {"p", "pre", "section", "table", "tbody", "td", "th", "tr", "ul"}
)
NOT_STORY_LINE = re.compile(
    r"(?:read more|also read|read also|must read|explore|header image|read|more on this)\s*[:|–—-].*"
    r"|(?:read more|also read|read also)"
    r"|subscribe to notifications.*|get the latest news and updates from .*"
    r"|copyright © \d{4},? .*|newskit publishing platform.*|compunode\.com.*",
    re.IGNORECASE | re.DOTALL,
)
ROOT_ELEMENT = re.compile(rb"<(html|rss|urlset)\b", re.IGNORECASE)
STORY_PATH = re.compile(r"/news/(?P<id>[0-9]{1,12})(?:/[^/?#]*)?/?")
LABEL = re.compile(r"\W*(?P<label>(?:last )?updated|published)\b\s*:?", re.IGNORECASE)


def parse(page: bytes, encoding: str) -> Element:
    """The root of an HTML page. Raises `etree.ParserError` where it has no element.

    Of lxml's plain elements and not of `lxml.html`'s, which take a third of the time of reading a story page.
    """
    root = etree.fromstring(_in_utf_8(page, encoding), etree.HTMLParser(encoding="utf-8"))
    if root is None:
        raise etree.ParserError("not a single element")
    return root


def _in_utf_8(page: bytes, said: str) -> bytes:
    """A page in UTF-8. Where the bytes are that, whatever the server says: other text is hardly ever valid UTF-8.

    Encodings are Python's, of which libxml2 knows half; what is none of text, "hex" for example, says nothing.
    """
    try:
        page.decode("utf-8")
    except UnicodeDecodeError:
        with suppress(LookupError, UnicodeError):
            return page.decode(said, "replace").encode("utf-8", "replace")
    return page


def is_cut_short(page: bytes) -> bool:
    """Whether a page or feed begins and never ends: the connection broke and nobody said so.

    >>> is_cut_short(b"<html><body><p>The minis"), is_cut_short(b"<p>All of a fragment</p>")
    (True, False)
    """
    root = ROOT_ELEMENT.search(page, 0, 5_000)
    return root is not None and b"</" + root[1].lower() not in page[-5_000:].lower()


def text_of(element: Element) -> str:
    """The words of an element, white space folded."""
    return " ".join(str(TEXT(element)).split())


def classes(element: Element) -> set[str]:
    return set((element.get("class") or "").split())


def story_id_of(href: str, hosts: Collection[str]) -> str | None:
    """The number in a link to a story of the newspaper itself, else None.

    Relative links are the newspaper's own; links to sister sites, live blogs and elsewhere are not stories.
    """
    try:
        parts = urlsplit(href.strip())
    except ValueError:
        return None
    if parts.scheme not in ("", "http", "https") or (parts.netloc and parts.netloc.lower() not in hosts):
        return None
    found = STORY_PATH.fullmatch(parts.path)
    return found["id"] if found else None


# --- listings -------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Card:
    """One story as a listing shows it. Instants are ISO 8601, or the paper's own words where they cannot be read."""

    story_id: str
    path: str
    title: str
    excerpt: str | None = None
    published_at: str | None = None
    updated_at: str | None = None


@dataclass(slots=True)
class Listing:
    """What stands on a page besides its own story."""

    stories: list[Card] = field(default_factory=list)
    editorials: list[Card] = field(default_factory=list)
    """The box of editorials that stands on every page."""
    offsite: int = 0
    """Cards of the main column that lead to sister sites and elsewhere."""


def read_listing(root: Element, hosts: Collection[str], zone: tzinfo) -> Listing:
    """The main column's stories, each once and in order, and the editorials of the box beside it.

    Side columns, boxes such as "Top Reads Today", sponsored cards and cartoons are in neither.
    """
    listing = Listing()
    box = editorial_box(root)
    aside = set(_side_cards(root)) | set(box)
    for element in _cards(root):
        if element in aside:
            continue
        card = card_of(element, hosts, zone)
        if card:
            listing.stories.append(card)
        elif CARD_LINK(element):
            listing.offsite += 1
    listing.stories = _distinct(listing.stories)
    listing.editorials = _distinct([card for element in box if (card := card_of(element, hosts, zone))])
    return listing


def _distinct(cards: list[Card]) -> list[Card]:
    """Each story once, where it stands first."""
    first: dict[str, Card] = {}
    for card in cards:
        first.setdefault(card.story_id, card)
    return list(first.values())


def card_of(element: Element, hosts: Collection[str], zone: tzinfo) -> Card | None:
    for link in CARD_LINK(element):
        href = link.get("href") or ""
        story_id = story_id_of(href, hosts)
        title = text_of(link)
        if story_id and title:
            published, updated = read_times(CARD_TIME(element), zone)
            excerpt = next((text for found in CARD_EXCERPT(element) if (text := text_of(found))), None)
            return Card(story_id, urlsplit(href.strip()).path, title, excerpt, published, updated)
    return None


def _cards(region: Element) -> list[Element]:
    """The cards in a region of a page; the `article` around a story's own text is none."""
    return [card for card in CARDS(region) if not any(layout.body(card) for layout in LAYOUTS)]


def _side_cards(root: Element) -> Iterator[Element]:
    """Cards outside the main column: in side elements, sponsored slides and boxes with a heading of their own."""
    for region in (*root.iter(*SIDE), *SPONSORED(root)):
        yield from _cards(region)
    for heading in _headings(root, SIDE_BOX):
        yield from _box_under(heading)


def _headings(root: Element, says: re.Pattern[str]) -> Iterator[Element]:
    """The elements whose own words are a box's heading; those inside cards and menus are not."""
    found = (
        element
        for element in root.iter(*HEADING_TAGS)
        if (text := element.text) and len(text) < 80 and says.fullmatch(text) and not _in_card_or_menu(element)
    )
    return islice(found, MOST_BOXES)


def _in_card_or_menu(element: Element) -> bool:
    return any(
        ancestor.tag in ("nav", "header", "footer", "li")
        or (ancestor.tag == "article" and not any(layout.body(ancestor) for layout in LAYOUTS))
        for ancestor in element.iterancestors()
    )


def editorial_box(root: Element) -> list[Element]:
    """The cards of the editorial box: those directly under a heading that says "Editorial", and only these."""
    for heading in _headings(root, EDITORIAL_HEADING):
        cards = _box_under(heading)
        if cards:
            return cards
    return []


def _box_under(heading: Element) -> list[Element]:
    """The cards that a heading stands over: the run of like siblings with cards that comes next after it.

    Next after the heading itself or after one of the three elements around it. What is unlike the first of the run
    is outside the box: a slide show ends where the column's own cards begin.

    >>> from lxml.html import fromstring
    >>> page = fromstring("<div><p><b>Top</b></p><div><article class=story></div><article class=story></div>")
    >>> len(_box_under(page.find(".//b")))
    1
    """
    at: Element | None = heading
    for _ in range(4):
        if at is None or at.tag == "body":
            break
        run: list[Element] = []
        for sibling in islice(at.itersiblings(etree.Element), MOST_CARDS):
            if run and (sibling.tag != run[0].tag or classes(sibling) != classes(run[0])):
                break
            if sibling.tag == "article" or _cards(sibling):
                run.append(sibling)
        if run:
            return [card for element in run for card in ([element] if element.tag == "article" else _cards(element))]
        at = at.getparent()
    return []


def read_times(elements: list[Element], zone: tzinfo) -> tuple[str | None, str | None]:
    """(published, updated) of a story's time element: an unlabelled time is that of publication.

    Where the label says "Updated", the time shown is not that of publication, which then is not known.
    """
    published: str | None = None
    updated: str | None = None
    for element in elements:
        label = "published"
        for words in _time_tokens(element):
            found = LABEL.match(words)
            if found:
                label = "updated" if "updated" in found["label"].lower() else "published"
                words = words[found.end() :]
            words = words.strip(" \t\r\n\xa0|-–")
            if not any(character.isdigit() for character in words):
                continue
            instant = read_instant(words, zone)
            value = instant.isoformat() if instant else words
            if label == "updated":
                updated = updated or value
            else:
                published = published or value
    return published, updated


def _time_tokens(element: Element) -> Iterator[str]:
    """The texts of a time element in order; an element that carries its instant as an attribute gives only that."""
    stamp = element.get("title") or element.get("datetime") or ""
    if stamp[:4].isdigit():
        yield stamp
        return
    if element.text and element.text.strip():
        yield element.text
    for child in element.iterchildren(etree.Element):
        marks = classes(child)
        if "timestamp--label" in marks or len(child) or child.get("title") or child.get("datetime"):
            yield from _time_tokens(child)
        else:
            yield text_of(child)
        if child.tail and child.tail.strip():
            yield child.tail


# --- story pages ----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Page:
    """What a story page says of itself. Instants as in `Card`; no field is guessed from a listing."""

    title: str | None = None
    excerpt: str | None = None
    authors: list[str] = field(default_factory=list)
    section: str | None = None
    editorial: bool = False
    published_at: str | None = None
    updated_at: str | None = None
    image_url: str | None = None
    image_caption: str | None = None
    tags: list[str] = field(default_factory=list)
    paragraphs: list[str] = field(default_factory=list)
    edition_date: str | None = None
    textless: bool = False
    """A page that has no text by its nature: a video, a chart, a cartoon."""


def read_story(root: Element, zone: tzinfo) -> Page:
    """The facts of a story page in any of the platform's layouts."""
    head = Head(root)
    layout, body = _layout(root)
    header = _header(root, layout, body)
    bylines = _own(layout.byline(header), header) if header is not None else []
    page = Page()
    page.title = _title(head, layout, header)
    page.excerpt = head.meta("og:description", "description", "twitter:description") or head.fact("description")
    page.authors = _authors(bylines) or head.authors()
    page.section = _section(head, page.title)
    page.editorial = head.says_editorial() or _says_editorial(page, bylines)
    page.published_at, page.updated_at = _times(head, layout, header, zone)
    page.image_url = _image(head)
    page.image_caption = _caption(body, header)
    page.tags = head.tags()
    page.paragraphs, page.edition_date = split_body(paragraphs(body) if body is not None else [])
    page.textless = not page.paragraphs and _is_textless(root, head, page, body)
    return page


class Head:
    """The head of a page: its `meta` elements and its JSON-LD, of which one block can be invalid and another valid."""

    def __init__(self, root: Element) -> None:
        self._meta: dict[str, list[str]] = {}
        self.title: str | None = None
        blocks: list[dict[str, Any]] = []
        for element in root.iter("meta", "title", "script"):
            if element.tag == "script":
                blocks += _json_ld(element)
            elif element.tag == "title":
                self.title = text_of(element) if self.title is None else self.title
            else:
                self._read_meta(element)
        self._article = next((b for b in blocks if _is_type(b, "Article")), {})
        self._breadcrumbs = next((b for b in blocks if _is_type(b, "BreadcrumbList")), {})

    def _read_meta(self, element: Element) -> None:
        name = element.get("property") or element.get("name") or element.get("itemprop")
        content = (element.get("content") or "").strip()
        if name and content:
            self._meta.setdefault(name.lower(), []).append(content)

    def meta(self, *names: str) -> str | None:
        """The first of these names that has a content."""
        return next((self._meta[name][0] for name in names if name in self._meta), None)

    def fact(self, name: str) -> str | None:
        """A text of the page's JSON-LD article."""
        value = self._article.get(name)
        if isinstance(value, list) and value:
            value = value[0]
        return value.strip() or None if isinstance(value, str) else None

    def names(self) -> list[str]:
        """The names that the JSON-LD article gives as its authors."""
        people = [one.get("name") if isinstance(one, dict) else one for one in _as_list(self._article.get("author"))]
        return [name.strip() for name in people if isinstance(name, str) and name.strip()]

    def authors(self) -> list[str]:
        """Those of the names that are people or agencies, and not the paper itself."""
        return [name for name in self.names() if name.lower() not in ("dawn", "dawn.com", "editorial")]

    def says_editorial(self) -> bool:
        return any(name.lower() == "editorial" for name in self.names())

    def image(self) -> str | None:
        for image in _as_list(self._article.get("image") or []):
            url = image.get("url") if isinstance(image, dict) else image
            if isinstance(url, str) and url:
                return url
        return None

    def sections(self) -> list[str]:
        """The names that the page gives to where it stands, the most telling first."""
        crumbs = [_crumb(item) for item in _as_list(self._breadcrumbs.get("itemListElement") or [])]
        named = [self.meta("article:section"), self.fact("articleSection"), *reversed(crumbs)]
        titled = (self.title or "").split(" - ")  # "Buses without a depot - Newspaper - DAWN.COM"
        if len(titled) > 2 and titled[-1].strip().upper() == "DAWN.COM":
            named.append(titled[-2].strip())
        return [name for name in named if name]

    def tags(self) -> list[str]:
        keywords = self._article.get("keywords") or []
        words = keywords.split(",") if isinstance(keywords, str) else _as_list(keywords)
        tags = self._meta.get("article:tag", []) + [word for word in words if isinstance(word, str)]
        return list(dict.fromkeys(tag.strip() for tag in tags if tag.strip()))


def _json_ld(script: Element) -> Iterator[dict[str, Any]]:
    if script.get("type") != "application/ld+json":
        return
    try:
        found = json.loads(script.text or "", strict=False)
    except (ValueError, RecursionError):
        return  # a broken block says nothing; another may
    for block in _as_list(found):
        if isinstance(block, dict):
            yield block
            yield from (part for part in _as_list(block.get("@graph") or []) if isinstance(part, dict))


def _is_type(block: dict[str, Any], ending: str) -> bool:
    return any(isinstance(name, str) and name.endswith(ending) for name in _as_list(block.get("@type")))


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _crumb(item: Any) -> str | None:
    if not isinstance(item, dict):
        return None
    inner = item.get("item")
    name = item.get("name") or (inner.get("name") if isinstance(inner, dict) else None)
    return name.strip() if isinstance(name, str) else None


def _layout(root: Element) -> tuple[Layout, Element | None]:
    """The era of a page and its story's text: the first, since pages can load more stories below."""
    for layout in LAYOUTS:
        for body in layout.body(root):
            if not any(ancestor.tag == "aside" for ancestor in body.iterancestors()):
                return layout, body
    return next((layout for layout in reversed(LAYOUTS) if layout.title(root)), LAYOUTS[0]), None


def _header(root: Element, layout: Layout, body: Element | None) -> Element | None:
    """The element around the story's headline, byline and time.

    Where none has that name, the nearest element around the text, or else around the headline, that has both a
    headline and a time or byline.
    """
    for named in layout.header(root) if layout.header else []:
        if layout.title(named) or layout.byline(named) or layout.time(named):
            return named
    headline = next((title for title in layout.title(root) if not _in_card_or_menu(title)), None)
    inner = body if body is not None else headline
    if inner is None:
        return None
    around = [ancestor for ancestor in inner.iterancestors() if ancestor.tag not in ("body", "html")]
    titled = [ancestor for ancestor in around if layout.title(ancestor)]
    dated = (one for one in titled if _own([*layout.time(one), *layout.byline(one)], one))
    return next(dated, titled[0] if titled else None)


def _own(elements: list[Element], header: Element) -> list[Element]:
    """Those of a header's elements that do not belong to a card inside it."""
    return [
        element
        for element in elements
        if not any(
            ancestor.tag in ("aside", "article")
            for ancestor in element.iterancestors()
            if ancestor is not header and header in ancestor.iterancestors()
        )
    ]


def _title(head: Head, layout: Layout, header: Element | None) -> str | None:
    return head.meta("og:title") or _shown(layout, header) or head.fact("headline") or head.meta("twitter:title")


def _shown(layout: Layout, header: Element | None) -> str | None:
    """The headline that the page shows."""
    titles = _own(layout.title(header), header) if header is not None else []
    return next((text for title in titles if (text := text_of(title))), None)


def _authors(bylines: list[Element]) -> list[str]:
    """One name a link, since nothing stands between two links; else the byline's text, for cleaning to take apart."""
    for byline in bylines:
        names = [text_of(link) for link in byline.iter("a")] or [text_of(byline)]
        names = [name for name in names if name and name.lower() != "editorial"]
        if names:
            return names
    return []


def _section(head: Head, title: str | None) -> str | None:
    """The section as the page names it; "Newspaper" says only that the story was in print."""
    vague = {"newspaper", "home", "dawn", "dawn.com", "news", (title or "").lower()}
    return next((name for name in head.sections() if name.lower() not in vague), None)


def _says_editorial(page: Page, bylines: list[Element]) -> bool:
    if page.section and page.section.lower() in ("editorial", "editorials"):
        return True
    links = [link for byline in bylines for link in byline.iter("a")]
    by_editorial = any((link.get("href") or "").rstrip("/").endswith("/editorial") for link in links)
    return by_editorial or any(text_of(byline).lower() == "editorial" for byline in bylines)


def _times(head: Head, layout: Layout, header: Element | None, zone: tzinfo) -> tuple[str | None, str | None]:
    """(published, updated): the head's machine-readable times, else those that the page shows."""
    shown: tuple[str | None, str | None] = (None, None)
    if header is not None:
        times = _own(layout.time(header), header)
        outer = set(times)  # a time inside another one is read with it
        shown = read_times([one for one in times if outer.isdisjoint(one.iterancestors())], zone)
    published = head.meta("article:published_time", "datepublished") or head.fact("datePublished")
    updated = head.meta("article:modified_time", "og:updated_time") or head.fact("dateModified")
    return (_iso(published, zone) or shown[0], _iso(updated, zone) or shown[1])


def _iso(text: str | None, zone: tzinfo) -> str | None:
    instant = read_instant(text, zone) if text else None
    return instant.isoformat() if instant else text


def _image(head: Head) -> str | None:
    url = head.meta("og:image", "twitter:image") or head.image()
    return None if url and "social-default" in url else url


def _caption(body: Element | None, header: Element | None) -> str | None:
    """The first caption of the story: in its header, beside its text or in it."""
    regions = [region for region in (header, body) if region is not None]
    return next((text for region in regions for found in CAPTION(region) if (text := text_of(found))), None)


def _is_textless(root: Element, head: Head, page: Page, body: Element | None) -> bool:
    if (head.meta("og:type") or "").lower().startswith("video"):
        return True
    if re.match(r"(?:video|watch|cartoon|chart|infographic|in pictures)\b", page.title or "", re.IGNORECASE):
        return True
    if body is not None:
        return bool(EMBEDS(body) or PICTURES(body))
    return any(EMBEDS(main) for main in MAIN(root))


# --- the text of a story --------------------------------------------------------------------------------------------


def paragraphs(body: Element) -> list[str]:
    """The text of an element as paragraphs, in order: a paragraph, a subhead, a quotation or a list item each.

    Paragraphs need not be direct children, and text need not stand in one: the edges of a block and two line breaks
    in a row part paragraphs.

    >>> from lxml.html import fromstring
    >>> paragraphs(fromstring("<div>One<br><br>two <em>and</em><figure>no</figure><ul><li>three</ul></div>"))
    ['One', 'two and', 'three']
    """
    texts = re.split(r"\n\s*\n", "".join(_pieces(body)))
    return [folded for text in texts if (folded := " ".join(text.split()))]


def _pieces(body: Element) -> Iterator[str]:
    """The text of an element piece by piece, its own line ends folded; "\\n" is a line break, two part paragraphs."""
    walk = etree.iterwalk(body, events=("start", "end", "comment", "pi"))
    for event, node in walk:
        if event == "start":
            if node is not body and _is_not_body(node):
                walk.skip_subtree()
                continue
            if node.tag in BLOCKS:
                yield "\n\n"
            yield _fold(node.text)
            continue
        if node.tag == "br":
            yield "\n"
        elif node.tag in BLOCKS or node.tag in ("figure", "aside", "article"):
            yield "\n\n"
        if node is not body:
            yield _fold(node.tail)


def _fold(text: str | None) -> str:
    return text.replace("\n", " ") if text else ""


def _is_not_body(node: Element) -> bool:
    if node.tag in NOT_BODY or node.get("aria-hidden") == "true":
        return True
    return node.tag != "p" and not NOT_BODY_CLASSES.isdisjoint(classes(node))


def split_body(lines: list[str]) -> tuple[list[str], str | None]:
    """The story's own paragraphs, and the edition of its "Published in Dawn, …" line as `YYYY-MM-DD`."""
    kept: list[str] = []
    edition = None
    for line in lines:
        printed = read_printed_date(line)
        if printed:
            edition = printed.isoformat()
        elif not NOT_STORY_LINE.fullmatch(line):
            kept.append(line)
    return kept, edition
