"""Cases: the pages of a newspaper's replica with a JSON file next to them. Read and cleaned, each page gives the story
in its JSON file.

A page is a file of `tests/pages/<newspaper>`, and its path on the site is the path in this folder without the suffix.
`akhbar page` creates both files from a live page.
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
from akhbar.steps.clean import Reject, clean
from tests.replica import PAGES

READ_AT = datetime(2026, 11, 23, tzinfo=UTC)


def cases_of(name: str) -> list[Any]:
    """A newspaper's cases, as the ids of the tests: the paths of their pages."""
    folder = PAGES.parent / name
    return sorted(str(case.relative_to(folder).with_suffix("")) for case in folder.glob("*/**/*.json"))


def expected(name: str, case: str) -> dict[str, Any]:
    """The JSON file of a case."""
    found: dict[str, Any] = json.loads((PAGES.parent / name / f"{case}.json").read_text())
    return found


def read(name: str, case: str) -> dict[str, Any]:
    """The cleaned story of a page, or the reasons why it is rejected, in the form of the JSON file."""
    paper = newspaper(name)
    spider_class: Any = spider_for(paper)
    spider = spider_class.from_crawler(get_crawler(spider_class), story=f"{paper.home_page}/{case}")
    page = (PAGES.parent / name / f"{case}.html").read_bytes()
    request = Request(f"{paper.home_page}/{case}", meta={"role": "story", "story_id": spider.story_id})
    response = HtmlResponse(request.url, body=page, headers={"Content-Type": "text/html"}, request=request)
    [story] = spider.parse_story(response, spider.story_id)
    found = clean(story.as_dict(), paper, READ_AT)
    return {"outcome": "rejected", "reasons": found.reasons} if isinstance(found, Reject) else found.as_dict()
