"""Cards: each story of a listing once."""

from spiders.feeds import read_feed
from spiders.listings import Card, distinct
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
