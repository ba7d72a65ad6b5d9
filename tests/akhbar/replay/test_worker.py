"""The replay worker: a batch gives the same stories as its crawl, and damage costs the damaged page only."""

import shutil
from collections.abc import AsyncIterator, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import pytest
from scrapy import Request, Spider
from scrapy.http import Response
from scrapy.settings import Settings

from akhbar.archive.batch import Batch
from akhbar.crawl.spider import NewspaperSpider
from akhbar.replay.worker import ArchivedSite, replay_batch
from akhbar.steps.clean import clean_batch
from akhbar.steps.scrape import crawl
from tests.akhbar.batches import archived
from tests.akhbar.runs import SMALL
from tests.replica import replica

MANIFEST = {"source": "dawn", "mode": "edition", "edition": SMALL, "started_at": "2026-06-19T04:00:00+00:00"}


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Batch:
    """The small edition, crawled without a database."""
    batch = Batch(tmp_path_factory.mktemp("archive") / "dawn" / "one")
    with replica() as site, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AKHBAR_DAWN_BASE_URL", site.url)
        crawl(batch, MANIFEST, {"edition": SMALL}, None, recheck=False)
    clean_batch(batch.path)
    return batch


@pytest.fixture
def settings() -> Settings:
    found = Settings()
    found.setmodule("akhbar.crawl.settings")
    return found


def stories(folder: Any) -> dict[str, dict[str, Any]]:
    return {story["story_id"]: story for story in Batch(folder).lines("clean.jsonl")}


def test_a_batch_gives_the_stories_that_its_crawl_read(crawled: Batch, settings: Settings, tmp_path: Path) -> None:
    counts = replay_batch(crawled, tmp_path / "again", settings)
    assert stories(tmp_path / "again") == stories(crawled.path)
    pages = [page for page in crawled.lines("pages.jsonl") if page["warc_offset"] is not None]
    assert counts == {"pages": len(pages), "broken": [], "damaged": [], "accepted": 5, "rejected": 0}
    assert Batch(tmp_path / "again").manifest() == crawled.manifest()


@pytest.mark.parametrize("role", ["story", "listing"])
def test_a_damaged_record_is_reported_and_costs_no_other_story(
    crawled: Batch, settings: Settings, tmp_path: Path, role: str
) -> None:
    damaged = Path(tmp_path / "dawn" / "damaged")
    shutil.copytree(str(crawled.path), damaged)
    archived = (page for page in crawled.lines("pages.jsonl") if page["warc_offset"] is not None)
    page = next(page for page in archived if page["role"] == role)
    with (damaged / "1" / "pages.warc.gz").open("r+b") as warc:
        warc.seek(page["warc_offset"] + page["warc_length"] // 2)
        warc.write(b"\xff" * 8)
    [broken] = replay_batch(Batch(damaged), tmp_path / "again", settings)["broken"]
    assert f"offset {page['warc_offset']}" in broken
    lost = stories(crawled.path).keys() - stories(tmp_path / "again").keys()
    assert lost == ({page["story_id"]} if role == "story" else set())


def test_a_redirected_listing_is_not_confused_with_one_of_a_longer_name() -> None:
    warc, pages = archived({"/world-cup": b"<p>The cup.</p>", "/world/": b"<p>The world.</p>"})
    answers = []

    class Reader(Spider):
        name = "reader"

        async def start(self) -> AsyncIterator[Any]:
            for path in ("/world", "/world-cup", "/world-c", "/sport"):
                url = f"https://www.dawn.com{path}"
                yield Request(url, self.parse, errback=self.failed, meta={"role": "listing"})

        def parse(self, response: Response) -> Iterator[Any]:
            answers.append(response.body)
            yield from ()

        def failed(self, failure: Any) -> Iterator[Any]:
            answers.append(b"")
            yield from ()

    assert list(ArchivedSite(BytesIO(warc), {}, pages).stories(cast(NewspaperSpider, Reader()))) == []
    assert answers == [b"<p>The world.</p>", b"<p>The cup.</p>", b"<p>The cup.</p>", b""]
