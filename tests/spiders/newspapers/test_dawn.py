"""Dawn: each page of the replica, read and cleaned, gives the story in the JSON file next to it.

A case is two files, `tests/pages/dawn/news/<id>.html` and `.json`. `akhbar page` creates both from a live page.
"""

import json
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from akhbar.settings import ROOT
from akhbar.steps.clean import Reject, clean
from akhbar.story import Story
from tests.replica import PAGES, Replica
from tests.spiders.crawl import spider, story_page
from tests.spiders.dawn import DAWN

CASES = sorted(PAGES.glob("news/*.json"))


def test_the_declaration_is_imported_without_scrapy() -> None:
    code = "import sys, spiders.newspapers.dawn; sys.exit('scrapy' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def read(page: Path, **listed: Any) -> list[Any]:
    """What the spider yields for a saved story page, given what a listing said about the story."""
    reader = spider(story=f"https://www.dawn.com/news/{page.stem}")
    for name, value in listed.items():
        setattr(reader.listed[page.stem], name, value)
    return list(reader.parse_story(story_page(page.stem, page.read_text()), page.stem))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_page_gives_the_expected_story(case: Path) -> None:
    expected = json.loads(case.read_text())
    edition_date = expected.get("edition_date")
    listed = {
        "section": expected.get("section"),
        "editorial": expected.get("section") == "Editorial",
        "edition_date": date.fromisoformat(edition_date) if edition_date else None,
    }
    found = clean(read(case.with_suffix(".html"), **listed)[0].as_dict(), DAWN, datetime.now(UTC))
    if expected.get("outcome") == "rejected":
        assert isinstance(found, Reject)
        assert found.reasons == expected["reasons"]
    else:
        assert isinstance(found, Story)
        assert found.as_dict() == expected


@pytest.mark.parametrize(
    ("printed", "published", "edition", "kind"),
    [
        ("January 2nd, 2015", "2016-01-02", "2016-01-02", "editorial"),
        ("January 2nd, 2015", "2015-01-02", "2015-01-02", "article"),
    ],
    ids=["a misprint", "a promoted story of last year"],
)
def test_a_misprinted_year_does_not_remove_a_story_from_its_edition(
    tmp_path: Path, printed: str, published: str, edition: str, kind: str
) -> None:
    text = (PAGES / "news/1234502.html").read_text()
    page = tmp_path / "1234502.html"
    page.write_text(text.replace("January 22nd, 2016", printed).replace("2016-01-22T", f"{published}T"))
    story = read(page, section="Editorial", editorial=True, edition_date=date(2016, 1, 2))[0]
    assert (story.edition_date, story.kind) == (edition, kind)


def test_a_page_that_says_not_found_with_status_200_gives_no_story() -> None:
    assert read(PAGES / "news/1234532.html") == []


def test_scrapy_alone_writes_stories_with_the_fields_of_the_contract(site: Replica, tmp_path: Path) -> None:
    out = tmp_path / "stories.json"
    command = ["scrapy", "crawl", "dawn", "-a", "edition=2026-06-19", "-a", f"base_url={site.url}", "-O", str(out)]
    subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=True, capture_output=True)
    stories = {story["story_id"]: story for story in json.loads(out.read_text())}
    assert len(stories) == 5
    expected = json.loads((PAGES / "news/2009001.json").read_text())
    assert stories["2009001"] == expected | {"dateline": None}  # the clean step finds it in the text
