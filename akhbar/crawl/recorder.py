"""The archive: every response that the spider reads goes to the batch's WARC file before anything else."""

import logging
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.http import Request, Response

from akhbar.archive.batch import json_line, printable, whole_lines
from akhbar.archive.warc import Headers, PageWriter, Place
from akhbar.story import Story, page_done

logger = logging.getLogger(__name__)


class ArchiveEverything:
    """A part of the crawl: writes each response to the WARC file before the spider reads it, then what came of it.

    Works as a Scrapy spider middleware (sees the responses), as an item pipeline (sees the stories) and as an
    extension (sees the end), hence one instance a crawler.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.folder = Path(crawler.settings["BATCH_FOLDER"])
        self.records: dict[str, Place] = {}
        pages = whole_lines(self.folder / "pages.jsonl")
        self._warc = (self.folder / "pages.warc.gz").open("ab")
        # whatever follows the last page that was recorded is a record that a killed process left torn
        self._warc.truncate(max((p["warc_offset"] + p["warc_length"] for p in pages if p["warc_length"]), default=0))
        self._warc.seek(0, os.SEEK_END)
        self._writer = PageWriter(self._warc, pages)
        self._pages = (self.folder / "pages.jsonl").open("a", encoding="utf-8")
        whole_lines(self.folder / "scraped.jsonl")
        self._stories = (self.folder / "scraped.jsonl").open("a", encoding="utf-8")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        shared: Self | None = getattr(crawler, "_archive", None)
        if shared is None:
            shared = cls(crawler)
            crawler._archive = shared  # type: ignore[attr-defined]
            crawler.signals.connect(shared.page_done, signal=page_done)
            crawler.signals.connect(shared.spider_closed, signal=signals.spider_closed)
        return shared

    def process_spider_input(self, response: Response) -> None:
        """Archives the response before its callback runs."""
        request = response.request or Request(response.url)
        asked = (request.method, _headers(request))
        self.records[response.url] = self._writer.write(
            response.url, response.status, _headers(response), response.body, asked
        )

    def process_item(self, item: Story) -> Story:
        self._stories.write(json_line(item.as_dict()) + "\n")
        self._stories.flush()
        return item

    def page_done(
        self,
        url: str,
        role: str,
        story_id: str | None,
        outcome: str,
        reason: str | None,
        response: Response | None,
    ) -> None:
        place = self.records.pop(response.url, None) if response else None
        line = {
            "url": url,
            "role": role,
            "story_id": story_id,
            "fetched_at": (place.at if place else datetime.now(UTC)).isoformat(),
            "status": response.status if response else None,
            "outcome": outcome,
            "reason": printable(reason) if reason else None,
            "digest": place.digest if place else None,
            "content_type": printable(_header(response, "Content-Type") or "") or None,
            "etag": _header(response, "ETag"),
            "last_modified": _header(response, "Last-Modified"),
            "length": len(response.body) if response else None,
            "warc_offset": place.offset if place else None,
            "warc_length": place.length if place else None,
        }
        self._pages.write(json_line(line) + "\n")
        self._pages.flush()

    def spider_closed(self) -> None:
        for file in (self._warc, self._pages, self._stories):
            try:
                file.flush()
                os.fsync(file.fileno())
            except OSError as error:  # the disk is full: the last line is torn, as when a crawl is killed
                logger.error("%s could not be written to its end: %s", file.name, error)
            with suppress(OSError):
                file.close()


def _header(response: Response | None, name: str) -> str | None:
    value = response.headers.get(name) if response else None
    return value.decode("latin-1") if value else None


def _headers(message: Request | Response) -> Headers:
    """A message's headers, without those that speak of a packing which Scrapy has undone."""
    packing = {b"content-encoding", b"transfer-encoding", b"content-length"}
    return [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in message.headers.items()
        if name.lower() not in packing
        for value in values
    ]
