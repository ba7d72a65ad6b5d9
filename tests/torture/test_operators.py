"""What operators do to runs in Airflow: clear, mark, delete, trigger, backfill, pause; and restarts around Airflow.

On a real Airflow. Each must end in the rows of an undisturbed run and in a state that says what happened; the table in
docs/operations.md lists both.
"""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import date, timedelta
from threading import Event
from typing import Any, Literal

import httpx
import psycopg2
import pytest

from akhbar.database.locks import lock_loading
from akhbar.database.migrate import migrate
from akhbar.local.airflow_api import FINAL
from akhbar.settings import ROOT
from tests.akhbar.runs import SMALL
from tests.replica import Answer
from tests.torture.airflow_lab import DAG, TIMEOUT, Lab, running_lab
from tests.torture.pgbouncer import INSTALLED, pgbouncer
from tests.torture.trials import parameters

PAGE = "/news/2009013/room-for-rain"
"""A story of the small edition."""
REPROCESS: tuple[Literal["failed", "completed"], ...] = ("failed", "completed")
AWAY = 5
"""Seconds: long enough that Airflow's scheduler and DAG processor exit."""
DONE = dict.fromkeys(("scrape", "clean", "load", "check"), "success")
SNAPSHOT = """
    SELECT 'story', to_jsonb(s) FROM news.stories AS s
    UNION ALL SELECT 'revision', to_jsonb(r) FROM news.revisions AS r
    UNION ALL SELECT 'reject', to_jsonb(r) - 'id' FROM news.rejects AS r
    UNION ALL SELECT 'page', to_jsonb(p) - 'id' FROM news.pages AS p
    UNION ALL SELECT 'run', to_jsonb(r) - ARRAY['loaded_at', 'checks'] FROM news.runs AS r
    ORDER BY 1, 2
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """The stack, after an undisturbed run of each edition."""
    with running_lab(tmp_path_factory.mktemp("airflow"), SMALL, delay="0") as lab:
        yield lab


@dataclass(frozen=True)
class Trial:
    """What an operator does."""

    name: str
    attempt: Callable[[Lab], Iterator[str]]
    """Does it; yields what went wrong."""
    times: int = 1
    quick: bool = False


# --- what the trials share --------------------------------------------------------------------------------------------


def trigger(lab: Lab, edition: str = SMALL, **params: Any) -> str:
    return lab.airflow.trigger(DAG, {"edition": edition, **params})


def await_(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + TIMEOUT
    while not condition():
        assert time.monotonic() < deadline, f"not within {TIMEOUT} s: {what}"
        time.sleep(0.1)


def ended(lab: Lab, run_id: str, **states: str) -> Iterator[str]:
    """Waits for the end of a run. Yields how the states of its tasks differ; those not named must be `success`."""
    await_(lambda: lab.airflow.run(run_id)["state"] in FINAL, f"the end of {run_id}")
    wanted, found = DONE | states, lab.airflow.states(run_id)
    if found != wanted:
        yield f"the tasks are {found} instead of {wanted}"
    if lab.airflow.run(run_id)["state"] != wanted["check"].replace("upstream_failed", "failed"):
        yield f"the run is {lab.airflow.run(run_id)['state']}"


def snapshot(lab: Lab) -> list[Any]:
    """Every row, except when each run was loaded, and what its checks saw: they compare it with others."""
    return lab.installation.news.rows(SNAPSHOT)


def changed(before: list[Any], after: list[Any]) -> Iterator[str]:
    for row in before:
        if row not in after:
            yield f"lost or changed: {str(row)[:200]}"
    for row in after:
        if row not in before:
            yield f"new or changed: {str(row)[:200]}"


def runs(lab: Lab) -> list[tuple[Any, ...]]:
    """Outcome, reason and whether it was loaded, of each run in order."""
    return lab.installation.news.rows("SELECT outcome, reason, loaded_at IS NOT NULL FROM news.runs ORDER BY id")


@contextmanager
def held_page(lab: Lab) -> Iterator[Event]:
    """The site does not answer a page until the block ends. Sets the event when it is requested."""
    requested, released = Event(), Event()

    def answer() -> Answer:
        requested.set()
        released.wait(TIMEOUT)
        lab.site.faults.pop(PAGE, None)
        return lab.site.answer(PAGE)

    lab.site.faults[PAGE] = answer
    try:
        yield requested
    finally:
        lab.site.faults.pop(PAGE, None)
        released.set()


@contextmanager
def held_load(lab: Lab) -> Iterator[None]:
    """No load of the newspaper proceeds until the block ends."""
    with closing(psycopg2.connect(lab.installation.news.admin)) as connection, connection.cursor() as cursor:
        lock_loading(cursor, "dawn")
        yield


def is_waiting_to_load(lab: Lab) -> bool:
    waiting = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    return bool(lab.installation.news.rows(waiting))


def is_being_ended(lab: Lab, run_id: str) -> bool:
    """Whether Airflow has noticed that an operator marked the running scrape task."""
    return any("Terminating process" in line for line in lab.airflow.log(DAG, run_id, "scrape", 1))


# --- the trials -------------------------------------------------------------------------------------------------------


def clear_load_of_an_old_run(lab: Lab) -> Iterator[str]:
    """A later run has stored a correction by the publisher, which the old batch must not undo."""
    old = trigger(lab)
    yield from ended(lab, old)
    page = lab.site.answer(PAGE)
    lab.site.faults[PAGE] = lambda: Answer(page.status, page.body.replace(b"rain", b"hail"), page.headers)
    yield from ended(lab, trigger(lab, recheck=True))
    del lab.site.faults[PAGE]
    before = snapshot(lab)
    if sum(kind == "revision" for kind, _ in before) != 1:
        yield "the correction is not a revision"
    lab.airflow.clear_from(old, "load")
    yield from ended(lab, old)
    yield from changed(before, snapshot(lab))


def clear_a_run_after_an_upgrade(lab: Lab) -> Iterator[str]:
    """The upgrade added a migration, and changed the DAG."""
    run_id = trigger(lab)
    yield from ended(lab, run_id)
    upgraded = lab.local.folder / "upgraded"
    shutil.copytree(ROOT / "sql", upgraded / "sql")
    column = "ALTER TABLE news.runs ADD COLUMN new text NOT NULL DEFAULT 'new'"
    (upgraded / "sql" / "migrations" / "9999.new.sql").write_text(column)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("akhbar.database.migrate.ROOT", upgraded)
        if migrate(lab.installation.news.admin) != ["9999.new"]:
            yield "the migration was not applied"
    lab.set_max_active_runs(2)
    lab.airflow.clear_run(run_id)
    yield from ended(lab, run_id)
    yield from lab.differences(SMALL, exactly=True)
    if lab.installation.news.rows("SELECT new FROM news.runs") != [("new",)]:
        yield "the column is not filled"
    lab.set_max_active_runs(1)
    lab.installation.news.rows("ALTER TABLE news.runs DROP COLUMN new CASCADE")
    migrate(lab.installation.news.admin)


def mark_scrape(state: Literal["success", "failed"], *, answers: bool) -> Callable[[Lab], Iterator[str]]:
    """Marks a scrape task whose crawl waits for a page, which may be answered while Airflow ends the task.

    The rest of the run must store what was fetched, and after clearing scrape the tables must be complete.
    """

    def attempt(lab: Lab) -> Iterator[str]:
        with held_page(lab) as requested:
            run_id = trigger(lab)
            assert requested.wait(TIMEOUT)
            lab.airflow.mark(run_id, "scrape", state)
            if answers:
                await_(lambda: is_being_ended(lab, run_id), "Airflow ends the task")
            else:
                yield from ended(lab, run_id, scrape=state, check="failed")
        yield from ended(lab, run_id, scrape=state, check="failed")
        fetched = {path.split("/")[2] for path in lab.site.paths[lab.earlier_requests :] if path.startswith("/news/")}
        stored = {story[0] for story in lab.installation.stories()}
        if stored != fetched - (set() if answers else {PAGE.split("/")[2]}):
            yield f"fetched {fetched} and stored {stored}"
        ((outcome, reason, loaded),) = runs(lab)
        if outcome != "failed" or not reason.startswith("the crawl was stopped") or not loaded:
            yield f"the run is recorded as {outcome} ({reason}), loaded: {loaded}"
        lab.airflow.clear_from(run_id, "scrape")
        yield from ended(lab, run_id)
        yield from lab.differences(SMALL)

    return attempt


def mark_load(state: Literal["success", "failed"]) -> Callable[[Lab], Iterator[str]]:
    """Marks a load task that waits for another load."""

    def attempt(lab: Lab) -> Iterator[str]:
        with held_load(lab):
            run_id = trigger(lab)
            await_(lambda: is_waiting_to_load(lab), "load waits")
            lab.airflow.mark(run_id, "load", state)
            check = "upstream_failed" if state == "failed" else "failed"
            yield from ended(lab, run_id, load=state, check=check)
        if lab.installation.stories() or runs(lab) != [("complete", None, False)]:
            yield f"{len(lab.installation.stories())} stories are stored; the run is recorded as {runs(lab)}"
        lab.airflow.clear_from(run_id, "load")
        yield from ended(lab, run_id)
        yield from lab.differences(SMALL, exactly=True)

    return attempt


def delete_and_trigger_again(lab: Lab) -> Iterator[str]:
    """Airflow deletes only runs that have ended, so the operator marks the run as failed first.

    The site does not answer, so the process of the deleted run is killed.
    """
    with held_page(lab) as requested:
        deleted = trigger(lab)
        assert requested.wait(TIMEOUT)
        (crawl,) = lab.installation.processes()
        if (status := lab.airflow.delete(deleted)) != 409:
            yield f"the deletion of a running run is answered with {status}"
        lab.airflow.mark_failed(DAG, deleted)
        if (status := lab.airflow.delete(deleted)) != 204:
            yield f"the deletion is answered with {status}"
        again = trigger(lab)
        crawl.wait(TIMEOUT)
    yield from ended(lab, again)
    if runs(lab) != [("failed", "its process was killed", False), ("complete", None, True)]:
        yield f"the runs are recorded as {runs(lab)}"
    (partial,) = lab.installation.archive.glob("*/*/*.partial")
    shutil.rmtree(partial)
    yield from (left for left in lab.differences(SMALL) if "never loaded" not in left)


def trigger_three_times(lab: Lab) -> Iterator[str]:
    for run_id in [trigger(lab) for _ in range(3)]:
        yield from ended(lab, run_id)
    if runs(lab) != [("complete", None, True)] * 3:
        yield f"the runs are recorded as {runs(lab)}"
    yield from lab.differences(SMALL, exactly=True)


def several_active_runs(lab: Lab) -> Iterator[str]:
    lab.set_max_active_runs(3)
    started = [trigger(lab) for _ in range(3)]
    await_(lambda: [lab.airflow.run(each)["state"] for each in started] == ["running"] * 3, "three active runs")
    for run_id in started:
        yield from ended(lab, run_id)
    yield from lab.differences(SMALL, exactly=True)
    lab.set_max_active_runs(1)


def backfill_again(lab: Lab) -> Iterator[str]:
    """A backfill reads a day in part, a second one reprocesses the failed day, a third one the day that succeeded."""
    listing = f"/newspaper/front-page/{SMALL}"
    lab.site.faults[listing] = lambda: Answer(200, b"\x00", {"Content-Type": "application/octet-stream"})
    after = (date.fromisoformat(SMALL) + timedelta(days=1)).isoformat()
    await_(lab.airflow.backfill(SMALL, after, "none"), "the end of the backfill")
    (first,) = lab.airflow.runs_on(SMALL)
    yield from ended(lab, first["dag_run_id"], scrape="failed", check="failed")
    del lab.site.faults[listing]
    for reprocess in REPROCESS:
        await_(lab.airflow.backfill(SMALL, after, reprocess), f"the end of the backfill of {reprocess} runs")
        (again,) = lab.airflow.runs_on(SMALL)
        yield from ended(lab, again["dag_run_id"])
        if runs(lab) != [("complete", None, True)] or again["dag_run_id"] != first["dag_run_id"]:
            yield f"after reprocessing {reprocess} runs, the runs are recorded as {runs(lab)}"
        yield from (error for error in lab.differences(SMALL) if listing not in error)  # a broken page is recorded


def pause_in_the_middle(lab: Lab) -> Iterator[str]:
    """A paused DAG ends the task that is running and starts no other."""
    with held_page(lab) as requested:
        run_id = trigger(lab)
        assert requested.wait(TIMEOUT)
        lab.airflow.pause(DAG)
    await_(lambda: lab.airflow.states(run_id)["scrape"] == "success", "the end of scrape")
    if lab.airflow.run(run_id)["state"] != "running" or runs(lab) != [("complete", None, False)]:
        yield f"the paused run is {lab.airflow.run(run_id)['state']}, recorded as {runs(lab)}"
    lab.airflow.unpause(DAG)
    yield from ended(lab, run_id)
    yield from lab.differences(SMALL, exactly=True)


def metadata_database_away(lab: Lab) -> Iterator[str]:
    """Airflow's own database closes all connections and refuses new ones for a while, as when it restarts."""
    with held_page(lab) as requested:
        run_id = trigger(lab)
        assert requested.wait(TIMEOUT)
        lab.installation.news.rows("ALTER DATABASE airflow ALLOW_CONNECTIONS false")
        lab.installation.news.rows("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'airflow'")
        time.sleep(AWAY)
        lab.installation.news.rows("ALTER DATABASE airflow ALLOW_CONNECTIONS true")
    yield from ended_in_spite_of_a_restart(lab, run_id)
    yield from lab.differences(SMALL, exactly=True)


def server_restarted(lab: Lab) -> Iterator[str]:
    """The server of both databases restarts while a crawl holds its lock."""
    with held_page(lab) as requested:
        run_id = trigger(lab)
        assert requested.wait(TIMEOUT)
        lab.local.postgres.stop()
        lab.local.postgres.start()
    yield from ended_in_spite_of_a_restart(lab, run_id)
    if lab.task(run_id, "scrape")["try_number"] != 2:
        yield "scrape was not tried again"
    yield from lab.differences(SMALL)


def ended_in_spite_of_a_restart(lab: Lab, run_id: str) -> Iterator[str]:
    """As `ended`, with components started again that exit because they have lost their database."""

    def is_over() -> bool:
        lab.revive()
        with suppress(httpx.HTTPError):
            return lab.airflow.run(run_id)["state"] in FINAL
        return False

    await_(is_over, f"the end of {run_id}")
    yield from ended(lab, run_id)


def behind_pgbouncer(lab: Lab) -> Iterator[str]:
    """PgBouncer in session mode is between the tasks and the database `news`, and is restarted during a crawl."""
    if not INSTALLED:
        pytest.skip("PgBouncer is not installed: apt-get install pgbouncer")
    with pgbouncer(lab.local.postgres, lab.local.secrets.writer) as bouncer:
        writer = bouncer.url
        lab.restart("scheduler", AIRFLOW_CONN_NEWS_DB=writer, AKHBAR_DATABASE_URL=writer)
        runs_at_once = [trigger(lab) for _ in range(2)]
        for run_id in runs_at_once:
            yield from ended(lab, run_id)
        yield from lab.differences(SMALL, exactly=True)
        lab.clear()
        with held_page(lab) as requested:
            run_id = trigger(lab)
            assert requested.wait(TIMEOUT)
            bouncer.stop()
            bouncer.start()
        yield from ended(lab, run_id)
        if lab.task(run_id, "scrape")["try_number"] != 2:
            yield "scrape was not tried again"
        yield from lab.differences(SMALL)
    lab.restart("scheduler")


TRIALS = [
    Trial("clear the load task of an old run", clear_load_of_an_old_run),
    Trial("clear a whole run after an upgrade that added a migration", clear_a_run_after_an_upgrade),
    Trial("mark scrape as success while it runs", mark_scrape("success", answers=True)),
    Trial("mark scrape as failed while it runs", mark_scrape("failed", answers=True)),
    Trial("mark scrape as failed while the site does not answer", mark_scrape("failed", answers=False)),
    Trial("mark load as success while it runs", mark_load("success")),
    Trial("mark load as failed while it runs", mark_load("failed")),
    Trial("delete a running run and trigger its edition again", delete_and_trigger_again),
    Trial("trigger an edition three times", trigger_three_times),
    Trial("three active runs of a DAG", several_active_runs),
    Trial("backfill with reprocess over days that exist", backfill_again),
    Trial("pause the DAG in the middle of a run", pause_in_the_middle),
    Trial("restart Airflow's database during scrape", metadata_database_away),
    Trial("restart the server of both databases during scrape", server_restarted),
    Trial("PgBouncer in session mode, restarted during scrape", behind_pgbouncer),
]


@pytest.mark.parametrize("trial", parameters(TRIALS))
def test_what_an_operator_does_ends_in_the_rows_of_an_undisturbed_run(
    lab: Lab, trial: Trial, record_property: Callable[[str, object], None]
) -> None:
    record_property("seen", "the expected rows, task states and outcome; no crawl, lock or partial batch left over")
    try:
        errors = list(trial.attempt(lab))
    finally:
        lab.clear()
    assert not errors, "; ".join(errors)
