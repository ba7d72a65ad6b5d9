"""The check step: SQL queries that replace an operator's morning check.

Each file in `sql/checks` is one check, named after the property. It returns one row: severity (`error` or `warning`),
whether it passed, what was found (`seen`), what was expected (`wanted`), and what to do about it.
"""

from pathlib import Path
from typing import Any

from psycopg2.extras import RealDictCursor

from akhbar.database import runs
from akhbar.database.connection import DatabaseError, connected
from akhbar.settings import ROOT, Location

CHECKS = ROOT / "sql" / "checks"


class ChecksFailedError(Exception):
    """At least one check of severity `error` failed."""


def check_run(folder: Location, database_url: str) -> dict[str, Any]:
    """Checks a loaded run and stores the results with it, in `runs.checks`.

    Returns the run's id and the results, each with name, severity, passed, seen, wanted and message. If a check failed,
    raises `ChecksFailedError` after storing them, with one line per failure. Raises `DatabaseError` if the run was
    never loaded or the database is unreachable.
    """
    batch = runs.batch_name(folder)
    with (
        connected(database_url, f"run {batch} could not be checked") as connection,
        connection,
        connection.cursor() as cursor,
        connection.cursor(cursor_factory=RealDictCursor) as checks,
    ):
        run_id = runs.loaded_run(cursor, folder)
        if run_id is None:
            raise DatabaseError(f"run {batch} was never loaded: load it first")
        results = [_check(checks, file, run_id) for file in sorted(CHECKS.glob("*.sql"))]
        runs.store_checks(cursor, run_id, results)
    failed = [result for result in results if not result["passed"] and result["severity"] == "error"]
    if failed:
        raise ChecksFailedError("\n".join(f"{result['name']}: {result['message']}" for result in failed))
    return {"run_id": run_id, "checks": results}


def _check(cursor: RealDictCursor, file: Path, run_id: int) -> dict[str, Any]:
    cursor.execute(file.read_text(), {"run_id": run_id})
    row = cursor.fetchone()
    if row is None:
        raise DatabaseError(f"the check {file.name} returned no row: every check must return one")
    message = f"found {row['seen']}, expected {row['wanted']}"
    if not row["passed"]:
        message = f"{message}: {row['advice']}"
    return {"name": file.stem, **{k: row[k] for k in ("severity", "passed", "seen", "wanted")}, "message": message}
