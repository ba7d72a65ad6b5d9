"""Reads archived pages again: a batch through today's spider and cleaning, with no network.

A process that `akhbar.replay.replay` starts: `python -m akhbar.replay.worker` takes an order a line on standard input
and answers with a line of JSON. It ends when standard input does. Scrapy's engine, which costs more than reading a
page, is left out: `Site` takes its place and answers the spider's requests from the archive. It reads what the
crawl fetched, and nothing else.
"""

import asyncio
import heapq
import json
import logging
import os
import queue
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes
from scrapy.settings import Settings
from scrapy.spiderloader import get_spider_loader
from scrapy.statscollectors import MemoryStatsCollector
from scrapy.utils.project import get_project_settings
from twisted.python.failure import Failure

from akhbar.archive.batch import Batch, BatchMissingError, write_manifest
from akhbar.archive.jsonl import json_line, replace_file
from akhbar.archive.store import ArchiveError
from akhbar.archive.warc import BrokenRecordError, originals_of, read_page
from akhbar.newspapers import UnknownNewspaperError, newspaper
from akhbar.settings import location
from akhbar.steps.clean import clean_batch
from akhbar.story import Story

Line = dict[str, Any]
"""A line of one of the batch's files."""


class NotArchivedError(Exception):
    """The archive has no answer to a request, since the newspaper gave none then."""


@dataclass
class Site:
    """The newspaper as it answered during one try of a crawl."""

    warc: BinaryIO
    originals: dict[str, int]
    pages: list[Line]
    broken: list[str] = field(default_factory=list)
    """Records that could not be read, by file and offset."""
    answered: int = 0

    def __post_init__(self) -> None:
        self._stories = {page["story_id"]: page for page in self.pages if page["role"] == "story"}
        self._listings = {urlsplit(page["url"]).path: page for page in self.pages if page["role"] != "story"}

    def stories(self, spider: Any) -> Iterator[Story]:
        """What a spider makes of the pages. Requests are answered as in a crawl: by priority, then in order."""
        waiting: list[tuple[int, int, Request]] = []
        entries = asyncio.run(_all_of(spider.start()))
        asked = 0
        while True:
            for entry in entries:
                if isinstance(entry, Request):
                    asked += 1
                    heapq.heappush(waiting, (-entry.priority, asked, entry))
                else:
                    yield entry
            if not waiting:
                return
            entries = self._answer(spider, heapq.heappop(waiting)[2])

    def unasked(self) -> list[Line]:
        """The archived story pages that no request has fetched."""
        return [page for page in self._stories.values() if page["warc_offset"] is not None]

    def _answer(self, spider: Any, request: Request) -> Iterator[Any]:
        page = self._page_of(request)
        if page is None and request.meta["role"] == "story":
            return  # known already at that time
        if page and page["outcome"] == "unchanged":
            return
        response = None
        why = "not in the archive"
        if page and page["warc_offset"] is not None:
            try:
                response = self._response(request, page["warc_offset"])
            except BrokenRecordError as error:
                why = str(error)
                self.broken.append(why)
        try:
            if response is None:
                failure: Any = Failure(NotArchivedError(why))  # type: ignore[no-untyped-call]
                failure.request = request
                yield from request.errback(failure)  # type: ignore[misc]
            else:
                self.answered += 1
                yield from request.callback(response, **request.cb_kwargs)  # type: ignore[misc]
        except Exception as error:  # whatever a spider may raise at a page costs that page only, as in a crawl
            answered = response or Response(request.url, request=request)
            yield from spider.broken(answered, f"the spider could not read it: {type(error).__name__}: {error}")

    def _page_of(self, request: Request) -> Line | None:
        """The page that answered a request, each once. A listing may have been found behind a redirect to a longer
        address, a slash or a date more."""
        if request.meta["role"] == "story":
            return self._stories.pop(request.meta["story_id"], None)
        path = urlsplit(request.url).path
        longer = (found for found in self._listings if path != "/" and found.startswith(path))
        return self._listings.get(path) or self._listings.get(next(longer, ""))

    def _response(self, request: Request, offset: int) -> Response:
        archived = read_page(self.warc, offset, self.originals)
        headers = Headers()
        for name, value in archived.headers:
            headers.appendlist(name, value)
        kind = responsetypes.from_args(headers=headers, url=archived.url, body=archived.body)
        return kind(archived.url, archived.status, headers, archived.body, request=request)


def reread(batch: Batch, folder: Path, settings: Settings) -> dict[str, Any]:
    """Reads a batch again and cleans it, into a folder that can be loaded like the batch.

    Returns how many `pages` were read and stories `accepted` and `rejected`, and `broken`: the records that could not
    be read, by file and offset. Raises `BatchMissingError`, `ArchiveError` and `UnknownNewspaperError`.
    """
    manifest = batch.manifest()
    newspaper(manifest["source"])
    pages = list(batch.lines("pages.jsonl"))
    listed = list(batch.lines("listed.jsonl"))
    due = list(batch.lines("due.jsonl")) if manifest["version"] > 1 else []
    folder.mkdir(parents=True)
    for name, lines in (("pages.jsonl", pages), ("listed.jsonl", listed)):
        replace_file(folder / name, map(json_line, lines))
    write_manifest(folder, manifest)
    sites = []
    written = (folder / "scraped.jsonl").open("w", encoding="utf-8")
    with (batch.path / "pages.warc.gz").open("rb") as warc, written as scraped:
        for tried in tries(pages):
            sites.append(site := Site(warc, originals_of(pages), tried))
            stories = _read(site, manifest, _told(manifest["mode"], due), settings)
            scraped.writelines(json_line(story.as_dict()) + "\n" for story in stories)
            left = {page["story_id"]: {"story_id": page["story_id"], "url": page["url"]} for page in site.unasked()}
            if left:
                known = {line["story_id"]: line for line in (*listed, *due) if line["story_id"] in left}
                told = {"RECHECK_STORIES": [_as_due(line) for line in {**left, **known}.values()]}
                site = Site(warc, site.originals, [page for page in tried if page["story_id"] in left])
                sites.append(site)
                stories = _read(site, manifest, told, settings)
                scraped.writelines(json_line(story.as_dict()) + "\n" for story in stories)
    cleaned = clean_batch(folder)
    return {
        "pages": sum(site.answered for site in sites),
        "broken": [record for site in sites for record in site.broken],
        "accepted": cleaned["accepted"],
        "rejected": cleaned["rejected"],
    }


def tries(pages: list[Line]) -> Iterator[list[Line]]:
    """The pages of each try of a crawl, in order: one that was tried again began with its listings again.

    >>> [[page["url"] for page in tried] for tried in tries([
    ...     {"role": "listing", "url": "/a"}, {"role": "story", "url": "/1"}, {"role": "listing", "url": "/a"}])]
    [['/a', '/1'], ['/a']]
    """
    tried: list[Line] = []
    listings: set[str] = set()
    for page in pages:
        if page["role"] != "story":
            if page["url"] in listings:
                yield tried
                tried, listings = [], set()
            listings.add(page["url"])
        tried.append(page)
    yield tried


def _read(site: Site, manifest: dict[str, Any], told: dict[str, Any], settings: Settings) -> Iterator[Story]:
    """The stories of a site, read by a new spider that was told what the crawl's spider was told."""
    settings = settings.copy()
    settings.setdict({**told, "INCREMENTAL": True, "BASE_URLS": {}, "RUN_MANIFEST": manifest}, priority="cmdline")
    loader = get_spider_loader(settings)
    crawler = Crawler(loader.load(manifest["source"]), settings)
    crawler.stats = MemoryStatsCollector(crawler)
    what = {"edition": manifest["edition"]} if manifest["mode"] == "edition" else {"mode": "latest"}
    here = urlsplit(site.pages[0]["url"])._replace(path="", query="").geturl() if site.pages else None
    return site.stories(crawler.spidercls.from_crawler(crawler, base_url=here, **what))


def _told(mode: str, due: list[Line]) -> dict[str, Any]:
    told = list({line["story_id"]: _as_due(line) for line in due}.values())
    return {"CARRIED_OVER" if mode == "edition" else "RECHECK_STORIES": told}


def _as_due(line: Line) -> Line:
    """A story as `akhbar.crawl.stored_stories` gives it to a spider."""
    known = {"kind": "article", "section": None, "excerpt": None, "edition_date": None, **line}
    if known["edition_date"]:
        known["edition_date"] = date.fromisoformat(known["edition_date"])
    return known


async def _all_of(entries: Any) -> Iterator[Any]:
    return iter([entry async for entry in entries])


def main() -> None:
    logging.disable(logging.CRITICAL)  # a spider speaks of what it reads as of today, and of a site that is far away
    orders: queue.SimpleQueue[str] = queue.SimpleQueue()

    def take() -> None:
        for line in sys.stdin:
            orders.put(line)
        os._exit(0)  # who gave the orders has ended, or was killed

    threading.Thread(target=take, daemon=True).start()
    settings = get_project_settings()
    while True:
        order = json.loads(orders.get())
        try:
            answer = reread(Batch(location(order["batch"])), Path(order["folder"]), settings)
        except (ArchiveError, BatchMissingError, UnknownNewspaperError) as error:
            answer = {"error": str(error)}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
