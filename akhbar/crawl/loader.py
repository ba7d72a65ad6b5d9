"""Scrapy's spider loader: provides a spider for each declared newspaper, for `scrapy list` and `scrapy crawl`."""

import logging

from scrapy import Spider
from scrapy.settings import BaseSettings
from scrapy.spiderloader import SpiderLoader
from scrapy.utils.misc import load_object

from akhbar.newspaper import Newspaper
from akhbar.newspapers import declared, invalid_declarations

logger = logging.getLogger(__name__)


class NewspaperSpiderLoader(SpiderLoader):
    """Loads the spiders of the registry's newspapers. Invalid declarations are logged and skipped."""

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)
        for broken in invalid_declarations():
            logger.error("%s", broken)
        self._spiders |= {paper.name: spider_for(paper) for paper in declared()}


def spider_for(paper: Newspaper) -> type[Spider]:
    """A newspaper's spider class: a subclass of the class in its declaration, with the declaration as `newspaper`."""
    declared_class: type[Spider] = load_object(paper.spider)
    fields = {"name": paper.name, "newspaper": paper, "__doc__": paper.about, "__module__": declared_class.__module__}
    return type(f"{paper.name.capitalize()}Spider", (declared_class,), fields)
