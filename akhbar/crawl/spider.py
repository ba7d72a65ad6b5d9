"""The interface of a spider that crawl and replay use. Spiders import from `akhbar`, never the other way round."""

from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import date, datetime
from typing import Any, Protocol

from scrapy.http import Response


class ListedStory(Protocol):
    """The data about a story from listings."""

    @property
    def path(self) -> str: ...

    @property
    def section(self) -> str | None: ...

    @property
    def editorial(self) -> bool: ...

    @property
    def excerpt(self) -> str | None: ...

    @property
    def edition_date(self) -> date | None: ...


class NewspaperSpider(Protocol):
    """A Scrapy spider for one newspaper.

    The `meta` of its story requests contains `role` ("story"), `source`, `story_id`, `changed_at` (the latest change
    that a listing shows, or None) and `carried` (whether a feed already contained the story). All other requests have
    only a `role`. It sends the signals `page_done` and `story_listed` of `akhbar.story`.
    """

    name: str
    """The newspaper's name."""
    edition: date | None
    """The print edition that it crawls; None for the latest stories or a single story."""
    paused_until: datetime | None
    """When pages are retried after the site has blocked them; until then, no page is requested."""
    from_feeds: set[str]
    """The ids of the stories that were stored from feeds."""
    failed_listings: list[str]
    """The path of each listing that could not be read, and why."""

    @property
    def listed(self) -> Mapping[str, ListedStory]:
        """The stories that this crawl discovered, by id."""

    def start(self) -> AsyncIterator[Any]:
        """The first requests."""

    def broken(self, response: Response, reason: str) -> Iterator[Any]:
        """Records that a page's callback raised an exception. Yields the requests and stories that still follow."""
