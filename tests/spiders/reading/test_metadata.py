"""A page's metadata: `meta` elements, title and JSON-LD, in every form that sites use."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


def test_a_fact_check_is_read_only_on_a_page_without_an_article() -> None:
    check = ld_json({"@type": "ClaimReview", "author": "Zoya Ali"})
    assert metadata(check).authors() == ["Zoya Ali"]
    assert metadata(check + ld_json(ARTICLE)).authors() == ["Sana Mirza"]


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


@pytest.mark.parametrize(
    "script",
    [
        '<script type="application/ld+json; charset=utf-8">{}</script>',
        '<script type=" Application/LD+JSON ">{}</script>',
        '<script type="application/ld+json">{};</script>',
        '<script type="application/ld+json">//<![CDATA[\n{}\n//]]></script>',
        '<script type="application/ld+json">/*<![CDATA[*/ {} /*]]>*/</script>',
        '<script type="application/ld+json"><!--\n{}\n--></script>',
        '<script type="application/ld+json">\ufeff\n{}</script>',
        '<script type="application/ld+json">{"@type": "Organization"}\n{}</script>',
        '<script type="application/ld+json">{"@type": "Organization"},{}</script>',
    ],
)
def test_json_ld_is_read_whatever_surrounds_it_in_the_script(script: str) -> None:
    assert metadata(script.replace("{}", json.dumps(ARTICLE))).authors() == ["Sana Mirza"]


@pytest.mark.parametrize(
    ("json_ld", "headline"),
    [
        ('{"@type": "NewsArticle", "headline": "The lake\'s ferries", "author": ["Sana Mirza",],}', "The lake's ferries"),  # noqa: E501
        (r'{"@type": "NewsArticle", "headline": "The lake\'s ferries", "author": "Sana Mirza"}', "The lake's ferries"),
        (r'{"@type": "NewsArticle", "headline": "A \"fast\" ferry\\", "author": "Sana Mirza",}', 'A "fast" ferry\\'),
        ("{&quot;@type&quot;: &quot;NewsArticle&quot;, &quot;headline&quot;: &quot;Ferries&quot;,"
         " &quot;author&quot;: &quot;Sana Mirza&quot;}", "Ferries"),
        ('{"@type": "NewsArticle", "headline": "Ferries, ]", "author": "Sana Mirza"}', "Ferries, ]"),
    ],
)  # fmt: skip
def test_common_mistakes_in_json_ld_are_corrected(json_ld: str, headline: str) -> None:
    found = metadata(f"<script type='application/ld+json'>{json_ld}</script>")
    assert (found.article("headline"), found.authors()) == (headline, ["Sana Mirza"])


@pytest.mark.parametrize(
    "json_ld", ["", "null", "7", '"text"', "[", "{" * 5000, "[" * 100_000, '{"@type": [[7]]}', "&"]
)
def test_a_script_that_is_not_json_ld_is_ignored(json_ld: str) -> None:
    found = metadata(f"<script type='application/ld+json'>{json_ld}</script>")
    assert not found.has_article()
    assert found.authors() == found.images() == found.tags() == found.sections(OWN_NAMES) == []


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["@type", "@id", "@graph", "author", "name", "image", "url", "keywords", "headline", "item"]
                ),
                inner | st.sampled_from(["NewsArticle", "#a"]),
                max_size=4,
            )
        ),
        max_leaves=20,
    )
)
def test_any_json_is_read_without_an_error(block: Any) -> None:
    found = metadata(meta("og:title", "x") + meta("og:url", "https://[") + f"{ld_json({'@graph': block})}")
    assert all(isinstance(text, str) and text for text in (*found.authors(), *found.images(), *found.tags()))


@pytest.mark.parametrize(
    "block",
    [
        {"@type": "WebPage", "mainEntity": ARTICLE},
        {"@type": "WebPage", "mainEntity": [{"@type": "ImageObject"}, ARTICLE]},
        {"@graph": [[ARTICLE]]},
        {"@GRAPH": [{**ARTICLE, "@type": "http://schema.org/NewsArticle"}]},
        {"@graph": [{**ARTICLE, "@type": "schema:LiveBlogPosting"}]},
    ],
)
def test_the_article_is_found_inside_other_objects(block: Any) -> None:
    assert metadata(ld_json(block)).authors() == ["Sana Mirza"]


@pytest.mark.parametrize("name", ["author", "about", "itemListElement", "hasPart", "citation"])
def test_an_article_that_another_object_only_mentions_is_not_the_pages(name: str) -> None:
    assert not metadata(ld_json({"@type": "ItemList", name: [ARTICLE]})).has_article()


@pytest.mark.parametrize(
    "own", [{"url": "https://x.pk/news/1"}, {"headline": "Ferries"}, {"@id": "https://x.pk/news/1/"}]
)
@pytest.mark.parametrize("first", [True, False])
def test_of_several_articles_the_one_with_the_pages_address_or_headline_wins(own: Any, first: bool) -> None:
    other = news_article(url="https://x.pk/news/2", headline="Buses", author="Omar Rind")
    blocks = [{**ARTICLE, **own}, other]
    head = meta("og:title", "Ferries") + meta("og:url", "https://x.pk/news/1")
    assert metadata(head + ld_json(blocks if first else blocks[::-1])).authors() == ["Sana Mirza"]


def test_several_articles_with_other_addresses_and_headlines_are_other_stories() -> None:
    head = meta("og:title", "Ferries") + meta("og:url", "https://x.pk/news/1")
    others = [news_article(url=f"https://x.pk/news/{n}", headline="Buses", author="Omar Rind") for n in (2, 3)]
    assert metadata(head + ld_json(others)).authors() == []
    assert metadata(head + ld_json([*others, ARTICLE])).authors() == ["Sana Mirza"]


def test_the_only_article_is_used_whatever_its_headline() -> None:
    head = meta("og:title", "Ferries") + meta("og:url", "https://x.pk/news/1")
    own = ld_json(url="https://amp.x.pk/n/1", headline="Forty people and a goat", author="Sana Mirza")
    assert metadata(head + own).authors() == ["Sana Mirza"]


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ("https://www.dawn.com/authors/1/sana", []),
        ("/authors/1/sana", []),
        ("facebook.com/sana", []),
        ("sana@example.com", []),
        ("@sana", []),
        ("null", []),
        (["Sana Mirza", "https://x.pk/a", "Omar Rind", "Sana Mirza"], ["Sana Mirza", "Omar Rind"]),
        ("Reuters/AFP", ["Reuters/AFP"]),
        ({"@type": "Person", "name": ["Sana Mirza", "Omar Rind"]}, ["Sana Mirza", "Omar Rind"]),
        ({"name": {"@value": "Sana Mirza", "@language": "en"}}, ["Sana Mirza"]),
        ({"@list": [{"name": "Sana Mirza"}, {"Name": "Omar Rind"}]}, ["Sana Mirza", "Omar Rind"]),
        ({"givenName": "Sana", "familyName": "Mirza"}, ["Sana Mirza"]),
        ({"@id": "#sana"}, ["Sana of the graph"]),
        ({"@id": "#sana", "name": " "}, ["Sana of the graph"]),
        ([{"@id": "#sana"}, {"@id": "#nobody"}], ["Sana of the graph"]),
        ("#sana", ["Sana of the graph"]),
        ({"name": "#sana"}, ["Sana of the graph"]),
        ({"@id": "#circle"}, []),
        ({"@id": "#nested"}, ["Omar of the publisher"]),
        ({"name": "https://x.pk/sana", "@id": "#sana"}, ["Sana of the graph"]),
    ],
)
def test_a_json_ld_author_is_a_name_whatever_its_form(author: Any, names: list[str]) -> None:
    graph = [
        news_article(author=author),
        {"@type": "Person", "@id": "#sana", "name": "Sana of the graph"},
        {"@type": "Person", "@id": "#circle", "name": {"@id": "#circle"}},
        {"@type": "Organization", "employee": {"@id": "#nested", "name": "Omar of the publisher"}},
    ]
    assert metadata(ld_json({"@graph": graph})).authors() == names


@pytest.mark.parametrize(
    "image",
    [{"contentUrl": "a.jpg"}, {"@id": "#image"}, [{"@type": "ImageObject", "URL": "a.jpg"}], {"@list": ["a.jpg"]}],
)
def test_a_json_ld_image_can_be_a_reference(image: Any) -> None:
    graph = [news_article(image=image), {"@id": "#image", "@type": "ImageObject", "url": "a.jpg"}]
    assert metadata(ld_json({"@graph": graph})).images() == ["a.jpg"]


def test_keywords_can_be_defined_terms() -> None:
    assert metadata(ld_json(keywords=[{"@type": "DefinedTerm", "name": "ferries"}, "lakes"])).tags() == [
        "ferries",
        "lakes",
    ]


ITEM = (
    "<{0} itemscope itemtype='https://schema.org/NewsArticle'><h2>{1}</h2>"
    "<meta itemprop='datePublished' content='{2}'>{3}</{0}>"
)
PERSON = (
    "<div itemprop='author' itemscope><meta itemprop='name' content='Sana'>"
    "<meta itemprop='datePublished' content='1'></div>"
)


@pytest.mark.parametrize(
    "body",
    [
        ITEM.format("div", "Buses", "other", "") + ITEM.format("article", "Ferries", "own", ""),
        ITEM.format("article", "Ferries", "own", PERSON) + ITEM.format("li", "Buses", "other", ""),
        "<aside>" + ITEM.format("div", "Ferries", "other", "") + "</aside>" + ITEM.format("div", "Ferries", "own", ""),
        ITEM.format("article", "Ferries", "own", ITEM.format("div", "Buses", "other", "")),
        "<aside><meta itemprop='datePublished' content='other'></aside><meta itemprop='datePublished' content='own'>",
        ITEM.format("div", "Buses", "other", "").replace("h2", "h1") + ITEM.format("div", "Ferries", "own", ""),
    ],
)
def test_a_property_of_microdata_belongs_to_its_own_item(body: str) -> None:
    assert metadata(meta("og:title", "Ferries"), body).all_meta("datepublished") == ["own"]


@pytest.mark.parametrize("page", ["html", "body"])
def test_the_pages_own_item_does_not_hide_that_of_its_article(page: str) -> None:
    head = "<title>Ferries</title><meta itemprop='name' content='The Gazette'>"
    body = ITEM.format("div", "Ferries", "own", PERSON) + ITEM.format("div", "Buses", "other", "")
    scope = "itemscope itemtype='https://schema.org/WebPage'"
    root = parse(
        f"<html {scope if page == 'html' else ''}><head>{head}</head><body {scope}>{body}</body>".encode(), None
    )
    assert Metadata(root).all_meta("datepublished") == ["own"]
    assert "Sana" not in Metadata(root).all_meta("name")


def test_the_item_around_the_only_top_heading_is_used_if_the_page_states_no_headline() -> None:
    own = ITEM.format("div", "Ferries", "own", "").replace("h2", "h1")
    assert metadata("", ITEM.format("div", "Buses", "other", "") + own).all_meta("datepublished") == ["own"]


def test_a_drawings_title_before_the_pages_title_is_ignored() -> None:
    assert metadata("", "<svg><title>Menu</title></svg><title>Ferries</title>").title == "Ferries"


def test_circular_references_are_not_followed_forever() -> None:
    people = [{"@id": f"#{a}", "name": [f"#{b}" for b in range(50)]} for a in range(50)]
    people.append({"@id": "#1", "name": "Sana Mirza"})
    graph = [news_article(author=[{"@id": "#0"}] * 50, image={"@id": "#i"}), {"@id": "#i", "image": {"@id": "#i"}}]
    found = metadata(ld_json({"@graph": [*graph, *people]}))
    assert (found.authors(), found.images()) == (["Sana Mirza"], [])
