"""Parses pages of the NewsKit platform (formerly Scribe), on which Dawn and its sister newspapers run.

The selectors are declared at the top. Each uses one stable class, since whole class attributes change with every
redesign. When the story page is redesigned, add a `Layout` and keep the old ones for old pages.
"""

import re
from collections.abc import Collection, Iterator
from copy import deepcopy
from dataclasses import dataclass
from itertools import islice, takewhile
from urllib.parse import urlsplit

from lxml import etree

from akhbar.dates import is_day
from akhbar.languages import words
from akhbar.newspaper import Newspaper
from akhbar.story import SHORTEST_BODY
from spiders.listings import Card, Listing, distinct
from spiders.reading import Article
from spiders.reading.body import general_paragraphs, paragraphs, prose, split_body
from spiders.reading.bylines import is_by_editorial, is_editorial_byline, read_authors, without_own_names
from spiders.reading.dates import read_times
from spiders.reading.furniture import furniture_in, is_notice
from spiders.reading.html import SIDE, Element, Select, classes, css, remove, text_of, web_address_at
from spiders.reading.metadata import Metadata
from spiders.site import Site


@dataclass(frozen=True)
class Layout:
    """One era of the story page: a selector for each part."""

    era: str
    header: Select | None
    title: Select
    byline: Select
    time: Select
    body: Select


LAYOUTS = (
    Layout(
        era="2016",
        header=css("div.template__header"),
        title=css(".story__title"),
        byline=css(".story__byline"),
        time=css(".story__time, .timestamp--published, .timestamp--updated"),
        body=css("div.story__content"),
    ),
    Layout(
        era="2013",
        header=None,
        title=css("h1.story-hed"),
        byline=css(".story-byline, .byline, .story__byline"),
        time=css(".story-date, .story-time, .date, .time, .timestamp, .timeago, .story__time, time"),
        body=css("div.story-content"),
    ),
)
"""Newest first, since most pages use it."""

CARDS = css("article.story, div.story-type-newspaper-main, div.story-type-row")
CARD_LINK = css(".story__title a[href], .story-hed a[href], a.story__link[href]")
CARD_EXCERPT = css(".story__excerpt, .story-excerpt")
CARD_TIME = css(".story__time")
BADGE = css(".badge")
SPONSORED = css("#sponsored, .slideshow")
EMBEDS = css(
    "iframe, video, audio, .media__item--youtube, .media__item--video, .media__item--dailymotion, .media__item--embed"
)
PICTURES = css("figure, img")
CAPTION = css("figcaption")
MAIN = css("div.template__main")
SOCIAL_DEFAULT = "social-default"
"""Part of the URL of the platform's placeholder for stories without an image."""

SIDE_BOX = re.compile(rf"\s*+(?:{words('boxes')})(?: [\w’'&]+){{0,4}}\s*", re.IGNORECASE)
"""Headings of boxes beside the main column: "Top Reads Today", "Popular oped writers", "Top Authors"."""

MOST_BOXES, MOST_CARDS = 50, 100
"""Limits on the headings of a page and on the cards under one. Real pages have five boxes of ten cards; without limits,
a broken page would take time quadratic in its size."""

MOST_BODIES, MOST_REGIONS = 20, 5
"""Limits on the elements that could be the story's body, and on the regions searched if there is no such element."""

HEADING_TAGS = (
    *("h2", "h3", "h4", "h5", "h6", "a", "b", "button", "caption", "center", "div", "dt", "em", "figcaption"),
    *("font", "i", "label", "legend", "p", "section", "small", "span", "strong", "summary", "td", "th", "u"),
)
"""Elements that can be a box's heading; an `h1` is the page's own. This list halves the time, since lxml creates no
objects for other elements."""

EDITORIAL_HEADING = re.compile(rf"\s*+(?:{words('editorial')})s?\s*", re.IGNORECASE)

TEXTLESS_TITLE = re.compile(r"(?:video|watch|cartoon|chart|infographic|in pictures)\b", re.IGNORECASE)


# --- listings -------------------------------------------------------------------------------------------------------


def read_listing(root: Element, site: Site) -> Listing:
    """The stories in the main column, in order and without duplicates, and the editorials in the sidebar.

    Side columns, boxes such as "Top Reads Today", sponsored cards and cartoons are omitted.
    """
    listing = Listing()
    editorials = _editorial_cards(root)
    aside = set(_side_cards(root)) | set(editorials)
    for element in _cards(root):
        if element in aside:
            continue
        card = _card_of(element, site)
        if card:
            listing.stories.append(card)
        elif CARD_LINK(element):
            listing.offsite += 1
    listing.stories = distinct(listing.stories)
    if not listing.stories:
        listing.beside = {card.story_id for element in aside if (card := _card_of(element, site))}
    listing.editorials = distinct([card for element in editorials if (card := _card_of(element, site))])
    return listing


def sidebar_editorials(root: Element, site: Site) -> list[Card]:
    """The editorials in the sidebar, which every page has.

    Cards that were also on the previous page are not parsed again, which makes a crawl 5 % faster.
    """
    markups = {etree.tostring(element, with_tail=False): element for element in _editorial_cards(root)}
    if not markups.keys() <= site.sidebar.keys():
        site.sidebar.clear()
        site.sidebar.update({markup: _card_of(element, site) for markup, element in markups.items()})
    return [card for markup in markups if (card := site.sidebar[markup])]


def _card_of(element: Element, site: Site) -> Card | None:
    for link in CARD_LINK(element):
        href = link.get("href") or ""
        story_id = site.story_id(href)
        title = text_of(link)
        if story_id and title:
            published, updated = read_times(CARD_TIME(element), site)
            excerpt = next((text for found in CARD_EXCERPT(element) if (text := text_of(found))), None)
            path = urlsplit(href.strip()).path
            return Card(story_id, path, title, excerpt, site.iso(published), site.iso(updated), not is_day(published))
    return None


def _cards(region: Element) -> list[Element]:
    """The cards in a region of a page, without the `article` element around the story's own text."""
    return [card for card in CARDS(region) if not any(layout.body(card) for layout in LAYOUTS)]


def _side_cards(root: Element) -> Iterator[Element]:
    """Cards outside the main column: in side elements, sponsored slides, and boxes with their own heading."""
    for region in (*root.iter(*SIDE), *SPONSORED(root)):
        yield from _cards(region)
    for heading in _headings(root, SIDE_BOX):
        yield from _cards_under(heading)


def _editorial_cards(root: Element) -> list[Element]:
    """The cards directly under a heading that says "Editorial"."""
    for heading in _headings(root, EDITORIAL_HEADING):
        cards = _cards_under(heading)
        if cards:
            return cards
    return []


def _headings(root: Element, pattern: re.Pattern[str]) -> Iterator[Element]:
    """The elements outside cards and menus whose own text is a box's heading."""
    found = (
        element
        for element in root.iter(*HEADING_TAGS)
        if (text := element.text)
        and len(text) < 80
        and pattern.fullmatch(text)
        and not _in_card_or_menu(element)
        and next(element.iterancestors("h1"), None) is None
    )
    return islice(found, MOST_BOXES)


def _in_card_or_menu(element: Element) -> bool:
    return any(
        ancestor.tag in ("nav", "header", "footer", "li")
        or (ancestor.tag == "article" and not any(layout.body(ancestor) for layout in LAYOUTS))
        for ancestor in element.iterancestors()
    )


def _cards_under(heading: Element) -> list[Element]:
    """The cards that belong to a heading: the next run of similar siblings that are cards or contain cards.

    The run follows the heading itself or one of its three nearest ancestors, and ends at the first sibling with a
    different tag or class: a slide show ends where the column's own cards begin.

    >>> from lxml.html import fromstring
    >>> page = fromstring("<div><p><b>Top</b></p><div><article class=story></div><article class=story></div>")
    >>> len(_cards_under(page.find(".//b")))
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


# --- story pages: the fields ----------------------------------------------------------------------------------------


def read_story(root: Element, site: Site, address: str) -> Article:
    """The fields of a story page, in any of the platform's layouts."""
    paper = site.paper
    metadata = Metadata(root)
    layout, body = _layout(root, metadata)
    header = _header(root, layout, body)
    bylines = _own(layout.byline(header), header) if header is not None else []
    article = Article()
    article.title = _title(metadata, layout, header, paper.own_names)
    article.excerpt = _excerpt(metadata)
    article.authors = read_authors(bylines) or without_own_names(metadata.authors(), paper.own_names)
    badges = [text_of(badge) for badge in _own(BADGE(header), header)] if header is not None else []
    article.section = _section([*metadata.sections(paper.own_names), *badges], article.title, paper)
    article.editorial = paper.is_editorial_section(article.section) or _is_by_editorial(metadata, bylines)
    published, article.updated_at = _times(metadata, layout, header, site)
    if is_day(published):
        article.published_date = published
    else:
        article.published_at = published
    article.image_url = _image(metadata, address)
    article.image_caption = _caption(body, header)
    article.tags = metadata.tags()
    article.paragraphs, article.edition_date = _text(body, article.title, site)
    if not article.paragraphs:
        _read_fallback(article, root, header)
    article.textless = not article.paragraphs and _is_textless(root, metadata, article.title, body)
    return article


def _title(metadata: Metadata, layout: Layout, header: Element | None, own_names: Collection[str]) -> str | None:
    titles = _own(layout.title(header), header) if header is not None else []
    shown = [text for title in titles if (text := text_of(title))]
    named = (*metadata.all_meta("og:title"), *shown, metadata.article("headline"), *metadata.all_meta("twitter:title"))
    return next((title for title in named if title and title.casefold() not in own_names), None)


def _excerpt(metadata: Metadata) -> str | None:
    return metadata.meta("og:description", "description", "twitter:description") or metadata.article("description")


def _section(names: list[str], title: str | None, paper: Newspaper) -> str | None:
    """The first section on the page that is more specific than the newspaper itself."""
    return next(
        (name for name in names if name.casefold() != (title or "").casefold() and paper.is_section(name)), None
    )


def _is_by_editorial(metadata: Metadata, bylines: list[Element]) -> bool:
    return is_by_editorial(bylines) or any(is_editorial_byline(name) for name in metadata.authors())


def _times(metadata: Metadata, layout: Layout, header: Element | None, site: Site) -> tuple[str | None, str | None]:
    """(published, updated): from the machine-readable metadata, otherwise from the text of the page.

    `published` is a date if the page shows no time of day.
    """
    shown: tuple[str | None, str | None] = (None, None)
    if header is not None:
        times = _own(layout.time(header), header)
        outer = set(times)  # a time element inside another one is read as part of it
        shown = read_times([one for one in times if outer.isdisjoint(one.iterancestors())], site)
    published = metadata.times("article:published_time", "datepublished", article="datePublished")
    updated = metadata.times("article:modified_time", "og:updated_time", article="dateModified")
    return site.iso_or_day(*published, shown[0]), site.iso(*updated, shown[1])


def _image(metadata: Metadata, page: str) -> str | None:
    """The URL of the first image with a usable URL that is not the platform's placeholder."""
    for url in (*metadata.all_meta("og:image", "twitter:image"), *metadata.images()):
        address = web_address_at(page, url)
        if address and SOCIAL_DEFAULT not in address:
            return address
    return None


def _caption(body: Element | None, header: Element | None) -> str | None:
    """The first caption in the story's header or text."""
    regions = [region for region in (header, body) if region is not None]
    return next((text for region in regions for found in CAPTION(region) if (text := text_of(found))), None)


def _text(body: Element | None, title: str | None, site: Site) -> tuple[list[str], str | None]:
    """The story's paragraphs and its edition. No paragraphs if the text consists only of notices, such as a
    paywall's."""
    if body is None:
        return [], None
    lines, edition = split_body(paragraphs(body, site.story_id))
    return _own_lines(lines, title), edition


def _own_lines(lines: list[str], title: str | None) -> list[str]:
    if lines and title and lines[0].casefold() == title.casefold():
        lines = lines[1:]
    shortest_first = sorted(lines, key=len)  # the cheapest to examine
    return [] if all(map(is_notice, shortest_first)) else lines


def _read_fallback(article: Article, root: Element, header: Element | None) -> None:
    """Extracts the text from the story's region with a general extractor, if there is such a region with text."""
    for region in _regions(root, header):
        lines, edition = split_body(general_paragraphs(_without_others(region)))
        lines = _own_lines(lines, article.title)
        notices = sum(len(line) for line in lines if is_notice(line))
        if sum(map(len, lines)) >= max(SHORTEST_BODY, 2 * notices):
            article.paragraphs, article.extracted_by = lines, "fallback"
            article.sources["body"] = "trafilatura"
            article.edition_date = edition
            return


def _regions(root: Element, header: Element | None) -> list[Element]:
    """Regions that could contain a story's text, most likely first: around its header, then the page's main column."""
    cards = set(_cards(root))
    columns = [*MAIN(root), *(region for region in root.iter("main", "article") if region not in cards)]
    if header is None:
        return columns[:MOST_REGIONS]
    around = [ancestor for ancestor in header.iterancestors() if ancestor.tag not in ("body", "html")]
    with_prose = {node for paragraph in prose(root, cards) for node in paragraph.iterancestors()}
    nearest = [node for node in around if node in with_prose][:1]
    return list(dict.fromkeys([*nearest, *around[:2], *columns]))[:MOST_REGIONS]


def _without_others(region: Element) -> str:
    """A page that consists of this region only, without its header, the cards of other stories, boxes and menus."""
    copy = deepcopy(region)
    headers = (named for layout in LAYOUTS if layout.header for named in layout.header(copy))
    boxes = copy.iterdescendants(*SIDE, "form", "noscript")
    for node in [*_cards(copy), *_side_cards(copy), *furniture_in(copy), *headers, *boxes]:
        if node is not copy:
            remove(node)
    return f"<html><body>{etree.tostring(copy, encoding='unicode', method='html', with_tail=False)}</body></html>"


def _is_textless(root: Element, metadata: Metadata, title: str | None, body: Element | None) -> bool:
    """Whether the page shows something other than text, such as a video or a chart, and has no paragraphs."""
    shown = (
        (metadata.meta("og:type") or "").lower().startswith("video")
        or bool(TEXTLESS_TITLE.match(title or ""))
        or (body is not None and bool(EMBEDS(body) or PICTURES(body)))
        or any(EMBEDS(main) for main in MAIN(root))
    )
    others = {*_cards(root), *_side_cards(root)}
    columns = (*MAIN(root), *root.iter("main", "article"))
    return shown and not any(True for region in columns for _ in prose(region, others))


# --- story pages: the regions ---------------------------------------------------------------------------------------


def _layout(root: Element, metadata: Metadata) -> tuple[Layout, Element | None]:
    """The layout of a page, and the element that contains its story's text.

    A page can also contain the text of other stories: promoted ones above, suggestions below.
    """
    for layout in LAYOUTS:
        bodies = [body for body in layout.body(root) if next(body.iterancestors(*SIDE), None) is None]
        if bodies:
            own = [body for body in bodies[:MOST_BODIES] if len(bodies) > 1 and _is_own(body, layout, metadata)]
            return layout, max(own, key=lambda body: len(text_of(body)), default=bodies[0])
    return next((layout for layout in reversed(LAYOUTS) if layout.title(root)), LAYOUTS[0]), None


def _is_own(body: Element, layout: Layout, metadata: Metadata) -> bool:
    """Whether the headline above a text is the page's own headline."""
    headline = (metadata.meta("og:title", "twitter:title") or metadata.article("headline") or "").casefold()
    around = next(body.iterancestors("article"), None)
    if around is None:
        around = body.getparent()
    return around is not None and any(text_of(title).casefold() == headline for title in layout.title(around))


def _header(root: Element, layout: Layout, body: Element | None) -> Element | None:
    """The element that contains the story's headline, byline and time.

    If no element has the layout's class, this is the nearest ancestor of the text, or else of the headline, that
    contains a headline and also a time or byline.
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
    """The elements of a header that do not belong to a card inside it."""
    return [
        element
        for element in elements
        if element is header
        or not any(
            ancestor.tag in ("aside", "article")
            for ancestor in takewhile(lambda ancestor: ancestor is not header, element.iterancestors())
        )
    ]
