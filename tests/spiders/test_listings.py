"""Cards: each story of a listing once."""

from datetime import UTC, datetime

import pytest

from spiders.feeds import read_feed
from spiders.listings import Card, distinct, summary
from spiders.xml import read_document
from tests.spiders.dawn import SITE


def test_the_first_of_several_cards_of_a_story_wins() -> None:
    shown = [("7", "Ferries return"), ("8", "A fare"), ("7", "Look at page 3")]
    cards = [Card(story_id, f"/news/{story_id}", title) for story_id, title in shown]
    assert [card.title for card in distinct(cards)] == ["Ferries return", "A fare"]


def test_a_story_that_a_feed_dates_only_by_day_has_no_time_of_publication() -> None:
    item = "<item><title>Ferries</title><link>https://www.dawn.com/news/7</link><dc:date>2026-11-05</dc:date></item>"
    document = f'<rss xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0"><channel>{item}</channel></rss>'
    [found] = read_feed(read_document(document.encode(), None), SITE, "https://www.dawn.com/feeds/home")
    assert found is not None
    assert (found.card.published_at, found.card.published) == ("2026-11-05T00:00:00+05:00", "2026-11-05")


@pytest.mark.parametrize(
    ("times", "says"),
    [
        ([], "0 stories"),
        ([None], "1 story"),
        ([None, "2016-01-22T09:25:00+00:00", "2016-01-20T09:00:00+00:00"], "3 stories, the newest 35 min old"),
        (["2016-01-22T06:01:00+00:00"], "1 story, the newest 3 h old"),
        (["2016-01-12T14:00:00+05:00"], "1 story, the newest 10 days old"),
        (["2016-01-22T11:00:00+00:00"], "1 story, the newest 0 min old"),
    ],
)
def test_a_summary_says_how_many_stories_a_listing_has_and_how_old_the_newest_is(
    times: list[str | None], says: str
) -> None:
    cards = [Card(str(number), f"/news/{number}", "", None, time) for number, time in enumerate(times)]
    assert summary(cards, datetime(2016, 1, 22, 10, tzinfo=UTC)) == says


def test_a_summary_shows_the_last_change_if_there_is_no_publication_time() -> None:
    card = Card("7", "/news/7", "", None, None, "2016-01-22T09:00:00+00:00")
    assert summary([card], datetime(2016, 1, 22, 10, tzinfo=UTC)) == "1 story, the newest 60 min old"
