"""The Newsroom as Airflow's api-server serves it, in this process, over a month of made-up editions."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from akhbar.local.postgres import Server
from akhbar.steps.check import ChecksFailedError, check_run
from akhbar.steps.load import load_batch
from tests.akhbar.batches import batch, editorial, page, reject, story
from tests.conftest import News, fresh_news

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.testclient import TestClient

ZONE = ZoneInfo("Asia/Karachi")
XSS = "<script>document.title='pwned'</script><img src=x onerror=alert(1)>'\"&"
"""As a headline, a byline or a reason it must stay a text."""
REFUSED = "the newspaper refused: it answered a challenge page, status 403"


@dataclass(frozen=True)
class Month:
    """Thirty days of editions, today's the last; one is missing, since the newspaper refused to be read."""

    news: News
    days: list[date]
    missing: date


@pytest.fixture(scope="session")
def month(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Month:
    news, archive = fresh_news(postgres), tmp_path_factory.mktemp("month")
    today = datetime.now(ZONE).date()
    days = [today - timedelta(days=back) for back in range(29, -1, -1)]
    missing = days[20]
    for number, day in enumerate(days):
        began = datetime.combine(day, time(8, 30), ZONE)
        told: dict[str, Any] = {
            "edition": day.isoformat(),
            "dag_id": "dawn_edition",
            "dag_run_id": f"scheduled__{began.astimezone(UTC).isoformat()}",
            "started_at": began.isoformat(),
            "finished_at": (began + timedelta(minutes=7)).isoformat(),
            "stats": {"downloader/request_count": 30, "downloader/response_status_count/200": 29},
        }
        dated = {"published_at": (began - timedelta(hours=2)).isoformat(), "edition_date": day.isoformat()}
        stories = [story(1000 * number + n, **dated) for n in range(1, 9)]
        stories += [editorial(1000 * number + n, **dated) for n in range(10, 13)]
        rejects, pages = [], [page(one["story_id"], fetched_at=began.isoformat()) for one in stories]
        if day == missing:
            stories, told = [], told | {"outcome": "refused", "reason": REFUSED}
            pages = [page(1, "refused", role="listing", story_id=None, status=403, reason=REFUSED)]
        if day == today:
            stories[0] |= {"title": XSS, "authors": [XSS], "body": f"LAHORE: {XSS}\n\n" + "Plain words follow. " * 9}
            rejects = [reject(7_000_001, XSS, title=XSS), reject(7_000_002, "body_too_short", title="Too short")]
            rejects.append(reject(7_000_003, "missing_title"))
        load(archive, news, f"edition-{day}", stories, rejects=rejects, pages=pages, **told)
    changed = story(29_001, title=f"{XSS} corrected", **dated)
    load(archive, news, "recheck", [changed], **told | {"started_at": (began + timedelta(hours=1)).isoformat()})
    return Month(news, days, missing)


def load(archive: Path, news: News, name: str, stories: list[dict[str, Any]], **told: Any) -> None:
    """Loads and checks a batch; that a check fails is no matter here."""
    made = batch(archive, name, stories, **told)
    load_batch(made, news.writer)
    with suppress(ChecksFailedError):
        check_run(made, news.writer)


@pytest.fixture(scope="session")
def api_server(airflow: None) -> "FastAPI":
    """Airflow's own app, with the plugin as Airflow finds it."""
    from airflow.api_fastapi.app import create_app

    return create_app()


@pytest.fixture
def connected(month: Month, monkeypatch: pytest.MonkeyPatch) -> Month:
    """The month, as Airflow's connection `news_monitor`."""
    monkeypatch.setenv("AIRFLOW_CONN_NEWS_MONITOR", month.news.monitor)
    return month


def token(role: str | None) -> str:
    """A login of Airflow's simple auth manager, for a user of this role."""
    from airflow.api_fastapi.app import get_auth_manager
    from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser

    return get_auth_manager().generate_jwt(SimpleAuthManagerUser(username=f"a {role}", role=role))


@pytest.fixture
def visitor(api_server: "FastAPI") -> Iterator["TestClient"]:
    """Somebody who is not logged in."""
    from starlette.testclient import TestClient

    with TestClient(api_server, follow_redirects=False) as client:
        yield client


@pytest.fixture
def viewer(visitor: "TestClient") -> "TestClient":
    """Somebody who may read DAGs and no more."""
    visitor.headers["Authorization"] = f"Bearer {token('viewer')}"
    return visitor
