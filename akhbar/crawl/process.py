"""Runs one crawl in a separate process: `python -m akhbar.crawl.process JSON`, started by `akhbar.steps.scrape`.

Twisted's reactor cannot be started twice in a process, and Scrapy exits with 0 however a crawl ended: the outcome is in
the part's manifest. Log lines go to standard output as JSON. Standard input is a pipe from the parent: its only line
has what earlier tries of the run `listed` and `read`; when it ends, the parent has died and the crawl ends too.
"""

import json
import logging
import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2.extensions import connection as Connection  # noqa: N812 - psycopg2 names its class like a variable
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings
from scrapy.utils.project import get_project_settings

from akhbar.archive.batch import hold
from akhbar.archive.jsonl import json_line
from akhbar.crawl.incremental import missing_stories, stories_to_recheck
from akhbar.crawl.lock import crawl_lock, exit_when_lost, exit_with_parent, first_line
from akhbar.database.pause import pages_pause
from akhbar.newspapers import newspaper
from akhbar.printable import printable
from akhbar.settings import base_urls

RECORDER = "akhbar.crawl.recorder.Recorder"


class JsonFormatter(logging.Formatter):
    """Formats a log record as one line of JSON, which the parent logs at the same level."""

    def format(self, record: logging.LogRecord) -> str:
        message = printable(super().format(record))
        return json.dumps({"level": record.levelno, "logger": record.name, "message": message}, ensure_ascii=False)


def crawl_settings(order: dict[str, Any]) -> Settings:
    settings = get_project_settings()
    incremental = "AKHBAR_DATABASE_URL" in os.environ
    settings.setdict(
        {
            "PART_FOLDER": order["folder"],
            "RUN_MODE": order["manifest"]["mode"],
            "RUN_MANIFEST": order["manifest"],
            "RECHECK": order["recheck"],
            "INCREMENTAL": incremental,
            "SPIDER_MIDDLEWARES": {
                "akhbar.crawl.errors.CallbackErrorMiddleware": 40,
                "akhbar.crawl.incremental.IncrementalMiddleware": 45 if incremental else None,
                RECORDER: 60,
            },
            "ITEM_PIPELINES": {RECORDER: 100},
            "EXTENSIONS": {"akhbar.crawl.manifest.ManifestWriter": 900},
            "LOG_INSTALL_ROOT_HANDLER": False,
        },
        priority="cmdline",
    )
    return settings


def prepare(order: dict[str, Any], earlier: dict[str, Any], settings: Settings) -> Connection | None:
    """Waits for the crawl lock, then adds the stories of earlier runs to the settings.

    Returns the connection that holds the lock; None without a database, where every story counts as new.
    """
    source, folder = order["manifest"]["source"], Path(order["folder"])
    site = base_urls().get(source) or newspaper(source).home_page
    holder = crawl_lock(os.environ["AKHBAR_DATABASE_URL"], site) if "AKHBAR_DATABASE_URL" in os.environ else None
    if holder:  # under the crawl lock, since the crawl before may have been refused
        with holder.cursor() as cursor:
            pause = pages_pause(cursor, source, now := datetime.now(UTC))
        settings.set("REFUSALS", pause.refusals, priority="cmdline")
        if pause.until and not pause.is_over(now) and not order["recheck"]:
            settings.set("PAGES_PAUSED_UNTIL", pause.until.isoformat(), priority="cmdline")
    if holder and order["arguments"].get("mode") == "latest" and not order["recheck"]:
        stories = stories_to_recheck(holder, source, datetime.fromisoformat(order["manifest"]["started_at"]))
        _append(folder / "due.jsonl", stories)
        settings.set("RECHECK_STORIES", stories, priority="cmdline")
    settings.set("READ_BEFORE", earlier["read"], priority="cmdline")
    carried_over = earlier["listed"]
    if holder and "edition" in order["arguments"]:
        stories = missing_stories(holder, source, date.fromisoformat(order["arguments"]["edition"]))
        _append(folder / "due.jsonl", stories)
        carried_over += stories
    settings.set("CARRIED_OVER", carried_over, priority="cmdline")
    return holder


def _append(path: Path, records: list[dict[str, Any]]) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.writelines(json_line(record) + "\n" for record in records)


def main() -> None:
    earlier = json.loads(sys.stdin.buffer.readline())
    exit_with_parent()
    order = json.loads(sys.argv[1])
    hold(Path(order["folder"]))  # until this process ends: a retry waits for that
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=order["log_level"], handlers=[handler])
    source = order["manifest"]["source"]
    settings = crawl_settings(order)
    try:
        holder = prepare(order, earlier, settings)
    except psycopg2.Error as error:
        logging.getLogger(source).error("the crawl could not start, database error: %s", first_line(error))
        sys.exit(1)
    process = AsyncCrawlerProcess(settings)
    logging.getLogger("scrapy").setLevel(logging.WARNING)  # the spider logs the outcome of each page
    logging.getLogger("scrapy.downloadermiddlewares.robotstxt").setLevel(logging.CRITICAL)  # and of robots.txt
    process.crawl(source, **order["arguments"])
    if holder:
        exit_when_lost(holder)
    process.start()
    if holder:
        holder.close()


if __name__ == "__main__":
    main()
