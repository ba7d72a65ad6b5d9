"""What is wrong now, and who was told: each problem once when it appears, and once when it is over.

Every file of `sql/alerts` is one kind of problem. It is asked for each newspaper and returns a row for what it looked
at: the name of the problem, and the message for the keeper, or null where all is well. What was told is remembered in
the table `alerts`, so that it does not matter who looks, how often, or how many at once.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

from psycopg2.extensions import cursor as Cursor  # noqa: N812 - psycopg2 names its class like a variable

from akhbar.database.connection import connect
from akhbar.newspapers import Newspaper, declared
from akhbar.settings import ROOT

PROBLEMS = ROOT / "sql" / "alerts"
LOOK_BACK = timedelta(days=30)
"""How long an edition that is missing is looked for."""

ENTER = """
INSERT INTO news.alerts (problem, message, opened_at) VALUES (%s, %s, %s)
ON CONFLICT (problem) WHERE closed_at IS NULL DO NOTHING
"""
CLAIM = """
SELECT message, opened_at, told_at FROM news.alerts WHERE id = %s AND closed_at IS NULL FOR UPDATE SKIP LOCKED
"""

Deliver = Callable[[str], bool]
"""Takes a message to the keeper; true if it arrived."""


def tell(database_url: str, deliver: Deliver, now: datetime | None = None) -> None:
    """Looks at every newspaper, and tells of problems that are new and of those that are over.

    A message that could not be delivered is tried again by whoever looks next. Raises `psycopg2.Error` where the
    database cannot be asked.
    """
    now = now or datetime.now(UTC)
    with closing(connect(database_url)) as connection:
        with connection, connection.cursor() as cursor:
            seen = dict(row for paper in declared() for row in _look(cursor, paper, now))
            for problem, message in seen.items():
                if message:
                    cursor.execute(ENTER, [problem, message, now])
            cursor.execute("SELECT id, problem FROM news.alerts WHERE closed_at IS NULL ORDER BY id")
            unsettled = cursor.fetchall()
        for number, problem in unsettled:
            is_over = problem in seen and seen[problem] is None
            with connection, connection.cursor() as cursor:
                _settle(cursor, number, deliver, now, is_over=is_over)


def ages(database_url: str) -> dict[str, dict[str, int | None]]:
    """Seconds since each newspaper's newest story was published and since a run was last stored, None if never."""
    with closing(connect(database_url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute((ROOT / "sql" / "metrics" / "ages.sql").read_text())
        return {source: {"newest_story_age": story, "last_load_age": load} for source, story, load in cursor}


def _look(cursor: Cursor, paper: Newspaper, now: datetime) -> Iterator[tuple[str, str | None]]:
    """What was looked for with a newspaper, each with its message, or None where all is well."""
    editions = paper.editions_due(now - LOOK_BACK, now)
    asked = {
        "source": paper.name,
        "now": now,
        "edition_due": paper.edition_due,
        "editions": editions,
        "newest_edition": editions[-1] if editions else None,
        "latest_due_hours": paper.latest_due_hours,
    }
    for file in sorted(PROBLEMS.glob("*.sql")):
        cursor.execute(file.read_text(), asked)
        yield from cursor.fetchall()


def _settle(cursor: Cursor, number: int, deliver: Deliver, now: datetime, *, is_over: bool) -> None:
    """Tells what is to be told of an open alert. One that somebody else is telling of at the same time is left to them.

    What is over before anybody was told is closed without a word.
    """
    cursor.execute(CLAIM, [number])
    claimed = cursor.fetchone()
    if claimed is None:
        return
    message, opened_at, told_at = claimed
    if is_over:
        if told_at is None or deliver(f"Over, after it began on {opened_at:%Y-%m-%d at %H:%M %Z}: {message}"):
            cursor.execute("UPDATE news.alerts SET closed_at = %s WHERE id = %s", [now, number])
    elif told_at is None and deliver(message):
        cursor.execute("UPDATE news.alerts SET told_at = %s WHERE id = %s", [now, number])
