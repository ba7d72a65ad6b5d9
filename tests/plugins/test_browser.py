"""The Newsroom in a real browser: by itself in every width and colour, and within Airflow's own UI."""

import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from akhbar.local.postgres import free_port
from akhbar.settings import ROOT
from tests.plugins.chromium import chromium, installed
from tests.plugins.conftest import XSS, Month, token

if TYPE_CHECKING:
    from fastapi import FastAPI

LOOKS = {"desk": (1280, "light"), "dark": (1280, "dark"), "phone": (390, "light")}
SERIOUS = ("serious", "critical")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not installed() and not os.environ.get("CI"):
        pytest.skip("no Chromium is installed: apt-get install chromium")
    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def address(api_server: "FastAPI", month: Month) -> Iterator[str]:
    """Airflow's api-server on a port of this machine, its connection `news_monitor` the month."""
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
    """The DAGs as Airflow's DAG processor enters them in its database."""
    from airflow.dag_processing.bundles.manager import DagBundlesManager
    from airflow.dag_processing.dagbag import DagBag, sync_bag_to_db

    DagBundlesManager().sync_bundles_to_db()  # type: ignore[no-untyped-call]
    sync_bag_to_db(DagBag(ROOT / "dags"), "dags-folder", None)


@pytest.fixture
def logged_in(browser: Browser, address: str) -> Iterator[BrowserContext]:
    """A window of a user who is logged in and may do everything."""
    context = browser.new_context(base_url=address)
    context.add_cookies([{"name": "_token", "value": token("admin"), "url": address}])
    yield context
    context.close()


@pytest.fixture
def window(logged_in: BrowserContext) -> Iterator[Page]:
    """A page whose console must stay silent."""
    page = logged_in.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert complaints == []


def test_the_chart_has_as_many_bars_as_days_and_shows_the_one_that_is_missing(window: Page, month: Month) -> None:
    window.goto("/newsroom/dawn")
    expect(window.locator("svg.days a.day")).to_have_count(len(month.days))
    missing = window.locator("svg.days a.missing")
    expect(missing).to_have_count(1)
    expect(missing).to_contain_text("refused")
    expect(window.locator("h1")).to_contain_text("One edition is missing")
    missing.locator(".touch").click()
    expect(window).to_have_url(f"{window.url.split('/newsroom')[0]}/newsroom/dawn/editions/{month.missing}")


def test_a_reject_leads_to_its_story_as_it_was_scraped(window: Page, month: Month) -> None:
    window.goto("/newsroom/dawn")
    window.locator("tr", has_text="body_too_short").get_by_role("link", name="1", exact=True).click()
    window.get_by_role("link", name="7000002").click()
    expect(window.locator("h1")).to_have_text("Refused: Too short")
    expect(window.locator("table")).to_contain_text("https://www.dawn.com/news/7000002")


def test_what_was_scraped_is_shown_as_text_wherever_it_stands(window: Page, month: Month) -> None:
    for path in ("dawn", "dawn/stories", "dawn/stories/29001", "dawn/rejects", "dawn/changes", "dawn/runs"):
        window.goto(f"/newsroom/{path}")
        assert "pwned" not in window.title().split(" · ")[-1]
        assert window.locator("main script, main img").count() == 0
    window.goto("/newsroom/dawn/changes")
    expect(window.locator(".came").first).to_contain_text(f"{XSS} corrected")


def test_every_link_of_the_page_leads_somewhere(window: Page, month: Month) -> None:
    window.goto("/newsroom/dawn")
    found = window.eval_on_selector_all("a[href]:not([target])", "all => all.map(a => a.href.baseVal ?? a.href)")
    own = sorted({link for link in found if "/newsroom" in link and "/editions/20" not in link})
    assert len(own) > 50
    answers = {link: window.request.get(link).status for link in own[:: max(1, len(own) // 60)]}
    assert set(answers.values()) == {200}, answers


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_serious(browser: Browser, address: str, month: Month, look: str) -> None:
    width, scheme = LOOKS[look]
    size: Any = {"width": width, "height": 900}
    context = browser.new_context(base_url=address, viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
    context.add_cookies([{"name": "_token", "value": token("viewer"), "url": address}])
    page = context.new_page()
    found = {}
    for path in ("dawn", f"dawn/editions/{month.missing}", "dawn/runs/1", "dawn/stories/29001", "dawn/rejects/1"):
        page.goto(f"/newsroom/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} is wider than the window"
        if look == "desk" or path in ("dawn", "dawn/stories/29001"):
            violations = Axe().run(page).response["violations"]
            found[path] = [(one["id"], one["nodes"][0]["html"]) for one in violations if one["impact"] in SERIOUS]
    context.close()
    assert not any(found.values()), found


def test_the_page_follows_the_theme_that_airflow_is_set_to(window: Page, month: Month) -> None:
    window.goto("/newsroom/dawn")
    window.evaluate("localStorage.setItem('theme', 'dark')")
    window.reload()
    assert window.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(17, 17, 19)"


def test_from_the_login_through_airflows_navigation_to_the_run_that_reads_a_missing_edition(
    browser: Browser, address: str, month: Month, dags_in_airflow: None
) -> None:
    from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager

    page = browser.new_context(base_url=address).new_page()
    page.goto("/")
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill(SimpleAuthManager.get_passwords()["admin"])
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="News", exact=True).click()  # not the assets that other tests made
    frame = page.frame_locator("iframe")
    frame.locator("svg.calendar a.missing").click()
    expect(frame.get_by_label("Edition", exact=True)).to_have_value(month.missing.isoformat())
    frame.get_by_role("button", name="Trigger dawn_edition").click()
    page.wait_for_url("**/dags/dawn_edition/runs/*")
    runs = page.request.get("/api/v2/dags/dawn_edition/dagRuns").json()["dag_runs"]
    conf = {run["conf"]["edition"] for run in runs if quote(run["dag_run_id"]) in page.url}
    assert conf == {month.missing.isoformat()}
    page.context.close()


def test_the_page_of_a_newspapers_dag_has_the_newspaper(
    logged_in: BrowserContext, month: Month, dags_in_airflow: None
) -> None:
    page = logged_in.new_page()
    page.goto("/dags/dawn_edition")
    page.get_by_role("link", name="News", exact=True).nth(1).click()  # the first one is the navigation's
    expect(page.frame_locator("iframe").locator("h1")).to_contain_text("One edition is missing")


SITES_WORDS = f"it said {XSS} [a link](javascript:alert(1)) ![a picture](https://evil.example/seen.png) <b>bold</b>"


def watched(context: BrowserContext) -> tuple[Page, list[str]]:
    """A new page, and all that it asks for or opens."""
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: asked.append("a dialog"))
    return page, asked


def assert_it_is_text(page: Page) -> None:
    """Of the site's words, nothing ran and nothing became an element."""
    page.wait_for_load_state("networkidle")
    assert page.title() != "pwned"
    assert page.locator("img[src='x'], a[href^='javascript:'], img[alt='a picture']").count() == 0


def test_what_the_site_said_is_text_in_the_note_and_the_parameters_of_a_run_in_airflow(
    logged_in: BrowserContext, month: Month, dags_in_airflow: None
) -> None:
    from run_notes import plain

    page, asked = watched(logged_in)
    run_id = "manual__site-words"
    body = {"dag_run_id": run_id, "logical_date": None, "conf": {"edition": "2026-06-19", "said": SITES_WORDS}}
    made = page.request.post("/api/v2/dags/dawn_edition/dagRuns", data=body | {"note": plain(SITES_WORDS)})
    assert made.ok, made.text()
    for tab in ("", "/details", "/code"):
        page.goto(f"/dags/dawn_edition/runs/{run_id}{tab}")
        assert_it_is_text(page)
    page.goto(f"/dags/dawn_edition/runs/{run_id}")
    page.get_by_role("button", name="Edit note").first.click()
    expect(page.get_by_role("dialog")).to_contain_text(SITES_WORDS)
    assert_it_is_text(page)
    assert not [url for url in asked if "evil.example" in url or "dialog" in url]


def test_what_the_site_said_is_text_in_the_log_and_the_xcoms_of_a_task_in_airflow(
    logged_in: BrowserContext, month: Month, dags_in_airflow: None
) -> None:
    page, asked = watched(logged_in)
    run_id = "manual__site-log"
    body = {"dag_run_id": run_id, "logical_date": None, "conf": {"edition": "2026-06-19"}}
    assert page.request.post("/api/v2/dags/dawn_edition/dagRuns", data=body).ok
    _has_been_tried("dawn_edition", run_id, "scrape", SITES_WORDS)
    entry = {"key": "return_value", "value": {SITES_WORDS: [SITES_WORDS]}}
    made = page.request.post(f"/api/v2/dags/dawn_edition/dagRuns/{run_id}/taskInstances/scrape/xcomEntries", data=entry)
    assert made.ok, made.text()
    for tab in ("", "/xcom"):
        page.goto(f"/dags/dawn_edition/runs/{run_id}/tasks/scrape{tab}")
        if tab:
            page.get_by_role("button", name="Expand").first.click()
        expect(page.get_by_text("[a link](javascript:alert(1))").first).to_be_visible(timeout=10_000)
        assert_it_is_text(page)
    assert not [url for url in asked if url.startswith("https://evil.example") or "dialog" in url]


def _has_been_tried(dag_id: str, run_id: str, task_id: str, said: str) -> None:
    """A task that failed at its first try, with a log of one line, as Airflow writes it."""
    from airflow.configuration import conf
    from airflow.models.taskinstance import TaskInstance
    from airflow.utils.session import create_session
    from sqlalchemy import update

    known = {"dag_id": dag_id, "run_id": run_id, "task_id": task_id}
    with create_session() as session:
        session.execute(update(TaskInstance).filter_by(**known).values(state="failed", try_number=1))
    folder = Path(conf.get("logging", "base_log_folder")).joinpath(*(f"{name}={known[name]}" for name in known))
    folder.mkdir(parents=True)
    line = {"timestamp": "2026-06-19T03:30:00Z", "level": "error", "event": said, "logger": "dawn", "said": said}
    (folder / "attempt=1.log").write_text(json.dumps(line) + "\n")
