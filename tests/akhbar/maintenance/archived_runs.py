"""Loaded runs with archived pages."""

from datetime import UTC, datetime, timedelta

from akhbar.settings import Location, archive
from akhbar.steps.load import load_batch
from tests.akhbar.batches import archived, batch, story
from tests.conftest import News

OLD, YOUNG = timedelta(days=401), timedelta(days=399)


def read(news: News, name: str, ago: timedelta, bodies: dict[str, bytes]) -> Location:
    """A loaded batch whose crawl ended `ago` and read a page for each of these stories."""
    ended = datetime.now(UTC) - ago
    paths = {f"/news/{number}": body for number, body in bodies.items()}
    warc, pages = archived(paths, fetched_at=ended.isoformat())
    times = {"started_at": ended.isoformat(), "finished_at": ended.isoformat()}
    folder = batch(archive(), name, [story(number) for number in bodies], pages=pages, **times)  # type: ignore[arg-type]
    (folder / "pages.warc.gz").write_bytes(warc)
    load_batch(folder, news.writer)
    return folder
