"""The text of a story: its paragraphs, without what belongs to the site."""

import pytest

from spiders.reading.body import fragment_paragraphs, general_paragraphs, paragraphs, split_body
from tests.spiders.dawn import SITE
from tests.spiders.markup import element, unknown_layout


def text(markup: str) -> list[str]:
    return paragraphs(element(markup))


@pytest.mark.parametrize(
    "tag", ["script", "style", "noscript", "iframe", "figure", "figcaption", "aside", "article", "form", "nav"]
)
def test_elements_that_are_not_text_are_left_out(tag: str) -> None:
    assert text(f"<p>One.</p><{tag}>No</{tag}><p>Two.</p>") == ["One.", "Two."]


@pytest.mark.parametrize("name", ["ad", "ads", "advert", "media", "social", "comments", "comment", "newsletter"])
def test_boxes_between_the_paragraphs_are_left_out(name: str) -> None:
    assert text(f"<p>One.</p><div class='{name} wide'>No<p>No</p></div><p>Two.</p>") == ["One.", "Two."]
    assert text(f"<p class='{name}'>One.</p>") == ["One."], "a paragraph is kept whatever its class"


def test_text_that_is_hidden_from_readers_is_left_out() -> None:
    assert text("<p>One.<span aria-hidden='true'>No</span></p>") == ["One."]


def test_two_line_breaks_separate_paragraphs_and_one_does_not() -> None:
    assert text("A ferry,<br>a lake,<br><br>a fare.") == ["A ferry, a lake,", "a fare."]


@pytest.mark.parametrize(
    ("fragment", "expected"),
    [
        ("<p>One.</p>Two.", ["One.", "Two."]),
        ("One.", ["One."]),
        (" \n", []),
        ("", []),
        ("<!-- nothing -->", []),
        ("<html></html>", []),
    ],
)
def test_an_html_fragment_of_a_feed_gives_its_paragraphs(fragment: str, expected: list[str]) -> None:
    assert fragment_paragraphs(fragment) == expected


@pytest.mark.parametrize(
    "line",
    [
        "Header image: The lake at dawn",
        "Read more",
        "Also read",
        "Read also",
        "Subscribe to notifications",
        "Get the latest news and updates from Dawn",
        "Copyright © 2026, Dawn",
        "NewsKit Publishing Platform",
        "Copyright The Gazette, 2024",
        "Copyright APP (Associated Press of Pakistan), 2024.",
        "مزید پڑھیں: جھیل پر پل",
        "یہ بھی پڑھیں",
        "کاپی رائٹ © 2018",
        "Compunode.com Pvt. Ltd.",
    ],
)
def test_the_sites_own_lines_between_the_paragraphs_are_left_out(line: str) -> None:
    assert split_body(["One.", line, "Two."]) == (["One.", "Two."], None)


@pytest.mark.parametrize(
    "line",
    [
        "Read more than one report on the ferry.",
        "Also read in class: a poem on the lake.",
        "Explore the lake by night.",
        "Readers wrote: we want it back.",
        "“Read more,” her teacher said.",
        "Copyright in the poem expired in June, 2024",
        "مزید پڑھیں گے تو مزید جانیں گے۔",
    ],
)
def test_sentences_that_begin_like_one_of_the_sites_lines_are_kept(line: str) -> None:
    assert split_body([line]) == ([line], None)


@pytest.mark.parametrize(
    "label",
    ["Read more:", "ALSO READ |", "Read also –", "Must Read:", "Explore:", "Read:", "More on this:", "متعلقہ خبر:", ""],
)
def test_a_line_that_points_to_another_story_is_recognised_by_its_link(label: str) -> None:
    line = f"<p>{label} <a href='/news/8/bridge'>A bridge for the lake</a></p>"
    assert fragment_paragraphs(f"<p>One.</p>{line}<p>Two.</p>", SITE.story_id) == ["One.", "Two."]
    unlinked = f"<p>{label} A bridge for the lake</p>"
    assert fragment_paragraphs(f"<p>One.</p>{unlinked}", SITE.story_id)[1:] == [
        f"{label} A bridge for the lake".strip()
    ]


def test_the_line_with_the_printed_date_names_the_edition_and_is_left_out() -> None:
    assert split_body(["One.", "Published in Dawn, January 1st, 2016"]) == (["One."], "2016-01-01")


def test_the_general_extractor_keeps_the_order_and_drops_list_marks() -> None:
    body, edition = split_body(general_paragraphs(unknown_layout("Ferries return to the lake")))
    assert [words.split()[0] for words in body[-3:]] == ["THATTA:", "Its", "The"]
    assert edition == "2016-01-22"


def test_the_general_extractor_finds_nothing_on_an_empty_page_and_logs_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert general_paragraphs("<html><body></body></html>") == []
    assert caplog.messages == []
