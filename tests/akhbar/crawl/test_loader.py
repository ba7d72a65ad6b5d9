"""Every declared newspaper has a spider; one may declare a spider class of its own."""

from dataclasses import replace

from akhbar.crawl.loader import spider_for
from spiders.spider import NewspaperSpider
from tests.second_newspaper import GAZETTE


class OwnFlow(NewspaperSpider):
    """A newspaper's own crawl flow."""


def test_a_newspaper_is_read_by_the_one_spider_for_all() -> None:
    made = spider_for(GAZETTE)
    assert issubclass(made, NewspaperSpider)
    assert (made.name, made.newspaper) == ("gazette", GAZETTE)


def test_a_newspaper_may_declare_a_spider_of_its_own() -> None:
    paper = replace(GAZETTE, spider="tests.akhbar.crawl.test_loader.OwnFlow")
    made = spider_for(paper)
    assert issubclass(made, OwnFlow)
    assert made.newspaper is paper
