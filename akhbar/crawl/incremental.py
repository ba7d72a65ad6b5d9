"""Incremental crawls: decides which stories to fetch, depending on what is stored."""

import logging
import os
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple, Self

import psycopg2
from psycopg2.extensions import connection as Connection  # noqa: N812 - psycopg2 names its class like a variable
from psycopg2.extras import RealDictCursor
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response

from akhbar.crawl.lock import first_line
from akhbar.database.connection import connect
from akhbar.settings import ROOT

logger = logging.getLogger(__name__)

STATEMENTS = ROOT / "sql" / "crawl"

RECHECK_AGES = (timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=3), timedelta(days=7))
"""The ages, counted from publication, at which a story is fetched again. Most changes happen early."""

RECHECK_LIMIT = 100
"""How many stories one run rechecks, newest first; the next run continues. At one request per 2 s they take 200 s."""


CUT = "general"
"""How a listed story was extracted if its page was read, and a paywall had cut its text. Its page has no more today."""


class StoredStory(NamedTuple):
    """The data that decides whether a stored story is fetched again."""

    last_seen_at: datetime | None
    """None if the stored time is in the future, because the clock was wrong."""
    completeness: str
    extracted_by: str
    etag: str | None
    """`etag` and this are the validators of the page from which the text was read."""
    last_modified: str | None


def stored_stories(connection: Connection, source: str, story_ids: list[str]) -> dict[str, StoredStory]:
    """Those of the stories that are stored, by id."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT
                story.story_id,
                CASE
                    WHEN story.last_seen_at <= now() THEN story.last_seen_at
                    WHEN story.read_at <= now() THEN story.read_at
                END,
                story.completeness,
                story.extracted_by,
                page.etag,
                page.last_modified
            FROM news.stories AS story
            LEFT JOIN LATERAL (
                SELECT etag, last_modified, fetched_at FROM news.pages
                WHERE source = story.source AND story_id = story.story_id AND outcome = 'parsed'
                ORDER BY fetched_at DESC
                LIMIT 1
            ) AS page ON page.fetched_at <= story.last_seen_at AND story.extracted_by <> 'feed'
            WHERE story.source = %(source)s AND story.story_id = ANY(%(story_ids)s)
            """,
            {"source": source, "story_ids": story_ids},
        )
        return {story_id: StoredStory(*rest) for story_id, *rest in cursor}


def stories_to_recheck(connection: Connection, source: str, now: datetime) -> list[dict[str, Any]]:
    """The stored stories that have passed one of `RECHECK_AGES` since they were last fetched.

    Each has `story_id`, `url`, the data from listings (`kind`, `section`, `edition_date`, `excerpt`), and the
    validators `etag` and `last_modified` of the page from which its text was read, or None.
    """
    parameters = {
        "source": source,
        "now": now,
        "ages": list(RECHECK_AGES),
        "last_age": RECHECK_AGES[-1],
        "max_rows": RECHECK_LIMIT,
    }
    with connection.cursor(cursor_factory=RealDictCursor) as cursor:
        cursor.execute((STATEMENTS / "stories_to_recheck.sql").read_text(), parameters)
        return [{**row, "edition_date": row["edition_date"] and row["edition_date"].isoformat()} for row in cursor]


def missing_stories(connection: Connection, source: str, edition: date) -> list[dict[str, Any]]:
    """The stories that an edition's last run discovered but could not store in full, as records of `listed.jsonl`."""
    with connection.cursor() as cursor:
        statement = (STATEMENTS / "missing_stories.sql").read_text()
        cursor.execute(statement, {"source": source, "edition": edition})
        found = cursor.fetchone()
        return found[0] or [] if found else []


class IncrementalMiddleware:
    """Spider middleware: drops requests for stories that are stored, or that an earlier attempt of this run has read.

    A stored story is still fetched if a listing shows a later change, if it was stored only from a listing (or, in an
    edition, only from a feed), if it is due for a recheck, and always with `recheck`. Rechecks, and requests for latest
    stories that a listing marks as changed, are conditional (RFC 9110, 13.1) if the site sent validators.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.stats = crawler.stats
        self.mode = crawler.settings["RUN_MODE"]
        self.recheck_all = crawler.settings.getbool("RECHECK")
        self.to_recheck = {story["story_id"]: story for story in crawler.settings.getlist("RECHECK_STORIES")}
        self.done = set(crawler.settings.getlist("READ_BEFORE"))
        try:
            self.connection = connect(os.environ["AKHBAR_DATABASE_URL"])
        except psycopg2.Error as error:  # caught here, because Scrapy would log a traceback
            logger.error("the connection to the database was lost: %s", first_line(error))
            os._exit(1)
        self.connection.autocommit = True
        crawler.signals.connect(self.spider_closed, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def spider_closed(self) -> None:
        self.connection.close()

    async def process_start(self, start: AsyncIterator[Any]) -> AsyncIterator[Any]:
        async for request in start:
            yield self._filtered_after_failure(request)

    def _filtered_after_failure(self, request: Request) -> Request:
        """Makes the requests that follow a failed listing pass the filter too: Scrapy passes the output of an errback
        through middlewares only if there was a response."""
        return request.replace(errback=partial(self._after_failure, request.errback))  # type: ignore[arg-type]

    def _after_failure(self, errback: Callable[[Any], Iterator[Any]], failure: Any) -> list[Any]:
        entries = list(errback(failure))
        stories = [entry for entry in entries if _is_story_request(entry)]
        return [entry for entry in entries if not _is_story_request(entry)] + list(self._worth_fetching(stories))

    async def process_spider_output(self, response: Response, result: AsyncIterator[Any]) -> AsyncIterator[Any]:
        stories: list[Request] = []
        async for entry in result:
            if _is_story_request(entry):
                stories.append(entry)
            else:
                yield self._filtered_after_failure(entry) if isinstance(entry, Request) else entry
        for request in self._worth_fetching(stories):
            yield request

    def _worth_fetching(self, requests: list[Request]) -> Iterator[Request]:
        """The requests that are worth sending. Filtering them twice gives the same result."""
        if not requests:
            return
        ids = [request.meta["story_id"] for request in requests]
        source = requests[0].meta["source"]
        stored = {} if self.recheck_all else stored_stories(self.connection, source, ids)
        for request in requests:
            story = stored.get(request.meta["story_id"])
            if self._is_worth_fetching(request, story):
                self._add_validators(request, story)
                yield request
            elif not request.meta["carried"]:
                self.stats.inc_value("akhbar/known")

    def _is_worth_fetching(self, request: Request, stored: StoredStory | None) -> bool:
        story_id, carried, changed_at = (request.meta[name] for name in ("story_id", "carried", "changed_at"))
        if story_id in self.done:
            return False
        if stored is None or (stored.completeness == "listed" and stored.extracted_by != CUT):
            return not carried
        if carried and stored.extracted_by == "feed":
            return False
        if story_id in self.to_recheck or (self.mode == "edition" and stored.extracted_by == "feed"):
            return True
        return changed_at is not None and (stored.last_seen_at is None or changed_at > stored.last_seen_at)

    def _add_validators(self, request: Request, stored: StoredStory | None) -> None:
        recheck = self.to_recheck.get(request.meta["story_id"])
        etag = last_modified = None
        if recheck:
            self.stats.inc_value("akhbar/looked_again")
            etag, last_modified = recheck["etag"], recheck["last_modified"]
        elif stored and stored.completeness == "full" and self.mode == "latest":  # an edition adds data to the page's
            etag, last_modified = stored.etag, stored.last_modified
        for header, validator in (("If-None-Match", etag), ("If-Modified-Since", last_modified)):
            if validator:
                request.headers[header] = validator.encode("latin-1")


def _is_story_request(entry: Any) -> bool:
    return isinstance(entry, Request) and bool(entry.meta.get("story_id"))
