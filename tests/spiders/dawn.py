"""Dawn's declaration, site and spider, which most tests of spiders use."""

from datetime import UTC, datetime

from akhbar.newspapers import newspaper
from spiders.site import Site
from spiders.spider import NewspaperSpider

DAWN = newspaper("dawn")
FETCHED_AT = datetime(2026, 11, 23, tzinfo=UTC)
ADDRESS = "https://www.dawn.com/news/1234501"
"""The address of pages made up for tests."""
SITE = Site(DAWN, {"www.dawn.com", "dawn.com"}, FETCHED_AT)


class DawnSpider(NewspaperSpider):
    name = "dawn"
    newspaper = DAWN
