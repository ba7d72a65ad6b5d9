"""The Newsroom pages of a newspaper without a print edition, whose stories are identified by their paths."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from akhbar.newspapers import newspaper
from tests.akhbar.batches import editorial, page, story
from tests.plugins.conftest import Month, load

if TYPE_CHECKING:
    from starlette.testclient import TestClient

GUARDIAN = newspaper("guardian")
NOON = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=1)
PATH = f"/world/{NOON:%Y/%b/%d}/a-plan-for-ports-put-before-committee".lower()


@pytest.fixture(scope="module")
def edition(month: Month, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Yesterday's stories, stored by an edition run after midnight."""
    about = {"source": "guardian", "published_at": NOON.isoformat(), "edition_date": None}
    stories = [
        story(1, **about, story_id=PATH, url=GUARDIAN.home_page + PATH),
        editorial(2, **about, story_id=f"{PATH}-2", url=f"{GUARDIAN.home_page}{PATH}-2"),
    ]
    started, ended = ((NOON + timedelta(hours=12, minutes=minutes)).isoformat() for minutes in (0, 5))
    about = {"source": "guardian", "edition": f"{NOON:%Y-%m-%d}", "dag_id": "guardian_edition"}
    pages = [page(one["story_id"], fetched_at=ended) for one in stories]
    archive = tmp_path_factory.mktemp("guardian")
    load(archive, month.news, "day", stories, pages=pages, **about, started_at=started, finished_at=ended)


@pytest.fixture(autouse=True)
def active(edition: None, connected: Month, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AKHBAR_NEWSPAPERS", "dawn,guardian")


def test_the_stories_of_a_day_are_its_edition(viewer: "TestClient") -> None:
    day = f"{NOON:%Y-%m-%d}"
    editions = {found["edition_date"]: found for found in viewer.get("/newsroom/api/guardian/editions").json()}
    assert (editions[day]["articles"], editions[day]["editorials"]) == (1, 1)
    assert f"guardian/editions/{day}" not in [
        problem["href"] for paper in viewer.get("/newsroom/api/newspapers").json() for problem in paper["problems"]
    ]
    assert "1 articles" in viewer.get(f"/newsroom/guardian/editions/{day}").text
