"""Parses pages of newspapers that declare no platform: listings by their links, story pages by the general reader."""

import re
from urllib.parse import urlsplit

from lxml import etree

from spiders.listings import Card, Listing, distinct
from spiders.reading import Article
from spiders.reading.article import Origin, read_article
from spiders.reading.furniture import names_of, words_in
from spiders.reading.html import SIDE, Element, text_of, xpath
from spiders.reading.rules import rules_of
from spiders.site import Site

MAIN = xpath("descendant::*[self::main or @role='main']")
LINKS = xpath("descendant-or-self::a[@href]")
TIMES = xpath("descendant::time[@datetime]")
BOXES = frozenset(
    {
        "sidebar",
        "widget",
        "widgets",
        "related",
        "popular",
        "trending",
        "mostread",
        "menu",
        "navigation",
        "nav",
        "footer",
    }
    | {"header", "breadcrumb", "breadcrumbs", "promo", "sponsored", "advert", "newsletter", "recommended", "ticker"}
)
"""Words in class names and ids that mark a box beside a page's main column."""
MOST = frozenset({"read", "viewed", "shared", "commented"})
BOX_HEADING = re.compile(
    r"\W*(?:(?:top|most|best of|popular|trending|must|editor.s|recommended|sponsored|related|also read|don.t miss"
    r"|latest|more (?:from|in|on|stories|news))\b.{0,40}|in pictures|videos?|opinions?|newsletters?)\W*",
    re.IGNORECASE,
)
"""Headings of boxes of other stories: "Most Read", "Latest News", "More from Sport"."""
HEADINGS = ("h2", "h3", "h4", "h5", "h6")
MOST_LINKS = 2_000
"""A limit on the links of a page that are examined. Real pages have a few hundred."""
HIGHEST_CARD = 6
"""How many levels above its link a card can end."""


def read_story(root: Element, site: Site, address: str) -> Article:
    """The fields of a story page, by the general reader and the declaration's selectors."""
    paper = site.paper
    own_names = paper.own_names | {name.casefold() for name in paper.not_authors}
    origin = Origin(address, site.fetched_at, paper.zone, own_names)
    article = read_article(root, origin, rules_of(paper))
    if article.section and not paper.is_section(article.section):
        article.section = None
    article.editorial = paper.is_editorial_section(article.section) or paper.is_editorial(
        urlsplit(address).path, article.title, article.bylines
    )
    return article


def read_listing(root: Element, site: Site) -> Listing:
    """The stories that the main column of a page links to, in order. No editorials: only a declared listing shows
    which stories are.

    A story's card is the largest element around its link that contains no link to another story.
    """
    listing = Listing()
    others: set[str] = set()
    cards = rules_of(site.paper).cards
    regions = cards(root) if cards else [next((main for main in MAIN(root) if _links(main, site)), root)]
    for region in regions:
        for link, story_id in _links(region, site):
            if not cards and _is_beside(link, region, site):
                others.add(story_id)
            else:
                listing.stories.append(_card(link, story_id, region, site))
    listing.stories = _with_longest_titles(listing.stories)
    if not listing.stories:
        listing.beside = others
    return listing


def sidebar_editorials(root: Element, site: Site) -> list[Card]:
    """None: without knowledge of the markup, no box can be trusted to contain editorials only."""
    return []


def _links(region: Element, site: Site) -> list[tuple[Element, str]]:
    """The links to stories in a region, with the story's id."""
    links = ((link, site.story_id(link.get("href") or "")) for link in LINKS(region)[:MOST_LINKS])
    return [(link, story_id) for link, story_id in links if story_id]


def _is_beside(link: Element, region: Element, site: Site) -> bool:
    """Whether a link is in a side column, a menu, or a box of other stories."""
    for around in link.iterancestors():
        if around is region or around.tag in ("body", "html"):
            return False
        if around.tag in SIDE or _names_box(names_of(around)):
            return True
        if around.tag in ("div", "section", "ul", "ol") and _has_box_heading(around, site):
            return True
    return False


def _names_box(names: str) -> bool:
    words = words_in(names)
    return not BOXES.isdisjoint(words) or ("most" in words and not MOST.isdisjoint(words))


def _has_box_heading(box: Element, site: Site) -> bool:
    """Whether an element begins with a box's heading, or follows one. A heading can have an element of its own. One
    that links to a story is a headline, such as "Top court hears appeal"."""
    first = next((child for child in box.iterchildren(etree.Element) if child.tag not in ("script", "style")), None)
    return any(_is_box_heading(opening, site) for opening in (first, box.getprevious()) if opening is not None)


def _is_box_heading(element: Element, site: Site) -> bool:
    has_heading = next(element.iter(*HEADINGS), None) is not None
    return has_heading and bool(BOX_HEADING.fullmatch(text_of(element))) and not _links(element, site)


def _card(link: Element, story_id: str, region: Element, site: Site) -> Card:
    around = link
    for above in list(link.iterancestors())[:HIGHEST_CARD]:
        if above is region or any(other != story_id for _, other in _links(above, site)):
            break
        around = above
    published = site.iso(*(time.get("datetime") for time in TIMES(around)))
    return Card(story_id, urlsplit((link.get("href") or "").strip()).path, text_of(link), None, published)


def _with_longest_titles(cards: list[Card]) -> list[Card]:
    """Each story once, with the longest text of its links: others are pictures, or say "Read more"."""
    titles: dict[str, str] = {}
    for card in cards:
        titles[card.story_id] = max(titles.get(card.story_id, ""), card.title, key=len)
    stories = distinct(cards)
    for card in stories:
        card.title = titles[card.story_id]
    return stories
