"""What a run tells of itself: a line for the DAG run's note, statistics, metrics, and links into the Newsroom.

Tasks of Airflow 3 may not write a note. They leave its parts as XComs under NOTE; the plugin `run_notes` puts them
together in the scheduler when the run ends.
"""

from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

import attrs
from airflow.sdk import BaseOperatorLink, get_current_context
from airflow.sdk.configuration import conf
from airflow.sdk.observability import stats

from akhbar.run import Run

NOTE = "run_note"
REQUESTS, STATUSES = "downloader/request_count", "downloader/response_status_count/"
"""Names of Scrapy's own statistics."""


def of_crawl(run: Run) -> None:
    """Leaves what the crawl did as the XCom `statistics`, also when it failed, and sends it as metrics."""
    from akhbar.archive.batch import Batch, BatchMissingError

    with suppress(BatchMissingError):
        manifest = Batch(run.batch).manifest()
        counted = manifest["stats"]
        seconds = round(counted.get("elapsed_time_seconds", 0))
        statuses = {name.removeprefix(STATUSES): n for name, n in counted.items() if name.startswith(STATUSES)}
        statistics = {
            "outcome": manifest["outcome"],
            "took": f"{seconds // 60} min {seconds % 60} s",
            "requests": counted.get(REQUESTS, 0),
            "answers by HTTP status": dict(sorted(statuses.items())),
            "stories": manifest["counts"],
        }
        context = get_current_context()
        context["ti"].xcom_push(key="statistics", value=statistics)
        if manifest["outcome"] != "complete":
            context["ti"].xcom_push(key=NOTE, value=f"{manifest['outcome']}: {manifest['reason']}")
        stats.timing(_metric(run, "crawl.duration"), seconds * 1000)
        for status, number in statuses.items():
            stats.incr(_metric(run, f"requests.{status}"), number)


def of_load(run: Run, counts: dict[str, Any]) -> None:
    """Leaves the note of what was stored, and sends the counts as metrics."""
    note = note_of(run, counts)
    get_current_context()["ti"].xcom_push(key=NOTE, value=note)
    for table in ("articles", "editorials"):
        for change in ("inserted", "updated"):
            stats.incr(_metric(run, f"{table}.{change}"), counts[table][change])
    stats.incr(_metric(run, "rejects"), counts["rejected"])
    stats.gauge(_metric(run, "coverage"), counts["coverage"])


def of_checks(failed: str) -> None:
    """Leaves the names of the checks that failed, of their messages, as the last part of the note."""
    names = [line.partition(":")[0] for line in failed.splitlines()]
    get_current_context()["ti"].xcom_push(key=NOTE, value=f"failed checks: {', '.join(names)}")


def of_freshness(database_url: str) -> None:
    """Sends, for each newspaper, how many seconds ago its newest story was published and a run was last stored."""
    from akhbar.maintenance.alerts import ages

    for source, ages_of_source in ages(database_url).items():
        for name, seconds in ages_of_source.items():
            if seconds is not None:
                stats.gauge(f"akhbar.{source}.{name}", seconds)


def note_of(run: Run, counts: dict[str, Any]) -> str:
    """One line on a loaded run: of an edition all its stories, of the latest ones those that were new."""
    articles, editorials = (
        counts[table] if run.edition else {"inserted": counts[table]["inserted"]}
        for table in ("articles", "editorials")
    )
    changed = counts["articles"]["updated"] + counts["editorials"]["updated"]
    new = "" if run.edition else "new "
    stories = f"{sum(articles.values())} {new}articles, {sum(editorials.values())} {new}editorials"
    return (
        f"{run.edition or 'latest'}: {stories}, "
        f"{counts['rejected']} rejected, {changed} changed; coverage {int(100 * counts['coverage'])} %"
    )


def _metric(run: Run, name: str) -> str:
    """The full name. It holds the newspaper, since plain StatsD has no tags."""
    return f"akhbar.{run.source}.{run.mode}.{name}"


def _newsroom(path: str, **asked: Any) -> str:
    return f"{conf.get('api', 'base_url', fallback='').rstrip('/')}/newsroom/{path}?{urlencode(asked)}"


@attrs.define
class BatchLink(BaseOperatorLink):
    """From a crawl to what the Newsroom says of its run."""

    source: str
    name = "Newsroom: the batch"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:
        return _newsroom(f"{self.source}/runs", dag_run_id=ti_key.run_id)


@attrs.define
class RowsLink(BaseOperatorLink):
    """From a load to the stories that it brought; after one that failed, to its run."""

    source: str
    name = "Newsroom: the stories"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:
        loaded = ti_key.xcom_pull(task_ids=ti_key.task_id)
        if not loaded:
            return _newsroom(f"{self.source}/runs", dag_run_id=ti_key.run_id)
        return _newsroom(f"{self.source}/stories", run=loaded["run_id"])
