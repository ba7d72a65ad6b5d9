"""What is printed about a draft."""

import io
from dataclasses import replace

from rich.console import Console

from akhbar.drafts.declaration import Draft
from akhbar.drafts.report import report
from akhbar.drafts.survey import survey
from tests.akhbar.drafts.sites import SmallSite, path, small_newspaper
from tests.replica import served


def shown(draft: Draft) -> str:
    output = io.StringIO()
    Console(file=output, width=140).print(report(draft))
    return output.getvalue()


def test_each_field_of_each_story_is_shown_with_where_it_was_found() -> None:
    with served(SmallSite(small_newspaper())) as site:
        found = survey(site.url)
    text = shown(Draft(found, "courier", "Asia/Karachi"))
    for expected in (
        "https://www.courier.example",
        path(1),
        "Ferries return to lake 3",
        "h1",
        "article:published_time",
        "not found",
        "trafilatura",
        "to check:",
        "- authors: not found on 3 of 3 stories; find a selector for byline",
    ):
        assert expected in text, text


def test_control_characters_and_markup_of_a_page_are_not_interpreted() -> None:
    with served(SmallSite(small_newspaper())) as site:
        found = survey(site.url)
    stories = [{**found.stories[0], "title": "Red \x1b[31m[bold]ferries"}]
    text = shown(Draft(replace(found, publisher="\x1b[2J", stories=stories), "courier", "Asia/Karachi"))
    assert "\x1b" not in text
    assert "[bold]ferries" in text
