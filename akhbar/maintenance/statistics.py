"""Refreshes the planner's statistics and the materialized views."""

from akhbar.database.connection import connected
from akhbar.settings import ROOT


def refresh(database_url: str) -> list[str]:
    """Analyzes every table and refreshes every materialized view. Returns their names. Raises `DatabaseError`."""
    with (
        connected(database_url) as connection,
        connection.cursor() as cursor,
    ):
        connection.autocommit = True
        cursor.execute((ROOT / "sql" / "maintenance" / "tables.sql").read_text())
        tables = [name for name, _ in cursor]
        for name in tables:
            cursor.execute("SELECT news.refresh_statistics(format('news.%%I', %s)::regclass)", [name])
    return tables
