"""Dawn's declaration, spider and links, which most tests of reading use."""

from akhbar.newspapers import newspaper
from spiders.listings import Links
from spiders.spider import NewspaperSpider

DAWN = newspaper("dawn")
LINKS = Links(DAWN, {"www.dawn.com", "dawn.com"})


class DawnSpider(NewspaperSpider):
    name = "dawn"
    newspaper = DAWN
