"""Pages that a site shows in place of a story, and stories that only speak of such things."""

import pytest

from spiders.reading.html import parse
from spiders.reading.newskit import read_story
from spiders.reading.problems import is_not_found, problem_of
from tests.spiders.dawn import SITE
from tests.spiders.markup import meta

PROSE = (
    "<p>THATTA: The first ferry in ten years crossed the lake on Monday, with forty people and one goat on board.</p>"
    "<p>Its owner said that the fare would stay at twenty rupees until the bridge is repaired, whenever that is.</p>"
    "<p>Fishermen who had gathered at the northern pier to see it leave said that they would go on rowing.</p>"
)


def seen(body: str, head: str = "") -> tuple[bool, str | None]:
    """Whether a page is one for missing stories, and its problem."""
    root = parse(f"<html><head>{head}</head><body>{body}</body></html>".encode(), "utf-8")
    article = read_story(root, SITE)
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
def test_a_page_in_place_of_a_story_is_named(problem: str, body: str) -> None:
    assert seen(body) == (False, problem)


@pytest.mark.parametrize("content", ["0; url=/x", "3;URL='https://x.pk/'", " 0;/x", "1, url=/x"])
def test_a_page_that_only_refreshes_to_another_is_a_redirect(content: str) -> None:
    assert seen("<p>Moved</p>", f'<META HTTP-EQUIV="Refresh" CONTENT="{content}">') == (False, "redirect_page")


def test_a_page_that_reloads_itself_is_no_redirect() -> None:
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
def test_a_page_for_missing_stories_is_known_by_its_whole_headline(headline: str) -> None:
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
def test_a_story_that_speaks_of_such_things_is_a_story(headline: str) -> None:
    story = f"<h2 class='story__title'>{headline}</h2><div class='story__content'>{PROSE}<p>{headline}.</p></div>"
    assert seen(story, meta("og:title", headline)) == (False, None)
    dated = meta("og:title", headline) + meta("article:published_time", "2016-01-22T06:00:00+05:00")
    assert seen(f"<main><h1>{headline}</h1>{PROSE}<p>{headline}.</p></main>", dated) == (False, None)
