"""Looks at a newspaper's site with a few polite requests: robots.txt, home page, feeds, sitemaps and three stories."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from akhbar import settings
from akhbar.fetch import Fetched, Fetcher, FetchError, Robots
from akhbar.newspaper import NAME, bare_host, owner_of
from akhbar.read import fields_of
from akhbar.story import SHORTEST_BODY

READER = "spiders.draft"
"""The module that reads the documents. It is found by its name: this package imports no spider."""
MOST_FEEDS, MOST_SITEMAPS, MOST_CHILDREN = 5, 3, 3
"""How many sources are read: feeds, sitemaps, and sitemaps of an index until one lists stories."""
STORIES, MOST_TRIES = 3, 6
"""How many stories are read, and after how many pages the search for them ends."""

Fields = dict[str, Any]
"""The fields of a story, as `akhbar read` prints them, and `listed_at`: when it was published according to its feed or
sitemap."""


class DraftError(Exception):
    """A site cannot be read, or is not a newspaper's."""


@dataclass(frozen=True)
class SourceSeen:
    """A feed or sitemap."""

    kind: str
    """`feed` or `sitemap`."""
    path: str
    stories: int
    seen: str
    """How many stories it has and how fresh they are, or why it cannot be read."""


@dataclass(frozen=True)
class Survey:
    """What was found on a site."""

    site: str
    """The URL that was read, without a path."""
    home_page: str
    """The newspaper's own: another one if a copy was read."""
    publisher: str | None
    language: str | None
    sources: list[SourceSeen]
    story_url: str | None
    paths: list[str]
    """The paths of the stories that the sources and the home page list."""
    recognised: list[str]
    """Those of them that a declaration without `story_url` takes for stories'."""
    stories: list[Fields]
    editorials: dict[str, str]
    """The paths that may list editorials, with the texts of the links to them."""
    problems: list[str]
    """The story pages that could not be read."""

    @property
    def host(self) -> str:
        return urlsplit(self.home_page).netloc

    @property
    def name(self) -> str | None:
        """A name for the newspaper, from its host; None if that has none which is allowed."""
        return name_of(self.host)

    @property
    def times(self) -> list[datetime]:
        """The times of publication that the pages show with a time zone."""
        shown = (datetime.fromisoformat(story["published_at"]) for story in self.stories if story["published_at"])
        return [time for time in shown if time.tzinfo]

    @property
    def is_listed_at_home(self) -> bool:
        """Whether only the home page lists stories."""
        return not any(source.stories for source in self.sources)

    @property
    def is_copy(self) -> bool:
        return bare_host(urlsplit(self.site).netloc) != bare_host(self.host)


def name_of(host: str) -> str | None:
    """The owner's name in a host, as the name of a newspaper.

    >>> name_of("www.the-gazette.co.uk"), name_of("epaper.herald.example:8080"), name_of("24.example")
    ('thegazette', 'herald', None)
    """
    name = re.sub(r"[^a-z0-9]", "", owner_of(bare_host(host).partition(":")[0]) or "")
    return name if NAME.fullmatch(name) else None


def survey(url: str, story_url: str | None = None) -> Survey:
    """Looks at the site with this URL, whose stories have paths that match `story_url`, if it is given. Raises
    `DraftError`, and `MissingSettingError` as `Fetcher` does."""
    parts = urlsplit(url)
    with Fetcher() as fetcher:
        try:
            home = fetcher.page(f"{parts.scheme}://{parts.netloc}/")
            return _Look(fetcher, home, fetcher.robots(home.address), story_url).survey()
        except FetchError as error:
            raise DraftError(f"{parts.scheme}://{parts.netloc}/ could not be read: {error}") from None


class _Look:
    """One look at a site whose home page was fetched."""

    def __init__(self, fetcher: Fetcher, home: Fetched, robots: Robots, story_url: str | None) -> None:
        self._fetcher = fetcher
        self._story_url = story_url
        self._reader = import_module(READER)
        self.site = "{0.scheme}://{0.netloc}".format(urlsplit(home.address))
        is_copy = settings.is_loopback(home.address)
        try:
            self.front = self._reader.read_front(
                home.content,
                home.content_type,
                home.address,
                robots.text,
                datetime.now(UTC),
                is_copy=is_copy,
                story_url=story_url,
            )
        except self._reader.NoNewspaperError as error:
            raise DraftError(f"{self.site}: {error}") from None
        self.cards: list[Any] = []
        """The stories that the sources list."""
        self.publishers: list[str] = []
        self.languages: list[str] = []
        self.problems: list[str] = []

    def survey(self) -> Survey:
        sources = list(self._sources())
        listed = [*self._reader.newest_first(self.cards), *self.front.stories]
        if not listed:
            raise DraftError(f"{self.site} {self._why_none(sources)}")
        stories = self._stories({card.path: card for card in listed}.values())
        if not stories:
            raise DraftError(
                f"{self.site}: no story could be read, so it does not look like a newspaper's site: "
                f"{'; '.join(self.problems)}"
            )
        languages = [story["language"] for story in stories if story["language"]]
        named = [*filter(None, (self.front.language, *self.languages))]
        return Survey(
            self.site,
            self.front.site.paper.home_page,
            next(iter([*self.front.publishers, *self.publishers]), None),
            Counter(languages or named).most_common(1)[0][0] if languages or named else None,
            sources,
            self._story_url or self._reader.story_url([card.path for card in listed]),
            list(dict.fromkeys(card.path for card in listed)),
            self._reader.recognised(dict.fromkeys(card.path for card in listed)),
            stories,
            self.front.editorials,
            self.problems,
        )

    def _why_none(self, sources: list[SourceSeen]) -> str:
        seen = [f"{source.kind} {source.path}: {source.seen}" for source in sources]
        if self.front.links:
            seen.append(f"home page: {self._reader.no_stories(self.front.links)}")
        if not seen:
            return (
                "has neither feeds nor sitemaps, and its home page links to no stories: it does not look like a "
                "newspaper's site"
            )
        advice = "if some of these links are stories', give --story-url with a pattern for their paths"
        return f"lists no stories ({'; '.join(seen)}): {advice}"

    def _sources(self) -> Iterator[SourceSeen]:
        """What the feeds and sitemaps list. Of an index, the newest sitemaps count as one source with it."""
        for kind, paths in (("feed", self.front.feeds[:MOST_FEEDS]), ("sitemap", self.front.sitemaps[:MOST_SITEMAPS])):
            for path in paths:
                try:
                    yield self._seen(kind, path)
                except (FetchError, self._reader.UnreadableError) as error:
                    yield SourceSeen(kind, path, 0, str(error))
            self.front = self._reader.resembling(self.front, self.cards)

    def _seen(self, kind: str, path: str) -> SourceSeen:
        found = self._source(path)
        seen = found.seen or "an index without sitemaps"
        for child in found.children[:MOST_CHILDREN]:
            found = self._source(child)
            seen = f"{found.seen}, in {child}"
            if found.stories:
                break
        return SourceSeen(kind, path, len(found.stories), seen)

    def _source(self, path: str) -> Any:
        fetched = self._fetcher.document(self.site + path)
        found = self._reader.read_source(fetched.content, fetched.content_type, path, self.front)
        self.cards += found.stories
        self.publishers += [found.title] if found.title else []
        self.languages += [found.language] if found.language else []
        return found

    def _stories(self, listed: Iterable[Any]) -> list[Fields]:
        """The fields of the first stories that can be read."""
        stories: list[Fields] = []
        for card in list(listed)[:MOST_TRIES]:
            try:
                fetched = self._fetcher.page(self.site + card.path)
                found, publishers = self._reader.read_story(
                    fetched.content, fetched.content_type, card.path, self.front
                )
            except (FetchError, self._reader.UnreadableError) as error:
                self.problems.append(f"{card.path}: {error}")
                continue
            fields = {**fields_of(found), "listed_at": card.published_at}
            if missing := _missing(fields):
                self.problems.append(f"{card.path}: no {' and no '.join(missing)}")
                continue
            stories.append(fields)
            self.publishers = [*publishers, *self.publishers]
            if len(stories) == STORIES:
                break
        return stories


def _missing(story: Fields) -> list[str]:
    """What a page lacks that every story has. A time in the feed is enough: a selector may find it on the page."""
    has = {
        "text": len(story["body"]) >= SHORTEST_BODY,
        "time or date of publication": story["published_at"] or story["published_date"] or story["listed_at"],
    }
    return [name for name, found in has.items() if not found]
