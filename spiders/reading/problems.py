"""Detects pages that a site returns instead of a story: consent forms, logins, HTML redirects, error pages.

Each kind requires its own evidence, and a page with an article on it is never one of them.
"""

import re
from urllib.parse import urlsplit

from akhbar.newspaper import Newspaper
from akhbar.story import PageProblem
from spiders.reading import Article
from spiders.reading.address import own_address
from spiders.reading.html import Element, text_of

NOT_FOUND = re.compile(
    r"\W*(?:(?:error|oops|sorry)\W*)*(?:404(?:\W+(?:page\W+)?not found|\W+error)?|(?:page |story |article )?not found"
    r"|(?:the|that|this) (?:page|story|article)(?: (?:that )?you(?: a|’|')re looking for| (?:that )?you requested)?"
    r" (?:can(?:no|’|')t be found|could not be found|was not found|does(?: not|n[’']t) exist|is no longer available))"
    r"\W*(?:[-|–—:].{0,60})?",
    re.IGNORECASE,
)
"""The whole headline of a page for missing stories. "404 die in monsoon rains" does not match."""
REFRESH = re.compile(r"\s*\d*\s*[;,]\s*(?:url\s*=)?\s*\S+", re.IGNORECASE)
REDIRECTING = re.compile(r"\bredirecting\b|\b(?:not|being) redirected\b|\bredirect you\b", re.IGNORECASE)
NOTICES: dict[PageProblem, re.Pattern[str]] = {
    "consent_page": re.compile(
        r"\bcookies?\b.*\b(?:partners?|accept|agree|consent|continue|store)\b|\b(?:partners?|consent)\b.*\bcookies?\b"
        r"|\bbefore you continue\b|\bwe value your privacy\b|\byour privacy\b.*\b(?:consent|agree|accept|options)\b"
        r"|\bprivacy (?:choices|settings)\b",
        re.IGNORECASE | re.DOTALL,
    ),
    "blocked_region": re.compile(
        r"(?:\bnot|n[’']t) available (?:in|from) your (?:country|region|location|area)\b"
        r"|\bunavailable (?:in|for|to) (?:your|most|visitors)\b"
        r"|\byour (?:country|region|location)\b.*\b(?:blocked|restricted|unavailable)\b|\blegal reasons\b",
        re.IGNORECASE | re.DOTALL,
    ),
    "login_page": re.compile(
        r"\b(?:log ?in|sign in|subscribe|register)\b.*\b(?:continue|read|access|account|subscriber)\b"
        r"|\balready a (?:subscriber|member)\b|\b(?:for|to) (?:our )?(?:subscribers|members) only\b|\bfree account\b"
        r"|\b(?:log ?in|sign in)\b.*password|^\W*please (?:log|sign) in\b",
        re.IGNORECASE | re.DOTALL,
    ),
    "script_page": re.compile(
        r"\b(?:enable|requires?|needs?|turn on)\b.*\bjavascript\b|\bjavascript\b.*\b(?:enable|disabled|required|on)\b",
        re.IGNORECASE | re.DOTALL,
    ),
}
"""Patterns for the text of such pages, most specific first."""
MOST_TEXT = 4_000
"""Characters. A page with more text is more than a notice."""
MOST_PROSE = 300
"""Maximum length in characters of the prose on a page for missing stories; a story without a timestamp has more."""


def has_story(article: Article) -> bool:
    """Whether a page contains a story: text in the platform's own element, or a timestamp or date."""
    return bool(article.published or (article.paragraphs and article.extracted_by == "selectors") or article.textless)


def is_not_found(root: Element, article: Article) -> bool:
    """Whether a page is the site's page for missing stories: its headline says so, and it has no story text."""
    if article.paragraphs and article.extracted_by == "selectors":
        return False
    if sum(map(len, article.paragraphs)) > MOST_PROSE:
        return False
    headings = [article.title] if article.title else _headings(root)
    return any(map(NOT_FOUND.fullmatch, headings))


def is_home_page(root: Element, article: Article, paper: Newspaper) -> bool:
    """Whether a page without a story names the newspaper's home page as its own URL: some sites show that page in place
    of a missing story."""
    if has_story(article):
        return False
    address = own_address(root, paper)
    return address is not None and urlsplit(address).path in ("", "/")


def problem_of(root: Element, article: Article) -> PageProblem | None:
    """What kind of page this is instead of a story; None if it contains a story, or if the kind cannot be detected."""
    if has_story(article):
        return None
    body = root.find("body")
    text = text_of(body) if body is not None else ""
    refreshes = (meta.get("content") or "" for meta in root.iter("meta") if _is_refresh(meta))
    if len(text) < 400 and (any(map(REFRESH.match, refreshes)) or REDIRECTING.search(text)):
        return "redirect_page"
    if len(text) > MOST_TEXT:
        return None
    said = " ".join([article.title or "", *_headings(root), text])
    return next((problem for problem, pattern in NOTICES.items() if pattern.search(said)), None)


def _is_refresh(meta: Element) -> bool:
    return (meta.get("http-equiv") or "").lower() == "refresh"


def _headings(root: Element) -> list[str]:
    return [text for element in root.iter("title", "h1", "h2") if (text := text_of(element))]
