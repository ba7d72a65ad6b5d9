"""The table `runs`: one row per run, from the first request of its crawl to its checks, and one per replay.

No other module writes to this table. Every function takes a cursor and leaves the transaction to its caller.
"""

from datetime import UTC, datetime
from typing import Any

from psycopg2.extensions import cursor as Cursor  # noqa: N812 - psycopg2 names its class like a variable
from psycopg2.extras import Json

from akhbar.database import newspapers
from akhbar.database.copy_format import storable
from akhbar.newspapers import newspaper
from akhbar.run import Run
from akhbar.settings import ROOT, Location

STATEMENTS = ROOT / "sql" / "runs"


def batch_name(folder: Location) -> str:
    """The name of a batch in `runs`: the newspaper's folder and the batch's folder, `dawn/edition-2016-01-22-…`."""
    return f"{folder.parent.name}/{folder.name}"


def record(cursor: Cursor, folder: Location, manifest: dict[str, Any]) -> int:
    """Inserts the row of a batch's run, or updates it with the crawl's manifest. Returns the row's `id`.

    A manifest without an outcome means that the crawl is running. Enters the newspaper if it has no row yet. Raises
    `UnknownNewspaperError` if it is not declared.
    """
    newspapers.enter(cursor, newspaper(manifest["source"]))
    row = {
        "batch": f"{manifest['source']}/{folder.name}",
        "outcome": "running",
        "finished_at": None,
        "reason": None,
        **manifest,
        "counts": Json(manifest.get("counts", {})),
        "stats": Json(manifest.get("stats", {})),
    }
    cursor.execute((STATEMENTS / "upsert.sql").read_text(), row)
    return int(_value(cursor))


def running(cursor: Cursor, source: str) -> list[str]:
    """The batch names of a newspaper's runs whose crawl has not ended, as far as their rows say."""
    cursor.execute(
        "SELECT batch FROM news.runs WHERE source = %s AND mode <> 'replay' AND outcome = 'running'", [source]
    )
    return [batch for (batch,) in cursor]


def end_killed(cursor: Cursor, batch: str) -> None:
    """Records that the processes of a run were killed before they could record how its crawl ended."""
    cursor.execute(
        "UPDATE news.runs SET outcome = 'failed', reason = 'its process was killed', finished_at = %s, stats = '{}' "
        "WHERE batch = %s AND outcome = 'running'",
        [datetime.now(UTC), batch],
    )


def is_refused(cursor: Cursor, folder: Location) -> bool:
    """Whether the site blocked the last attempt of a batch's run."""
    cursor.execute("SELECT outcome = 'refused' FROM news.runs WHERE batch = %s", [batch_name(folder)])
    return bool(_value(cursor))


def started_at(cursor: Cursor, folder: Location) -> datetime:
    """When the last try of a batch's run began."""
    cursor.execute("SELECT started_at FROM news.runs WHERE batch = %s", [batch_name(folder)])
    found: datetime = _value(cursor)
    return found


def is_loaded(cursor: Cursor, run_id: int) -> bool:
    cursor.execute("SELECT loaded_at IS NOT NULL FROM news.runs WHERE id = %s", [run_id])
    return bool(_value(cursor))


def loaded_run(cursor: Cursor, folder: Location) -> int | None:
    """The `id` of a batch's run, or None if the batch was never loaded."""
    cursor.execute("SELECT id FROM news.runs WHERE batch = %s AND loaded_at IS NOT NULL", [batch_name(folder)])
    found: int | None = _value(cursor)
    return found


def counts(cursor: Cursor, run_id: int) -> dict[str, Any]:
    """The counts stored so far; the row stays locked until the transaction ends."""
    cursor.execute("SELECT counts FROM news.runs WHERE id = %s FOR UPDATE", [run_id])
    return dict(_value(cursor))


def finish_load(cursor: Cursor, run_id: int, counts: dict[str, Any]) -> None:
    statement = "UPDATE news.runs SET loaded_at = %s, counts = %s WHERE id = %s"
    cursor.execute(statement, [datetime.now(UTC), Json(storable(counts)), run_id])


def store_checks(cursor: Cursor, run_id: int, results: list[dict[str, Any]]) -> None:
    cursor.execute("UPDATE news.runs SET checks = %s WHERE id = %s", [Json(results), run_id])


def unfinished(cursor: Cursor, run: Run) -> list[tuple[str, bool]]:
    """The command-line runs of the same kind whose stories were never stored, newest first.

    Each is its batch's name, and whether it was resumed before. Runs that were set aside are not included.
    """
    wanted = {"source": run.source, "mode": run.mode, "edition": run.edition}
    cursor.execute((STATEMENTS / "unfinished.sql").read_text(), wanted)
    return [(batch.partition("/")[2], resumed) for batch, resumed in cursor]


def mark_resumed(cursor: Cursor, batch: str) -> None:
    """Records that a run is about to be resumed."""
    statement = "UPDATE news.runs SET counts = counts || '{\"resumed\": true}' WHERE batch = %s"
    cursor.execute(statement, [batch])


def set_aside(cursor: Cursor, batch: str) -> None:
    """Gives up on a run that could not be stored: no later run resumes it."""
    cursor.execute((STATEMENTS / "set_aside.sql").read_text(), {"batch": batch, "now": datetime.now(UTC)})


# --- pruned page archives ---------------------------------------------------------------------------------------------


def with_pages_older_than(cursor: Cursor, before: datetime) -> list[tuple[int, str]]:
    """The `id` and batch of each run that ended before the given time and has its page archive, oldest first."""
    cursor.execute((STATEMENTS / "to_prune.sql").read_text(), {"before": before})
    return cursor.fetchall()


def lock_for_pruning(cursor: Cursor, run_id: int) -> bool:
    """Locks the row until the transaction ends. False if the run has been pruned, or if another session has locked
    it."""
    cursor.execute((STATEMENTS / "lock_for_pruning.sql").read_text(), {"run_id": run_id})
    return cursor.fetchone() is not None


def record_pruning(cursor: Cursor, run_id: int, note: dict[str, Any]) -> None:
    """`note` is the return value of `Batch.drop_pages`."""
    cursor.execute((STATEMENTS / "mark_pruned.sql").read_text(), {"run_id": run_id, **note})


# --- replays ----------------------------------------------------------------------------------------------------------


def start_replay(cursor: Cursor, source: str, wanted: dict[str, str]) -> int:
    """The `id` of a replay's row: the row of a stopped replay of the same batches with the same code, or a new one.

    `wanted` specifies the batches, and contains a digest of the code under `code`. A stopped replay that used different
    code is marked as failed. Enters the newspaper if it has no row yet. Raises `UnknownNewspaperError` if it is not
    declared.
    """
    newspapers.enter(cursor, newspaper(source))
    now = datetime.now(UTC)
    cursor.execute(
        "UPDATE news.runs SET outcome = 'failed', finished_at = %s, reason = 'abandoned: the code has changed' "
        "WHERE source = %s AND mode = 'replay' AND finished_at IS NULL AND stats ->> 'code' <> %s",
        [now, source, wanted["code"]],
    )
    cursor.execute(
        "UPDATE news.runs SET outcome = 'running', reason = NULL "
        "WHERE source = %s AND mode = 'replay' AND finished_at IS NULL AND stats = %s RETURNING id",
        [source, Json(wanted)],
    )
    stopped = _value(cursor)
    if stopped is None:
        cursor.execute(
            "INSERT INTO news.runs (batch, source, mode, started_at, outcome, stats) "
            "VALUES (%s, %s, 'replay', %s, 'running', %s) RETURNING id",
            [f"{source}/replay-{now:%Y%m%dT%H%M%S.%f}", source, now, Json(wanted)],
        )
    return int(_value(cursor) if stopped is None else stopped)


def stop_replay(cursor: Cursor, run_id: int, reason: str) -> None:
    """Marks a replay as failed; without `finished_at` the next call resumes it."""
    cursor.execute("UPDATE news.runs SET outcome = 'failed', reason = %s WHERE id = %s", [reason, run_id])


def finish_replay(cursor: Cursor, run_id: int, counts: dict[str, Any], reason: str | None) -> None:
    """Marks a replay as ended. `reason` says what it could not read; None if it read everything."""
    now, outcome = datetime.now(UTC), "incomplete" if reason else "complete"
    cursor.execute(
        "UPDATE news.runs SET counts = %s, finished_at = %s, loaded_at = %s, outcome = %s, reason = %s WHERE id = %s",
        [Json(counts), now, now, outcome, reason, run_id],
    )


def _value(cursor: Cursor) -> Any:
    """The first column of the first row, or None if there is no row."""
    row = cursor.fetchone()
    return row[0] if row else None
