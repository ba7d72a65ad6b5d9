"""Story pages of the NewsKit platform: which source of a field wins, in each layout. The pages are minimal."""

import pytest

from spiders.reading import Article
from spiders.reading.html import parse
from spiders.reading.newskit import read_story
from tests.spiders.dawn import ADDRESS, SITE
from tests.spiders.markup import breadcrumbs, byline, card, ld_json, meta, time

TITLE = "Ferries return to the lake"
TEXT = "<p>THATTA: The first ferry in a decade crossed the lake on Monday.</p>"
NEW_YEAR, DAY_AFTER = "2016-01-01T06:00:00+05:00", "2016-01-02T06:00:00+05:00"


def page(head: str = "", header: str = "", body: str = TEXT, title: str = TITLE) -> Article:
    """A story page of the current layout that has a headline, a text and these parts."""
    return bare_page(f"{meta('og:title', title)}{head}", f"<h2 class='story__title'>{title}</h2>{header}", body)


def bare_page(head: str, header: str, body: str = TEXT) -> Article:
    """A story page of the current layout that has only these parts."""
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
    return read_story(parse(f"<html>{text}</html>".encode(), "utf-8"), SITE, ADDRESS)


# --- which source wins ----------------------------------------------------------------------------------------------

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
"""Where a page can state each field, the most trusted source first."""


@pytest.mark.parametrize(
    ("field", "first"), [(name, n) for name, places in SOURCES.items() for n in range(len(places))]
)
def test_a_field_is_read_from_the_most_trusted_source_that_has_it(field: str, first: int) -> None:
    # timestamps in every other field, because a text field accepts them too
    value = "https://i.dawn.com/{}.jpg" if field == "image_url" else "2016-01-0{}T06:00:00+05:00"
    values = [value.format(place) for place in range(1, 5)]
    filled = [place.replace("{}", value) for place, value in zip(SOURCES[field], values, strict=False)][first:]
    in_head = [part for part in filled if part.startswith(("<meta", "<script"))]
    found = bare_page("".join(in_head), "".join(part for part in filled if part not in in_head))
    assert getattr(found, field) == values[first]


@pytest.mark.parametrize("shown", ["Editorial", "<a href='/authors/8/x'>Editorial</a>", "<a href='/x'> </a>"])
def test_the_authors_are_those_of_the_byline_or_else_of_the_json_ld(shown: str) -> None:
    head = ld_json(author="Sana Mirza")
    assert page(head, header=byline("Omar Rind")).authors == ["Omar Rind"]
    assert page(head, header=byline(shown)).authors == ["Sana Mirza"]


@pytest.mark.parametrize("name", ["Dawn", "Editorial"])
def test_the_newspaper_itself_is_not_an_author_in_the_json_ld(name: str) -> None:
    assert page(ld_json(author=[name, "Sana Mirza"])).authors == ["Sana Mirza"]
    assert page(ld_json(author=name)).authors == []


@pytest.mark.parametrize(
    ("head", "header", "editorial"),
    [
        (ld_json(author="Editorial"), "", True),
        (meta("article:section", "Editorial"), "", True),
        (meta("article:section", "Editorials"), "", True),
        ("", byline("Editorial"), True),
        ("", byline("<a href='https://www.dawn.com/newspaper/editorial/'>From the paper</a>"), True),
        (meta("article:section", "Opinion"), byline("<a href='/authors/1/x'>Sana Mirza</a>"), False),
    ],
)
def test_an_editorial_is_marked_by_its_author_its_section_or_its_byline(
    head: str, header: str, editorial: bool
) -> None:
    assert page(head, header).editorial == editorial


def test_the_badge_above_the_headline_is_the_section_if_no_metadata_has_one() -> None:
    badge = "<span class='badge'><a href='/lakes'><span>Lakes</span></a></span>"
    aside = f"<article class='story'>{badge.replace('Lakes', 'Seas')}</article>"
    assert page(header=aside + badge).section == "Lakes"
    assert page(meta("article:section", "Ports"), badge).section == "Ports"
    assert page(header=badge.replace("Lakes", "Editorials")).editorial


def test_the_headline_in_the_breadcrumbs_is_not_a_section() -> None:
    crumbs = breadcrumbs({"name": "Pakistan"}, {"name": "Karachi"}, {"name": TITLE})
    assert page(crumbs).section == "Karachi"


@pytest.mark.parametrize("vague", ["Newspaper", "Home", "Dawn", "Dawn.com", "News", TITLE])
def test_a_vague_section_gives_way_to_a_more_specific_one(vague: str) -> None:
    section = meta("article:section", vague)
    assert page(section).section is None
    assert page(f"<title>Ferries - {vague} - DAWN.COM</title>").section is None
    assert page(f"{section}{ld_json(articleSection='Karachi')}").section == "Karachi"


def test_tags_are_read_from_the_metadata() -> None:
    assert page(meta("article:tag", "ferries")).tags == ["ferries"]


# --- header ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("inside", [card(8, time=time("Published", NEW_YEAR)), f"<aside>{byline('Omar Rind')}</aside>"])
def test_a_card_in_the_header_belongs_to_another_story(inside: str) -> None:
    found = bare_page("", f"{inside}<h2 class='story__title'>{TITLE}</h2>{byline('Sana Mirza')}")
    assert (found.title, found.authors, found.published_at) == (TITLE, ["Sana Mirza"], None)


@pytest.mark.parametrize(
    ("header", "authors", "published_at"),
    [(byline("Sana Mirza"), ["Sana Mirza"], None), (time("Published", NEW_YEAR), [], NEW_YEAR)],
)
def test_a_header_without_a_headline_is_read_too(header: str, authors: list[str], published_at: str | None) -> None:
    found = bare_page(meta("og:title", TITLE), header)
    assert (found.authors, found.published_at) == (authors, published_at)


def test_a_story_text_in_a_side_column_belongs_to_another_story() -> None:
    aside = "<aside><div class='story__content'><p>Another story.</p></div></aside>"
    assert read(f"<body>{aside}<div class='story__content'>{TEXT}</div></body>").paragraphs[0].startswith("THATTA:")


@pytest.mark.parametrize("name", ["story-byline", "byline", "story__byline"])
def test_bylines_of_the_2013_layout_have_several_class_names(name: str) -> None:
    assert old_page(f"<span class='{name}'>Sana Mirza</span>").authors == ["Sana Mirza"]


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
def test_times_of_the_2013_layout_have_several_class_names(shown: str) -> None:
    assert old_page(shown).published_at == NEW_YEAR


@pytest.mark.parametrize("name", ["story__time", "timestamp--published", "timestamp--updated"])
def test_times_of_the_current_layout_have_several_class_names(name: str) -> None:
    found = page(header=f"<span class='{name}'>Published Jan 1, 2016 06:00am</span>")
    assert (found.published_at, found.updated_at) == (NEW_YEAR, None)


def test_a_time_inside_another_one_is_read_with_its_label() -> None:
    found = old_page(time("Updated", DAY_AFTER) + time("Published", NEW_YEAR))
    assert (found.published_at, found.updated_at) == (NEW_YEAR, DAY_AFTER)


def test_a_date_without_a_time_of_day_does_not_become_midnight() -> None:
    assert old_page("<span class='story__time'>Jan 1, 2016</span>").published_date == "2016-01-01"


# --- images ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "image"),
    [
        ("https://i.dawn.com/large/2026/06/ferry.jpg", "https://i.dawn.com/large/2026/06/ferry.jpg"),
        ("https://www.dawn.com/_img/social-default.jpg", None),
        ("https://www.dawn.com/_img/social-default.png?v=2", None),
    ],
)
@pytest.mark.parametrize("source", [meta("og:image", "{}"), ld_json(image="{}")])
def test_the_newspapers_default_image_is_not_that_of_the_story(source: str, url: str, image: str | None) -> None:
    assert page(source.replace("{}", url)).image_url == image


@pytest.mark.parametrize(
    ("in_header", "in_body", "caption"),
    [("At the pier.", "A ticket.", "At the pier."), (" ", "A ticket.", "A ticket."), ("", "", None)],
)
def test_the_image_caption_is_the_first_caption_of_the_story(in_header: str, in_body: str, caption: str | None) -> None:
    header, body = (f"<figure><figcaption>{words}</figcaption></figure>" for words in (in_header, in_body))
    assert page(header=header, body=TEXT + body).image_caption == caption


# --- pages without text ---------------------------------------------------------------------------------------------


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
def test_a_page_is_textless_if_its_headline_announces_a_video_or_picture(title: str) -> None:
    assert page(title=title, body="").textless
    assert not page(title=title).textless, "a page with a text is a story, whatever its headline"


@pytest.mark.parametrize("title", ["Watchdog counts the ferries", "Charter for ferries", "Nobody will watch the ferry"])
def test_a_page_whose_text_is_missing_is_not_taken_for_a_video(title: str) -> None:
    assert not page(title=title, body="").textless


@pytest.mark.parametrize("kind", ["video", "video.other", "Video.Episode"])
def test_a_page_of_type_video_is_textless(kind: str) -> None:
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
def test_a_page_with_only_an_embed_is_textless(embed: str) -> None:
    assert page(body=embed).textless
    assert read(f"<body><h2 class='story__title'>{TITLE}</h2><div class='template__main'>{embed}</div></body>").textless
    assert not page(body=TEXT + embed).textless


@pytest.mark.parametrize("picture", ["<figure></figure>", "<img src='lake.jpg'>"])
def test_a_page_with_only_pictures_is_textless(picture: str) -> None:
    assert page(body=picture).textless
    assert not page(body="").textless, "an empty page is not a page of pictures"
