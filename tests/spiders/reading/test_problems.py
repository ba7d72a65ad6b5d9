"""Pages that a site shows in place of a story, and stories that only mention what such pages say."""

import pytest

from spiders.reading import Article
from spiders.reading.html import parse
from spiders.reading.problems import is_not_found, problem_of

CONSENT = "We and our partners store cookies on your device. Accept all to continue."
NO_STORY = Article(title="One moment")


def problem(text: str, article: Article = NO_STORY, head: str = "") -> str | None:
    return problem_of(parse(f"<html><head>{head}</head><body><p>{text}</p></body></html>".encode(), None), article)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (CONSENT, "consent_page"),
        ("Our partners need your consent for cookies.", "consent_page"),
        ("Before you continue to the newspaper", "consent_page"),
        ("We value your privacy", "consent_page"),
        ("Your privacy choices", "consent_page"),
        ("This page is not available in your country.", "blocked_region"),
        ("The newspaper is unavailable in most countries of Europe.", "blocked_region"),
        ("Visitors from your region are blocked.", "blocked_region"),
        ("Unavailable for legal reasons", "blocked_region"),
        ("Log in to continue reading.", "login_page"),
        ("Please sign in with your account.", "login_page"),
        ("Subscribe to read on.", "login_page"),
        ("Already a subscriber?", "login_page"),
        ("Please enable JavaScript.", "script_page"),
        ("This site requires JavaScript.", "script_page"),
        ("JavaScript is disabled in your browser.", "script_page"),
        ("The ferry crossed the lake on Monday.", None),
        ("", None),
    ],
)
def test_a_notice_in_place_of_a_story_is_recognised(text: str, expected: str | None) -> None:
    assert problem(text) == expected


def test_the_headline_of_a_page_can_be_the_notice() -> None:
    assert problem("", Article(title="We value your privacy")) == "consent_page"
    assert problem("", head="<title>Please enable JavaScript</title>") == "script_page"


@pytest.mark.parametrize(
    "article",
    [
        Article(title="Cookies", published_at="2016-01-22T06:40:00+05:00"),
        Article(title="Cookies", paragraphs=[CONSENT]),
        Article(title="Watch: cookies", textless=True),
    ],
)
def test_a_page_with_a_story_is_not_a_notice(article: Article) -> None:
    assert problem(CONSENT, article) is None


def test_text_that_only_the_general_extractor_found_may_be_a_notice() -> None:
    assert problem(CONSENT, Article(title="Cookies", paragraphs=[CONSENT], by_fallback=True)) == "consent_page"


def test_a_page_with_much_text_is_not_a_notice() -> None:
    assert problem(CONSENT + " The ferry." * 300) == "consent_page"
    assert problem(CONSENT + " The ferry." * 400) is None


@pytest.mark.parametrize(
    ("head", "text", "expected"),
    [
        ("<meta http-equiv='refresh' content='0; url=/login'>", "", "redirect_page"),
        ("<meta http-equiv='Refresh' content='0;/login'>", "You are being redirected.", "redirect_page"),
        ("<meta http-equiv='refresh' content='300'>", "", None),
        ("<meta name='refresh' content='0; url=/login'>", "", None),
        ("<meta http-equiv='refresh' content='300; url=/'>", "The ferry crossed the lake. " * 20, None),
    ],
)
def test_a_page_that_only_leads_elsewhere_is_a_redirect(head: str, text: str, expected: str | None) -> None:
    assert problem(text, head=head) == expected


def not_found(article: Article, body: str = "") -> bool:
    return is_not_found(parse(f"<html><body><p>A page</p>{body}</body></html>".encode(), None), article)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("404", True),
        ("Error 404", True),
        ("404 - Page not found", True),
        ("404 Not Found", True),
        ("Story not found", True),
        ("Article not found | The Gazette", True),
        ("404 die in monsoon rains", False),
        ("Not found in fifty years: a ferry", False),
        ("Page not found: how a ferry vanished from the records of a port, and came back forty years later", False),
    ],
)
def test_a_headline_says_that_the_story_is_missing(title: str, expected: bool) -> None:
    assert not_found(Article(title=title)) is expected


def test_any_heading_counts_on_a_page_without_a_headline() -> None:
    assert not_found(Article(), "<h2>Page not found</h2>")
    assert not not_found(Article(title="Ferries return"), "<h2>Page not found</h2>")


def test_a_page_with_a_text_is_not_missing() -> None:
    assert not not_found(Article(title="Not found", paragraphs=["The ferry crossed the lake."]))
    assert not_found(Article(title="Not found", paragraphs=["Try the search."], by_fallback=True))
