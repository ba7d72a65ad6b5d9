"""A page's metadata: `meta` elements, title and JSON-LD, in every form that sites write."""

from typing import Any

import pytest

from spiders.reading.html import parse
from spiders.reading.metadata import Metadata
from tests.spiders.markup import breadcrumbs, ld_json, meta, news_article

OWN_NAMES = {"dawn", "dawn.com"}
ARTICLE = news_article(author="Sana Mirza")


def metadata(head: str, body: str = "") -> Metadata:
    return Metadata(parse(f"<html><head>{head}</head><body>{body}</body></html>".encode(), "utf-8"))


def test_the_first_meta_element_that_has_content_wins() -> None:
    head = meta("og:description", " ") + meta("og:description", "A fare.") + meta("og:description", "Another.")
    assert metadata(head).meta("og:description") == "A fare."


@pytest.mark.parametrize("attribute", ["property", "name", "itemprop"])
def test_a_meta_element_is_named_by_any_of_three_attributes_in_any_case(attribute: str) -> None:
    assert metadata(f"<meta {attribute}='OG:Title' content=' Ferries '>").meta("og:image", "og:title") == "Ferries"


def test_the_title_of_a_drawing_is_not_the_pages_title() -> None:
    found = metadata("<title>Ferries - Sport - DAWN.COM</title>", "<svg><title>Menu - Home - DAWN.COM</title></svg>")
    assert found.title == "Ferries - Sport - DAWN.COM"
    assert found.sections(OWN_NAMES) == ["Sport"]


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
def test_json_ld_is_read_in_every_form_that_sites_write(head: str) -> None:
    assert metadata(head).authors() == ["Sana Mirza"]


def test_all_times_are_given_the_most_trusted_first() -> None:
    head = (
        ld_json(dateModified="4")
        + meta("og:updated_time", "3")
        + "".join(meta("article:modified_time", at) for at in "12")
    )
    assert metadata(head).times("article:modified_time", "og:updated_time", article="dateModified") == list("1234")
    assert metadata("").times("article:modified_time", article="dateModified") == []


@pytest.mark.parametrize("image", ["a.jpg", {"@type": "ImageObject", "url": "a.jpg"}, [{"url": "a.jpg"}, "b.jpg"]])
def test_a_json_ld_image_is_an_address_or_an_object(image: Any) -> None:
    assert metadata(ld_json(image=image)).images()[0] == "a.jpg"


def test_the_first_of_several_json_ld_sections_wins() -> None:
    assert metadata(ld_json(articleSection=["Karachi", "Pakistan"])).sections(OWN_NAMES) == ["Karachi"]


@pytest.mark.parametrize(
    ("crumbs", "sections"),
    [
        ([{"name": "Home"}, {"name": "Pakistan"}, {"name": "Karachi"}], ["Karachi", "Pakistan", "Home"]),
        ([{"item": {"name": "Home"}}, {"item": {"name": "Karachi"}}], ["Karachi", "Home"]),
        ([{"name": "Karachi"}, {"item": "https://www.dawn.com/karachi"}, "odd"], ["Karachi"]),
    ],
)
def test_breadcrumbs_name_sections_the_last_one_first(crumbs: list[Any], sections: list[str]) -> None:
    assert metadata(breadcrumbs(*crumbs)).sections(OWN_NAMES) == sections


@pytest.mark.parametrize(
    ("title", "sections"),
    [
        ("Ferries return to the lake - Sport - DAWN.COM", ["Sport"]),
        ("Ferries return - to the lake - Sport - Dawn.com", ["Sport"]),
        ("Ferries return to the lake - Newspaper - DAWN.COM", ["Newspaper"]),
        ("Ferries return - DAWN.COM", []),
        ("Ferries - Lakes - Boats", []),
        ("Ferries return to the lake", []),
    ],
)
def test_a_title_names_a_section_if_it_ends_with_the_newspapers_name(title: str, sections: list[str]) -> None:
    assert metadata(f"<title>{title}</title>").sections(OWN_NAMES) == sections


def test_tags_come_from_meta_elements_and_keywords_each_once() -> None:
    head = meta("article:tag", "ferries") + meta("article:tag", "Sindh") + ld_json(keywords="Sindh, Keenjhar, ")
    assert metadata(head).tags() == ["ferries", "Sindh", "Keenjhar"]
    assert metadata(ld_json(keywords=["lakes", "ferries", 7])).tags() == ["lakes", "ferries"]
