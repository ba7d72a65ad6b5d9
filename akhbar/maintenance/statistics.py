"""Refreshes the planner's statistics, the materialized views and the counts of frequent words."""

from akhbar.database.connection import connected
from akhbar.settings import ROOT

MONTHS_AT_ONCE = 12
"""Months whose words are counted in one transaction, so that a killed refresh loses little."""


def refresh(database_url: str) -> list[str]:
    """Analyzes every table, refreshes every materialized view, and counts the frequent words of months that changed.

    Returns the names of the tables and views. Raises `DatabaseError`.
    """
    with (
        connected(database_url) as connection,
        connection.cursor() as cursor,
    ):
        connection.autocommit = True
        cursor.execute((ROOT / "sql" / "maintenance" / "tables.sql").read_text())
        tables = [name for name, _ in cursor]
        for name in tables:
            cursor.execute("SELECT news.refresh_statistics(format('news.%%I', %s)::regclass)", [name])
        counted = MONTHS_AT_ONCE
        while counted:
            cursor.execute("SELECT news.refresh_word_counts(%s)", [MONTHS_AT_ONCE])
            [(counted,)] = cursor.fetchall()
    return tables
