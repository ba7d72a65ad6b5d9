"""Alerts: the operator gets one message when a problem appears and one when it is resolved.

Each file in `sql/alerts` is one kind of problem. Its query runs for every newspaper and returns rows with a problem's
name and the message for the operator, which is null if there is no problem. The table `alerts` records what was sent,
so callers may run at any time, as often as they like, and concurrently.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

from psycopg2.extensions import cursor as Cursor  # noqa: N812 - psycopg2 names its class like a variable

from akhbar.database.connection import connect
from akhbar.newspaper import Newspaper
from akhbar.newspapers import active
from akhbar.settings import ROOT

PROBLEMS = ROOT / "sql" / "alerts"
LOOK_BACK = timedelta(days=30)
"""How far back to look for missing editions."""

ENTER = """
INSERT INTO news.alerts (problem, message, opened_at) VALUES (%s, %s, %s)
ON CONFLICT (problem) WHERE closed_at IS NULL DO NOTHING
"""
CLAIM = """
SELECT message, opened_at, told_at FROM news.alerts WHERE id = %s AND closed_at IS NULL FOR UPDATE SKIP LOCKED
"""

Deliver = Callable[[str], bool]
"""Sends a message to the operator; true if it was delivered."""


def update_alerts(database_url: str, deliver: Deliver, now: datetime | None = None) -> None:
    """Checks every newspaper, and sends a message for each new problem and for each one that is resolved.

    A message that could not be delivered is sent again by the next call. Raises `psycopg2.Error` if the database is
    unavailable.
    """
    now = now or datetime.now(UTC)
    with closing(connect(database_url)) as connection:
        with connection, connection.cursor() as cursor:
            seen = dict(row for paper in active() for row in _problems(cursor, paper, now))
            for problem, message in seen.items():
                if message:
                    cursor.execute(ENTER, [problem, message, now])
            cursor.execute("SELECT id, problem FROM news.alerts WHERE closed_at IS NULL ORDER BY id")
            open_alerts = cursor.fetchall()
        for number, problem in open_alerts:
            is_over = problem in seen and seen[problem] is None
            with connection, connection.cursor() as cursor:
                _update(cursor, number, deliver, now, is_over=is_over)


def ages(database_url: str) -> dict[str, dict[str, int | None]]:
    """Seconds since each newspaper's newest story was published and since its last run was stored; None if never."""
    with closing(connect(database_url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute((ROOT / "sql" / "metrics" / "ages.sql").read_text())
        return {source: {"newest_story_age": story, "last_load_age": load} for source, story, load in cursor}


def _problems(cursor: Cursor, paper: Newspaper, now: datetime) -> Iterator[tuple[str, str | None]]:
    """The problems checked for a newspaper, each with its message, or with None if there is no such problem."""
    editions = paper.editions_due(now - LOOK_BACK, now)
    parameters = {
        "source": paper.name,
        "now": now,
        "edition_due": paper.due,
        "editions": editions,
        "newest_edition": editions[-1] if editions else None,
        "latest_due_hours": paper.latest.stale_after_hours,
    }
    for file in sorted(PROBLEMS.glob("*.sql")):
        cursor.execute(file.read_text(), parameters)
        yield from cursor.fetchall()


def _update(cursor: Cursor, number: int, deliver: Deliver, now: datetime, *, is_over: bool) -> None:
    """Sends the message that an open alert needs, unless another process is already sending it.

    A problem that is resolved before its first message was sent is closed without one.
    """
    cursor.execute(CLAIM, [number])
    claimed = cursor.fetchone()
    if claimed is None:
        return
    message, opened_at, told_at = claimed
    if is_over:
        if told_at is None or deliver(f"Resolved, open since {opened_at:%Y-%m-%d at %H:%M %Z}: {message}"):
            cursor.execute("UPDATE news.alerts SET closed_at = %s WHERE id = %s", [now, number])
    elif told_at is None and deliver(message):
        cursor.execute("UPDATE news.alerts SET told_at = %s WHERE id = %s", [now, number])
