"""Yields: how many stories each feed, sitemap and listing contained. Reports those without any."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from spiders.reading.html import SIDE, Element
from spiders.site import Site

logger = logging.getLogger(__name__)


@dataclass
class Yield:
    """The counts for a page, or for an index with all of its sitemaps, so far."""

    pages_left: int = 1
    answered: int = 0
    entries: int = 0
    stories: int = 0


class Yields:
    """The yields of one crawl.

    A page that could be fetched but contains no stories is reported in the log and in a statistic of the crawl, where a
    check can find it. It is `empty` if it has no entries, like the feed of a section without news, and `barren` if it
    has entries but no readable story, which means that the site has changed.
    """

    def __init__(self, count: Callable[[str], None]) -> None:
        """`count` increments a statistic."""
        self.count = count
        self.yields: dict[str, Yield] = {}
        """By path."""

    def expect(self, index: str, pages: int) -> None:
        """Announces that the yield of an index is the total of this many sitemaps."""
        self.yields[index] = Yield(pages)

    def add(self, path: str, entries: int, stories: int) -> None:
        """Adds a page's counts, and reports the yield once it is final."""
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
            logger.warning("%s is barren: none of its %d entries is a readable story", path, found.entries)
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
