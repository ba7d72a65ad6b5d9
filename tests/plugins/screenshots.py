"""`make screenshots`: runs a month of editions through the pipeline, one of them blocked, and takes the screenshots.

The DAG reads the last days; the same steps without Airflow, which is faster, read the days before. Afterwards each run
is dated to the morning of its edition. Nothing else in the screenshots is retouched.
"""

import logging
import os
import tempfile
from contextlib import closing
from datetime import date, datetime, time, timedelta
from time import monotonic, sleep

import psycopg2
from PIL import Image
from playwright.sync_api import Browser, Page

from akhbar.local.airflow_api import FINAL, Airflow
from akhbar.local.postgres import free_port
from akhbar.local.stack import LocalStack, await_dags, console, phase, running
from akhbar.newspapers import newspaper
from akhbar.pipeline import run_all
from akhbar.run import Run
from akhbar.settings import ROOT
from tests.plugins.chromium import chromium
from tests.replica import Replica, edition_story, html, replica

PAPER = newspaper("dawn")
DAG = "dawn_edition"
DAYS, BY_AIRFLOW, MISSING = 30, 7, 4
"""The number of days, the number of those that the DAG reads, and the age in days of the blocked edition."""
TIMEOUT = 420
"""Seconds for all runs of the DAG."""
CHALLENGE = html("<html><title>Just a moment...</title><script src='/cdn-cgi/challenge-platform/x.js'></script>", 403)


def main() -> None:
    logging.getLogger("httpx").setLevel(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder, replica() as site:
        os.environ |= {"AKHBAR_LOCAL": folder, "AKHBAR_DAWN_BASE_URL": site.url}
        with running("live", free_port()) as local:
            airflow = Airflow(local.url, "admin", local.secrets.admin)
            await_dags(local, airflow, [DAG])
            last = _last_due()
            days = [last - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
            _prepare(site, days)
            with phase(f"{DAYS - BY_AIRFLOW} editions without Airflow"):
                _read(local, days[:-BY_AIRFLOW])
            with phase(f"{BY_AIRFLOW} editions by the DAG {DAG}"):
                runs = _run_dags(local, airflow, days[-BY_AIRFLOW:])
            with phase("the latest stories, and a recheck"):
                _recheck(local, site, days)
            _date_runs(local)
            with phase("screenshots"), chromium() as browser:
                _take(browser, local, airflow, runs)


def _last_due() -> date:
    """The date of the last edition that was due."""
    now = datetime.now(PAPER.zone)
    return now.date() if now.time() > time(8, 30) else now.date() - timedelta(days=1)


def _prepare(site: Replica, days: list[date]) -> None:
    """Makes the site block one edition, and one story too short."""
    blocked = days[-1 - MISSING]
    site.faults[f"/newspaper/front-page/{blocked}"] = lambda: CHALLENGE
    short = edition_story(days[-2], "sport", 0)
    site.edits[str(short.number)] = [[[short.paragraphs[0], "Soon."], *([more, ""] for more in short.paragraphs[1:])]]
    site.looks[str(short.number)] = 1


def _read(local: LocalStack, days: list[date]) -> None:
    os.environ["AKHBAR_ARCHIVE"] = str(local.folder / "archive")
    for day in days:
        run_all(Run("dawn", "edition", day, f"edition-{day}"), local.news_url("writer"))


def _run_dags(local: LocalStack, airflow: Airflow, days: list[date]) -> dict[date, str]:
    """Runs the DAG for each day and returns the run IDs. The schedule starts the last run once the DAG is unpaused.

    The blocked run is dated before the later days are read: it pauses requests for an hour.
    """
    mornings = [datetime.combine(day, time(8, 30), PAPER.zone) for day in days]
    airflow.unpause(DAG)
    _trigger(local, airflow, mornings[:-MISSING])
    _date_runs(local)
    return _trigger(local, airflow, mornings[-MISSING:-1])


def _trigger(local: LocalStack, airflow: Airflow, mornings: list[datetime]) -> dict[date, str]:
    """Runs the DAG for these mornings. Returns the IDs of all runs when all have ended."""
    for morning in mornings:
        airflow.trigger(DAG, {}, morning)
    until = monotonic() + TIMEOUT
    while True:
        runs = airflow.runs(DAG)
        if len(runs) > len(mornings) and all(run["state"] in FINAL for run in runs):
            return {
                datetime.fromisoformat(run["logical_date"]).astimezone(PAPER.zone).date(): run["dag_run_id"]
                for run in runs
            }
        local.watch()
        if monotonic() > until:
            raise TimeoutError(f"the runs did not end within {TIMEOUT} s: {[run['state'] for run in runs]}")
        sleep(1)


def _recheck(local: LocalStack, site: Replica, days: list[date]) -> None:
    for place, words in ((0, "officials said"), (1, "members were told"), (2, "a clarification says")):
        story = edition_story(days[-1], "front-page", place)
        before = story.paragraphs[2]
        site.edits[str(story.number)] = [[[before, f"{before[:-1]}, {words}; an earlier version gave another date."]]]
        site.looks[str(story.number)] = 1
    corrected = edition_story(days[-1], "national", 0)
    site.edits[str(corrected.number)] = [[[corrected.title, corrected.title.replace("Plan for", "Revised plan for")]]]
    site.looks[str(corrected.number)] = 1
    run_all(Run("dawn", "edition", days[-1], "again", recheck=True), local.news_url("writer"))
    run_all(Run("dawn", "latest", None, "latest"), local.news_url("writer"))


def _date_runs(local: LocalStack) -> None:
    """Dates the first run of every edition to its own morning."""
    with closing(psycopg2.connect(local.postgres.url("news"))) as connection, connection, connection.cursor() as cursor:
        cursor.execute(
            """UPDATE news.runs SET
                started_at = (edition_date + time '08:30') AT TIME ZONE %(zone)s,
                finished_at = (edition_date + time '08:30') AT TIME ZONE %(zone)s + (finished_at - started_at)
            WHERE edition_date IS NOT NULL AND batch <> 'dawn/again'""",
            {"zone": PAPER.timezone},
        )


def _take(browser: Browser, local: LocalStack, airflow: Airflow, runs: dict[date, str]) -> None:
    context = browser.new_context(base_url=local.url, viewport={"width": 1360, "height": 1150}, device_scale_factor=1)
    context.add_cookies([{"name": "_token", "value": airflow.token, "url": local.url}])
    page = context.new_page()
    page.goto("/plugin/news")
    page.frame_locator("iframe").locator("svg.days").wait_for()
    _save(page, "newsroom")
    page.set_viewport_size({"width": 1360, "height": 800})
    page.goto(f"/dags/{DAG}")
    page.wait_for_load_state("networkidle")
    _widen_grid(page)
    _save(page, "dag-grid", height=345)
    page.goto(f"/dags/{DAG}/runs/{runs[max(runs)]}")
    page.wait_for_load_state("networkidle")
    _save(page, "run")


def _widen_grid(page: Page) -> None:
    """Drags the divider between grid and details to the right, so that every run is visible."""
    divider = page.get_by_role("separator").first
    divider.wait_for()
    box = divider.bounding_box()
    assert box, "the grid has no divider"
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(520, box["y"] + box["height"] / 2, steps=5)
    page.mouse.up()


def _save(page: Page, name: str, height: int | None = None) -> None:
    """Saves a screenshot with 256 colours, a quarter of the size. With a height, saves only the top part."""
    file = ROOT / "docs" / f"{name}.png"
    page.screenshot(path=file)
    with Image.open(file) as taken:
        shown = taken.crop((0, 0, taken.width, height or taken.height)).convert("RGB")
        shown.quantize(256, dither=Image.Dither.NONE).save(file, optimize=True)
    console.print(f"  {file.relative_to(ROOT)}: {file.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
