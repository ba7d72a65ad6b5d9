"""Reports about a run: the parts of the DAG run's note, crawl statistics, and metrics.

Tasks in Airflow 3 cannot write a DAG run's note. They push its parts as XComs with the key NOTE, and the plugin
`run_notes` joins them in the scheduler when the run ends.
"""

from contextlib import suppress
from typing import Any

from airflow.sdk import get_current_context
from airflow.sdk.observability import stats

from akhbar.run import Run

NOTE = "run_note"
REQUESTS, STATUSES = "downloader/request_count", "downloader/response_status_count/"
"""Names in Scrapy's statistics."""


def report_crawl(run: Run) -> None:
    """Pushes the crawl's statistics as an XCom and sends them as metrics, for failed crawls too."""
    from akhbar.archive.batch import Batch, BatchMissingError

    with suppress(BatchMissingError):
        manifest = Batch(run.batch).manifest()
        crawl_stats = manifest["stats"]
        seconds = round(crawl_stats.get("elapsed_time_seconds", 0))
        statuses = {name.removeprefix(STATUSES): n for name, n in crawl_stats.items() if name.startswith(STATUSES)}
        statistics = {
            "outcome": manifest["outcome"],
            "duration": f"{seconds // 60} min {seconds % 60} s",
            "requests": crawl_stats.get(REQUESTS, 0),
            "responses by HTTP status": dict(sorted(statuses.items())),
            "stories": manifest["counts"],
        }
        context = get_current_context()
        context["ti"].xcom_push(key="statistics", value=statistics)
        if note := crawl_note(manifest):
            context["ti"].xcom_push(key=NOTE, value=note)
        stats.timing(_metric(run, "crawl.duration"), seconds * 1000)
        for status, number in statuses.items():
            stats.incr(_metric(run, f"requests.{status}"), number)


def crawl_note(manifest: dict[str, Any]) -> str:
    """The part of the note about the crawl: how it ended, unless it completed, and how often it was throttled."""
    from akhbar.steps.scrape import throttling

    outcome, reason = manifest["outcome"], manifest.get("reason")
    is_in_words = outcome in ("complete", "refused")  # then the reason already contains the outcome
    ended = reason if is_in_words else f"{outcome}: {reason}"
    return "; ".join(part for part in (ended, throttling(manifest["stats"])) if part)


def report_load(run: Run, counts: dict[str, Any]) -> None:
    """Pushes the main part of the note and sends the counts as metrics."""
    get_current_context()["ti"].xcom_push(key=NOTE, value=load_note(run, counts))
    for table in ("articles", "editorials"):
        for change in ("inserted", "updated"):
            stats.incr(_metric(run, f"{table}.{change}"), counts[table][change])
    stats.incr(_metric(run, "rejects"), counts["rejected"])
    stats.gauge(_metric(run, "coverage"), counts["coverage"])


def report_failed_checks(messages: str) -> None:
    """Pushes the names of the failed checks for the note; `messages` has one line per check, "name: …"."""
    names = [line.partition(":")[0] for line in messages.splitlines()]
    get_current_context()["ti"].xcom_push(key=NOTE, value=f"failed checks: {', '.join(names)}")


def report_freshness(database_url: str) -> None:
    """Sends the ages, in seconds, of each newspaper's newest story and last load as metrics."""
    from akhbar.maintenance.alerts import ages

    for source, ages_of_source in ages(database_url).items():
        for name, seconds in ages_of_source.items():
            if seconds is not None:
                stats.gauge(f"akhbar.{source}.{name}", seconds)


def load_note(run: Run, counts: dict[str, Any]) -> str:
    """One line about a loaded run: all stories of an edition, or the new ones among the latest stories."""
    articles, editorials = (
        counts[table] if run.edition else {"inserted": counts[table]["inserted"]}
        for table in ("articles", "editorials")
    )
    changed = counts["articles"]["updated"] + counts["editorials"]["updated"]
    new = "" if run.edition else "new "
    stories = f"{sum(articles.values())} {new}articles, {sum(editorials.values())} {new}editorials"
    return (
        f"{run.edition or 'latest'}: {stories}, "
        f"{counts['rejected']} rejected, {changed} changed; coverage {int(100 * counts['coverage'])}%"
    )


def _metric(run: Run, name: str) -> str:
    """A metric's full name. It includes the newspaper because plain StatsD has no tags."""
    return f"akhbar.{run.source}.{run.mode}.{name}"
