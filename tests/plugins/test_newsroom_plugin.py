"""The Newsroom inside Airflow's own UI, in a real browser."""

from urllib.parse import quote

from playwright.sync_api import Browser, BrowserContext, expect

from tests.plugins.conftest import Month


def test_from_login_through_airflows_navigation_to_a_run_that_fetches_a_missing_edition(
    browser: Browser, address: str, month: Month, dags_in_airflow: None
) -> None:
    from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager

    page = browser.new_context(base_url=address).new_page()
    page.goto("/")
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill(SimpleAuthManager.get_passwords()["admin"])
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="News", exact=True).click()  # exact: other tests create assets named news.…
    frame = page.frame_locator("iframe")
    frame.locator("svg.calendar a.missing").click()
    expect(frame.get_by_label("Edition", exact=True)).to_have_value(month.missing.isoformat())
    frame.get_by_role("button", name="Trigger dawn_edition").click()
    page.wait_for_url("**/dags/dawn_edition/runs/*")
    runs = page.request.get("/api/v2/dags/dawn_edition/dagRuns").json()["dag_runs"]
    conf = {run["conf"]["edition"] for run in runs if quote(run["dag_run_id"]) in page.url}
    assert conf == {month.missing.isoformat()}
    page.context.close()


def test_a_newspapers_dag_has_a_tab_with_the_newspaper(
    logged_in: BrowserContext, month: Month, dags_in_airflow: None
) -> None:
    page = logged_in.new_page()
    page.goto("/dags/dawn_edition")
    page.get_by_role("link", name="News", exact=True).nth(1).click()  # the first is in the navigation
    expect(page.frame_locator("iframe").locator("h1")).to_contain_text("One edition is missing")
