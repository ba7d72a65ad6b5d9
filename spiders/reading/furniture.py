"""Furniture: everything around and within a story's text that is not part of it, such as newsletter boxes, share
buttons, notices and other stories."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from spiders.reading.html import Element, text_of

TOKENS = frozenset(
    {"ad", "ads", "advert", "adverts", "advertisement", "advertising", "adsbygoogle", "gpt", "dfp", "sponsor"}
    | {"sponsored", "promo", "promoted", "promotion", "outbrain", "taboola", "share", "sharing", "sharebar", "social"}
    | {"related", "recirc", "recommended", "recommendations", "newsletter", "newsletters", "signup", "subscribe"}
    | {"subscription", "paywall", "cookie", "cookies", "consent", "gdpr", "comments", "comment", "disqus", "bio"}
    | {"biography", "popular", "trending", "breadcrumb", "breadcrumbs", "toolbar", "geoblock", "regwall"}
    | {"media", "teaser", "teasers", "mostread", "readmore", "inread", "outstream", "playlist", "byline", "tags"}
)
"""Words in class names and ids that mark furniture. "div-gpt-ad-1" contains the word `ad`; "thread" does not."""
CERTAIN = frozenset(
    {"ad", "ads", "adsbygoogle", "advert", "advertisement", "newsletter", "signup", "cookie", "paywall"}
)
"""Words that also mark a single paragraph as furniture."""
WORDS = re.compile(r"[a-z]+|[A-Z][a-z]*|[A-Z]+(?![a-z])")
ROLES = frozenset(
    {"alert", "alertdialog", "banner", "complementary", "contentinfo", "dialog", "form", "menu", "navigation", "search"}
    | {"toolbar", "tooltip"}
)
BOXES = frozenset({"div", "section", "ul", "ol", "dl", "table", "header", "blockquote", "center", "details", "span"})
CONTROLS = ("button", "input", "select", "textarea")
MOST_CONTROLS = 50
MOST_FIGURES, MOST_BOXES = 20, 100
"""Limits on the elements that are examined; a broken page could have thousands."""
HIDING = frozenset(
    {"sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text", "screenreader", "d-none", "is-hidden"}
    | {"print-only", "printonly", "invisible", "hide"}
)
HIDING_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])|opacity\s*:\s*0(?![.\d])"
    r"|(?:left|text-indent|top)\s*:\s*-\d{4}",
    re.IGNORECASE,
)
SHOWN_LATER = re.compile(r"\b\w+:(?:block|flex|grid|inline|contents|table)")
"""A Tailwind class that shows an element on larger screens although `hidden` hides it on small ones."""

NOTICE = re.compile(
    r"\bcookies?\b.*\b(?:use|accept|consent|agree|policy|partners?|continue|settings)\b"
    r"|\b(?:use|accept|consent|partners?)\b.*\bcookies?\b"
    r"|\b(?:sign up|subscribe|register|log ?in|sign in)\b.*\b(?:newsletter|briefing|inbox|account|continue|read|free"
    r"|access|stor(?:y|ies)|unlimited|email|e-mail|subscriber|updates)\b"
    r"|\bto (?:continue|keep) reading\b|\balready a (?:subscriber|member)\b"
    r"|\b(?:enable|turn on|requires?|activate)\b.*\bjavascript\b"
    r"|\bjavascript\b.*\b(?:enable|disabled|required|turn on)\b"
    r"|\bnot available (?:in|from) your (?:country|region|location|area)\b"
    r"|\b(?:your|this) (?:country|region|location|area)\b.*\b(?:not available|unavailable|restrict|blocked|rights)\b"
    r"|\ball rights reserved\b|\bcopyright ©|\bfollow us on\b|\bdownload (?:our|the) app\b"
    r"|\bbrowser does not support\b|\bplease (?:disable|turn off) your ad ?blocker\b"
    r"|\bcomments? (?:are|is) closed\b|\bleave a (?:comment|reply)\b|\bjoin the conversation\b"
    r"|\b(?:the )?(?:writer|author|columnist) (?:is|works|can be|tweets)\b|\btweets? (?:at|@)",
    re.DOTALL,
)
"""Matches text that is already in lower case: ignoring case would take three times as long."""
LONGEST_NOTICE = 400
"""Characters. A longer paragraph is prose, whatever it mentions."""


def is_notice(line: str) -> bool:
    """Whether a paragraph asks the reader for something, or is about the site or the author.

    Prose can mention these things too, so use this only to find texts that consist entirely of notices, never to drop
    single paragraphs of a story.
    """
    return len(line) <= LONGEST_NOTICE and bool(NOTICE.search(line.lower()))


def is_hidden(node: Element) -> bool:
    """Whether browsers hide an element."""
    if node.get("hidden") is not None or node.get("aria-hidden") == "true":
        return True
    style = node.get("style")
    if style and HIDING_STYLE.search(style):
        return True
    names = node.get("class")
    if not names:
        return False
    found = names.split()
    return not HIDING.isdisjoint(found) or ("hidden" in found and not SHOWN_LATER.search(names))


def furniture_in(body: Element) -> set[Element]:
    """The elements in a story's text that are furniture, according to their names, role or form controls.

    An element that contains most of the text is never furniture, whatever its name, unless it contains nothing but
    notices.
    """
    found: set[Element] = set()
    removed, total = 0, -1
    candidates = filter(_looks_like_furniture, body.iterdescendants(*BOXES, "p", "ins"))
    for number, node in enumerate((*candidates, *_forms(body))):
        prose = _prose(node) if number < MOST_BOXES and found.isdisjoint(node.iterancestors()) else 0
        if prose and not _is_all_notices(node):
            total = _prose(body) if total < 0 else total
            if 2 * (removed + prose) > total:
                continue
            removed += prose
        found.add(node)
    return found


def _looks_like_furniture(node: Element) -> bool:
    if node.get("role") in ROLES:
        return True
    names = names_of(node)
    telling = CERTAIN if node.tag == "p" else TOKENS
    return names != " " and not telling.isdisjoint(words_in(names))


def names_of(node: Element) -> str:
    """The class names and the id of an element."""
    return f"{node.get('class') or ''} {node.get('id') or ''}"


@lru_cache(maxsize=10_000)  # a newspaper's pages use the same few names again and again
def words_in(names: str) -> list[str]:
    """The words of class names and ids, in lower case: `mostRead` and `most-read` are both "most" and "read"."""
    return [word.lower() for word in WORDS.findall(names)]


def _forms(body: Element) -> Iterator[Element]:
    """The outermost boxes around buttons and fields that are still short enough to be notices."""
    for control in islice(body.iterdescendants(*CONTROLS), MOST_CONTROLS):
        box = None
        for ancestor in control.iterancestors():
            if ancestor is body or ancestor.tag not in ("div", "section", "p", "li", "ul", "label", "fieldset"):
                break
            if len(text_of(ancestor)) > LONGEST_NOTICE:
                break
            box = ancestor
        if box is not None:
            yield box


def _prose(node: Element) -> int:
    """The number of characters in an element's paragraphs."""
    own = len(text_of(node)) if node.tag == "p" else 0
    return own + sum(len(text_of(paragraph)) for paragraph in node.iterdescendants("p"))


def _is_all_notices(node: Element) -> bool:
    return all(is_notice(text) for paragraph in node.iter("p") if (text := text_of(paragraph)))


def unclosed_figures(body: Element) -> set[Element]:
    """Figures and captions that were never closed and therefore contain the paragraphs that follow them on the page.

    A figure normally contains a caption and at most a quoted post. If its end tag is missing, the parser puts the rest
    of the story into it.
    """
    return set(filter(_holds_text, islice(body.iterdescendants("figure", "figcaption"), MOST_FIGURES)))


def _holds_text(figure: Element) -> bool:
    inside = [p for p in islice(figure.iterdescendants("p"), 100) if next(p.iterancestors("blockquote"), None) is None]
    if len(inside) < 2:
        return False
    parent = figure.getparent()
    outside = 0 if parent is None else sum(len(text_of(p)) for p in parent.iterchildren("p"))
    return sum(len(text_of(p)) for p in inside) > outside
