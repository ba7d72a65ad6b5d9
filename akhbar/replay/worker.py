"""The replay worker: a process that runs batches through the current spider and clean step, without the network.

`akhbar.replay.workers` starts it: `python -m akhbar.replay.worker` reads one order per line from standard input and
answers each with a line of JSON. It ends when standard input does. Scrapy's engine, which takes longer than parsing a
page, is not involved: `ArchivedSite` answers the spider's requests from the archive.
"""

import heapq
import json
import logging
import os
import queue
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, cast
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
from akhbar.crawl.spider import NewspaperSpider
from akhbar.newspapers import UnknownNewspaperError, newspaper
from akhbar.settings import location
from akhbar.steps.clean import clean_batch
from akhbar.story import Story

Line = dict[str, Any]
"""A line of a batch's file."""


class NotArchivedError(Exception):
    """The archive has no response to a request, because the crawl did not get one."""


@dataclass
class ArchivedSite:
    """A newspaper's site as it responded during one attempt of a crawl."""

    warc: BinaryIO
    originals: dict[str, int]
    pages: list[Line]
    broken: list[str] = field(default_factory=list)
    """Records that could not be read, with file and offset."""
    answered: int = 0

    def __post_init__(self) -> None:
        self._stories = {page["story_id"]: page for page in self.pages if page["role"] == "story"}
        self._listings = {_address(page["url"]): page for page in self.pages if page["role"] != "story"}

    def stories(self, spider: NewspaperSpider) -> Iterator[Story]:
        """The stories that a spider reads. Its requests are answered as in a crawl: by priority, then in order."""
        waiting: list[tuple[int, int, Request]] = []
        entries = _started(spider)
        requests = 0
        while True:
            for entry in entries:
                if isinstance(entry, Request):
                    requests += 1
                    heapq.heappush(waiting, (-entry.priority, requests, entry))
                else:
                    yield entry
            if not waiting:
                return
            entries = self._answer(spider, heapq.heappop(waiting)[2])

    def unread(self) -> list[Line]:
        """The archived story pages that have not been requested."""
        return [page for page in self._stories.values() if page["warc_offset"] is not None]

    def _answer(self, spider: NewspaperSpider, request: Request) -> Iterator[Any]:
        page = self._page_of(request)
        if page is None and request.meta["role"] == "story":
            return  # the crawl did not fetch it, because it was already stored
        if page and page["outcome"] == "unchanged":
            return
        response = None
        reason = "not in the archive"
        if page and page["warc_offset"] is not None:
            try:
                response = self._response(request, page["warc_offset"])
            except BrokenRecordError as error:
                reason = str(error)
                self.broken.append(reason)
        try:
            if response is None:
                failure: Any = Failure(NotArchivedError(reason))  # type: ignore[no-untyped-call]
                failure.request = request
                yield from request.errback(failure)  # type: ignore[misc]
            else:
                self.answered += 1
                yield from request.callback(response, **request.cb_kwargs)  # type: ignore[misc]
        except Exception as error:  # as in a crawl, an error in the spider affects only that page
            failed = response or Response(request.url, request=request)
            yield from spider.broken(failed, f"the spider could not read it: {type(error).__name__}: {error}")

    def _page_of(self, request: Request) -> Line | None:
        """The page that was the response to a request; a story's page is returned only once.

        A listing may have been fetched after a redirect to a longer URL, with a slash or date added: `/world/` rather
        than `/world-cup`.
        """
        if request.meta["role"] == "story":
            return self._stories.pop(request.meta["story_id"], None)
        path = _address(request.url)
        if path in self._listings or path == "/":
            return self._listings.get(path)
        longer = [known for known in self._listings if known.startswith(path)]
        below = [known for known in longer if known.startswith(f"{path.rstrip('/')}/")]
        return self._listings.get(next(iter(below + longer), ""))

    def _response(self, request: Request, offset: int) -> Response:
        archived = read_page(self.warc, offset, self.originals)
        headers = Headers()
        for name, value in archived.headers:
            headers.appendlist(name, value)
        kind = responsetypes.from_args(headers=headers, url=archived.url, body=archived.body)
        flags = ["partial"] if archived.open_ended else []  # as Scrapy marks it
        return kind(archived.url, archived.status, headers, archived.body, flags, request=request)


def _address(url: str) -> str:
    """The path and query of a URL, which do not depend on the host."""
    return urlsplit(url)._replace(scheme="", netloc="", fragment="").geturl()


def replay_batch(batch: Batch, folder: Path, settings: Settings) -> dict[str, Any]:
    """Parses and cleans a batch again, into a folder that can be loaded like the batch.

    Returns the number of `pages` read and of stories `accepted` and `rejected`; `broken`, the records that could not be
    read, with file and offset; and `damaged`, the lines that could not be read. Raises `BatchMissingError`,
    `ArchiveError` and `UnknownNewspaperError`.
    """
    manifest = batch.manifest()
    newspaper(manifest["source"])
    due = list(batch.lines("due.jsonl"))
    known = {line["story_id"]: line for line in (*batch.lines("listed.jsonl"), *due)}
    sites: list[ArchivedSite] = []
    for part in batch.parts():
        target = Batch(folder).part(part.number).path
        target.mkdir(parents=True, exist_ok=True)
        pages = batch.lines_of(part, "pages.jsonl")
        for name, lines in (("pages.jsonl", pages), ("listed.jsonl", batch.lines_of(part, "listed.jsonl"))):
            replace_file(target / name, map(json_line, lines))
        with ExitStack() as files:
            warc = files.enter_context((part.path / "pages.warc.gz").open("rb")) if part.has_pages() else BytesIO()
            scraped = files.enter_context((target / "scraped.jsonl").open("w", encoding="utf-8"))
            for site, stories in _sites(warc, pages, manifest["mode"], due, known):
                sites.append(site)
                spider = _spider(manifest, site, stories, settings)
                scraped.writelines(json_line(story.as_dict()) + "\n" for story in site.stories(spider))
        write_manifest(target, part.manifest())
    cleaned = clean_batch(folder)
    return {
        "pages": sum(site.answered for site in sites),
        "broken": [record for site in sites for record in site.broken],
        "damaged": [line.problem for line in batch.damaged.values()],
        "accepted": cleaned["accepted"],
        "rejected": cleaned["rejected"],
    }


def _sites(
    warc: BinaryIO, pages: list[Line], mode: str, due: list[Line], known: dict[str, Line]
) -> Iterator[tuple[ArchivedSite, dict[str, list[Line]]]]:
    """The site as it answered each try of a crawl, with the stories of earlier runs for the spider's settings.

    Then once more, with the pages that this spider did not request: their listings cannot be read any more.
    """
    originals = originals_of(pages)
    earlier = "CARRIED_OVER" if mode == "edition" else "RECHECK_STORIES"
    for answered in tries(pages):
        site = ArchivedSite(warc, originals, answered)
        yield site, {earlier: due}
        unread = site.unread()
        if unread:
            stories = [known.get(page["story_id"], {"section": None, **page}) for page in unread]
            yield ArchivedSite(warc, originals, unread), {"RECHECK_STORIES": stories}


def tries(pages: list[Line]) -> Iterator[list[Line]]:
    """The pages of each attempt of a crawl, in order. A retry starts with the listings again.

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


def _spider(
    manifest: dict[str, Any], site: ArchivedSite, stories: dict[str, list[Line]], settings: Settings
) -> NewspaperSpider:
    """A new spider with the arguments of the crawl's spider, and the stories of earlier runs in its settings."""
    settings = settings.copy()
    settings.setdict({**stories, "INCREMENTAL": True, "BASE_URLS": {}, "RUN_MANIFEST": manifest}, priority="cmdline")
    crawler = Crawler(get_spider_loader(settings).load(manifest["source"]), settings)
    crawler.stats = MemoryStatsCollector(crawler)
    arguments = {"edition": manifest["edition"]} if manifest["mode"] == "edition" else {"mode": "latest"}
    base_url = urlsplit(site.pages[0]["url"])._replace(path="", query="").geturl() if site.pages else None
    return cast(NewspaperSpider, crawler.spidercls.from_crawler(crawler, base_url=base_url, **arguments))


def _started(spider: NewspaperSpider) -> Iterator[Any]:
    """What a spider starts with. It waits for nothing, so that no event loop is needed, and one may be running."""
    starting = _all_of(spider.start())
    try:
        starting.send(None)
    except StopIteration as ended:
        found: Iterator[Any] = ended.value
        return found
    raise RuntimeError(f"the spider {spider.name} waits for something before its first request")


async def _all_of(entries: Any) -> Iterator[Any]:
    return iter([entry async for entry in entries])


def main() -> None:
    logging.disable(logging.CRITICAL)  # the spider would log as if it read the live site today
    orders: queue.SimpleQueue[str] = queue.SimpleQueue()

    def receive() -> None:
        for line in sys.stdin:
            orders.put(line)
        os._exit(0)  # the replay has ended or was killed

    threading.Thread(target=receive, daemon=True).start()
    settings = get_project_settings()
    while True:
        order = json.loads(orders.get())
        try:
            answer = replay_batch(Batch(location(order["batch"])), Path(order["folder"]), settings)
        except (ArchiveError, BatchMissingError, UnknownNewspaperError) as error:
            answer = {"error": str(error)}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
