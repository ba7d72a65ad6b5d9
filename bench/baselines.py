"""Baselines: crawlers as they are usually written.

`python -m bench.baselines bare|selectors|insert|trafilatura|news-please FILE` crawls the URLs in FILE. Each crawler
imports only what it needs: the start is measured too, and news-please runs in an environment of its own.
"""

import json
import os
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response, TextResponse

IMPOLITE = {
    "ROBOTSTXT_OBEY": False,
    "DOWNLOAD_DELAY": 0,
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
    "LOG_LEVEL": "WARNING",
}


class Bare(Spider):
    """Downloads the pages and does nothing with them."""

    name = "bare"

    def __init__(self, urls: list[str]) -> None:
        super().__init__()
        self.urls = urls

    async def start(self) -> AsyncIterator[Any]:
        for url in self.urls:
            yield Request(url)

    def parse(self, response: Response) -> Any:
        return None


class Selectors(Bare):
    """Three selectors and a feed export."""

    name = "selectors"

    def parse(self, response: Response) -> Iterator[dict[str, Any]]:
        yield {
            "url": response.url,
            "title": response.css(".template__header .story__title ::text").get(),
            "published_at": response.css("meta[property='article:published_time']::attr(content)").get(),
            "body": "\n\n".join("".join(p.css("::text").getall()) for p in response.css("div.story__content p")),
        }


class Trafilatura(Bare):
    """A general extractor in the callback and a feed export."""

    name = "trafilatura"

    def parse(self, response: TextResponse) -> Iterator[dict[str, Any]]:  # type: ignore[override]
        import trafilatura

        found = trafilatura.extract(response.text, output_format="json", with_metadata=True)
        yield {"url": response.url, **json.loads(found or "{}")}


class NewsPlease(Bare):
    """news-please's extractors in the callback, as in its own spiders."""

    name = "news-please"

    def parse(self, response: TextResponse) -> Iterator[dict[str, Any]]:  # type: ignore[override]
        from newsplease import NewsPlease as Extractor  # type: ignore[import-not-found]

        yield Extractor.from_html(response.text, url=response.url, fetch_images=False).get_serializable_dict()


class InsertAndCommit:
    """The item pipeline of most tutorials: an INSERT and a commit for each item."""

    def open_spider(self) -> None:
        import psycopg2

        self.connection = psycopg2.connect(os.environ["BASELINE_DATABASE_URL"])

    def close_spider(self) -> None:
        self.connection.close()

    def process_item(self, item: dict[str, Any]) -> dict[str, Any]:
        with self.connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO stories (url, title, published_at, body) VALUES (%(url)s, %(title)s, %(published_at)s, "
                "%(body)s) ON CONFLICT (url) DO NOTHING",
                item,
            )
        self.connection.commit()
        return item


TABLE = "CREATE TABLE stories (url text PRIMARY KEY, title text, published_at timestamptz, body text)"
SEARCH = (
    "ALTER TABLE stories ADD search tsvector GENERATED ALWAYS AS "
    "(to_tsvector('english', coalesce(title, '') || ' ' || coalesce(body, ''))) STORED; "
    "CREATE INDEX ON stories USING gin (search)"
)
CRAWLS: dict[str, tuple[type[Bare], dict[str, Any]]] = {
    "bare": (Bare, {}),
    "selectors": (Selectors, {"FEEDS": {os.devnull: {"format": "jsonlines"}}}),
    "insert": (Selectors, {"ITEM_PIPELINES": {InsertAndCommit: 300}}),
    "trafilatura": (Trafilatura, {"FEEDS": {os.devnull: {"format": "jsonlines"}}}),
    "news-please": (NewsPlease, {"FEEDS": {os.devnull: {"format": "jsonlines"}}}),
}


def main() -> None:
    spider, settings = CRAWLS[sys.argv[1]]
    process = AsyncCrawlerProcess({**IMPOLITE, **settings})
    crawler = process.create_crawler(spider)
    urls = Path(sys.argv[2]).read_text().split()
    process.crawl(crawler, urls=urls)
    process.start()
    answered = crawler.stats.get_value("downloader/response_status_count/200", 0)
    sys.exit(0 if answered == len(urls) else f"{answered} of {len(urls)} pages answered 200")


if __name__ == "__main__":
    main()
