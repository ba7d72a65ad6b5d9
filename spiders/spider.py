"""The spider: one crawl flow for all declared newspapers."""

import zlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit

from lxml import etree
from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from w3lib.url import safe_url_string

from akhbar.newspaper import Newspaper
from akhbar.story import RejectedPage, Story, page_done, story_listed
from spiders.compression import EncodingError
from spiders.discovery import Discovery, ListedStory
from spiders.encoding import decode
from spiders.feeds import read_feed
from spiders.links import feeds_of, next_page, sitemaps_of
from spiders.listings import Card, Listing, drop_times_of_the_document, summary
from spiders.politeness import PAGES_REFUSED, MovedError, NotSentError, RefusedError
from spiders.reading import Article
from spiders.reading.html import Element, ParserLimitError, is_cut_short, parse, resolve_links
from spiders.reading.page import READERS
from spiders.reading.problems import is_home_page, is_not_found, problem_of
from spiders.reading.rules import rules_of
from spiders.reading.text import agreement
from spiders.site import Site
from spiders.sitemaps import children_to_read, date_in, is_index, is_news_sitemap, read_sitemap
from spiders.stories import feed_story, is_signed_column, listed_story, may_be_of, page_story
from spiders.xml import Document, UnreadableXMLError, entries, local_name, read_document, xml_kind
from spiders.yields import Yields, linked_stories

PRIORITIES = {"feed": 300, "sitemap": 200, "listing": 100, "story": 0}
"""Feeds and sitemaps are read first, since a site may block only its pages. All listings are read before the first
story, so that each story is fetched once."""

LONGEST_ADDRESS = 2000
"""Length in characters of a URL that every server and proxy accepts."""

STALE_FEED = timedelta(days=2)

MOST_PAGES = {"edition": 20, "latest": 3}
"""How many pages of one listing a crawl reads, by mode: all of a day's, but only the newest of the latest stories."""

SMALL_SITEMAP, RECENT = 100, timedelta(days=3)
"""A plain sitemap with more entries than this is an archive. A crawl of the latest stories reads only those of its
stories that changed within this time before the newest one."""


SAMPLED = 10
LEAST_AGREEMENT = 0.5
"""The least agreement of two readers on a page's text; between 0.8 and 1 is usual, since they differ on captions and
boxes."""


class NewspaperSpider(Spider):
    """Reads a newspaper's print editions and its latest stories.

    Arguments, exactly one of:

    - `edition=YYYY-MM-DD`: the declared sections of that day's print edition, or, for a newspaper without one, the
      stories that its dated listings or sitemaps contain for that day.
    - `mode=latest`: the feeds, the sitemaps, the home page's editorials and the listings, merged per story. If a feed
      item contains the whole story, its page is not fetched. Then the stories in the setting `RECHECK_STORIES`, which
      an earlier run has read. If the site blocks its pages, the contents of the feeds are still stored.
    - `story=URL`: one story page.

    A crawl also reads the stories in the setting `CARRIED_OVER`, which an earlier attempt of the same run discovered.

    With the setting `PAGES_PAUSED_UNTIL`, an ISO 8601 timestamp, it requests only feeds and sitemaps, no pages.

    `base_url=URL` crawls a copy of the site at that URL. `sections=front-page,editorial` and `most=3` limit a print
    edition to these sections and to the first three stories of each. `most=3` limits any other crawl to three stories,
    three editorials and the first three sources of each kind.
    """

    newspaper: ClassVar[Newspaper]

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        kwargs.setdefault("base_url", crawler.settings.getdict("BASE_URLS").get(cls.name))
        run = crawler.settings.getdict("RUN_MANIFEST")
        kwargs.setdefault("started_at", datetime.fromisoformat(run["started_at"]) if run else None)
        spider = super().from_crawler(crawler, *args, **kwargs)
        archived = run.get("stats", {})  # of the run that is replayed
        paused_until = crawler.settings.get("PAGES_PAUSED_UNTIL") or archived.get("akhbar/pages_paused_until")
        if paused_until:
            spider.paused_until = datetime.fromisoformat(paused_until)
        spider.was_refused = PAGES_REFUSED in archived
        return spider

    def __init__(
        self,
        edition: str | None = None,
        mode: str | None = None,
        story: str | None = None,
        base_url: str | None = None,
        sections: str | None = None,
        most: str | None = None,
        started_at: datetime | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if [bool(edition), mode == "latest", bool(story)].count(True) != 1 or mode not in (None, "latest", "edition"):
            raise ValueError("give one of edition=YYYY-MM-DD, mode=latest and story=URL")
        self.edition = date.fromisoformat(edition) if edition else None
        self.sections = sections.split(",") if sections else None
        self.most = int(most) if most else None
        self.base_url = (base_url or self.newspaper.home_page).rstrip("/")
        self.hosts = {
            self.newspaper.host,
            self.newspaper.host.removeprefix("www."),
            urlsplit(self.base_url).netloc,
        }
        self.allowed_domains = sorted({urlsplit(f"//{host}").hostname or host for host in self.hosts})
        self.site = Site(self.newspaper, self.hosts, started_at or datetime.now(UTC))
        self.reader = READERS[self.newspaper.platform]
        self.discovery = Discovery(self.site, self._send_listed)
        self.reads_feeds = mode == "latest" and bool(self.newspaper.feeds)
        self.paused_until: datetime | None = None
        """When pages are retried after the site has blocked them; until then, no page is requested."""
        self.was_refused = False
        """In a replay: whether the site blocked pages in the original run."""
        self.sidebar_editorials: dict[str, Story] = {}
        """Editorials as the sidebar shows them, used if their pages cannot be read."""
        self.feed_stories: dict[str, Story] = {}
        """Stories that feeds contain in full, as they were stored."""
        self.feed_excerpts: dict[str, Story] = {}
        """The other stories as feeds show them, used if the site blocks its pages."""
        self.from_feeds: set[str] = set()
        """The ids of the stories that were stored from feeds."""
        self.read: set[str] = set()
        """The ids of the stories that this crawl has read."""
        self.yields = Yields(self._count)
        self.newest = datetime.min.replace(tzinfo=UTC)
        """The newest change that a plain sitemap shows."""
        self.listings_left = 0
        self.failed_listings: list[str] = []
        self.story_id = self.site.story_id(story) if story else None
        if story:
            if self.story_id is None:
                raise ValueError(f"{story} is not the URL of a story in {self.newspaper.publisher}")
            self.listed[self.story_id] = ListedStory(urlsplit(story).path)

    @property
    def listed(self) -> dict[str, ListedStory]:
        """The stories that this crawl discovered, by id."""
        return self.discovery.listed

    # --- requests ---------------------------------------------------------------------------------------------------

    async def start(self) -> AsyncIterator[Any]:
        if self.story_id:
            yield self._story_request(self.story_id)
            return
        self.discovery.add_recheck(self.settings.getlist("RECHECK_STORIES"))
        self.discovery.add_carried_over(self.settings.getlist("CARRIED_OVER"))
        requests = list(self._edition_listings(self.edition) if self.edition else self._latest_listings())
        if self.paused_until:
            self.crawler.stats.set_value("akhbar/pages_paused_until", self.paused_until.isoformat())
            requests = [request for request in requests if request.meta["role"] != "listing"]
        self.listings_left = len(requests)
        for request in requests:
            yield request

    def _edition_listings(self, day: date) -> Iterator[Request]:
        paper = self.newspaper
        if paper.edition is None:
            for path in paper.edition_listings(day):
                yield self._listing_request(path, "listing", self.parse_source)
            for path in paper.editorials_of(day):
                yield self._listing_request(path, "listing", self.parse_source, editorial=True)
            return
        for section in self.sections or paper.edition.sections:
            path = paper.edition.listing(section, day)
            yield self._listing_request(path, "listing", self.parse_section, section=paper.edition.sections[section])

    def _latest_listings(self) -> Iterator[Request]:
        paper = self.newspaper
        for path in paper.feeds[: self.most]:
            yield self._listing_request(path, "feed", self.parse_feed)
        for path in paper.sitemaps[: self.most]:
            yield self._listing_request(path, "sitemap", self.parse_sitemap)
        if not paper.sitemaps:
            yield self._listing_request("/robots.txt", "sitemap", self.parse_robots)
        listings = dict(paper.listings)
        if paper.platform or not paper.feeds:
            yield self._listing_request("/", "listing", self.parse_home)
            listings.pop("/", None)  # parse_home reads it as a listing, too
        for path in paper.latest_editorials()[: self.most]:
            yield self._listing_request(path, "listing", self.parse_source, editorial=True)
        for path, section in list(listings.items())[: self.most]:
            yield self._listing_request(path, "listing", self.parse_listing, section=section)

    def _listing_request(self, path: str, role: str, callback: Any, **cb_kwargs: Any) -> Request:
        return Request(
            self.base_url + path,
            callback=callback,
            errback=self.listing_failed,
            priority=PRIORITIES[role],
            meta={"role": role},
            cb_kwargs=cb_kwargs,
        )

    def _story_request(self, story_id: str) -> Request:
        listed = self.discovery.story(story_id)
        return Request(
            self.base_url + self._path_to_fetch(listed.path),
            callback=self.parse_story,
            errback=self.story_failed,
            meta={
                "role": "story",
                "source": self.name,
                "story_id": story_id,
                "changed_at": listed.changed_at,
                "carried": story_id in self.read,
            },
            cb_kwargs={"story_id": story_id},
            dont_filter=True,
        )

    def _path_to_fetch(self, path: str) -> str:
        """The path of a story's page: as listed, or without the slug if that is too long."""
        is_short = len(safe_url_string(self.base_url + path)) <= LONGEST_ADDRESS
        return path if is_short else self.newspaper.stored_path(path)

    # --- listings ---------------------------------------------------------------------------------------------------

    def parse_section(self, response: Response, section: str, page: int = 1) -> Iterator[Any]:
        """Parses a section of the print edition: the main column and the sidebar's editorials."""
        root = self._page(response)
        if root is not None:
            editorial = self.newspaper.is_editorial_section(section)
            listing = self.reader.read_listing(root, self.site)
            self._count("offsite", listing.offsite)
            cards = [card for card in listing.stories if may_be_of(self.site, self.edition, card)]
            if editorial:
                dated = (card for card in listing.editorials if card.published_at)
                cards += [card for card in dated if may_be_of(self.site, self.edition, card)]
            found = summary(cards, self.site.fetched_at)
            claims = {"section": section, "editorial": editorial, "edition_date": self.edition}
            yield from self._add_listing(response, root, listing, cards[: self.most], page, found, claims)
        yield from self._listing_ended()

    def parse_home(self, response: Response, page: int = 1) -> Iterator[Any]:
        """Parses the home page: its feeds if none are declared, and its stories if it is a declared listing. Otherwise,
        only the editorials in its sidebar."""
        root = self._page(response)
        if root is not None:
            if page == 1 and not self.newspaper.feeds:
                feeds = feeds_of(root, self.site)[: self.most]
                yield from self._more_listings(feeds, "feed", self.parse_feed)
            if "/" in self.newspaper.listings:
                yield from self._read_listing(response, root, self.newspaper.listings["/"], False, page)
            else:
                yield from self._add_editorials(self.reader.sidebar_editorials(root, self.site))
                self._done(response, "parsed")
        yield from self._listing_ended()

    def parse_robots(self, response: Response) -> Iterator[Any]:
        """Parses robots.txt, for its sitemaps."""
        paths = sitemaps_of(decode(response.body, _content_type(response)), self.site)
        yield from self._more_listings(paths[: self.most], "sitemap", self.parse_sitemap)
        self._done(response, "parsed", f"{len(paths)} sitemaps")
        yield from self._listing_ended()

    def parse_source(self, response: Response, editorial: bool = False, page: int = 1) -> Iterator[Any]:
        """Parses a declared listing that can also be a feed or a sitemap."""
        kind = xml_kind(response.body)
        if kind is None:
            yield from self.parse_listing(response, None, editorial, page)
        elif kind in ("urlset", "sitemapindex"):
            yield from self.parse_sitemap(response, editorial=editorial)
        else:
            yield from self.parse_feed(response, editorial=editorial)

    def parse_listing(
        self, response: Response, section: str | None, editorial: bool = False, page: int = 1
    ) -> Iterator[Any]:
        """Parses a page that lists stories, with the sidebar's editorials."""
        root = self._page(response)
        if root is not None:
            yield from self._read_listing(response, root, section, editorial, page)
        yield from self._listing_ended()

    def _read_listing(
        self, response: Response, root: Element, section: str | None, editorial: bool, page: int
    ) -> Iterator[Request]:
        editorial = editorial or self.newspaper.is_editorial_section(section)
        listing = self.reader.read_listing(root, self.site)
        self._count("offsite", listing.offsite)
        cards = listing.stories
        if self.edition and editorial and date_in(urlsplit(response.url).path) is None:  # that of the latest ones
            cards = [card for card in cards if self._is_of_day(card)]
        elif self.edition:
            cards = [card for card in cards if self._is_of_day(card) is not False]
        found = summary(listing.stories, self.site.fetched_at)
        claims = {"section": section, "editorial": editorial}
        yield from self._add_listing(response, root, listing, cards, page, found, claims)

    def _add_listing(
        self,
        response: Response,
        root: Element,
        listing: Listing,
        cards: list[Card],
        page: int,
        found: str,
        claims: dict[str, Any],
    ) -> Iterator[Request]:
        """Adds the stories of a listing, with what it claims about them. Yields requests for what follows from it."""
        new = any(card.story_id not in self.listed for card in cards)
        for card in cards:
            self.discovery.add(card, **claims)
        yield from self._add_editorials(listing.editorials)
        self._done(response, "parsed", found)
        if page == 1:
            self._add_yield(response, root, listing)
        if new and not self.most and page < MOST_PAGES["edition" if self.edition else "latest"]:
            yield from self._next_page(response, root, page)

    def _next_page(self, response: Response, root: Element, page: int) -> Iterator[Request]:
        """A request for the next page of a listing, if there is one."""
        here = response.request
        address = urlsplit(response.url)._replace(scheme="", netloc="").geturl()
        path = next_page(root, self.site, address)
        if here and path:
            more = {**here.cb_kwargs, "page": page + 1}
            yield from self._more_listings([path], "listing", here.callback, **more)

    def _more_listings(self, paths: list[str], role: str, callback: Any, **cb_kwargs: Any) -> Iterator[Request]:
        """Requests for listings that another page named. A filtered request has no callback, so `listings_left` would
        stay."""
        self.listings_left += len(paths)
        for path in paths:
            yield self._listing_request(path, role, callback, **cb_kwargs).replace(dont_filter=True)

    def parse_sitemap(self, response: Response, index: str | None = None, editorial: bool = False) -> Iterator[Any]:
        """Parses a sitemap, such as a news sitemap (which covers the last 48 hours), or a sitemap index.

        `index` is the path of the index that lists this sitemap, if any.
        """
        document = self._xml(response)
        if document and is_index(document.root):
            yield from self._child_sitemaps(document.root, response, index)
        elif document:
            if local_name(document.root) == "urlset":
                found = list(read_sitemap(document.root, self.site))
            else:  # the protocol also allows feeds
                found = [item.card if item else None for item in read_feed(document, self.site, response.url)]
            cards = self._stories_in(found, response, index)
            self._done(response, "parsed", summary(cards, self.site.fetched_at))
            if self.edition:
                cards = self._of_day(self.edition, cards, response)
            elif not is_news_sitemap(document.root):
                cards = self._recent(cards, response)
            for card in cards:
                self.discovery.add(card, editorial=editorial)
        yield from self._listing_ended()

    def _child_sitemaps(self, root: Element, response: Response, index: str | None) -> Iterator[Request]:
        """Requests for the newest sitemaps of an index. The protocol does not allow an index within an index."""
        path = urlsplit(response.url).path
        children = [] if index else children_to_read(root, self.site)
        self._done(response, "parsed", f"{len(children)} sitemaps")
        if self.most:
            children = children[:1]
        if not children:
            self.yields.add(index or path, entries(root), 0)
            return
        self.yields.expect(path, len(children))
        yield from self._more_listings([child.path for child in children], "sitemap", self.parse_sitemap, index=path)

    def _recent(self, cards: list[Card], response: Response) -> list[Card]:
        """The stories of a plain sitemap that are new enough for a crawl of the latest stories.

        They are compared with the newest story of all plain sitemaps so far: of an index, the newest are read first.
        """
        changed = {card.story_id: self._changed_at(card) for card in cards}
        self.newest = max((*filter(None, changed.values()), self.newest))
        if len(cards) <= SMALL_SITEMAP:
            return cards
        if not any(changed.values()):
            self.logger.warning(
                "%s is skipped: no date shows which of its %d stories are new", response.url, len(cards)
            )
        return [card for card in cards if (when := changed[card.story_id]) and when >= self.newest - RECENT]

    def _changed_at(self, card: Card) -> datetime | None:
        """When a listed story last changed: the listing's time, or the date in the story's path."""
        day = date_in(card.path)
        shown = self.site.timestamp(card.updated_at, card.published_at)
        return shown or (datetime.combine(day, time.min, self.newspaper.zone) if day else None)

    def _of_day(self, day: date, cards: list[Card], response: Response) -> list[Card]:
        """The stories of a sitemap that belong to the day that is crawled. A sitemap can cover a month, so a story
        without a date is not one.

        In the sitemap of a single day, a story that changed later is one. If all of them changed later, the site may
        have answered with another sitemap.
        """
        if cards and all(self._is_of_day(card) is None for card in cards):
            self.logger.warning("%s cannot be read by day: its entries have no dates", response.url)
        found = [card for card in cards if self._is_of_day(card)]
        address = urlsplit(response.url)._replace(scheme="", netloc="").geturl()
        if not found or not self.newspaper.is_of_one_day(address, day):
            return found
        return [card for card in cards if card in found or self._changed_after(day, card)]

    def _changed_after(self, day: date, card: Card) -> bool:
        """Whether all that a listing says about a story's time is that it changed after a day."""
        changed = self.site.timestamp(card.updated_at)
        known = card.published_at or date_in(card.path)
        return not known and changed is not None and changed.astimezone(self.newspaper.zone).date() > day

    def _is_of_day(self, card: Card) -> bool | None:
        """Whether a listed story was published on the day that is crawled; None if the listing does not say.

        Its path can contain the date. Otherwise, the time of its last change counts: in a backfill, a story that
        changed later is read with the day of its change, unless it is in the sitemap of a single day.
        """
        day = date_in(card.path)
        shown = self.site.timestamp(card.published_at, card.updated_at)
        if day is None and shown is None:
            return None
        return self.edition == (day or (shown and shown.astimezone(self.newspaper.zone).date()))

    def parse_feed(self, response: Response, editorial: bool = False) -> Iterator[Any]:
        """Parses a feed. An item that contains the whole story is a story; any other item is a link."""
        document = self._xml(response)
        items = list(read_feed(document, self.site, response.url)) if document else []
        cards = self._stories_in([item.card if item else None for item in items], response) if document else []
        if document:
            self._done(response, "parsed", summary(cards, self.site.fetched_at))
        for item in filter(None, items):
            story_id = item.card.story_id
            if self.edition and not self._is_of_day(item.card):
                continue
            in_section = self.newspaper.is_editorial_section(item.section)
            self.discovery.add(item.card, editorial=editorial or in_section)
            if item.content and item.card.published_at and story_id not in self.read:
                self.read.add(story_id)
                self.from_feeds.add(story_id)
                self.feed_stories[story_id] = feed_story(self.site, item, self.listed[story_id])
                yield self.feed_stories[story_id]
            elif item.card.title and not item.content:
                self.feed_excerpts.setdefault(story_id, feed_story(self.site, item, self.listed[story_id]))
        newest = max(filter(None, (self.site.timestamp(card.published_at) for card in cards)), default=None)
        if newest and datetime.now(self.newspaper.zone) - newest > STALE_FEED:
            self.logger.warning("%s is stale: its newest story was published on %s", response.url, newest.date())
        yield from self._listing_ended()

    def _stories_in(self, found: list[Card | None], response: Response, index: str | None = None) -> list[Card]:
        """The stories among the entries of a feed or sitemap. Reports a feed or sitemap without any."""
        cards = [card for card in found if card]
        drop_times_of_the_document(cards, self.site.fetched_at)
        self._count("offsite", len(found) - len(cards))
        self.yields.add(index or urlsplit(response.url).path, len(found), len(cards))
        return cards

    def _add_yield(self, response: Response, root: Element, listing: Listing) -> None:
        """Adds a listing's yield. Links to stories outside all cards count as unreadable entries, and so do cards of
        other sites, except in a print edition, where whole sections can consist of them."""
        stories = len(listing.stories)
        unread = 0
        if not stories:
            unread = len(linked_stories(root, self.site) - listing.beside) + (0 if self.edition else listing.offsite)
        self.yields.add(urlsplit(response.url).path, stories + unread, stories)

    def _add_editorials(self, cards: list[Card]) -> Iterator[Request]:
        """Requests the pages of the sidebar's editorials, and keeps the sidebar's data in case a page cannot be
        read."""
        section = self.newspaper.editorial_section
        for card in cards:
            new = not self.discovery.knows(card.story_id)
            self.discovery.add(card, section=section, editorial=True)
            self.sidebar_editorials[card.story_id] = listed_story(self.site, card, self.listed[card.story_id])
            if new and not self.listings_left:
                yield self._story_request(card.story_id)

    def _from_sidebar(self, story_id: str) -> Iterator[Story]:
        """The sidebar's data for an editorial whose page could not be read."""
        if story_id in self.sidebar_editorials and story_id not in self.read:
            yield self.sidebar_editorials.pop(story_id)

    def _from_feed(self, story_id: str) -> Iterator[Story]:
        """A feed's data for a story whose page the site blocks."""
        if story_id in self.feed_excerpts and story_id not in self.read:
            self.from_feeds.add(story_id)
            yield self.feed_excerpts.pop(story_id)

    def _listing_ended(self) -> Iterator[Any]:
        """After the last listing: requests for the discovered stories that no feed contained, and for those to recheck.

        In an incremental crawl, stories that a feed contained are requested too, marked `carried`: the incremental
        middleware decides whether a changed one must be read from its page. If the site blocks its pages, nothing is
        requested, and the stories are stored as the feeds show them.
        """
        self.listings_left -= 1
        if self.listings_left:
            return
        for story_id, story in self.feed_stories.items():  # feeds do not say which stories are editorials
            is_listed = self.listed[story_id].editorial and not is_signed_column(self.newspaper, story.authors)
            if is_listed and story.kind != "editorial":
                yield replace(story, kind="editorial")
        is_blocked = self.paused_until or self.crawler.stats.get_value(PAGES_REFUSED)
        for story_id in self._ids_to_read():
            if is_blocked or self.was_refused:
                yield from self._from_sidebar(story_id)
                yield from self._from_feed(story_id)
            if not is_blocked and (story_id not in self.read or self.settings.getbool("INCREMENTAL")):
                yield self._story_request(story_id)

    def _ids_to_read(self) -> list[str]:
        """The ids of the discovered stories, or of the first of them and of the first editorials. Of a print edition,
        only the first of each section have been added."""
        found = self.discovery.all_ids()
        if self.most is None or (self.edition and self.newspaper.edition):
            return found
        editorials = [story_id for story_id in found if self.discovery.story(story_id).editorial]
        others = [story_id for story_id in found if story_id not in editorials]
        return [*others[: self.most], *editorials[: self.most]]

    # --- stories ----------------------------------------------------------------------------------------------------

    def parse_story(self, response: Response, story_id: str) -> Iterator[Any]:
        """Parses a story page: the story and the sidebar's editorials."""
        root = self._page(response)
        if root is None:
            yield from self._from_sidebar(story_id)
            return
        address = self.newspaper.home_page + urlsplit(response.url).path
        article = self.reader.read_story(root, self.site, address)
        if is_not_found(root, article):
            yield from self._missing(response, story_id, "the site's page for missing stories")
            return
        listed = self.discovery.story(story_id)
        problem = problem_of(root, article)
        if problem:
            yield RejectedPage(page_story(self.site, article, story_id, listed), problem)
            self._done(response, "failed", f"not the story: {problem.replace('_', ' ')}")
            yield from self._from_sidebar(story_id)
            return
        if is_home_page(root, article, self.newspaper):
            yield from self._missing(response, story_id, "the site's home page")
            return
        self.read.add(story_id)
        self._compare(root, article, story_id)
        yield page_story(self.site, article, story_id, listed)
        if not self.story_id:  # a crawl of one story reads no others
            editorials = self.reader.sidebar_editorials(root, self.site)
            yield from self._add_editorials([card for card in editorials if card.story_id != story_id])
        self._done(response, "parsed")

    def _missing(self, response: Response, story_id: str, shown: str) -> Iterator[Story]:
        """Records a story in whose place the site shows another page."""
        self._done(response, "gone", shown)
        yield from self._from_sidebar(story_id)

    def _compare(self, root: Element, article: Article, story_id: str) -> None:
        """Compares the text that declared selectors found with the general reader's, on a sample of the pages: the
        check `selector_drift` reports selectors that find something else than they did."""
        if self.newspaper.body and article.extracted_by == "selectors" and is_sampled(story_id):
            self._count("drift/compared")
            if agreement(root, article, rules_of(self.newspaper)) < LEAST_AGREEMENT:
                self._count("drift/apart")
                self.logger.warning("the declared selectors and the general reader disagree on %s", story_id)

    # --- outcomes ---------------------------------------------------------------------------------------------------

    def _page(self, response: Response) -> Element | None:
        """The root of an HTML page. If the response is not one, records the page as failed and returns None."""
        content_type = _content_type(response)
        reason = f"not an HTML page but {content_type or 'nothing'}, {len(response.body)} bytes"
        if not content_type or "html" in content_type:
            try:
                root = parse(response.body, content_type)
            except etree.ParserError:
                root = None
            except ParserLimitError as error:
                root, reason = None, f"the parser stopped: {error}"
            if root is not None and "partial" in response.flags and is_cut_short(response.body):
                reason = f"cut short after {len(response.body)} bytes"
            elif root is not None and root.find("body") is not None:
                resolve_links(root, response.url)
                return root
        if response.meta["role"] == "story":
            self._done(response, "failed", reason)
        else:
            self._listing_is_broken(response, reason)
        return None

    def _xml(self, response: Response) -> Document | None:
        """A feed or sitemap. If the response is neither, records the page as failed and returns None."""
        try:
            document = read_document(response.body, _content_type(response))
        except UnreadableXMLError as error:
            self._listing_is_broken(response, str(error))
            return None
        return document

    def broken(self, response: Response, reason: str) -> Iterator[Any]:
        """Records a page whose callback raised an exception."""
        if response.meta["role"] == "story":
            self._done(response, "failed", reason)
            yield from self._from_sidebar(response.meta["story_id"])
        else:
            self._listing_is_broken(response, reason)
            yield from self._listing_ended()

    def story_failed(self, failure: Any) -> Iterator[Any]:
        outcome, reason = _outcome_of(failure)
        story_id = failure.request.meta["story_id"]
        if isinstance(failure.value, NotSentError):
            self._count("story/not_sent")
        else:
            self._record(failure.request, outcome, reason, getattr(failure.value, "response", None))
        if outcome != "unchanged":
            yield from self._from_sidebar(story_id)
        if outcome == "refused" and self.reads_feeds:
            yield from self._from_feed(story_id)

    def listing_failed(self, failure: Any) -> Iterator[Any]:
        """Records a listing without a page. A missing section is normal on some days; a section that cannot be fetched
        makes the edition incomplete."""
        outcome, reason = _outcome_of(failure)
        if outcome == "failed":
            self.failed_listings.append(f"{urlsplit(failure.request.url).path}: {reason}")
        self._lose_yield(failure.request)
        self._record(failure.request, outcome, reason, getattr(failure.value, "response", None))
        yield from self._listing_ended()

    def _listing_is_broken(self, response: Response, reason: str) -> None:
        self.failed_listings.append(f"{urlsplit(response.url).path}: {reason}")
        if response.request:
            self._lose_yield(response.request)
        self._done(response, "failed", reason)

    def _lose_yield(self, request: Request) -> None:
        """Ends the yield of an index without a sitemap that it lists and that could not be read."""
        index = request.cb_kwargs.get("index")
        if index:
            self.yields.lose(index)

    def _done(self, response: Response, outcome: str, reason: str | None = None) -> None:
        """Records a response's outcome."""
        if response.request:
            self._record(response.request, outcome, reason, response)

    def _record(self, request: Request, outcome: str, reason: str | None, response: Response | None) -> None:
        self._count(f"{request.meta['role']}/{outcome}")
        level = self.logger.warning if outcome in ("failed", "refused") else self.logger.info
        level("%s %s%s", outcome, request.url, f": {reason}" if reason else "")
        self.crawler.signals.send_catch_log(
            page_done,
            url=request.url,
            role=request.meta["role"],
            story_id=request.meta.get("story_id"),
            outcome=outcome,
            reason=reason,
            response=response,
        )

    def _send_listed(self, story_id: str, listed: ListedStory) -> None:
        self.crawler.signals.send_catch_log(story_listed, story_id=story_id, listed=listed)

    def _count(self, name: str, by: int = 1) -> None:
        self.crawler.stats.inc_value(f"akhbar/{name}", by)


def is_sampled(story_id: str) -> bool:
    """Whether a story is in the sample, always the same one, of one page in ten."""
    return zlib.crc32(story_id.encode()) % SAMPLED == 0


def _content_type(response: Response) -> str:
    return (response.headers.get("Content-Type") or b"").decode("latin-1").lower()


def _outcome_of(failure: Any) -> tuple[str, str]:
    """The outcome of a page that could not be read, and the reason, from Twisted's failure."""
    error = failure.value
    response = getattr(error, "response", None)
    if isinstance(error, MovedError):
        return "moved", str(error)
    if isinstance(error, RefusedError):
        return "refused", str(error)
    if response is not None and response.status == 304:
        return "unchanged", "answered 304"
    if response is not None and response.status in (404, 410):
        return "gone", f"answered {response.status}"
    if response is not None:
        return "failed", f"answered {response.status} after {failure.request.meta.get('retry_times', 0) + 1} tries"
    if isinstance(error, EncodingError):
        return "failed", str(error)
    return "failed", f"{type(error).__name__}: {error}".rstrip(": ")
