"""The interface between the crawl and its spiders: NewspaperSpider has what the crawl needs."""

from akhbar.crawl import spider as protocol
from spiders.discovery import ListedStory
from tests.spiders.dawn import DawnSpider


def test_the_spider_has_what_the_crawl_needs() -> None:
    """mypy checks the types of this assignment."""
    found: protocol.NewspaperSpider = DawnSpider(edition="2016-01-22")
    listed: protocol.ListedStory = ListedStory("/news/1", section="National")
    names = protocol.NewspaperSpider.__annotations__.keys() | {"listed", "start", "broken"}
    assert {name for name in names if not hasattr(found, name)} == set()
    assert (listed.section, listed.editorial) == ("National", False)
