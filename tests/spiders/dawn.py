"""Dawn's declaration, spider and links, which most tests of reading use."""

from akhbar.newspapers import newspaper
from spiders.listings import Links
from spiders.spider import spider_for

DAWN = newspaper("dawn")
DawnSpider = spider_for(DAWN)
LINKS = Links(DAWN, {"www.dawn.com", "dawn.com"})
