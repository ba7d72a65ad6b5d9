"""Yields: how many stories each feed, sitemap and listing named, and a report of those that named none."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from spiders.reading.html import SIDE, Element
from spiders.site import Site

logger = logging.getLogger(__name__)


@dataclass
class Yield:
    """What a page, or an index with all of its sitemaps, named so far."""

    pages_left: int = 1
    answered: int = 0
    entries: int = 0
    stories: int = 0


class Yields:
    """The yields of one crawl.

    A page that answers and names no story is reported in the log and as a statistic of the crawl, so that a check can
    read it. It is `empty` if it has no entries, as the feed of a section without news has, and `barren` if it has some
    and none is a story that we can read: the site has changed.
    """

    def __init__(self, count: Callable[[str], None]) -> None:
        """`count` adds one to a statistic."""
        self.count = count
        self.yields: dict[str, Yield] = {}
        """By path."""

    def expect(self, index: str, pages: int) -> None:
        """The yield of an index is that of so many sitemaps together."""
        self.yields[index] = Yield(pages)

    def add(self, path: str, entries: int, stories: int) -> None:
        """Adds what a page named, and reports the yield if nothing more can change it."""
        found = self.yields.setdefault(path, Yield())
        found.answered += 1
        found.entries += entries
        found.stories += stories
        self._end_page(path)

    def lose(self, index: str) -> None:
        """A sitemap of an index could not be read: the index's yield is that of the others."""
        self._end_page(index)

    def _end_page(self, path: str) -> None:
        found = self.yields[path]
        found.pages_left -= 1
        if found.pages_left > 0 or found.stories or not found.answered:
            return
        kind = "barren" if found.entries else "empty"
        self.count(f"{kind}{path}")
        if found.entries:
            logger.warning("%s is barren: none of its %d entries is a story that can be read", path, found.entries)
        elif all(not other.entries for other in self.yields.values()):
            logger.warning("%s is empty, and so is every feed, sitemap and listing read so far", path)
        else:
            logger.info("%s is empty", path)


def linked_stories(root: Element, site: Site) -> set[str]:
    """The ids of the stories that a page links to outside of menus and side columns."""
    found = set()
    for link in root.iter("a"):
        story_id = site.story_id(link.get("href") or "")
        if story_id and not any(ancestor.tag in SIDE for ancestor in link.iterancestors()):
            found.add(story_id)
    return found
