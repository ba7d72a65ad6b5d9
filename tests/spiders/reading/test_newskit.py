"""Fields of a story page, each on the smallest page that shows it."""

import json
from typing import Any

import pytest
from lxml import html

from spiders.reading import Article
from spiders.reading.body import paragraphs, split_body
from spiders.reading.html import is_cut_short, parse, text_of
from spiders.reading.newskit import read_story
from tests.spiders.dawn import SITE
from tests.spiders.markup import card, time

TITLE = "Ferries return to the lake"
TEXT = "<p>THATTA: The first ferry in a decade crossed the lake on Monday.</p>"
NEW_YEAR, DAY_AFTER = "2016-01-01T06:00:00+05:00", "2016-01-02T06:00:00+05:00"


def page(head: str = "", header: str = "", body: str = TEXT, title: str = TITLE) -> Article:
    """A story page of the current layout, with these parts in it."""
    return bare_page(f"{meta('og:title', title)}{head}", f"<h2 class='story__title'>{title}</h2>{header}", body)


def bare_page(head: str, header: str, body: str = TEXT) -> Article:
    """A story page of nothing but these parts."""
    return read(
        f"<head>{head}</head><body><article class='story'><div class='template__header'>{header}</div>"
        f"<div class='template__main'><div class='story__content'>{body}</div></div></article></body>"
    )


def old_page(meta: str, body: str = TEXT) -> Article:
    """A story page of the layout of 2013."""
    return read(
        f"<body><div class='story'><h1 class='story-hed'>{TITLE}</h1><div class='story-meta'>{meta}</div>"
        f"<div class='story-content'>{body}</div></div></body>"
    )


def read(text: str) -> Article:
    return read_story(parse(f"<html>{text}</html>".encode(), "utf-8"), SITE)


def meta(name: str, content: str) -> str:
    return f"<meta property='{name}' content='{content}'>"


def byline(content: str) -> str:
    return f"<span class='story__byline'>{content}</span>"


def ld_json(block: Any = None, /, **article: Any) -> str:
    """A script element with a JSON-LD block, or with an article of these properties."""
    return f"<script type='application/ld+json'>{json.dumps(block or news_article(**article))}</script>"


def news_article(**properties: Any) -> dict[str, Any]:
    return {"@context": "https://schema.org", "@type": "NewsArticle", **properties}


def breadcrumbs(*items: Any) -> str:
    return ld_json({"@type": "BreadcrumbList", "itemListElement": list(items)})


# --- which source wins -----------------------------------------------------------------------------------------------

SOURCES: dict[str, list[str]] = {
    "title": [
        meta("og:title", "{}"),
        "<h2 class='story__title'>{}</h2>",
        ld_json(headline="{}"),
        meta("twitter:title", "{}"),
    ],
    "excerpt": [
        meta("og:description", "{}"),
        "<meta name='description' content='{}'>",
        meta("twitter:description", "{}"),
        ld_json(description="{}"),
    ],
    "published_at": [
        meta("article:published_time", "{}"),
        "<meta itemprop='datePublished' content='{}'>",
        ld_json(datePublished="{}"),
        time("Published", "{}"),
    ],
    "updated_at": [
        meta("article:modified_time", "{}"),
        meta("og:updated_time", "{}"),
        ld_json(dateModified="{}"),
        time("Updated", "{}"),
    ],
    "image_url": [meta("og:image", "{}"), meta("twitter:image", "{}"), ld_json(image="{}")],
    "section": [meta("article:section", "{}"), ld_json(articleSection="{}"), breadcrumbs({"name": "{}"})],
}
"""Where a page can say each field, the most trustworthy place first."""


@pytest.mark.parametrize(
    ("field", "first"), [(name, n) for name, places in SOURCES.items() for n in range(len(places))]
)
def test_a_field_is_read_from_the_most_trusted_source_that_has_it(field: str, first: int) -> None:
    # instants, because the texts may hold them as well as any words
    values = [f"2016-01-0{place}T06:00:00+05:00" for place in range(1, 5)]
    filled = [place.replace("{}", value) for place, value in zip(SOURCES[field], values, strict=False)][first:]
    in_head = [part for part in filled if part.startswith(("<meta", "<script"))]
    found = bare_page("".join(in_head), "".join(part for part in filled if part not in in_head))
    assert getattr(found, field) == values[first]


def test_of_two_values_of_one_name_the_first_that_says_something_counts() -> None:
    head = meta("og:description", " ") + meta("og:description", "A fare.") + meta("og:description", "Another.")
    assert page(head).excerpt == "A fare."


def test_the_title_of_a_drawing_on_the_page_is_not_the_pages() -> None:
    head = "<title>Ferries - Sport - DAWN.COM</title>"
    assert page(head, header="<svg><title>Menu - Home - DAWN.COM</title></svg>").section == "Sport"


# --- JSON-LD --------------------------------------------------------------------------------------------------------

ARTICLE = news_article(author="Sana Mirza")


@pytest.mark.parametrize(
    "head",
    [
        ld_json(ARTICLE),
        ld_json([{"@type": "Organization"}, ARTICLE]),
        ld_json({"@context": "https://schema.org", "@graph": [{"@type": "WebPage"}, ARTICLE]}),
        ld_json({**ARTICLE, "@type": ["Thing", "ReportageNewsArticle"]}),
        "<script type='application/ld+json'>{\"@type\": </script>" + ld_json(ARTICLE),
        ld_json({**ARTICLE, "description": "Two{}lines"}).replace("{}", "\n"),
        ld_json(author={"@type": "Person", "name": " Sana Mirza "}),
        ld_json(author=[{"@type": "Person", "name": "Sana Mirza"}, {"@type": "Person"}, 7]),
        ld_json(author=["Sana Mirza", ""]),
    ],
)
def test_json_ld_is_read_in_every_shape_that_sites_write(head: str) -> None:
    assert page(head).authors == ["Sana Mirza"]


@pytest.mark.parametrize("image", ["a.jpg", {"@type": "ImageObject", "url": "a.jpg"}, [{"url": "a.jpg"}, "b.jpg"]])
def test_an_image_of_json_ld_is_an_address_or_an_object(image: Any) -> None:
    assert page(ld_json(image=image)).image_url == "a.jpg"


def test_the_first_of_several_sections_counts() -> None:
    assert page(ld_json(articleSection=["Karachi", "Pakistan"])).section == "Karachi"


@pytest.mark.parametrize(
    "crumbs",
    [
        [{"name": "Home"}, {"name": "Pakistan"}, {"name": "Karachi"}],
        [{"item": {"name": "Home"}}, {"item": {"name": "Karachi"}}],
        [{"name": "Pakistan"}, {"name": "Karachi"}, {"name": TITLE}],
        [{"name": "Karachi"}, {"item": "https://www.dawn.com/karachi"}, "odd"],
    ],
)
def test_the_last_breadcrumb_before_the_story_is_its_section(crumbs: list[Any]) -> None:
    assert page(breadcrumbs(*crumbs)).section == "Karachi"


def test_tags_are_those_of_the_head_and_the_keywords_each_once() -> None:
    head = meta("article:tag", "ferries") + meta("article:tag", "Sindh") + ld_json(keywords="Sindh, Keenjhar, ")
    assert page(head).tags == ["ferries", "Sindh", "Keenjhar"]
    assert page(ld_json(keywords=["lakes", "ferries", 7])).tags == ["lakes", "ferries"]


# --- bylines and editorials -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "authors"),
    [
        ("Sana Mirza", ["Sana Mirza"]),
        ("<a href='/authors/1/x'>Sana Mirza</a><a href='/authors/2/y'>Omar Rind</a>", ["Sana Mirza", "Omar Rind"]),
        ("By <a href='/authors/1/x'>Sana Mirza</a> in Thatta", ["Sana Mirza"]),
    ],
)
def test_the_byline_of_the_page_names_the_authors(written: str, authors: list[str]) -> None:
    assert page(ld_json(author="Somebody Else"), header=byline(written)).authors == authors


@pytest.mark.parametrize(
    ("head", "header", "editorial"),
    [
        (ld_json(author="Editorial"), "", True),
        (meta("article:section", "Editorial"), "", True),
        (meta("article:section", "Editorials"), "", True),
        ("", byline("Editorial"), True),
        ("", byline("<a href='https://www.dawn.com/newspaper/editorial/'>From the paper</a>"), True),
        (meta("article:section", "Opinion"), byline("<a href='/authors/1/x'>Sana Mirza</a>"), False),
        ("", byline("Editorial board of a journal"), False),
    ],
)
def test_a_page_says_in_several_ways_that_it_is_an_editorial(head: str, header: str, editorial: bool) -> None:
    assert page(head, header).editorial == editorial


@pytest.mark.parametrize("inside", [card(8, time=time("Published", NEW_YEAR)), f"<aside>{byline('Omar Rind')}</aside>"])
def test_a_card_in_the_header_is_another_story(inside: str) -> None:
    found = bare_page("", f"{inside}<h2 class='story__title'>{TITLE}</h2>{byline('Sana Mirza')}")
    assert (found.title, found.authors, found.published_at) == (TITLE, ["Sana Mirza"], None)


@pytest.mark.parametrize(
    ("header", "authors", "published_at"),
    [(byline("Sana Mirza"), ["Sana Mirza"], None), (time("Published", NEW_YEAR), [], NEW_YEAR)],
)
def test_a_header_without_a_headline_is_still_read(header: str, authors: list[str], published_at: str | None) -> None:
    found = bare_page(meta("og:title", TITLE), header)
    assert (found.authors, found.published_at) == (authors, published_at)


@pytest.mark.parametrize("name", ["story-byline", "byline", "story__byline"])
def test_the_layout_of_2013_has_bylines_of_several_names(name: str) -> None:
    assert old_page(f"<span class='{name}'>Sana Mirza</span>").authors == ["Sana Mirza"]


# --- times ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "shown",
    [
        *(
            f"<span class='{name}'>Jan 1, 2016 06:00am</span>"
            for name in ("story-date", "story-time", "date", "time", "timestamp", "timeago", "story__time")
        ),
        f"<time datetime='{NEW_YEAR}'>New Year</time>",
    ],
)
def test_the_layout_of_2013_has_times_of_several_names(shown: str) -> None:
    assert old_page(shown).published_at == NEW_YEAR


@pytest.mark.parametrize(
    ("shown", "published_at", "updated_at"),
    [
        ("<span class='story__time'>Jan 1, 2016 06:00am</span>", NEW_YEAR, None),
        ("<span class='timestamp--published'>Published Jan 1, 2016 06:00am</span>", NEW_YEAR, None),
        ("<span class='timestamp--updated'>Last updated Jan 1, 2016 06:00am</span>", None, NEW_YEAR),
        ("<span class='story__time'>Updated: Jan 1, 2016 06:00am</span>", None, NEW_YEAR),
        (f"<span class='story__time'><time datetime='{NEW_YEAR}'>New Year</time></span>", NEW_YEAR, None),
        (f"<span class='story__time' title='{NEW_YEAR}'>New Year</span>", NEW_YEAR, None),
        (
            f"{time('Published', NEW_YEAR)}{time('Updated', '2016-01-02T06:00:00+05:00')}",
            NEW_YEAR,
            "2016-01-02T06:00:00+05:00",
        ),
        ("<span class='story__time'>about noon on 1st</span>", None, None),
    ],
)
def test_a_time_that_the_page_shows_is_of_what_its_label_says(
    shown: str, published_at: str | None, updated_at: str | None
) -> None:
    found = page(header=shown)
    assert (found.published_at, found.updated_at) == (published_at, updated_at)


# --- sections, names, images ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "section"),
    [
        ("Ferries return to the lake - Sport - DAWN.COM", "Sport"),
        ("Ferries return - to the lake - Sport - Dawn.com", "Sport"),
        ("Ferries return - DAWN.COM", None),
        ("Ferries - Lakes - Boats", None),
        ("Ferries return to the lake - Newspaper - DAWN.COM", None),
        ("Ferries return to the lake", None),
    ],
)
def test_the_section_is_read_from_the_pages_title(title: str, section: str | None) -> None:
    assert page(f"<title>{title}</title>").section == section


@pytest.mark.parametrize("vague", ["Newspaper", "Home", "Dawn", "Dawn.com", "News", TITLE])
def test_a_vague_section_gives_way_to_a_more_specific_one(vague: str) -> None:
    section = meta("article:section", vague)
    assert page(section).section is None
    assert page(f"{section}{ld_json(articleSection='Karachi')}").section == "Karachi"


@pytest.mark.parametrize("vague", ["Dawn", "dawn", "Dawn.com", "DAWN.COM", "Editorial"])
def test_the_newspaper_is_not_an_author_of_its_stories(vague: str) -> None:
    people = [{"@type": "Person", "name": vague}, {"@type": "Person", "name": "Sana Mirza"}]
    assert page(ld_json(author=people)).authors == ["Sana Mirza"]
    assert page(ld_json(author=people[0])).authors == []


@pytest.mark.parametrize("written", ["Editorial", "<a href='/authors/8/x'>Editorial</a>", "<a href='/x'> </a>"])
def test_a_byline_that_names_nobody_leaves_the_authors_to_the_json_ld(written: str) -> None:
    found = page(ld_json(author="Sana Mirza"), header=byline(written))
    assert found.authors == ["Sana Mirza"]


@pytest.mark.parametrize(
    ("url", "image"),
    [
        ("https://i.dawn.com/large/2026/06/ferry.jpg", "https://i.dawn.com/large/2026/06/ferry.jpg"),
        ("https://www.dawn.com/_img/social-default.jpg", None),
        ("https://www.dawn.com/_img/social-default.png?v=2", None),
    ],
)
@pytest.mark.parametrize("where", [meta("og:image", "{}"), ld_json(image="{}")])
def test_the_newspapers_default_image_is_not_the_storys(where: str, url: str, image: str | None) -> None:
    assert page(where.replace("{}", url)).image_url == image


@pytest.mark.parametrize(
    "title",
    [
        "Video: A ferry crosses the lake",
        "WATCH: A ferry crosses the lake",
        "Watch a ferry cross the lake",
        "Cartoon: 19 June, 2026",
        "Chart: Who crosses the lake",
        "Infographic: The lake in figures",
        "In pictures: A day on the ferry",
    ],
)
def test_a_page_whose_headline_announces_no_text_has_none(title: str) -> None:
    assert page(title=title, body="").textless
    assert not page(title=title).textless, "a page with a text is a story, whatever its headline says"


@pytest.mark.parametrize("title", ["Watchdog counts the ferries", "Charter for ferries", "Nobody will watch the ferry"])
def test_a_page_without_its_text_is_not_taken_for_a_video(title: str) -> None:
    assert not page(title=title, body="").textless


@pytest.mark.parametrize("kind", ["video", "video.other", "Video.Episode"])
def test_a_page_of_type_video_has_no_text(kind: str) -> None:
    assert page(meta("og:type", kind), body="").textless


@pytest.mark.parametrize(
    "embed",
    [
        "<iframe src='https://video.example/1'></iframe>",
        "<video src='1.mp4'></video>",
        "<div class='media__item--youtube'></div>",
        "<div class='media__item--video'></div>",
        "<div class='media__item--dailymotion'></div>",
        "<div class='media__item--embed'></div>",
    ],
)
def test_a_page_of_nothing_but_an_embed_has_no_text(embed: str) -> None:
    assert page(body=embed).textless
    assert read(f"<body><h2 class='story__title'>{TITLE}</h2><div class='template__main'>{embed}</div></body>").textless
    assert not page(body=TEXT + embed).textless


@pytest.mark.parametrize("picture", ["<figure></figure>", "<img src='lake.jpg'>"])
def test_a_page_of_nothing_but_pictures_has_no_text(picture: str) -> None:
    assert page(body=picture).textless
    assert not page(body="").textless, "a page that lost its text is no page of pictures"


@pytest.mark.parametrize(
    ("in_header", "in_body", "caption"),
    [("At the pier.", "A ticket.", "At the pier."), (" ", "A ticket.", "A ticket."), ("", "", None)],
)
def test_the_first_caption_of_the_story_is_its_images(in_header: str, in_body: str, caption: str | None) -> None:
    header, body = (f"<figure><figcaption>{words}</figcaption></figure>" for words in (in_header, in_body))
    assert page(header=header, body=TEXT + body).image_caption == caption


# --- the text -------------------------------------------------------------------------------------------------------


def text(markup: str) -> list[str]:
    return paragraphs(html.fragment_fromstring(markup, create_parent="div"))


@pytest.mark.parametrize(
    "tag", ["script", "style", "noscript", "iframe", "figure", "figcaption", "aside", "article", "form", "nav"]
)
def test_elements_that_are_not_of_the_text_are_left_out(tag: str) -> None:
    assert text(f"<p>One.</p><{tag}>No</{tag}><p>Two.</p>") == ["One.", "Two."]


@pytest.mark.parametrize("name", ["ad", "ads", "advert", "media", "social", "comments", "comment", "newsletter"])
def test_boxes_between_the_paragraphs_are_left_out(name: str) -> None:
    assert text(f"<p>One.</p><div class='{name} wide'>No<p>No</p></div><p>Two.</p>") == ["One.", "Two."]
    assert text(f"<p class='{name}'>One.</p>") == ["One."], "a paragraph is of the text, whatever its class"


def test_what_is_hidden_from_readers_is_left_out() -> None:
    assert text("<p>One.<span aria-hidden='true'>No</span></p>") == ["One."]


def test_one_line_break_keeps_a_paragraph_together_and_two_part_it() -> None:
    assert text("A ferry,<br>a lake,<br><br>a fare.") == ["A ferry, a lake,", "a fare."]


@pytest.mark.parametrize(
    "line",
    [
        "Read more: A bridge for the lake",
        "ALSO READ | A bridge for the lake",
        "Read also – A bridge for the lake",
        "Must Read: A bridge for the lake",
        "Explore: A bridge for the lake",
        "Header image: The lake at dawn",
        "Read: A bridge for the lake",
        "More on this: A bridge for the lake",
        "Read more",
        "Also read",
        "Read also",
        "Subscribe to notifications",
        "Get the latest news and updates from Dawn",
        "Copyright © 2026, Dawn",
        "NewsKit Publishing Platform",
        "Compunode.com Pvt. Ltd.",
    ],
)
def test_lines_of_the_site_between_the_paragraphs_are_left_out(line: str) -> None:
    assert split_body(["One.", line, "Two."]) == (["One.", "Two."], None)


@pytest.mark.parametrize(
    "line",
    [
        "Read more than one report on the ferry.",
        "Also read in class: a poem on the lake.",
        "Explore the lake by night.",
        "Readers wrote: we want it back.",
        "“Read more,” her teacher said.",
    ],
)
def test_sentences_that_begin_like_a_line_of_the_site_stay(line: str) -> None:
    assert split_body([line]) == ([line], None)


def test_the_printed_line_names_the_edition_and_is_not_of_the_text() -> None:
    assert split_body(["One.", "Published in Dawn, January 1st, 2016"]) == (["One."], "2016-01-01")


# --- bytes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoded_as", "said"), [("utf-8", "utf-8"), ("utf-8", "windows-1252"), ("windows-1252", "windows-1252")]
)
def test_a_page_is_read_in_the_encoding_it_has_and_not_the_one_it_claims(encoded_as: str, said: str) -> None:
    markup = "<html><body><p>A café on the pier – “cheap”</p></body></html>"
    assert text_of(parse(markup.encode(encoded_as), said)) == "A café on the pier – “cheap”"


@pytest.mark.parametrize(
    ("body", "cut"),
    [
        (b"<html><body><p>The fer", True),
        (b"<html><body><p>The ferry</p></body></html>" + b"<!-- cached -->" * 50, False),
        (b"<HTML><body><p>The ferry</p></body></HTML>", False),
        (b"<?xml version='1.0'?><rss><channel><item>", True),
        (b"<urlset><url></url>", True),
        (b"<urlset></urlset>", False),
    ],
)
def test_a_page_that_never_ends_is_cut_short(body: bytes, cut: bool) -> None:
    assert is_cut_short(body) == cut
