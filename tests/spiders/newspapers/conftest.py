"""The replica of the newspaper that a module tests, by its constant `NAME`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import News
from tests.replica import PagesReplica, served


@pytest.fixture
def replica(
    request: pytest.FixtureRequest, news: News, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[PagesReplica]:
    """The replica, with settings that crawl it into a fresh database."""
    name = request.module.NAME
    with served(PagesReplica(name)) as site:
        monkeypatch.setenv(f"AKHBAR_{name.upper()}_BASE_URL", site.url)
        monkeypatch.setenv("AKHBAR_DATABASE_URL", news.writer)
        monkeypatch.setenv("AKHBAR_ARCHIVE", str(tmp_path / "archive"))
        yield site
