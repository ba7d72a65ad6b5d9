"""A newspaper's site during one crawl: interprets its links and timestamps."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from urllib.parse import urlsplit

from akhbar.dates import read_day, read_timestamp
from akhbar.newspaper import Newspaper, bare_host
from spiders.listings import Card


@dataclass(frozen=True)
class Site:
    """The site of a newspaper."""

    paper: Newspaper
    hosts: Collection[str]
    """The newspaper's hosts, in lower case, and the host of a copy of its site if one is crawled."""
    fetched_at: datetime
    """When its pages were fetched, with a time zone. The start of the run is close enough, and known to a replay."""
    sidebar: dict[bytes, Card | None] = field(default_factory=dict, compare=False, repr=False)
    """Cache of parsed sidebar cards, keyed by their markup: most pages have the same sidebar."""

    def story_id(self, href: str) -> str | None:
        """The id of the story that a link leads to, or None.

        Relative links belong to the newspaper; links to sister sites, live blogs and elsewhere are not stories.
        """
        try:
            parts = urlsplit(href.strip())
        except ValueError:
            return None
        if parts.scheme not in ("", "http", "https") or (parts.netloc and not self.is_own_host(parts.netloc)):
            return None
        return self.paper.story_id(parts.path)

    def is_own_host(self, host: str) -> bool:
        """Whether a host is the newspaper's, or another form of it such as `m.`: the same pages are there. It includes
        the port if the URL has one."""
        return host in self.hosts or bare_host(host) in self._bare_hosts

    def own_path(self, url: str) -> str | None:
        """The path and query of a URL on the newspaper's own hosts, unless it is the home page's; otherwise None."""
        try:
            address = urlsplit(url.strip())
        except ValueError:
            return None
        if (address.netloc and not self.is_own_host(address.netloc)) or not address.path.strip("/"):
            return None
        return address._replace(scheme="", netloc="", fragment="").geturl()

    @cached_property
    def _bare_hosts(self) -> frozenset[str]:
        return frozenset(map(bare_host, self.hosts))

    def timestamp(self, *texts: str | None) -> datetime | None:
        """The first of these timestamps that can be read."""
        read = (read_timestamp(text, self.paper.zone, self.fetched_at) for text in texts if text)
        return next((found for found in read if found), None)

    def iso(self, *texts: str | None) -> str | None:
        """The first of these timestamps that can be read, in ISO 8601 with an offset."""
        found = self.timestamp(*texts)
        return found.isoformat() if found else None

    def iso_or_day(self, *texts: str | None) -> str | None:
        """The first of these timestamps that can be read, in ISO 8601: with an offset, or as `YYYY-MM-DD` if it has no
        time of day."""
        shown = next((text for text in texts if self.timestamp(text)), None)
        day = read_day(shown, self.paper.zone, self.fetched_at) if shown else None
        return day.isoformat() if day else self.iso(shown)
