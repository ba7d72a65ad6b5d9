"""What the database knows of stories that a listing names."""

from datetime import datetime
from typing import NamedTuple

from psycopg2.extensions import connection as Connection  # noqa: N812 - psycopg2 names its class like a variable


class Known(NamedTuple):
    """A story as it is stored."""

    last_seen_at: datetime
    completeness: str
    extracted_by: str


def known_stories(connection: Connection, source: str, story_ids: list[str]) -> dict[str, Known]:
    """Those of a newspaper's stories that are stored, by their number."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT story_id, last_seen_at, completeness, extracted_by
            FROM news.articles WHERE source = %(source)s AND story_id = ANY(%(story_ids)s)
            UNION ALL
            SELECT story_id, last_seen_at, completeness, extracted_by
            FROM news.editorials WHERE source = %(source)s AND story_id = ANY(%(story_ids)s)
            """,
            {"source": source, "story_ids": story_ids},
        )
        return {story_id: Known(*rest) for story_id, *rest in cursor}
