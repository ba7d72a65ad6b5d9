"""What the database knows of stories: those that a listing names, and those that it tells the spider to ask for."""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from psycopg2.extensions import connection as Connection  # noqa: N812 - psycopg2 names its class like a variable
from psycopg2.extras import RealDictCursor

from akhbar.settings import ROOT

LOOKS = (timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=3), timedelta(days=7))
"""How long after its publication a story is looked at again: most changes come early."""

MOST_LOOKS = 100
"""Stories that one run looks at again, the youngest first; the next run goes on. 200 s at one request in 2 s."""


class Known(NamedTuple):
    """A story as it is stored."""

    last_seen_at: datetime | None
    """None where a clock that went wrong wrote a time to come."""
    completeness: str
    extracted_by: str


def known_stories(connection: Connection, source: str, story_ids: list[str]) -> dict[str, Known]:
    """Those of a newspaper's stories that are stored, by their number."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT
                story_id,
                CASE WHEN last_seen_at <= now() THEN last_seen_at WHEN read_at <= now() THEN read_at END,
                completeness,
                extracted_by
            FROM news.stories WHERE source = %(source)s AND story_id = ANY(%(story_ids)s)
            """,
            {"source": source, "story_ids": story_ids},
        )
        return {story_id: Known(*rest) for story_id, *rest in cursor}


def due_stories(connection: Connection, source: str, now: datetime) -> list[dict[str, Any]]:
    """The stories of a newspaper for which a step of `LOOKS` has passed at `now` since they were last asked for.

    Each with `story_id`, the `url` to ask for, what listings said of it (`kind`, `section`, `edition_date`,
    `excerpt`), and the validators `etag` and `last_modified` of the page that its text was read from, or None.
    """
    wanted = {"source": source, "now": now, "looks": list(LOOKS), "last_look": LOOKS[-1], "most": MOST_LOOKS}
    with connection.cursor(cursor_factory=RealDictCursor) as cursor:
        cursor.execute((ROOT / "sql" / "crawl" / "stories_to_recheck.sql").read_text(), wanted)
        return [dict(row) for row in cursor]


def unread_stories(connection: Connection, source: str, edition: date) -> list[dict[str, Any]]:
    """The stories that an edition's last run was told of and did not get, as lines of `listed.jsonl`."""
    with connection.cursor() as cursor:
        statement = (ROOT / "sql" / "crawl" / "missing_stories.sql").read_text()
        cursor.execute(statement, {"source": source, "edition": edition})
        found = cursor.fetchone()
        return found[0] or [] if found else []
