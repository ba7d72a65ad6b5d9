"""The general reader: story pages of any newspaper, in the forms that sites write them."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from lxml import etree

from spiders.reading import Article
from spiders.reading.article import Origin, read_article
from spiders.reading.html import parse
from tests.spiders.markup import breadcrumbs, ld_json, meta, news_article

ORIGIN = Origin("https://www.gazette.example/ferries", datetime(2026, 11, 23, tzinfo=UTC))
LAHORE = replace(ORIGIN, zone=ZoneInfo("Asia/Karachi"))
PARAGRAPHS = [
    "THATTA: The first ferry in a decade crossed the lake on Monday, with forty people and one goat on board.",
    "Its owner said that the fare would stay at twenty rupees until the bridge is repaired, whenever that is.",
    "Fishermen watched from the jetty and wondered whether their boats would still be hired for weddings.",
    "The goat, which belongs to the ferry's engineer, travelled free of charge and was the last to leave.",
    "A second ferry is being painted in the yard of a carpenter, who has never built anything larger than a door.",
]
TEXT = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)


def article(head: str = "", body: str = TEXT, origin: Origin = ORIGIN, html: str = "<html>") -> Article:
    page = f"{html}<head>{head}</head><body><main><article>{body}</article></main></body></html>"
    return read_article(parse(page.encode(), "text/html; charset=utf-8"), origin)


# --- headline -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "title"),
    [
        (ld_json(headline="Ferries return") + meta("og:title", "Back on the lake"), "Ferries return"),
        (meta("og:title", "Back on the lake"), "Back on the lake"),
        ("<title>The lake</title>", "A heading"),
        (ld_json(headline="Ferries &amp;uuml;ber alles".replace("&amp;", "&")), "Ferries über alles"),
        (ld_json(headline=" Ferries\n return "), "Ferries return"),
    ],
)
def test_the_headline_is_that_of_json_ld_else_open_graphs_else_the_heading(head: str, title: str) -> None:
    assert article(head, f"<h1>A heading</h1>{TEXT}").title == title


@pytest.mark.parametrize(
    "end", [" | The Gazette", " - Gazette", " – THE GAZETTE", " | gazette.example", " | The Gazette | 28.04.2023"]
)
def test_the_newspapers_name_at_the_end_is_not_part_of_the_headline(end: str) -> None:
    head = meta("og:site_name", "The Gazette") + meta("og:title", f"Ferries return{end}")
    assert article(head).title == "Ferries return"


@pytest.mark.parametrize("title", ["Ferries - a chronicle", "The Gazette | a history", "Ferries return 28.04.2023"])
def test_other_words_after_a_dash_are_part_of_the_headline(title: str) -> None:
    assert article(meta("og:site_name", "The Gazette") + meta("og:title", title)).title == title


def test_a_headline_that_is_only_the_newspapers_name_is_skipped() -> None:
    head = meta("og:site_name", "The Gazette") + meta("og:title", "The Gazette")
    assert article(head, f"<h1>Ferries return</h1>{TEXT}").title == "Ferries return"


@pytest.mark.parametrize(
    ("host", "title"),
    [
        ("gazette.co.uk", "Ferries return"),
        ("news.gazette.example", "Ferries return"),
        ("news.daily.example", "Ferries return | Gazette"),
    ],
)
def test_the_newspapers_name_is_also_known_from_its_host(host: str, title: str) -> None:
    origin = replace(ORIGIN, address=f"https://{host}/ferries")
    assert article(meta("og:title", "Ferries return | Gazette"), origin=origin).title == title


# --- times ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shown", "at", "on"),
    [
        ("<p>Mo 05.11.25 | 14:07 Uhr | Von Lea Wagner</p>", "2025-11-05T14:07:00+05:00", None),
        ("<div><span>5.11.2025</span></div>", None, "2025-11-05"),
        ("<div><span>5. 11. 2025, 8:05</span></div>", "2025-11-05T08:05:00+05:00", None),
        ("<div>05.13.2025</div>", None, None),
        ("<div>Version 1.05.11.2025</div>", None, None),
        (f"<p>{'The ferry crossed the lake. ' * 9}</p><p>05.11.2025</p>", None, None),
    ],
)
def test_a_time_that_is_shown_only_below_the_headline_is_read(shown: str, at: str | None, on: str | None) -> None:
    found = article("", f"<h1>The ferries return to the lake</h1>{shown}{TEXT}", origin=LAHORE)
    assert (found.published_at, found.published_date) == (at, on)


def test_the_time_below_another_headline_is_not_the_storys() -> None:
    body = f"<h1>The ferries return to the lake</h1>{TEXT}<h2>Boats return to the sea at last</h2><p>05.11.2025</p>"
    assert article("", body, origin=LAHORE).published_date is None


@pytest.mark.parametrize(
    ("shown", "published"),
    [
        ("2026-06-19T08:05:00+05:00", "2026-06-19T08:05:00+05:00"),
        ("2026-06-19 08:05", "2026-06-19T08:05:00"),
        ("19 Jun, 2026 08:05am", "2026-06-19T08:05:00"),
        ("2026-06-19 08:05 CEST", "2026-06-19T08:05:00+02:00"),
        ("1781838300000", "2026-06-19T03:05:00+00:00"),
        ("1781838300", "2026-06-19T03:05:00+00:00"),
    ],
)
def test_a_time_without_a_zone_is_given_without_one(shown: str, published: str) -> None:
    assert article(meta("article:published_time", shown)).published_at == published


def test_a_time_without_a_zone_has_the_newspapers_zone_if_it_is_known() -> None:
    found = article(meta("article:published_time", "2026-06-19 08:05"), origin=LAHORE)
    assert found.published_at == "2026-06-19T08:05:00+05:00"


@pytest.mark.parametrize("shown", ["2026-06-19", "June 19, 2026", "OCT 19, 2026"])
@pytest.mark.parametrize("origin", [ORIGIN, LAHORE])
def test_a_date_does_not_become_midnight(shown: str, origin: Origin) -> None:
    found = article(meta("article:published_time", shown), origin=origin)
    assert found.published_at is None
    assert found.published_date in ("2026-06-19", "2026-10-19")


def test_a_time_element_adds_the_time_of_day_to_a_date() -> None:
    body = "<time datetime='2026-06-19T08:05:00+05:00'>today</time>" + TEXT
    found = article(ld_json(datePublished="2026-06-19"), body)
    assert (found.published_at, found.published_date) == ("2026-06-19T08:05:00+05:00", None)


def test_the_time_of_another_story_does_not_replace_a_date() -> None:
    body = "<time datetime='2026-02-01T08:05:00+05:00'>earlier</time>" + TEXT
    found = article(ld_json(datePublished="2026-06-19"), body)
    assert (found.published_at, found.published_date) == (None, "2026-06-19")


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (ld_json(datePublished="2026-06-19T08:05:00Z") + meta("article:published_time", "2026-06-20T08:05:00Z"), ""),
        (meta("article:published_time", "2026-06-19T08:05:00Z"), "<time datetime='2026-06-20T08:05:00Z'></time>"),
        (
            "",
            "<span itemprop='datePublished' content='2026-06-19T08:05:00Z'></span><time datetime='2026-06-20'></time>",
        ),
        (
            "",
            "<aside><time datetime='2026-06-20T08:05:00Z'></time></aside><time datetime='2026-06-19T08:05:00Z'></time>",
        ),
        (meta("date", "2026-06-19T08:05:00Z"), ""),
        (ld_json(datePublished="0001-01-01T00:00:00Z") + meta("article:published_time", "2026-06-19T08:05:00Z"), ""),
        (ld_json(datePublished="2062-06-19T08:05:00Z") + meta("article:published_time", "2026-06-19T08:05:00Z"), ""),
    ],
)
def test_the_publication_time_is_that_of_the_most_trusted_source(head: str, body: str) -> None:
    assert article(head, body + TEXT).published_at == "2026-06-19T08:05:00+00:00"


def test_a_story_without_a_time_has_none_although_it_was_updated() -> None:
    found = article(meta("article:modified_time", "2026-06-19T08:05:00Z"))
    assert (found.published_at, found.published_date) == (None, None)
    assert found.updated_at == "2026-06-19T08:05:00+00:00"


# --- authors --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "head",
    [
        ld_json(author=[{"name": "Sana Mirza"}, {"name": "Bilal Khan"}]),
        ld_json(author="Sana Mirza and Bilal Khan"),
        ld_json(author=["Sana Mirza (smi)", "Bilal Khan", "https://www.gazette.example/authors/7"]),
        ld_json(author=["Sana Mirza", "Bilal Khan"]) + meta("author", "Zoya Ali"),
        ld_json(author=["Sana Mirza", "The Gazette", "Bilal Khan"], publisher={"name": "The Gazette"}),
        ld_json(
            {
                "@graph": [
                    news_article(author=[{"@id": "#a"}, {"@id": "#b"}]),
                    {"@id": "#a", "name": "Sana Mirza"},
                    {"@id": "#b", "name": "Bilal Khan"},
                ]
            }
        ),
        meta("author", "Sana Mirza und Bilal Khan"),
        meta("article:author", "https://www.facebook.com/gazette") + meta("author", "Sana Mirza, Bilal Khan"),
        meta("article:author", "Sana Mirza") + meta("article:author", "Bilal Khan"),
        meta("twitter:label1", "Written by") + meta("twitter:data1", "Sana Mirza, Bilal Khan"),
    ],
)
def test_authors_are_read_in_every_form_that_sites_write(head: str) -> None:
    assert article(head).authors == ["Sana Mirza", "Bilal Khan"]


def test_an_authors_address_or_description_is_not_another_author() -> None:
    slug = meta("author", "Sana Mirza") + meta("parsely-author", "sana-mirza")
    chair = ld_json(author="Sana Mirza, professor of the history of inland ferries at Thatta University")
    assert article(slug).authors == article(chair).authors == ["Sana Mirza"]


def test_authors_are_read_from_microdata() -> None:
    body = "<span itemprop='author' itemscope>By <b itemprop='name'>Sana Mirza</b>, Lahore</span>"
    assert article(body=body + TEXT).authors == ["Sana Mirza"]


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("", "<p class='byline author'>By Sana Mirza</p><a rel='author' class='author-name'>Zoya Ali</a>"),
        (ld_json(author={"name": "The Gazette"}) + meta("og:site_name", "The Gazette"), ""),
        (meta("author", "gazette.example"), ""),
        (meta("author", "The-Gazette") + meta("og:site_name", "The Gazette"), ""),
        (ld_json(author={"@id": "https://www.gazette.example/#person-7"}), ""),
        (meta("twitter:label1", "Reading time") + meta("twitter:data1", "Four minutes"), ""),
        ("", "<aside><div itemprop='author'>Zoya Ali</div></aside>"),
    ],
)
def test_no_author_is_invented(head: str, body: str) -> None:
    assert article(head, body + TEXT).authors == []


# --- the other fields -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "head",
    [
        ld_json(keywords=["Ferries", "Lakes", "ferries"]) + meta("keywords", "news, Gazette, sport"),
        ld_json(keywords="Ferries, Lakes"),
        meta("news_keywords", "Ferries;Lakes"),
        meta("keywords", "Ferries، Lakes"),
        meta("article:tag", "Ferries") + meta("article:tag", "Lakes"),
        meta("keywords", "Ferries, 12345, 8f14e45f-ceea-467f-a7c5-0b1f2d3c4b5a, www.gazette.example, topic/7, Lakes"),
        meta("keywords", "Ferries, Lakes, Category: News, The Gazette") + meta("og:site_name", "The Gazette"),
        meta("keywords", "Ferries, the-gazette, Lakes") + meta("og:site_name", "The Gazette"),
    ],
)
def test_tags_are_those_of_the_story(head: str) -> None:
    assert article(head).tags == ["Ferries", "Lakes"]


@pytest.mark.parametrize(
    "head",
    [
        meta("article:section", "Travel"),
        ld_json(articleSection=["Travel"]),
        breadcrumbs({"name": "The Gazette"}, {"name": "Travel"}, {"name": "Ferries return"})
        + meta("og:title", "Ferries return")
        + meta("og:site_name", "The Gazette"),
    ],
)
def test_the_section_is_neither_the_newspaper_nor_the_headline(head: str) -> None:
    assert article(head).section == "Travel"


@pytest.mark.parametrize(
    ("html", "head", "language"),
    [
        ("<html lang='ur-PK'>", meta("og:locale", "en_GB"), "ur"),
        ("<html>", meta("og:locale", "en_GB"), "en"),
        ("<html lang='und'>", ld_json(inLanguage={"@type": "Language", "alternateName": "de"}), "de"),
        ("<html>", "", None),
    ],
)
def test_the_language_is_what_the_page_says(html: str, head: str, language: str | None) -> None:
    assert article(head, html=html).language == language


def test_the_picture_and_the_excerpt_are_those_for_previews() -> None:
    head = meta("og:image", "/ferry.jpg") + meta("og:description", "A  ferry &amp;amp; a goat")
    found = article(head)
    assert found.image_url == "https://www.gazette.example/ferry.jpg"
    assert found.excerpt == "A ferry & a goat"


def test_a_picture_that_is_not_a_web_address_is_skipped() -> None:
    head = meta("og:image", "data:image/gif;base64,R0") + meta("twitter:image", "https://gazette.example/ferry.jpg")
    assert article(head).image_url == "https://gazette.example/ferry.jpg"


def test_each_field_says_where_it_was_found() -> None:
    found = article(ld_json(headline="Ferries return") + meta("author", "Sana Mirza") + meta("date", "2026-06-19"))
    assert found.sources == {
        "title": "JSON-LD headline",
        "authors": "meta author",
        "published_date": "date",
        "body": "trafilatura",
    }


# --- text -----------------------------------------------------------------------------------------------------------


def test_the_text_is_the_storys_paragraphs() -> None:
    assert article().paragraphs == PARAGRAPHS


@pytest.mark.parametrize(
    "furniture",
    [
        "<div class='related-stories'><p>Ten other lakes that nobody has crossed by ferry for many years</p></div>",
        "<div class='newsletter-box'><p>Our letter about lakes and rivers reaches you every morning at six</p></div>",
        "<div id='comments'><p>First! I was on that ferry, and the goat was not as polite as you write here.</p></div>",
        "<section class='infobox'><p>The lake is nine kilometres long and two metres deep in good years.</p></section>",
        "<figcaption><p>The ferry at the northern pier, seen from the roof of the office.</p></figcaption>",
        "<x-box role='complementary'><p>The lake is nine kilometres long and, in a good year, deep.</p></x-box>",
        "<p>Read more: Ten other lakes that nobody has crossed by ferry for many years</p>",
        "<p>Lesen Sie auch: Zehn andere Seen, die seit vielen Jahren niemand mehr mit der Fähre überquert hat</p>",
    ],
)
def test_boxes_captions_and_pointers_are_not_part_of_the_text(furniture: str) -> None:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS[:2]) + furniture
    body += "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS[2:])
    assert article(body=body).paragraphs == PARAGRAPHS


def test_a_story_inside_a_box_of_a_suspicious_name_is_kept() -> None:
    assert article(body=f"<div class='related'>{TEXT}</div>").paragraphs == PARAGRAPHS


def test_lines_that_repeat_the_headline_are_dropped_at_the_beginning_only() -> None:
    head = ld_json(headline="Ferries return") + meta("og:title", "The goat travels free of charge")
    again = "<p>The goat travels free of charge</p>"
    found = article(head, f"{again}<p>{PARAGRAPHS[0]}</p>{again}{TEXT}{again}")
    assert found.paragraphs == [PARAGRAPHS[0], *PARAGRAPHS, "The goat travels free of charge"]


def test_a_text_that_is_only_a_notice_is_not_a_storys() -> None:
    assert article(body="<p>Please log in to continue reading</p>").paragraphs == []


def test_a_comment_in_the_markup_does_not_end_a_paragraph() -> None:
    found = article(body=f"<p>The ferry<!-- advert --> carries <a href='/goats'>goats</a> across the lake.</p>{TEXT}")
    assert found.paragraphs[0] == "The ferry carries goats across the lake."


def test_text_that_the_quick_extraction_misses_is_found() -> None:
    """It takes paragraphs that are links for a list of other stories."""
    linked = "".join(f"<p><a href='/goats'>{paragraph}</a></p>" for paragraph in PARAGRAPHS * 3)
    assert article(body=f"{linked}<p>A short one.</p>").paragraphs.count(PARAGRAPHS[0]) == 3


def test_text_that_is_written_from_right_to_left_is_read() -> None:
    lines = [
        "ٹھٹھہ: دس سال بعد پہلی کشتی نے پیر کے روز جھیل پار کی، جس میں چالیس افراد اور ایک بکری سوار تھی۔",
        "مالک نے کہا کہ پل کی مرمت ہونے تک کرایہ بیس روپے ہی رہے گا، چاہے اس میں کتنا ہی وقت لگے۔",
        "ماہی گیر کنارے سے دیکھتے رہے اور سوچتے رہے کہ شادیوں کے لیے ان کی کشتیاں اب کون کرائے پر لے گا۔",
    ]
    body = f"<p>{lines[0]}</p><p>مزید پڑھیں: دس اور جھیلیں</p><p>{lines[1]}</p><p>{lines[2]}</p>"
    head = meta("og:title", "کشتیاں واپس آ گئیں | گزٹ") + meta("og:site_name", "گزٹ") + ld_json(author="ثنا مرزا")
    found = article(head, body, html="<html lang='ur' dir='rtl'>")
    assert (found.title, found.authors, found.language) == ("کشتیاں واپس آ گئیں", ["ثنا مرزا"], "ur")
    assert found.paragraphs == lines


def test_the_tree_is_left_unchanged() -> None:
    root = parse(f"<html><body><div class='related'><p>More</p></div>{TEXT}<!-- end --></body></html>".encode(), None)
    before = etree.tostring(root)
    read_article(root, ORIGIN)
    assert etree.tostring(root) == before


@pytest.mark.parametrize("page", ["<html></html>", "<p>Short.</p>", "<frameset><frame></frameset>", "text"])
def test_a_page_without_a_story_has_no_fields(page: str) -> None:
    found = read_article(parse(page.encode(), None), ORIGIN)
    assert (found.title, found.authors, found.published_at, found.tags) == (None, [], None, [])
