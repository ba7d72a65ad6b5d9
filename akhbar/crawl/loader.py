"""Scrapy's spider loader: a spider per declared newspaper, for `scrapy list` and `scrapy crawl`."""

from scrapy.settings import BaseSettings
from scrapy.spiderloader import SpiderLoader
from scrapy.utils.misc import load_object

from akhbar.newspapers import declared

SPIDER_FOR = "spiders.spider.spider_for"
"""Makes the spider class of a declaration. By name, since this package imports no spider."""


class NewspaperSpiderLoader(SpiderLoader):
    """Adds a spider for each declared newspaper that has no class of its own in `spiders/`."""

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)
        spider_for = load_object(SPIDER_FOR)
        for paper in declared():
            self._spiders.setdefault(paper.name, spider_for(paper))
