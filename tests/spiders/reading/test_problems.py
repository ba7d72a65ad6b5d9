"""Pages that a site shows in place of a story, and stories that only mention what such pages say."""

from dataclasses import replace

import pytest

from spiders.reading import Article
from spiders.reading.html import parse
from spiders.reading.newskit import read_story
from spiders.reading.problems import is_home_page, is_not_found, problem_of
from tests.spiders.dawn import ADDRESS, SITE
from tests.spiders.markup import meta

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
        Article(title="Cookies", published_date="2016-01-22"),
        Article(title="Cookies", paragraphs=[CONSENT]),
        Article(title="Watch: cookies", textless=True),
    ],
)
def test_a_page_with_a_story_is_not_a_notice(article: Article) -> None:
    assert problem(CONSENT, article) is None


def test_text_that_only_the_general_extractor_found_may_be_a_notice() -> None:
    assert problem(CONSENT, Article(title="Cookies", paragraphs=[CONSENT], extracted_by="fallback")) == "consent_page"


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
    assert not_found(Article(title="Not found", paragraphs=["Try the search."], extracted_by="fallback"))


@pytest.mark.parametrize(
    ("head", "article", "expected"),
    [
        ("<link rel='canonical' href='https://www.dawn.com/'>", NO_STORY, True),
        ("<link rel='canonical' href='/'>", NO_STORY, True),
        (meta("og:url", "https://dawn.com"), NO_STORY, True),
        (meta("og:url", "https://www.dawn.com/news/7"), NO_STORY, False),
        ("<link rel='canonical' href='https://www.example.org/'>", NO_STORY, False),
        ("<link rel='canonical' href='https://www.dawn.com/'>", replace(NO_STORY, published_date="2016-01-22"), False),
        ("", NO_STORY, False),
    ],
)
def test_a_page_without_a_story_can_be_the_home_page(head: str, article: Article, expected: bool) -> None:
    root = parse(f"<html><head>{head}</head><body><p>Ferries return</p></body></html>".encode(), None)
    assert is_home_page(root, article, SITE.paper) is expected


# --- whole pages, through the reader -------------------------------------------------------------------------------

PROSE = (
    "<p>THATTA: The first ferry in ten years crossed the lake on Monday, with forty people and one goat on board.</p>"
    "<p>Its owner said that the fare would stay at twenty rupees until the bridge is repaired, whenever that is.</p>"
    "<p>Fishermen who had gathered at the northern pier to see it leave said that they would go on rowing.</p>"
)


def seen(body: str, head: str = "") -> tuple[bool, str | None]:
    """Whether a page is one for missing stories, and its problem."""
    root = parse(f"<html><head>{head}</head><body>{body}</body></html>".encode(), "utf-8")
    article = read_story(root, SITE, ADDRESS)
    return is_not_found(root, article), problem_of(root, article)


@pytest.mark.parametrize(
    ("problem", "body"),
    [
        ("consent_page", "<h1>We use cookies</h1><p>We and our 743 partners store information.</p><b>Accept all</b>"),
        ("consent_page", "<h1>Your privacy matters</h1><p>We process data with your consent.</p><b>Agree</b>"),
        ("consent_page", "<div><p>Before you continue to the site</p></div>"),
        ("consent_page", "<p>This site uses cookies. By clicking OK, you agree.</p>"),
        ("login_page", "<h1>Subscribe to continue reading</h1>"),
        ("login_page", "<h1>Sign in</h1><form><label>E-mail</label><label>Password</label><input></form>"),
        ("login_page", "<h2>This article is for subscribers only</h2><p>Start a free trial.</p>"),
        ("login_page", "<h1>Create a free account</h1><p>to see this story</p>"),
        ("blocked_region", "<h1>451: Unavailable due to legal reasons</h1>"),
        ("blocked_region", "<p>Sorry, this content is not available in your region.</p>"),
        ("blocked_region", "<p>This content isn’t available in your country.</p>"),
        ("blocked_region", "<p>This site is unavailable to visitors from the European Economic Area.</p>"),
        ("script_page", "<noscript>You need to enable JavaScript to run this app.</noscript><div id='root'></div>"),
        ("script_page", "<p>Please turn JavaScript on and reload the page.</p>"),
        ("script_page", "<p>This page needs JavaScript to work.</p>"),
        ("redirect_page", "<p>Redirecting…</p>"),
        ("redirect_page", "<a href='/x'>Click here if you are not redirected within five seconds</a>"),
    ],
)
def test_a_page_that_is_not_the_story_is_identified(problem: str, body: str) -> None:
    assert seen(body) == (False, problem)


@pytest.mark.parametrize("content", ["0; url=/x", "3;URL='https://x.pk/'", " 0;/x", "1, url=/x"])
def test_a_page_that_only_refreshes_to_another_page_is_a_redirect(content: str) -> None:
    assert seen("<p>Moved</p>", f'<META HTTP-EQUIV="Refresh" CONTENT="{content}">') == (False, "redirect_page")


def test_a_page_that_reloads_itself_is_not_a_redirect() -> None:
    assert seen("<p>Moved</p>", "<meta http-equiv='refresh' content='300'>") == (False, None)


@pytest.mark.parametrize(
    "headline",
    [
        "404",
        "Error 404: Not Found",
        "404 Not Found - The Gazette",
        "Page Not Found | The Gazette",
        "Oops! That page can’t be found.",
        "Sorry, the page you requested could not be found",
        "The page you are looking for does not exist",
        "This story is no longer available",
    ],
)
def test_a_page_for_missing_stories_is_recognised_by_its_whole_headline(headline: str) -> None:
    assert seen(f"<h1>{headline}</h1><p>Try the home page.</p>")[0]


@pytest.mark.parametrize(
    "headline",
    [
        "404 die in monsoon rains",
        "404",
        "Page not found",
        "Cookies: partners accept the bakery’s offer, and continue",
        "Log in to read your account, and subscribe: a user’s week",
        "Enable JavaScript, they said: a life on the web",
        "Not available in your country: the goods that smugglers bring",
        "Access denied",
        "Redirecting the river",
    ],
)
def test_a_story_about_such_things_is_still_a_story(headline: str) -> None:
    story = f"<h2 class='story__title'>{headline}</h2><div class='story__content'>{PROSE}<p>{headline}.</p></div>"
    assert seen(story, meta("og:title", headline)) == (False, None)
    dated = meta("og:title", headline) + meta("article:published_time", "2016-01-22T06:00:00+05:00")
    assert seen(f"<main><h1>{headline}</h1>{PROSE}<p>{headline}.</p></main>", dated) == (False, None)
