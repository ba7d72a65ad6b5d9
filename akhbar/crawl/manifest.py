"""Records the result of a crawl: the listed stories, the outcome and the counts."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self, cast

from scrapy import Spider, signals
from scrapy.crawler import Crawler

from akhbar.archive.batch import write_manifest
from akhbar.archive.jsonl import json_line, replace_file
from akhbar.crawl.spider import ListedStory, NewspaperSpider
from akhbar.database.pause import REFUSALS, next_try
from akhbar.newspapers import newspaper
from akhbar.printable import printable
from akhbar.story import story_listed

BLOCKED_PAGES = "blocked by the site: pages"
PAGES_REFUSED = "akhbar/pages_refused"
"""The spider's statistic that says how the site blocked its pages."""


class ManifestWriter:
    """Scrapy extension: writes `listed.jsonl` during the crawl, and `manifest.json` at its end.

    A story is written when it is first discovered: if the crawl is killed, the retry may not read the page that links
    to it again. At the end, `listed.jsonl` is rewritten with the data of all listings merged per story.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.path = Path(crawler.settings["PART_FOLDER"]) / "listed.jsonl"
        self._file = self.path.open("w", encoding="utf-8")
        crawler.signals.connect(self.story_listed, signal=story_listed)
        crawler.signals.connect(self.spider_closed, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def story_listed(self, story_id: str, listed: ListedStory) -> None:
        self._file.write(_listed_line(story_id, listed) + "\n")
        self._file.flush()

    def spider_closed(self, spider: Spider, reason: str) -> None:
        crawled = cast(NewspaperSpider, spider)
        self._file.close()
        replace_file(self.path, (_listed_line(*story) for story in crawled.listed.items()))
        stats = self.crawler.stats.get_stats()
        outcome, why = outcome_of(crawled, reason, stats.get(PAGES_REFUSED))
        if outcome == "refused" and not crawled.paused_until:
            stats[REFUSALS] = self.crawler.settings.getint("REFUSALS") + 1
        manifest = self.crawler.settings.getdict("RUN_MANIFEST") | {
            "finished_at": datetime.now(UTC).isoformat(),
            "outcome": outcome,
            "reason": printable(why) if why else None,
            "counts": counts_of(crawled, stats, self.path.parent),
            "stats": {name: value for name, value in stats.items() if isinstance(value, int | float | str)},
        }
        write_manifest(self.path.parent, manifest)


def _listed_line(story_id: str, story: ListedStory) -> str:
    record = {
        "story_id": story_id,
        "kind": "editorial" if story.editorial else "article",
        "url": story.path,
        "section": story.section,
        "excerpt": story.excerpt,
        "edition_date": story.edition_date.isoformat() if story.edition_date else None,
    }
    return json_line(record)


def outcome_of(spider: NewspaperSpider, finish_reason: str, pages_refused: str | None = None) -> tuple[str, str | None]:
    """The outcome of a crawl, `complete`, `incomplete`, `empty`, `refused` or `failed`, and the reason, for the
    operator.

    `finish_reason` is Scrapy's, or that of `spiders.politeness.stop_crawl`: a kind, a colon and the reason.
    `pages_refused` describes the response with which the site blocked its pages; None if it did not.
    """
    kind, _, why = finish_reason.partition(": ")
    if kind == "refused":
        return "refused", why
    if kind == "unreachable":
        return "incomplete", why
    if finish_reason != "finished":
        return "failed", f"the crawl was stopped ({finish_reason})"
    if pages_refused:
        return "refused", f"{BLOCKED_PAGES}; {len(spider.from_feeds)} stories stored from feeds ({pages_refused})"
    paused = next_try(spider.paused_until, newspaper(spider.name)) if spider.paused_until else None
    if spider.edition and paused:
        return "refused", f"{BLOCKED_PAGES}; {paused}"
    what = f"edition {spider.edition}" if spider.edition else "the latest stories"
    if spider.failed_listings:
        failed = "; ".join(spider.failed_listings[:3])
        return "incomplete", f"{what}: {len(spider.failed_listings)} listings could not be read ({failed})"
    if not spider.listed:
        why = "no listing contains any stories; was a paper published that day, or has the site changed?"
        return "empty", f"{what}: {why}"
    if paused:
        return "complete", f"{BLOCKED_PAGES}; {len(spider.from_feeds)} stories stored from feeds; {paused}"
    return "complete", None


def counts_of(spider: NewspaperSpider, stats: dict[str, Any], folder: Path) -> dict[str, int]:
    """A crawl's counts, as they are stored in `runs.counts`."""

    def stories(outcome: str) -> int:
        return int(stats.get(f"akhbar/story/{outcome}", 0))

    with (folder / "scraped.jsonl").open("rb") as lines:
        scraped = sum(1 for _ in lines)
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
        "scraped": scraped,
    }
