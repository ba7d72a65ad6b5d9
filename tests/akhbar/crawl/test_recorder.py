"""Recording a crawl: what it fetched and read is in the batch's files."""

import os
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from akhbar.pipeline import run_all
from tests.akhbar.runs import SMALL, edition
from tests.conftest import News
from tests.replica import PAGES, Replica, html


def test_every_page_that_was_read_is_in_the_archive(here: Path, news: News) -> None:
    run_all(edition(SMALL), os.environ["AKHBAR_DATABASE_URL"])
    warc = here / "dawn" / "first" / "1" / "pages.warc.gz"
    pages = news.rows("SELECT url, digest, warc_offset FROM pages WHERE outcome = 'parsed'")
    assert len(pages) == 7
    with warc.open("rb") as file:
        found = {
            record.rec_headers["WARC-Target-URI"]: record.rec_headers["WARC-Payload-Digest"]
            for record in ArchiveIterator(file, check_digests=True)
            if record.rec_type == "response"
        }
    assert found == {url: digest for url, digest, _ in pages}


@pytest.mark.usefixtures("here")
def test_half_a_surrogate_pair_in_a_pages_json_ld_does_not_lose_the_story(news: News, site: Replica) -> None:
    page = (PAGES / "news" / "2009001.html").read_text()
    own = '"headline": "Monsoon to arrive early, says weather office"'  # of two articles, the page's own counts
    said = (
        f'<script type="application/ld+json">{{"@type": "NewsArticle", {own}, "keywords": ["half \\ud83d"]}}</script>'
    )
    site.faults["/news/2009001/monsoon-to-arrive-early-says-weather-office"] = [
        html(page.replace("<head>", f"<head>{said}", 1))
    ]
    run_all(edition(SMALL), os.environ["AKHBAR_DATABASE_URL"])
    assert news.rows("SELECT tags FROM articles WHERE story_id = '2009001'") == [(["half ?"],)]
