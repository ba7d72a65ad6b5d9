"""Pages of newspapers without a platform: the stories of a listing, and the kind of a story."""

from typing import Any

import pytest

from spiders.listings import Listing
from spiders.reading.general import read_listing, read_story
from spiders.reading.html import parse, resolve_links
from tests.spiders.gazette import HOME, site_of
from tests.spiders.markup import ld_json, meta

A, B, C, D = (f"/2026/11/05/{word}-return" for word in ("ferries", "goats", "boats", "anchors"))


def listing(body: str, **declared: Any) -> Listing:
    root = parse(f"<html><body>{body}</body></html>".encode(), None)
    resolve_links(root, f"{HOME}/lake")
    return read_listing(root, site_of(**declared))


def card(path: str, title: str = "A headline", more: str = "") -> str:
    return f"<div class='card'><a href='{path}'><img src='x.jpg'></a><h3><a href='{path}'>{title}</a></h3>{more}</div>"


def ids(found: Listing) -> list[str]:
    return [one.story_id for one in found.stories]


def test_each_story_is_listed_once_with_its_headline_and_time() -> None:
    when = "<time datetime='2026-11-05T08:00:00+05:00'>5 hours ago</time><a href='{}'>Read on</a>"
    found = listing(card(A, "Ferries return", when.format(A)) + card(B, "Goats return", when.format(B)))
    assert [(one.story_id, one.title, one.published_at) for one in found.stories] == [
        (A, "Ferries return", "2026-11-05T08:00:00+05:00"),
        (B, "Goats return", "2026-11-05T08:00:00+05:00"),
    ]


def test_the_time_of_another_card_is_not_the_storys() -> None:
    found = listing(card(A) + card(B, more="<time datetime='2026-11-05T08:00:00+05:00'></time>"))
    assert [one.published_at for one in found.stories] == [None, "2026-11-05T08:00:00+05:00"]


@pytest.mark.parametrize(
    "box",
    [
        "<aside>{}</aside>",
        "<nav>{}</nav>",
        "<header>{}</header>",
        "<footer>{}</footer>",
        "<div class='td-main-sidebar'>{}</div>",
        "<div id='mostRead'>{}</div>",
        "<div class='most-popular'>{}</div>",
        "<section class='related-stories'>{}</section>",
        "<div><h3>Most read</h3>{}</div>",
        "<div><h4>Latest News</h4><ul>{}</ul></div>",
        "<div><h2>More from Sport</h2>{}</div>",
        "<h3>Editor’s picks</h3><div>{}</div>",
        "<div><h6>Best of the Gazette</h6><ul>{}</ul></div>",
    ],
)
def test_stories_beside_the_main_column_are_not_listed(box: str) -> None:
    found = listing(f"<div class='list'>{card(A)}{card(B)}</div>{box.format(card(C))}")
    assert ids(found) == [A, B]


@pytest.mark.parametrize("heading", ["<h2>Editorials</h2>", "<h1>Latest news</h1>", "<h2>Sport</h2>"])
def test_a_heading_of_the_list_itself_does_not_make_it_a_box(heading: str) -> None:
    assert ids(listing(f"<div>{heading}{card(A)}</div>")) == [A]


def test_the_main_element_is_the_main_column_if_it_lists_stories() -> None:
    assert ids(listing(f"<main>{card(A)}</main><div>{card(B)}</div>")) == [A]
    assert ids(listing(f"<main><p>Nothing yet</p></main><div>{card(B)}</div>")) == [B]
    assert ids(listing(f"<div role='main'>{card(A)}</div><div>{card(B)}</div>")) == [A]


def test_declared_cards_are_the_only_ones() -> None:
    page = f"<div class='list'>{card(A)}</div><div>{card(B)}</div><div class='list'>{card(C)}</div>"
    assert ids(listing(page, cards=(".list",))) == [A, C]
    assert ids(listing(page, cards=(".gone",))) == []


def test_links_to_sections_other_hosts_and_videos_are_no_stories() -> None:
    links = [
        "/lake",
        "https://elsewhere.example/2026/11/05/x-y-z-a",
        "/video/2026/11/05/ferries-return",
        "javascript:x",
        "?page=2",
    ]
    assert ids(listing("".join(map(card, links)) + card(A))) == [A]


def test_an_empty_listing_knows_the_stories_beside_it() -> None:
    assert listing(f"<p>No stories</p><aside>{card(A)}</aside>").beside == {A}


TEXT = "<p>The first ferry in a decade crossed the lake on Monday, with forty people and one goat on board.</p>" * 3


def story(head: str = "", address: str = HOME + A, **declared: Any) -> Any:
    page = f"<html><head>{head}</head><body><main>{TEXT}</main></body></html>"
    return read_story(parse(page.encode(), None), site_of(**declared), address)


def test_a_story_is_an_editorial_by_the_declared_rules_only() -> None:
    by_board = ld_json(headline="On ferries", author={"name": "Editorial Board"})
    assert not story(by_board).editorial
    assert story(by_board, editorial_author="Editorial Board").editorial
    assert story(meta("article:section", "Leaders")).editorial
    assert not story(meta("article:section", "Opinion")).editorial
    assert story(address=f"{HOME}/leaders/2026/11/05/x", editorial_path="^/leaders/").editorial
    assert story(meta("og:title", "The Gazette view on ferries"), editorial_title="The Gazette view").editorial


def test_an_author_named_editorial_marks_an_editorial_but_is_not_an_author() -> None:
    found = story(meta("author", "Editorial"), editorial_author="Editorial")
    assert (found.editorial, found.authors) == (True, [])


def test_a_declared_byline_that_says_editorial_marks_an_editorial() -> None:
    page = f"<body><main><i class='who'>Editorial</i>{TEXT}</main></body>"
    paper = site_of(byline=("i.who",), editorial_author="Editorial")
    found = read_story(parse(page.encode(), None), paper, HOME + A)
    assert (found.editorial, found.authors) == (True, [])


def test_names_that_are_not_authors_or_sections_are_dropped() -> None:
    head = meta("author", "Web Desk") + meta("article:section", "Newspaper")
    found = story(head, not_authors=("Web Desk",), not_sections=("Newspaper",))
    assert (found.authors, found.section) == ([], None)
