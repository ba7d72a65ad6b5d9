"""The text of a story: from an element to paragraphs, without what is not the story."""

import re
from collections.abc import Iterator

from lxml import etree, html

from akhbar.dates import read_printed_date
from spiders.reading.html import Element, classes

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
"""Lines that link to other stories, invite readers to subscribe, or end every page."""


def paragraphs(body: Element) -> list[str]:
    """The text of an element as paragraphs, in order: each paragraph, subhead, quotation or list item is one.

    Paragraphs need not be direct children, and text need not be inside one: the edges of a block and two line breaks
    in a row separate paragraphs.

    >>> from lxml.html import fromstring
    >>> paragraphs(fromstring("<div>One<br><br>two <em>and</em><figure>no</figure><ul><li>three</ul></div>"))
    ['One', 'two and', 'three']
    """
    texts = re.split(r"\n\s*\n", "".join(_pieces(body)))
    return [folded for text in texts if (folded := " ".join(text.split()))]


def fragment_paragraphs(fragment: str) -> list[str]:
    """The paragraphs of an HTML fragment, as feeds carry it."""
    if not fragment.strip():
        return []
    try:
        return paragraphs(html.fragment_fromstring(fragment, create_parent="div"))
    except etree.ParserError:
        return []


def _pieces(body: Element) -> Iterator[str]:
    """The text of an element piece by piece, its own line ends folded; "\\n" is a line break, two end a paragraph."""
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
    """The story's own paragraphs, and the edition that its "Published in …" line names, as `YYYY-MM-DD`."""
    kept: list[str] = []
    edition = None
    for line in lines:
        printed = read_printed_date(line)
        if printed:
            edition = printed.isoformat()
        elif not NOT_STORY_LINE.fullmatch(line):
            kept.append(line)
    return kept, edition


def fallback_body(page: str) -> tuple[str, str | None]:
    """The text that a general extractor finds on an HTML page, empty if none, and the edition that it names."""
    import trafilatura  # a tenth of a crawl's start-up, and most crawls need it for no page

    found = trafilatura.extract(page, include_comments=False, include_tables=False, no_fallback=False) or ""
    lines, edition = split_body([line.lstrip("- ").strip() for line in found.splitlines() if line.strip()])
    return "\n\n".join(lines), edition
