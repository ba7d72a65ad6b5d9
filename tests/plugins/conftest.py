"""The Newsroom, served by Airflow's api-server in this process, with a month of made-up editions."""

import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page

from akhbar.local.postgres import Server, free_port
from akhbar.settings import ROOT
from akhbar.steps.check import ChecksFailedError, check_run
from akhbar.steps.load import load_batch
from tests.akhbar.batches import batch, editorial, page, reject, story
from tests.conftest import News, fresh_news
from tests.plugins.chromium import chromium, installed

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.testclient import TestClient

ZONE = ZoneInfo("Asia/Karachi")
XSS = "<script>document.title='pwned'</script><img src=x onerror=alert(1)>'\"&"
"""Must be shown as text in a headline, a byline or a reason."""
PATH_ID = "/2026/11/05/100%25-خبر-%22a%2Fb%22-%3F%23"
"""The id of one of today's stories: a path, as for newspapers without numbers."""
REFUSED = "the newspaper refused: it answered a challenge page, status 403"


@dataclass(frozen=True)
class Month:
    """Thirty days of editions up to today. One is missing because the site blocked the crawler."""

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
        started = datetime.combine(day, time(8, 30), ZONE)
        manifest: dict[str, Any] = {
            "edition": day.isoformat(),
            "dag_id": "dawn_edition",
            "dag_run_id": f"scheduled__{started.astimezone(UTC).isoformat()}",
            "started_at": started.isoformat(),
            "finished_at": (started + timedelta(minutes=7)).isoformat(),
            "stats": {"downloader/request_count": 30, "downloader/response_status_count/200": 29},
        }
        dated = {"published_at": (started - timedelta(hours=2)).isoformat(), "edition_date": day.isoformat()}
        stories = [story(1000 * number + n, **dated) for n in range(1, 9)]
        stories += [editorial(1000 * number + n, **dated) for n in range(10, 13)]
        rejects, pages = [], [page(one["story_id"], fetched_at=started.isoformat()) for one in stories]
        if day == missing:
            stories, manifest = [], manifest | {"outcome": "refused", "reason": REFUSED}
            pages = [page(1, "refused", role="listing", story_id=None, status=403, reason=REFUSED)]
        if day == today:
            stories[1]["story_id"] = PATH_ID
            stories[0] |= {"title": XSS, "authors": [XSS], "body": f"LAHORE: {XSS}\n\n" + "Plain words follow. " * 9}
            rejects = [reject(7_000_001, XSS, title=XSS), reject(7_000_002, "body_too_short", title="Too short")]
            rejects.append(reject(7_000_003, "missing_title"))
        load(archive, news, f"edition-{day}", stories, rejects=rejects, pages=pages, **manifest)
    changed = story(29_001, title=f"{XSS} corrected", **dated)
    load(archive, news, "recheck", [changed], **manifest | {"started_at": (started + timedelta(hours=1)).isoformat()})
    return Month(news, days, missing)


def load(archive: Path, news: News, name: str, stories: list[dict[str, Any]], **manifest: Any) -> None:
    """Loads and checks a batch. Failed checks are ignored."""
    folder = batch(archive, name, stories, **manifest)
    load_batch(folder, news.writer)
    with suppress(ChecksFailedError):
        check_run(folder, news.writer)


@pytest.fixture(scope="session")
def api_server(airflow: None) -> "FastAPI":
    """Airflow's own app, with the plugin as Airflow loads it."""
    from airflow.api_fastapi.app import create_app

    return create_app()


@pytest.fixture
def connected(month: Month, monkeypatch: pytest.MonkeyPatch) -> Month:
    """The month, as Airflow's connection `news_monitor`."""
    monkeypatch.setenv("AIRFLOW_CONN_NEWS_MONITOR", month.news.monitor)
    return month


def token(role: str | None) -> str:
    """A token of Airflow's simple auth manager for a user with this role."""
    from airflow.api_fastapi.app import get_auth_manager
    from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser

    return get_auth_manager().generate_jwt(SimpleAuthManagerUser(username=f"a {role}", role=role))


@pytest.fixture
def visitor(api_server: "FastAPI") -> Iterator["TestClient"]:
    """A client that is not logged in."""
    from starlette.testclient import TestClient

    with TestClient(api_server, follow_redirects=False) as client:
        yield client


@pytest.fixture
def viewer(visitor: "TestClient") -> "TestClient":
    """A client that may read DAGs and nothing else."""
    visitor.headers["Authorization"] = f"Bearer {token('viewer')}"
    return visitor


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not installed() and not os.environ.get("CI"):
        pytest.skip("no Chromium is installed: apt-get install chromium")
    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def address(api_server: "FastAPI", month: Month) -> Iterator[str]:
    """The URL of Airflow's api-server on this machine, with the month as its connection `news_monitor`."""
    port = free_port()
    config = uvicorn.Config(api_server, host="127.0.0.1", port=port, log_level="warning")
    server = uvicorn.Server(config)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AIRFLOW_CONN_NEWS_MONITOR", month.news.monitor)
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            thread.join(0.05)
            assert thread.is_alive(), "Airflow's api-server did not start"
        yield f"http://127.0.0.1:{port}"
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="session")
def dags_in_airflow(airflow: None) -> None:
    """The DAGs, stored in Airflow's database as its DAG processor does."""
    from airflow.dag_processing.bundles.manager import DagBundlesManager
    from airflow.dag_processing.dagbag import DagBag, sync_bag_to_db

    DagBundlesManager().sync_bundles_to_db()  # type: ignore[no-untyped-call]
    sync_bag_to_db(DagBag(ROOT / "dags"), "dags-folder", None)


@pytest.fixture
def logged_in(browser: Browser, address: str) -> Iterator[BrowserContext]:
    """A browser context of a logged-in administrator."""
    context = browser.new_context(base_url=address)
    context.add_cookies([{"name": "_token", "value": token("admin"), "url": address}])
    yield context
    context.close()


@pytest.fixture
def window(logged_in: BrowserContext) -> Iterator[Page]:
    """A browser page. The test fails if its console shows errors or warnings."""
    page = logged_in.new_page()
    complaints: list[str] = []
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert complaints == []
