"""The Newsroom's pages in a real browser, and what Airflow's own pages show of DAGs and runs."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.plugins.conftest import PATH_ID, XSS, Month, token

VIEWS = {"desktop": (1280, "light"), "dark": (1280, "dark"), "phone": (390, "light")}
SERIOUS = ("serious", "critical")


def test_the_chart_has_one_bar_per_day_and_shows_the_missing_one(window: Page, month: Month) -> None:
    window.goto("/newsroom/dawn")
    expect(window.locator("svg.days a.day")).to_have_count(len(month.days))
    missing = window.locator("svg.days a.missing")
    expect(missing).to_have_count(1)
    expect(missing).to_contain_text("blocked")
    expect(window.locator("h1")).to_contain_text("One edition is missing")
    missing.locator(".hit-area").click()
    expect(window).to_have_url(f"{window.url.split('/newsroom')[0]}/newsroom/dawn/editions/{month.missing}")


def test_a_reject_leads_to_the_story_as_scraped(window: Page, month: Month) -> None:
    window.goto("/newsroom/dawn")
    window.locator("tr", has_text="body_too_short").get_by_role("link", name="1", exact=True).click()
    window.get_by_role("link", name="7000002").click()
    expect(window.locator("h1")).to_have_text("Rejected: Too short")
    expect(window.locator("table")).to_contain_text("https://www.dawn.com/news/7000002")


def test_a_story_whose_id_is_a_path_opens(window: Page, month: Month) -> None:
    window.goto("/newsroom/dawn/stories")
    window.get_by_role("link", name="Headline 29002").click()
    expect(window.locator("h1")).to_have_text("Headline 29002")
    expect(window.locator("article")).to_contain_text(f"Story {PATH_ID}, revision 1")
    window.goto(f"/newsroom/dawn/stories/{quote(PATH_ID, safe='')}")
    expect(window.locator("h1")).to_have_text("Headline 29002")


def test_scraped_content_is_shown_as_text_on_every_page(window: Page, month: Month) -> None:
    for path in ("dawn", "dawn/stories", "dawn/stories/29001", "dawn/rejects", "dawn/changes", "dawn/runs"):
        window.goto(f"/newsroom/{path}")
        assert "pwned" not in window.title().split(" · ")[-1]
        assert window.locator("main script, main img").count() == 0
    window.goto("/newsroom/dawn/changes")
    expect(window.locator(".added").first).to_contain_text(f"{XSS} corrected")


def test_every_link_on_the_page_works(window: Page, month: Month) -> None:
    window.goto("/newsroom/dawn")
    found = window.eval_on_selector_all("a[href]:not([target])", "all => all.map(a => a.href.baseVal ?? a.href)")
    own = sorted({link for link in found if "/newsroom" in link and "/editions/20" not in link})
    assert len(own) > 50
    answers = {link: window.request.get(link).status for link in own[:: max(1, len(own) // 60)]}
    assert set(answers.values()) == {200}, answers


@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_no_serious_problems(browser: Browser, address: str, month: Month, view: str) -> None:
    width, scheme = VIEWS[view]
    size: Any = {"width": width, "height": 900}
    context = browser.new_context(base_url=address, viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
    context.add_cookies([{"name": "_token", "value": token("viewer"), "url": address}])
    page = context.new_page()
    found = {}
    for path in ("dawn", f"dawn/editions/{month.missing}", "dawn/runs/1", "dawn/stories/29001", "dawn/rejects/1"):
        page.goto(f"/newsroom/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} is wider than the window"
        if view == "desktop" or path in ("dawn", "dawn/stories/29001"):
            violations = Axe().run(page).response["violations"]
            found[path] = [(one["id"], one["nodes"][0]["html"]) for one in violations if one["impact"] in SERIOUS]
    context.close()
    assert not any(found.values()), found


def test_the_page_follows_the_theme_of_airflow(window: Page, month: Month) -> None:
    window.goto("/newsroom/dawn")
    window.evaluate("localStorage.setItem('theme', 'dark')")
    window.reload()
    assert window.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(17, 17, 19)"


def test_airflow_shows_the_local_time_of_a_dag_and_documentation_with_lists(
    logged_in: BrowserContext, month: Month, dags_in_airflow: None
) -> None:
    page = logged_in.new_page()
    page.goto("/dags")
    expect(page.get_by_role("link", name="Dawn: edition, 08:30 Karachi")).to_be_visible()
    expect(page.get_by_role("link", name="Dawn: latest, every 30 minutes")).to_be_visible()
    page.goto("/dags/dawn_edition")
    page.get_by_role("button", name="Dag Docs").click()
    expect(page.get_by_role("dialog").get_by_role("listitem").first).to_contain_text("Schedule")
    page.goto("/dags/dawn_edition/tasks/scrape")
    page.get_by_role("button", name="Documentation").click()
    expect(page.get_by_role("dialog").get_by_role("listitem").first).to_contain_text("clear this task")


SITE_TEXT = f"it said {XSS} [a link](javascript:alert(1)) ![a picture](https://evil.example/seen.png) <b>bold</b>"


def watched(context: BrowserContext) -> tuple[Page, list[str]]:
    """A new page, and a list of its requests and dialogs."""
    page = context.new_page()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("dialog", lambda dialog: requests.append("a dialog"))
    return page, requests


def assert_it_is_text(page: Page) -> None:
    """No part of the site's text was executed or became an element."""
    page.wait_for_load_state("networkidle")
    assert page.title() != "pwned"
    assert page.locator("img[src='x'], a[href^='javascript:'], img[alt='a picture']").count() == 0


def test_text_from_the_site_stays_text_in_the_note_and_the_parameters_of_a_run(
    logged_in: BrowserContext, month: Month, dags_in_airflow: None
) -> None:
    from run_notes import escape_markdown

    page, requests = watched(logged_in)
    run_id = "manual__site-words"
    body = {"dag_run_id": run_id, "logical_date": None, "conf": {"edition": "2026-06-19", "said": SITE_TEXT}}
    made = page.request.post("/api/v2/dags/dawn_edition/dagRuns", data=body | {"note": escape_markdown(SITE_TEXT)})
    assert made.ok, made.text()
    for tab in ("", "/details", "/code"):
        page.goto(f"/dags/dawn_edition/runs/{run_id}{tab}")
        assert_it_is_text(page)
    page.goto(f"/dags/dawn_edition/runs/{run_id}")
    page.get_by_role("button", name="Edit note").first.click()
    expect(page.get_by_role("dialog")).to_contain_text(SITE_TEXT)
    assert_it_is_text(page)
    assert not [url for url in requests if "evil.example" in url or "dialog" in url]


def test_text_from_the_site_stays_text_in_the_log_and_the_xcoms_of_a_task(
    logged_in: BrowserContext, month: Month, dags_in_airflow: None
) -> None:
    page, requests = watched(logged_in)
    run_id = "manual__site-log"
    body = {"dag_run_id": run_id, "logical_date": None, "conf": {"edition": "2026-06-19"}}
    assert page.request.post("/api/v2/dags/dawn_edition/dagRuns", data=body).ok
    fail_task("dawn_edition", run_id, "scrape", SITE_TEXT)
    entry = {"key": "return_value", "value": {SITE_TEXT: [SITE_TEXT]}}
    made = page.request.post(f"/api/v2/dags/dawn_edition/dagRuns/{run_id}/taskInstances/scrape/xcomEntries", data=entry)
    assert made.ok, made.text()
    for tab in ("", "/xcom"):
        page.goto(f"/dags/dawn_edition/runs/{run_id}/tasks/scrape{tab}")
        if tab:
            page.get_by_role("button", name="Expand").first.click()
        expect(page.get_by_text("[a link](javascript:alert(1))").first).to_be_visible(timeout=10_000)
        assert_it_is_text(page)
    assert not [url for url in requests if url.startswith("https://evil.example") or "dialog" in url]


def fail_task(dag_id: str, run_id: str, task_id: str, said: str) -> None:
    """Marks a task as failed in its first try, and writes its log of one line as Airflow does."""
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
