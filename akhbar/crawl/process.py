"""A crawl, as a process of its own: `python -m akhbar.crawl.process JSON`, started by `akhbar.steps.scrape`.

A process of its own since Twisted's reactor cannot be started twice, and since Scrapy exits with 0 whatever happened:
how the crawl ended is written to the batch's manifest. Log lines go to standard output as JSON. Standard input is a
pipe from the parent; its end means that the parent has died, and ends the crawl.
"""

import asyncio
import json
import logging
import os
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from time import sleep
from typing import Any, Self
from urllib.parse import urlsplit

import psycopg2
from scrapy import Request, signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.http import Response
from scrapy.settings import Settings
from scrapy.utils.project import get_project_settings

from akhbar.archive.batch import json_line, printable, replace_file, whole_lines, write_manifest
from akhbar.crawl.stored_stories import Known, due_stories, known_stories, unread_stories
from akhbar.database.connection import connect, message_of
from akhbar.database.locks import lock
from akhbar.newspapers import newspaper
from akhbar.settings import base_urls, delay
from akhbar.story import story_listed

HERE = "akhbar.crawl.process"
ARCHIVE = "akhbar.crawl.recorder.ArchiveEverything"
WITHOUT_WORK = [
    f"scrapy.spidermiddlewares.{name}"
    for name in ("referer.RefererMiddleware", "depth.DepthMiddleware", "metacopy.MetaCopyDetectionMiddleware")
]
"""Scrapy's middlewares that only a crawl from link to link needs. Each sees every request and response."""


class JsonLines(logging.Formatter):
    """A log record as one line of JSON, for the parent to hand on with its level."""

    def format(self, record: logging.LogRecord) -> str:
        message = printable(super().format(record))
        return json.dumps({"level": record.levelno, "logger": record.name, "message": message}, ensure_ascii=False)


class KnownStories:
    """Spider middleware: drops requests for stories that the database or an earlier try of this run has already.

    A story is fetched all the same if a listing shows that it changed after we last saw it, if only a listing or, for
    an edition, only a feed gave it to us, if it is due to be looked at again, and always with `recheck`. Who is looked
    at again is asked whether it changed (RFC 9110, 13.1), where the site has given something to ask with.
    """

    ANSWERED = ("unchanged", "gone", "moved")
    """What can become of a story's page, so that asking again in the same run would give no more."""

    def __init__(self, crawler: Crawler) -> None:
        self.stats = crawler.stats
        self.mode = crawler.settings["RUN_MODE"]
        self.recheck = crawler.settings.getbool("RECHECK")
        self.due = {story["story_id"]: story for story in crawler.settings.getlist("RECHECK_STORIES")}
        folder = Path(crawler.settings["BATCH_FOLDER"])
        pages = whole_lines(folder / "pages.jsonl")
        self.done = {page["story_id"] for page in pages if page["outcome"] in self.ANSWERED}
        parsed = {page["story_id"] for page in pages if page["outcome"] == "parsed"}
        self.done |= {
            story["story_id"]
            for story in whole_lines(folder / "scraped.jsonl")
            if story["completeness"] == "full"
            and (self.mode != "edition" if story["extracted_by"] == "feed" else story["story_id"] in parsed)
        }
        try:
            self.connection = connect(os.environ["AKHBAR_DATABASE_URL"])
        except psycopg2.Error as error:  # it was there a moment ago; Scrapy would show a traceback
            logging.getLogger(__name__).error("the database went away: %s", reason_of(error))
            os._exit(1)
        self.connection.autocommit = True
        crawler.signals.connect(self.spider_closed, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def spider_closed(self) -> None:
        self.connection.close()

    async def process_start(self, start: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """Also what follows a listing that failed is sifted: Scrapy shows it to us only if the listing was answered."""
        async for request in start:
            yield request.replace(errback=partial(self._after_failure, request.errback))

    def _after_failure(self, errback: Callable[[Any], Iterator[Any]], failure: Any) -> list[Any]:
        entries = list(errback(failure))
        asked = [entry for entry in entries if _asks_for_a_story(entry)]
        return [entry for entry in entries if not _asks_for_a_story(entry)] + list(self._worth_fetching(asked))

    async def process_spider_output(self, response: Response, result: AsyncIterator[Any]) -> AsyncIterator[Any]:
        asked: list[Request] = []
        async for entry in result:
            if _asks_for_a_story(entry):
                asked.append(entry)
            else:
                yield entry
        for request in self._worth_fetching(asked):
            yield request

    def _worth_fetching(self, candidates: list[Request]) -> Iterator[Request]:
        """Which of these requests go out. What passed once passes again."""
        if not candidates:
            return
        ids = [request.meta["story_id"] for request in candidates]
        source = candidates[0].meta["source"]
        known = {} if self.recheck else known_stories(self.connection, source, ids)
        for request in candidates:
            if self._is_worth_fetching(request, known.get(request.meta["story_id"])):
                self._ask_for_changes(request)
                yield request
            elif not request.meta["carried"]:
                self.stats.inc_value("akhbar/known")

    def _is_worth_fetching(self, request: Request, known: Known | None) -> bool:
        if request.meta["story_id"] in self.done:
            return False
        if known is None or known.completeness == "listed":
            return not request.meta["carried"]
        if request.meta["carried"] and known.extracted_by == "feed":
            return False
        if request.meta["story_id"] in self.due or (self.mode == "edition" and known.extracted_by == "feed"):
            return True
        changed_at = request.meta["changed_at"]
        return changed_at is not None and (known.last_seen_at is None or changed_at > known.last_seen_at)

    def _ask_for_changes(self, request: Request) -> None:
        story = self.due.get(request.meta["story_id"])
        if story is None:
            return
        self.stats.inc_value("akhbar/looked_again")
        for header, validator in (("If-None-Match", story["etag"]), ("If-Modified-Since", story["last_modified"])):
            if validator:
                request.headers[header] = validator.encode("latin-1")


def _asks_for_a_story(entry: Any) -> bool:
    return isinstance(entry, Request) and bool(entry.meta.get("story_id"))


class SurviveCallbacks:
    """Spider middleware: a page whose callback raises is recorded as failed, and the rest goes on."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_spider_exception(self, response: Response, exception: Exception) -> list[Any] | None:
        spider: Any = self.crawler.spider
        refused = isinstance(exception, OSError)  # by the disk, and so told with the page; else the spider has a fault
        trace = None if refused else exception
        logging.getLogger(__name__).error("reading %s failed", response.url, exc_info=trace)
        return list(spider.broken(response, f"the spider could not read it: {type(exception).__name__}: {exception}"))


class ManifestAtEnd:
    """Extension: writes what the listings named and how the crawl ended.

    Each story is written down as it is named, since a try that is killed leaves its successor no reason to read again
    the pages beside which some of them stand; at the end all of them are, with what every listing said.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.listed = Path(crawler.settings["BATCH_FOLDER"]) / "listed.jsonl"
        self._listed = self.listed.open("a", encoding="utf-8")
        crawler.signals.connect(self.story_listed, signal=story_listed)
        crawler.signals.connect(self.spider_closed, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def story_listed(self, story_id: str, listed: Any) -> None:
        self._listed.write(listed_line(story_id, listed) + "\n")
        self._listed.flush()

    def spider_closed(self, spider: Any, reason: str) -> None:
        folder = self.listed.parent
        stats = self.crawler.stats.get_stats()
        self._listed.close()
        replace_file(self.listed, (listed_line(story_id, sighting) for story_id, sighting in spider.listed.items()))
        outcome, why = outcome_of(spider, reason)
        manifest = self.crawler.settings.getdict("RUN_MANIFEST") | {
            "finished_at": datetime.now(UTC).isoformat(),
            "outcome": outcome,
            "reason": printable(why) if why else None,
            "counts": counts_of(spider, stats, folder),
            "stats": {name: value for name, value in stats.items() if isinstance(value, int | float | str)},
        }
        write_manifest(folder, manifest)


def listed_line(story_id: str, sighting: Any) -> str:
    """A line of `listed.jsonl`: what the listings say of a story."""
    line = {
        "story_id": story_id,
        "kind": "editorial" if sighting.editorial else "article",
        "url": sighting.path,
        "section": sighting.section,
        "excerpt": sighting.excerpt,
        "edition_date": sighting.edition_date.isoformat() if sighting.edition_date else None,
    }
    return json_line(line)


def outcome_of(spider: Any, finish_reason: str) -> tuple[str, str | None]:
    """How a crawl ended: `complete`, or what kept it from being so and why, in words for the keeper."""
    kind, _, why = finish_reason.partition(": ")
    if kind == "refused":
        return "refused", why
    if kind == "unreachable":
        return "incomplete", why
    if finish_reason != "finished":
        return "failed", f"the crawl was stopped ({finish_reason})"
    what = f"edition {spider.edition}" if spider.edition else "the latest stories"
    if spider.failed_listings:
        failed = "; ".join(spider.failed_listings[:3])
        return "incomplete", f"{what}: {len(spider.failed_listings)} listings could not be read ({failed})"
    if not spider.listed:
        return "empty", f"{what}: no listing names a single story; was there a paper that day, or has the site changed?"
    return "complete", None


def counts_of(spider: Any, stats: dict[str, Any], folder: Path) -> dict[str, int]:
    def stories(outcome: str) -> int:
        return int(stats.get(f"akhbar/story/{outcome}", 0))

    return {
        "discovered": len(spider.listed),
        "known": int(stats.get("akhbar/known", 0)),
        "looked_again": int(stats.get("akhbar/looked_again", 0)),
        "fetched": stories("parsed"),
        "unchanged": stories("unchanged"),
        "gone": stories("gone"),
        "moved": stories("moved"),
        "failed": stories("failed"),
        "offsite": int(stats.get("akhbar/offsite", 0)),
        "scraped": _lines_in(folder / "scraped.jsonl"),
    }


def _lines_in(file: Path) -> int:
    with file.open("rb") as lines:
        return sum(1 for _ in lines)


def crawl_settings(order: dict[str, Any]) -> Settings:
    settings = get_project_settings()
    remembers = "AKHBAR_DATABASE_URL" in os.environ
    settings.setdict(
        {
            "BATCH_FOLDER": order["folder"],
            "RUN_MODE": order["manifest"]["mode"],
            "RUN_MANIFEST": order["manifest"],
            "RECHECK": order["recheck"],
            "STORIES_ARE_KNOWN": remembers,
            "SPIDER_MIDDLEWARES": {
                f"{HERE}.SurviveCallbacks": 40,
                f"{HERE}.KnownStories": 45 if remembers else None,
                ARCHIVE: 60,
                **dict.fromkeys(WITHOUT_WORK),
            },
            "ITEM_PIPELINES": {ARCHIVE: 100},
            "EXTENSIONS": {f"{HERE}.ManifestAtEnd": 900},
            "LOG_INSTALL_ROOT_HANDLER": False,
        },
        priority="cmdline",
    )
    return settings


def wait_for_turn(source: str, site: str) -> psycopg2.extensions.connection | None:
    """Waits until nobody else crawls the site of this URL, on this machine or another; returns who holds the turn.

    A lock in the database and not one of Airflow's pools, so that it holds for runs from the command line too, and is
    free again as soon as its holder dies. Whoever gets it first lets the site's delay pass: the last crawl, which may
    have been killed, may have asked for a page a moment ago. Where no database is set there is nobody to wait for.
    """
    if "AKHBAR_DATABASE_URL" not in os.environ:
        return None
    connection = connect(os.environ["AKHBAR_DATABASE_URL"])
    connection.autocommit = True
    host = urlsplit(site).netloc
    with connection.cursor() as cursor:
        lock(cursor, "crawl", host, logging.INFO)
    sleep(delay(site))
    return connection


def keep_due(folder: str, stories: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Writes down with the batch what the database gave the spider to ask for, and hands it on."""
    file = Path(folder) / "due.jsonl"
    whole_lines(file)
    with file.open("a", encoding="utf-8") as lines:
        lines.writelines(json_line(story) + "\n" for story in stories)
    return stories


def reason_of(error: psycopg2.Error) -> str:
    """What the database said, in a line: what a crawl says last is what its task fails with."""
    return message_of(error).splitlines()[0]


def die_with_turn(source: str, turn: psycopg2.extensions.connection) -> None:
    """Ends the process if the connection that holds the turn breaks, since another crawl may then begin.

    Called from within the event loop's thread; nothing of what was read is lost.
    """

    def at_message() -> None:
        try:
            turn.poll()
        except psycopg2.OperationalError as error:
            why = reason_of(error)
            logging.getLogger(source).error("the database that holds the newspaper's turn went away: %s", why)
            os._exit(1)

    asyncio.get_event_loop().add_reader(turn.fileno(), at_message)


def die_with_parent() -> None:
    """Ends the process at once when standard input does: whoever started it has died, and would start it anew.

    Nothing is lost: every line is written out as it comes. A thread, since it must also work while the process waits
    for its turn; `os.read` and not `sys.stdin`, which must not be read at exit.
    """

    def until_end() -> None:
        while os.read(0, 4096):
            pass
        os._exit(1)

    threading.Thread(target=until_end, daemon=True).start()


def begin(order: dict[str, Any], settings: Settings) -> psycopg2.extensions.connection | None:
    """Waits for the newspaper's turn, then has the spider told what the database knows. Returns who holds the turn."""
    source = order["manifest"]["source"]
    turn = wait_for_turn(source, base_urls().get(source) or newspaper(source).home_page)
    if turn and order["arguments"].get("mode") == "latest" and not order["recheck"]:
        due = due_stories(turn, source, datetime.fromisoformat(order["manifest"]["started_at"]))
        settings.set("RECHECK_STORIES", keep_due(order["folder"], due), priority="cmdline")
    listed = whole_lines(Path(order["folder"]) / "listed.jsonl")
    if turn and "edition" in order["arguments"]:
        unread = unread_stories(turn, source, date.fromisoformat(order["arguments"]["edition"]))
        listed += keep_due(order["folder"], unread)
    settings.set("CARRIED_OVER", listed, priority="cmdline")
    return turn


def main() -> None:
    die_with_parent()
    order = json.loads(sys.argv[1])
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=order["log_level"], handlers=[handler])
    source = order["manifest"]["source"]
    settings = crawl_settings(order)
    try:
        turn = begin(order, settings)
    except psycopg2.Error as error:
        logging.getLogger(source).error("the crawl could not begin, the database refused: %s", reason_of(error))
        sys.exit(1)
    process = AsyncCrawlerProcess(settings)
    logging.getLogger("scrapy").setLevel(logging.WARNING)  # the spider tells what becomes of each page
    logging.getLogger("scrapy.downloadermiddlewares.robotstxt").setLevel(logging.CRITICAL)  # and why none could be had
    logging.getLogger("scrapy.downloadermiddlewares.redirect").setLevel(
        logging.ERROR
    )  # it misses WITHOUT_WORK's Referer
    process.crawl(source, **order["arguments"])
    if turn:
        die_with_turn(source, turn)
    process.start()
    if turn:
        turn.close()


if __name__ == "__main__":
    main()
