"""The text of a story: the visible text of an element as paragraphs, without anything that is not part of the story."""

import logging
import re
from collections.abc import Callable, Collection, Iterator, Set
from configparser import ConfigParser
from copy import deepcopy
from functools import cache

from lxml import etree, html

from akhbar.dates import read_printed_date
from akhbar.languages import words
from akhbar.story import SHORTEST_BODY
from spiders.reading.furniture import furniture_in, is_hidden, unclosed_figures
from spiders.reading.html import Element, text_of

NOT_TEXT = frozenset(
    {"audio", "button", "canvas", "datalist", "dialog", "embed", "figcaption", "figure", "footer", "form", "iframe"}
    | {
        "input",
        "label",
        "math",
        "menu",
        "meter",
        "nav",
        "noscript",
        "object",
        "option",
        "progress",
        "script",
        "select",
        "style",
    }
    | {"svg", "template", "textarea", "title", "video", "aside", "article"}
)
"""Elements whose content is not part of a story's text, or is not displayed as text."""
NEVER_SEEN = NOT_TEXT - {"article", "figure", "figcaption"}
BLOCKS = frozenset(
    {
        "address",
        "blockquote",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
    }
    | {"hr", "li", "main", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "th", "tr", "ul"}
)
POINTER = re.compile(rf"\W*(?:(?:{words('read_more')})\s*[:|–—>»-]*)?\W*", re.IGNORECASE)
"""The label before a link to another story on a separate line: "Read more: …"."""
LONGEST_POINTER = 250
"""Maximum length in characters of a headline with its label. In a longer one, the link was never closed."""
POINTERS_HEADING = re.compile(
    r"\W*(?:related(?: stor(?:y|ies)| articles?| news| links?| topics?)?|read (?:more|also|next)|also read|see also"
    r"|more (?:on this(?: story| topic)?|stories|news|from .{1,40}|like this)|most (?:read|popular|viewed)"
    r"|trending(?: now)?"
    r"|recommended(?: for you)?|you (?:may|might) (?:also )?like|don.t miss|top stories|latest(?: news| stories)?"
    r"|in this series|share(?: this)?(?: story| article)?|follow us)\W*",
    re.IGNORECASE,
)
"""Headings of lists of links."""
SHARES = re.compile(
    r"^(?:whatsapp|mailto|sms|tg|fb-messenger):"
    r"|(?:facebook\.com/(?:sharer|share|dialog)|(?:twitter|x)\.com/(?:intent|share)"
    r"|(?:api|wa)\.(?:whatsapp\.com|me)/|linkedin\.com/share|t\.me/share|reddit\.com/submit|pinterest\.com/pin)",
    re.IGNORECASE,
)
"""URLs of share buttons."""
NOT_STORY_LINE = re.compile(
    rf"{words('not_lines')}|newskit publishing platform.*|compunode\.com.*", re.IGNORECASE | re.DOTALL
)
"""Lines that are not part of a story: the footer of the platform's pages, or the rest of a link or advertisement."""

SHORTEST_PARAGRAPH = 40
"""Characters. A paragraph of at least this length is certainly prose."""

IsStoryLink = Callable[[str], object]
"""Takes a link's URL and returns whether it leads to another story of the newspaper."""


def paragraphs(body: Element, is_story_link: IsStoryLink = bool, left_out: Set[Element] = frozenset()) -> list[str]:
    """The text of an element as a list of paragraphs, subheads, quotations and list items, in order.

    Paragraphs need not be direct children, and text need not be inside a paragraph: block boundaries and two line
    breaks in a row separate paragraphs. Omitted: anything hidden or not text, furniture such as newsletter boxes, lines
    that only link to another story or share this one, and the elements in `left_out`.

    >>> from lxml.html import fromstring
    >>> paragraphs(fromstring("<div>One<br><br>two <em>and</em><figure>no</figure><ul><li>three</ul></div>"))
    ['One', 'two and', 'three']
    """
    found: list[str] = []
    for block, is_pointer in _blocks(body, is_story_link, left_out):
        if not is_pointer:
            found += filter(None, (" ".join(part.split()) for part in re.split(r"\n\s*\n", block)))
        elif found and POINTERS_HEADING.fullmatch(found[-1]):
            found.pop()
    return found


def _blocks(body: Element, is_story_link: IsStoryLink, left_out: Set[Element]) -> Iterator[tuple[str, bool]]:
    """The text of each block, and whether it only links to another story."""
    text, unlinked, has_link = "", "", False
    for piece, is_link in _pieces(body, is_story_link, left_out):
        if piece is not None:
            text += piece
            unlinked += "" if is_link else piece
            has_link = has_link or is_link
            continue
        if text and not text.isspace():
            yield text, has_link and len(text) <= LONGEST_POINTER and bool(POINTER.fullmatch(unlinked))
        text, unlinked, has_link = "", "", False


def fragment_paragraphs(fragment: str, is_story_link: IsStoryLink = bool) -> list[str]:
    """The paragraphs of an HTML fragment, as found in feeds."""
    if not fragment.strip():
        return []
    try:
        return paragraphs(html.fragment_fromstring(fragment, create_parent="div"), is_story_link)
    except (etree.ParserError, AssertionError):  # AssertionError: the fragment is a document without a body
        return []


def _pieces(body: Element, is_story_link: IsStoryLink, left_out: Set[Element]) -> Iterator[tuple[str | None, bool]]:
    """The text of an element piece by piece, and whether each piece is part of a link to another story.

    Newlines in the source become spaces: "\n" is a line break (`br`). None is a block boundary.
    """
    skipped, unclosed = furniture_in(body) | left_out, unclosed_figures(body)
    link: Element | None = None
    walk = etree.iterwalk(body, events=("start", "end", "comment", "pi"))
    for event, node in walk:
        if event == "start":
            if node is not body and (
                node in skipped or is_hidden(node) or (node.tag in NOT_TEXT and node not in unclosed)
            ):
                walk.skip_subtree()
                continue
            if (
                link is None
                and node.tag == "a"
                and (is_story_link(href := node.get("href") or "") or SHARES.search(href))
            ):
                link = node
        elif node is link:
            link = None
        for piece in _pieces_at(event, node, body):
            yield piece, link is not None
    yield None, False


def _pieces_at(event: str, node: Element, body: Element) -> Iterator[str | None]:
    """The text that the start or end of an element adds."""
    if event == "start":
        if node.tag in BLOCKS:
            yield None
        if node.tag != "figcaption":  # its own text is the caption, even if the element was never closed
            yield _fold(node.text)
        return
    if node.tag == "br":
        yield "\n"
    elif node.tag in BLOCKS or node.tag in ("figure", "aside", "article"):
        yield None
    if node is not body:
        yield _fold(node.tail)


def _fold(text: str | None) -> str:
    return text.replace("\n", " ") if text else ""


def split_body(lines: list[str]) -> tuple[list[str], str | None]:
    """The story's own paragraphs, and the edition from its "Published in …" line, as `YYYY-MM-DD`."""
    kept: list[str] = []
    edition = None
    for line in lines:
        printed = read_printed_date(line)
        if printed:
            edition = printed.isoformat()
        elif not NOT_STORY_LINE.fullmatch(line):
            kept.append(line)
    return kept, edition


def general_paragraphs(page: str | html.HtmlElement) -> list[str]:
    """The text of an HTML page, extracted with a general extractor, which works on a copy of a parsed page.

    A parsed page must consist of lxml's HTML elements and contain no comments.
    """
    return _extracted(page, fast=False)


def fast_general_paragraphs(page: html.HtmlElement) -> list[str]:
    """The same in half of the time, without comparing the result with that of other extractors."""
    return _extracted(page, fast=True)


def _extracted(page: str | html.HtmlElement, fast: bool) -> list[str]:
    """For a text that it finds too short, trafilatura joins all text of the page into one paragraph, with the headline
    and the byline. A short text is enough if it is at least half of that: news in brief has no more."""
    from trafilatura.settings import DEFAULT_CONFIG  # takes a tenth of a crawl's start-up time; most never need it

    lines = _lines(page, fast, DEFAULT_CONFIG)
    if len(lines) == 1:
        short = _lines(page, fast, _short_texts())
        if 2 * sum(map(len, short)) >= len(lines[0]):
            return short
    return lines


def _lines(page: str | html.HtmlElement, fast: bool, config: ConfigParser) -> list[str]:
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.ERROR)  # it warns about each page without text
    found = trafilatura.extract(page, include_comments=False, include_tables=False, fast=fast, config=config) or ""
    return list(filter(None, (line.lstrip("- ").strip() for line in found.splitlines())))


@cache
def _short_texts() -> ConfigParser:
    from trafilatura.settings import DEFAULT_CONFIG

    config = deepcopy(DEFAULT_CONFIG)
    config["DEFAULT"]["MIN_EXTRACTED_SIZE"] = str(SHORTEST_BODY)
    return config


def prose(region: Element, others: Collection[Element]) -> Iterator[Element]:
    """The visible paragraphs in a region of a page, outside the cards of other stories."""
    unseen = furniture_in(region).union(others)
    for paragraph in region.iter("p"):
        if len(text_of(paragraph)) >= SHORTEST_PARAGRAPH and not any(
            node in unseen or node.tag in NEVER_SEEN or is_hidden(node)
            for node in (paragraph, *paragraph.iterancestors())
        ):
            yield paragraph
