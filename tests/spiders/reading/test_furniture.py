"""Furniture: boxes, notices and hidden parts of a page are never a story's text, and prose is never furniture."""

import pytest

from spiders.reading import Article, newskit
from spiders.reading.body import paragraphs
from spiders.reading.furniture import is_notice
from spiders.reading.html import parse
from tests.spiders.dawn import ADDRESS, SITE

ONE = "SUKKUR: The canal was reopened on Thursday after a month of repairs, the department said."
TWO = "Farmers along its banks had asked for water since the first week of October."
HEAD = (
    "<meta property='og:title' content='Canal reopened'><meta property='og:type' content='article'>"
    "<meta property='article:published_time' content='2016-01-22T06:48:12+05:00'>"
)
CARD = (
    "<article class='story box'><h2 class='story__title'><a class='story__link' href='/news/70{0}/x'>Another "
    "headline {0} "
    "of another story</a></h2><div class='story__excerpt'><p>An excerpt of that other story, number {0}, which is long."
    "</p></div></article>"
)


def text(inside: str) -> list[str]:
    """What is read of a story's text element with this inside."""
    root = parse(f"<html><body><div>{inside}</div></body></html>".encode(), None)
    found = root.find("body/div")
    assert found is not None
    return paragraphs(found, SITE.story_id)


def story(main: str, header: str = "") -> Article:
    """A story page with this main column, after a header with the headline."""
    page = (
        f"<html><head>{HEAD}</head><body><header><nav><a href='/'>Home</a></nav></header><div class='template__main'>"
        f"<article class='story'><div class='template__header'><h2 class='story__title'>Canal reopened</h2>{header}"
        f"</div>"
        f"{main}</div><footer><p>Copyright © 2016, The Paper, and all its many readers</p></footer></body></html>"
    )
    return newskit.read_story(parse(page.encode(), None), SITE, ADDRESS)


@pytest.mark.parametrize(
    "box",
    [
        "<div class='newsletter-signup'><h3>The briefing</h3><p>The day's best stories in your inbox at seven.</p>"
        "</div>",
        "<section id='SignupBox'><p>Get the briefing.</p></section>",
        "<div><p>Get the briefing every morning.</p><input type='email'><button>Go</button></div>",
        "<form><p>Get the briefing.</p></form>",
        "<div class='related-stories'><p>A bridge for the lake</p></div>",
        "<ul class='relatedStories'><li><a href='/news/9'>A bridge for the lake</a></li></ul>",
        "<aside><p>A bridge for the lake</p></aside>",
        "<div class='share'><a>Share on a network</a> <a>Send</a> <button>Copy link</button></div>",
        "<div class='social-links'>Follow the paper</div>",
        "<div class='adsbygoogle'>Advertisement</div>",
        "<div id='div-gpt-ad-7'><p>Advertisement: the best rice of the valley</p></div>",
        "<div class='ad-slot'>Buy rice</div>",
        "<div class='sponsored-content'><p>Buy rice, says the maker of rice.</p></div>",
        "<div class='comments'><p>A reader: I was there.</p></div>",
        "<div id='disqus_thread'><p>A reader: I was there.</p></div>",
        "<div class='author-bio'><p>The reporter lives in the city.</p></div>",
        "<div role='complementary'><p>More of the same</p></div>",
        "<div role='dialog'><p>We use cookies.</p></div>",
        "<button>Listen to this article</button>",
        "<select><option>Urdu</option></select><textarea>your words</textarea>",
        "<audio controls>Your browser plays no sound.</audio><video>No film.</video><object>No film.</object>",
        "<svg><title>icon of a bird</title><text>bird</text></svg>",
        "<template><p>Later, perhaps.</p></template><noscript><p>Enable scripts.</p></noscript>",
        "<p hidden>Not shown.</p><div aria-hidden='true'>Nor this.</div>",
        "<p style='color: red; display:none'>Not shown.</p><span style='visibility: hidden'>Nor this.</span>",
        "<span class='sr-only'>For screen readers.</span><p class='hidden'>Not shown.</p>",
        "<h4>Related</h4><ul><li><a href='/news/8'>A bridge</a></li><li><a href='/news/9'>A road</a></li></ul>",
        "<p><strong>Read more:</strong></p><p><a href='/news/8'>A bridge for the lake</a></p>",
        "<p><a href='https://www.facebook.com/sharer?u=x'>Share</a> <a href='mailto:?body=x'>Mail</a></p>",
        "<ins class='adsbygoogle'>Advertisement</ins><p class='ad-label'>Advertisement</p>",
        "<p style='position: absolute; left: -9999px'>For machines only.</p><span style='font-size:0'>x</span>",
        "<label>Your address</label>",
        "<div><div><p>Read this later?</p><div><select><option>Yes</option></select></div></div></div>",
    ],
)
def test_a_box_in_the_text_is_left_out(box: str) -> None:
    assert text(f"<p>{ONE}</p>{box}<p>{TWO}</p>") == [ONE, TWO]


@pytest.mark.parametrize(
    "wrapper",
    [
        "<div class='social-story'>{}</div>",
        "<div class='promo story-body'>{}</div>",
        "<div class='hidden md:block'>{}</div>",
        "<div class='thread loadmore heading'>{}</div>",
        "<section id='main-ad-free'>{}</section>",
        "<div><div class='toolbar'><button>Listen</button></div>{}</div>",
        "<figure class='media'><img src='x.jpg'><figcaption>A bridge.</figcaption>{}",
        "<figure class='media'><img src='x.jpg'><figcaption>A bridge.{}",
    ],
)
def test_an_element_with_the_text_is_read_whatever_its_class(wrapper: str) -> None:
    assert text(wrapper.format(f"<p>{ONE}</p><p>{TWO}</p>")) == [ONE, TWO]


def test_at_most_half_of_a_text_is_treated_as_furniture() -> None:
    lines = [f"{ONE} {number}" for number in range(6)]
    found = text("".join(f"<div class='ad-free'><p class='newsletter'>{line}</p></div>" for line in lines))
    assert len(found) >= 3, "at most half of a text can be furniture"


def test_an_unclosed_link_does_not_remove_the_text() -> None:
    long = f"{ONE} {TWO} {ONE} {TWO}"
    assert text(f"<a href='/news/8'><p>{long}</p><p>{long}</p>") == [long, long]


def test_a_quoted_post_in_a_figure_is_not_text() -> None:
    post = "<blockquote><p>A post of some length.</p><p>Its second line.</p></blockquote>"
    assert text(f"<p>{ONE}</p><figure class='media--embed'>{post}</figure>") == [ONE]


@pytest.mark.parametrize(
    "line",
    [
        "<p>Read more: <a href='https://www.dawn.com/news/8/bridge'>A bridge for the lake</a></p>",
        "<p><strong>ALSO READ |</strong> <a href='/news/8'>A bridge for the lake</a></p>",
        "<p>Explore — <a href='/news/8'>A bridge for the lake</a></p>",
        "<p><a href='/news/8'>A bridge for the lake</a></p>",
        "<ul><li><a href='/news/8'>A bridge</a></li><li><a href='/news/9'>A road</a></li></ul>",
        "<p>See also: <em><a href='/news/8'>A bridge for the lake</a></em>.</p>",
    ],
)
def test_a_line_that_only_links_to_another_story_is_left_out(line: str) -> None:
    assert text(f"<p>{ONE}</p>{line}<p>{TWO}</p>") == [ONE, TWO]


@pytest.mark.parametrize(
    "line",
    [
        "Read-only access to the accounts was given to them a day later, an official said.",
        "Explore — that was the word of the day — was what the board told them to do.",
        "Must read: so the minister wrote on every page of the ledger that he returned.",
        "Read: the verb of the decade, said the head of the library on Monday.",
        "Subscribe to a newsletter, they were told, and sign up for an account to continue reading.",
        "Watch: the old men of the village looked on as the water came.",
        "Related: that is how both families described themselves to the court.",
        "Advertisement spending fell by a tenth, the association said.",
        "All cookies were stolen from the bakery, and its policy is to accept no partners.",
        "The hidden ad, and the share that related newsletters have in it, were the topic.",
    ],
)
def test_prose_is_kept_whatever_it_starts_with_or_mentions(line: str) -> None:
    assert text(f"<p>{ONE}</p><p>{line}</p>") == [ONE, line]


def test_a_link_in_prose_is_kept() -> None:
    linked = "<p>The canal was closed <a href='/news/8'>after the flood</a> of last year.</p>"
    assert text(linked) == ["The canal was closed after the flood of last year."]


@pytest.mark.parametrize(
    "notice",
    [
        "We use cookies to give you the best experience. If you continue, you accept our policy.",
        "We and our 842 partners store information on a device, such as cookies, with your consent.",
        "Sign up for our morning briefing and get the top stories in your inbox.",
        "To continue reading this story please log in or create a free account.",
        "Already a subscriber? Log in.",
        "Please enable JavaScript in your browser to read this story.",
        "This video is not available in your country.",
        "© 2016 The Paper. All rights reserved.",
        "Your browser does not support the audio element.",
        "The writer is a lawyer.",
    ],
)
def test_a_notice_to_the_reader_is_recognised(notice: str) -> None:
    assert is_notice(notice)


@pytest.mark.parametrize(
    "main",
    [
        f"</article><div class='related'><h3>Related</h3>{CARD.format(1)}{CARD.format(2)}{CARD.format(3)}</div>",
        f"</article><section><h3>Top stories</h3>{CARD.format(1)}{CARD.format(2)}</section>",
        "</article><div class='cookie-banner'><p>We use cookies to give you the best experience on our site, always."
        "</p><button>Accept</button></div>",
        "</article><div class='x'><p>We use cookies to give you the best experience. If you continue, you accept."
        "</p></div>",
        "</article><div class='signup'><p>Sign up for our briefing and get the top stories in your inbox.</p></div>",
        "</article><div class='y'><p>Sign up for our briefing and get the top stories of the day in your inbox.</p>"
        "</div>",
        "<noscript><p>Please enable JavaScript in your browser to read this story on our website.</p></noscript>"
        "</article>",
        "<div class='story__content'><div class='wall'><p>To continue reading this story please log in or create a "
        "free "
        "account; it takes a minute.</p></div></div></article>",
        "<div class='story__content'><p>This story is not available in your region for legal reasons.</p></div>"
        "</article>",
        "<div class='story__content'><p>The writer is a lawyer.</p><p>He tweets at @somebody about courts.</p></div>"
        "</article>",
        "</article><div class='comments'><p>A reader who was there: it was not like that at all, I can tell you.</p>"
        "<p>Another reader: it was, and I was there as well, all day.</p></div>",
    ],
)
def test_furniture_on_a_page_without_text_is_never_its_text(main: str) -> None:
    article = story(main)
    assert article.paragraphs == []
    assert not article.textless, "nothing shows that the page has no text, so it counts as not understood"


def test_a_podcast_next_to_other_stories_is_textless() -> None:
    article = story(
        f"<audio src='x.mp3'></audio></article><aside><h3>EDITORIAL</h3>{CARD.format(1)}{CARD.format(2)}</aside>"
    )
    assert (article.paragraphs, article.textless) == ([], True)


@pytest.mark.parametrize(
    "main",
    [
        f"<div class='story__content'><figure><img src='x.jpg'></figure></div><div class='story__text'><p>{ONE}</p>"
        f"<p>{TWO}</p>"
        "</div></article>",
        f"<div class='story__content'></div></article><div class='new-body'><p>{ONE}</p><p>{TWO}</p></div>",
        f"<div class='text'>{ONE}<br><br>{TWO}</div></article>",
        f"<div class='story__content'><img src='x.jpg'></div><section><p>{ONE}</p><p>{TWO}</p></section></article>",
    ],
)
def test_text_in_an_unexpected_place_is_found_and_marked_as_such(main: str) -> None:
    article = story(main)
    assert article.paragraphs == [ONE, TWO]
    assert article.extracted_by == "fallback"
    assert not article.textless


@pytest.mark.parametrize("place", ["before", "after", "inside an aside"])
def test_the_text_of_a_promoted_story_is_left_out(place: str) -> None:
    promoted = (
        "<article class='story'><h2 class='story__title'><a href='/news/900'>Promoted</a></h2><div "
        "class='story__content'>"
        f"<p>{'The text of a promoted story. ' * 9}</p></div></article>"
    )
    own = f"<div class='story__content'><p>{ONE}</p></div></article>"
    if place == "before":
        page = (
            f"<html><head>{HEAD}</head><body><div class='template__main'><div class='promo'>{promoted}</div><article "
            f"class='story'><div class='template__header'><h2 class='story__title'>Canal reopened</h2></div>{own}</div>"
        )
        article = newskit.read_story(parse(page.encode(), None), SITE, ADDRESS)
    else:
        article = story(own + (promoted if place == "after" else f"<aside>{promoted}</aside>"))
    assert article.paragraphs == [ONE]
