"""What the crawl and the replay need of a spider. Spiders import from `akhbar`, never the other way round."""

from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import date, datetime
from typing import Any, Protocol

from scrapy.http import Response


class ListedStory(Protocol):
    """What the listings say about a story."""

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

    Its requests for stories have in `meta`: `role` ("story"), `source`, `story_id`, `changed_at` (the latest change
    that a listing shows, or None) and `carried` (whether a feed has already carried the story). All others have a
    `role` only. It sends the signals `page_done` and `story_listed` of `akhbar.story`.
    """

    name: str
    """The newspaper's."""
    edition: date | None
    """The print edition that it reads; None for the latest stories or a single story."""
    paused_until: datetime | None
    """When pages are tried again after the site has refused them; until then none is requested."""
    from_feeds: set[str]
    """The ids of the stories that were stored from feeds."""
    failed_listings: list[str]
    """The path of each listing that could not be read, and why."""

    @property
    def listed(self) -> Mapping[str, ListedStory]:
        """The stories that this crawl discovered, by id."""

    def start(self) -> AsyncIterator[Any]:
        """The requests to begin with."""

    def broken(self, response: Response, reason: str) -> Iterator[Any]:
        """Records that a page's callback raised. Yields the requests and stories that follow all the same."""
