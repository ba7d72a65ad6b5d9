"""The text of a story page: where the declared selectors or the general reader find it, without what is not part of it.

Declared selectors can be out of date, so they are compared with the rest of the page.
"""

import re
from collections import Counter
from collections.abc import Set
from copy import deepcopy
from itertools import pairwise

from lxml import etree
from lxml.html import HtmlElement

from akhbar.dates import parse_timestamp
from akhbar.story import SHORTEST_BODY
from spiders.reading import Article
from spiders.reading.body import fast_general_paragraphs, general_paragraphs, paragraphs, split_body
from spiders.reading.bylines import CONNECTIVES
from spiders.reading.furniture import CERTAIN, ROLES, is_hidden, is_notice, names_of, unclosed_figures, words_in
from spiders.reading.html import SIDE, Element, Select, remove, text_of, xpath
from spiders.reading.metadata import Metadata
from spiders.reading.rules import DECLARED, Rules

Names = Set[str]
"""Headlines or names in lower case."""

NOT_LETTERS = re.compile(r"[\W_]+")
EMBEDS = xpath("descendant::*[self::video or self::iframe or self::audio][ancestor::main or ancestor::article]")
HEADINGS = ("h1", "h2", "h3")
BOXES = frozenset(
    {"related", "newsletter", "newsletters", "comment", "comments", "infobox", "caption", "captions", "figcaption"}
    | {"readmore", "recommended", "recirc", "recirculation", "promo", "teaser", "teasers", "disqus", "subscribe"}
    | {"signup", "mostread", "popular", "trending", "advert", "advertisement", "outbrain", "taboola"}
    | {"factbox", "fakta", "faktaboks", "faktabox", "infokasten", "gpt", "dfp", "sponsored"}
    | CERTAIN
)
"""Words in class names and ids that mark a box that is not part of a story's text, or a caption."""
MOST_REMOVED = 0.4
"""The share of a page's paragraph text that boxes may contain. If it is more, a box around the story has such a
name."""
NO_TEXT = (
    *("head", "script", "style", "svg", "template", "iframe", "noscript", "nav", "footer", "button", "form", "select"),
    *("img", "picture", "source", "video", "audio", "object", "canvas", "input", "link", "meta"),
)
"""Elements without text of the story. Without them, the extraction takes less time."""
HTML = etree.HTMLParser()
HTML.set_element_class_lookup(etree.ElementDefaultClassLookup(element=HtmlElement))
"""Makes the elements that trafilatura requires, at a fraction of the time that lxml's own HTML parser takes."""
_BOX = " or ".join(f"self::{tag}" for tag in ("div", "section", "aside", "ul", "ol", "p", "span", "figure"))
MAY_BE_BOXES = xpath(
    f"descendant::*[@role or @hidden or @aria-hidden or @style or self::figcaption or (@class or @id) and ({_BOX})]"
)
LEAST_FOUND, MOST_FOUND = 0.6, 2
"""How much text a quick extraction must find to be trusted, as a share of the page's paragraph text."""
FIRST_LINES = 6
"""How many lines of a text can repeat its headline, for example after a section's name."""
BYLINE_TIME = re.compile(
    r"\b(?:published|updated|posted)\b.*\d|\b\d{1,2}[./-]\d{1,2}[./-](?:20)?\d\d\b"
    r"|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\d\d"
    r"|\b\d{1,2} (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,? (?:19|20)\d\d",
    re.IGNORECASE,
)
LONGEST_BYLINE = 100
"""Characters."""
SENTENCE_ENDS = (".", "!", "?", "”", '"')
READ_MORE = re.compile(
    r"\W*(?:(?:read|see|watch) (?:more|also|next)|also read|more on this(?: story)?|related(?: stories)?|à lire aussi"
    r"|lire aussi|lesen sie auch|mehr zum thema|lea también|leia também|leia mais|leggi anche|lees ook|les også"
    r"|læs også|läs också|czytaj (?:więcej|też|także)|читайте также|baca juga|مزید پڑھیں|یہ بھی پڑھیں|اقرأ أيضا[ًَ]?)"
    r"(?:\s*[:|–—>»-].*)?\W*",
    re.IGNORECASE,
)
"""A line that only leads to another story: "Read more: …"."""


PARAGRAPHS = frozenset({"p", "li", "blockquote", "h2", "h3", "h4", "h5", "h6"})
"""Elements that are parts of a text. A selector that finds one finds them all."""
LEAST_DECLARED = 0.25
"""How much text a declared selector must find to be trusted at once, as a share of the page's paragraph text."""
LEAST_MORE = 2
"""How many times as much text the general reader must find to be trusted instead."""


def folded(name: str) -> str:
    """A name without spaces, punctuation and case: "The Gazette" is "thegazette", as in its host."""
    return NOT_LETTERS.sub("", name.casefold())


def read_text(article: Article, root: Element, headlines: Names, rules: Rules) -> None:
    """Sets the story's paragraphs, its edition if the text ends with it, and how the text was found.

    A declared selector can be out of date: if it finds nothing, or little while the general reader finds much more, the
    general reader's text counts. `headlines` are folded.
    """
    _find_text(article, root, headlines, rules)
    article.paragraphs = _without_authors(article.paragraphs, article.authors)


def _find_text(article: Article, root: Element, headlines: Names, rules: Rules) -> None:
    declared, edition = _declared_text(root, headlines, rules)
    length = sum(map(len, declared))
    if rules.bodies and length >= max(SHORTEST_BODY, LEAST_DECLARED * _column_prose(root)):
        article.paragraphs, article.edition_date = declared, edition
        article.sources["body"] = DECLARED
        return
    found, found_edition = general_text(root, headlines, rules)
    article.extracted_by = "fallback" if rules.bodies else "general"
    if declared and sum(map(len, found)) < LEAST_MORE * length:
        found, found_edition, article.extracted_by = declared, edition, "selectors"
    article.paragraphs, article.edition_date = found, found_edition
    if found:
        article.sources["body"] = DECLARED if article.extracted_by == "selectors" else "trafilatura"


def _declared_text(root: Element, headlines: Names, rules: Rules) -> tuple[list[str], str | None]:
    """The text that the first declared selector with enough text finds."""
    left_out = rules.left_out(root) if rules.bodies else frozenset()
    for parts in rules.bodies:
        bodies = _bodies(root, parts, left_out)
        lines, edition = split_body([line for body in bodies for line in paragraphs(body, left_out=left_out)])
        lines = _own_lines(lines, headlines, rules)
        if sum(map(len, lines)) >= SHORTEST_BODY:
            return lines, edition
    return [], None


def is_empty(root: Element, rules: Rules) -> bool:
    """Whether the declared selectors find the place of the text, but no text in it, as on the page of a video. The
    general reader would take captions and boxes for the text."""
    left_out = rules.left_out(root)
    found = [body for parts in rules.bodies for select in parts for body in select(root)]
    return bool(found) and not any(paragraphs(body, left_out=left_out) for body in found)


def _bodies(root: Element, parts: tuple[Select, ...], left_out: Set[Element]) -> list[Element]:
    """The elements with the story's text, in document order: of each part, all paragraphs, or else the longest element,
    since a page can also contain promoted stories."""
    bodies: set[Element] = set()
    for select in parts:
        found = select(root)
        if left_out:
            found = [body for body in found if left_out.isdisjoint((body, *body.iterancestors()))]
        if found and found[0].tag not in PARAGRAPHS:
            found = [max(found, key=_length)] if len(found) > 1 else found
        bodies.update(found)
    outermost = [body for body in bodies if bodies.isdisjoint(body.iterancestors())]
    return sorted(outermost, key=_position) if len(outermost) > 1 else outermost


def _length(body: Element) -> int:
    return len(text_of(body))


def _position(element: Element) -> list[int]:
    """The position of an element in its document, for sorting."""
    line = [element, *element.iterancestors()]
    return [above.index(node) for node, above in reversed(list(pairwise(line)))]


def general_text(root: Element, headlines: Names, rules: Rules) -> tuple[list[str], str | None]:
    """The story's paragraphs according to the general reader, and its edition if the text ends with it.

    No paragraphs if the text consists only of notices, such as a paywall's. `headlines` are folded.
    """
    lines, edition = split_body(_extracted(root, headlines, rules.leave_out))
    return _own_lines(lines, headlines, rules), edition


def _own_lines(lines: list[str], headlines: Names, rules: Rules) -> list[str]:
    first = [line for line in lines[:FIRST_LINES] if folded(line) not in headlines and not _is_byline(line)]
    lines = [line for line in (*first, *lines[FIRST_LINES:]) if not READ_MORE.fullmatch(line)]
    if rules.not_line:
        lines = [line for line in lines if not rules.not_line.fullmatch(line)]
    return [] if all(map(is_notice, lines)) else lines


def _without_authors(lines: list[str], authors: list[str]) -> list[str]:
    """A text without lines at its beginning that only name its authors: "By Amina Shah and Bilal Khan"."""
    if not authors:
        return lines
    named = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in authors), re.IGNORECASE)

    def is_left(line: str) -> bool:
        rest, names = named.subn(" ", line) if len(line) <= LONGEST_BYLINE else (line, 0)
        return not names or bool(CONNECTIVES.sub("", rest))

    return [*filter(is_left, lines[:FIRST_LINES]), *lines[FIRST_LINES:]]


def _is_byline(line: str) -> bool:
    """Whether a line is only a time, or a byline with a time: "Amina Shah Published Jan 22, 2016"."""
    if parse_timestamp(line) is not None:
        return True
    return len(line) <= LONGEST_BYLINE and not line.endswith(SENTENCE_ENDS) and bool(BYLINE_TIME.search(line))


def _column_prose(root: Element) -> int:
    """The number of characters in a page's paragraphs outside of side columns."""
    return sum(
        len(text_of(paragraph)) for paragraph in root.iter("p") if next(paragraph.iterancestors(*SIDE), None) is None
    )


def agreement(root: Element, article: Article, rules: Rules) -> float:
    """How much the text of declared selectors agrees with the general reader's: the F1 of their words, 0 to 1."""
    found, _ = general_text(root, {folded(article.title or "")}, rules)
    ours, theirs = (Counter(" ".join(lines).split()) for lines in (article.paragraphs, found))
    return 2 * (ours & theirs).total() / max(1, ours.total() + theirs.total())


def is_textless(root: Element, metadata: Metadata) -> bool:
    """Whether a page without text shows something else, such as a video or a gallery."""
    kind = (metadata.meta("og:type") or "").lower()
    return kind.startswith("video") or bool(EMBEDS(root))


def _extracted(root: Element, headlines: Names, leave_out: Select | None) -> list[str]:
    """The text of a page without boxes, captions, other stories, and elements that contain no text.

    A quick extraction is enough if it finds about as much text as the page's paragraphs have.
    """
    page = HTML.makeelement("html")
    page.extend(deepcopy(body) for body in root.iter("body"))
    etree.strip_tags(page, etree.Comment, etree.ProcessingInstruction)  # trafilatura would end a paragraph there
    for element in (*_other_stories(page, headlines), *(leave_out(page) if leave_out else ())):
        remove(element)
    etree.strip_elements(page, *NO_TEXT, with_tail=False)
    shown = prose_in(page)
    for figure in unclosed_figures(page):
        figure.tag = "div"
    left = shown
    for box in _boxes(page):
        boxed = prose_in(box)
        if left - boxed >= shown * (1 - MOST_REMOVED):
            left -= boxed
            remove(box)
    shown = left
    lines = fast_general_paragraphs(page)
    found = sum(map(len, lines))
    return lines if LEAST_FOUND * shown <= found <= MOST_FOUND * shown else general_paragraphs(page)


def _other_stories(page: Element, headlines: Names) -> list[Element]:
    """The `article` elements with a headline of their own, if another one has the story's: promoted stories, or those
    that follow it."""
    articles = list(page.iter("article"))
    headed = {article: [folded(text_of(heading)) for heading in article.iter(*HEADINGS)] for article in articles}
    own = {article for article, found in headed.items() if not headlines.isdisjoint(found)}
    around = own.union(*(article.iterancestors() for article in own))
    return [article for article, found in headed.items() if own and found and article not in around]


def _boxes(page: Element) -> list[Element]:
    """The outermost boxes and captions."""
    boxes: list[Element] = []
    found: set[Element] = set()
    for element in MAY_BE_BOXES(page):
        if _is_box(element) and found.isdisjoint(element.iterancestors()):
            boxes.append(element)
            found.add(element)
    return boxes


def _is_box(element: Element) -> bool:
    if element.tag == "figcaption" or element.get("role") in ROLES or is_hidden(element):
        return True
    return not BOXES.isdisjoint(words_in(names_of(element)))


def prose_in(element: Element) -> int:
    """The number of characters in an element's paragraphs."""
    return sum(len(text_of(paragraph)) for paragraph in element.iter("p"))
