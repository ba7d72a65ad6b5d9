"""The story pages of a newspaper's replica, each with the story that reading and cleaning it must give, and its crawls.

A case is two files: `tests/pages/<newspaper>/<path of the story>.html` and `.json`, as `akhbar page` saves them.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scrapy import Request
from scrapy.http import HtmlResponse
from scrapy.utils.test import get_crawler

from akhbar.crawl.loader import spider_for
from akhbar.newspapers import newspaper
from akhbar.pipeline import run_all
from akhbar.run import Run
from akhbar.steps.clean import Reject, clean
from tests.conftest import News
from tests.replica import PAGES, PagesReplica


def crawled(site: PagesReplica, news: News, run: Run) -> list[str]:
    """The paths that a run requests. All of its checks must pass."""
    site.requests.clear()
    run_all(run, news.writer)
    [(checks,)] = news.rows("SELECT checks FROM runs WHERE batch LIKE %s", f"%/{run.name}")
    assert [check for check in checks if not check["passed"]] == []
    return site.paths


def cases(name: str) -> list[Path]:
    """The JSON file of each story page. Other JSON files, such as `routes.json`, are not in a subfolder."""
    return sorted((PAGES.parent / name).glob("*/**/*.json"))


def read(name: str, case: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a page gives if no listing says anything about its story, and what its JSON file expects."""
    paper = newspaper(name)
    expected = json.loads(case.read_text(encoding="utf-8"))
    path = case.relative_to(PAGES.parent / name).with_suffix("")
    url = expected.get("url") or f"{paper.home_page}/{path}"
    spider = spider_for(paper)
    reader: Any = spider.from_crawler(get_crawler(spider), story=url)
    request = Request(url, meta={"role": "story", "story_id": reader.story_id})
    response = HtmlResponse(request.url, body=case.with_suffix(".html").read_bytes(), request=request)
    [found] = reader.parse_story(response, reader.story_id)
    cleaned = clean(found.as_dict(), paper, datetime.now(UTC))
    if isinstance(cleaned, Reject):
        return {"outcome": "rejected", "reasons": cleaned.reasons, **_url_of(expected)}, expected
    return cleaned.as_dict(), expected


def _url_of(expected: dict[str, Any]) -> dict[str, str]:
    return {"url": expected["url"]} if "url" in expected else {}
