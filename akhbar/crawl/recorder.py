"""Records a crawl: every response is written to the batch's WARC file before the spider parses it."""

import logging
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.http import Request, Response

from akhbar.archive.jsonl import json_line
from akhbar.archive.warc import Headers, PageWriter, Place
from akhbar.printable import printable
from akhbar.story import Story, page_done

logger = logging.getLogger(__name__)


class Recorder:
    """Writes `pages.warc.gz`, `pages.jsonl` and `scraped.jsonl` of a batch's part, line by line.

    It is a spider middleware (for responses), an item pipeline (for stories) and a signal listener (for outcomes and
    the end of the crawl), so all three share one instance per crawler.
    """

    def __init__(self, crawler: Crawler) -> None:
        folder = Path(crawler.settings["PART_FOLDER"])
        self.places: dict[str, Place] = {}
        """Where the responses lie that the spider is reading, by URL."""
        self._warc = (folder / "pages.warc.gz").open("wb")
        self._writer = PageWriter(self._warc)
        self._pages = (folder / "pages.jsonl").open("w", encoding="utf-8")
        self._stories = (folder / "scraped.jsonl").open("w", encoding="utf-8")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        shared: Self | None = getattr(crawler, "_recorder", None)
        if shared is None:
            shared = cls(crawler)
            crawler._recorder = shared  # type: ignore[attr-defined]
            crawler.signals.connect(shared.page_done, signal=page_done)
            crawler.signals.connect(shared.spider_closed, signal=signals.spider_closed)
        return shared

    def process_spider_input(self, response: Response) -> None:
        """Archives a response before its callback runs."""
        request = response.request or Request(response.url)
        self.places[response.url] = self._writer.write(
            response.url,
            response.status,
            _headers(response),
            response.body,
            (request.method, _headers(request)),
            open_ended="partial" in response.flags,
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
        place = self.places.pop(response.url, None) if response else None
        page = {
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
        self._pages.write(json_line(page) + "\n")
        self._pages.flush()

    def spider_closed(self) -> None:
        for file in (self._warc, self._pages, self._stories):
            try:
                file.flush()
                os.fsync(file.fileno())
            except OSError as error:  # a full disk leaves an incomplete last line, as a killed crawl does
                logger.error("%s is incomplete: %s", file.name, error)
            with suppress(OSError):
                file.close()


def _header(response: Response | None, name: str) -> str | None:
    value = response.headers.get(name) if response else None
    return value.decode("latin-1") if value else None


def _headers(message: Request | Response) -> Headers:
    """A message's headers, except those about encodings that Scrapy has already decoded."""
    encoding = {b"content-encoding", b"transfer-encoding", b"content-length"}
    return [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in message.headers.items()
        if name.lower() not in encoding
        for value in values
    ]
