"""Refreshes the planner's statistics and the materialized views."""

from psycopg2 import sql

from akhbar.database.connection import connected
from akhbar.settings import ROOT

STATEMENTS = {"r": "ANALYZE {}", "m": "REFRESH MATERIALIZED VIEW {}"}
"""By `pg_class.relkind`. Both need the MAINTAIN privilege."""


def refresh(database_url: str) -> list[str]:
    """Analyzes every table and refreshes every materialized view. Returns their names. Raises `DatabaseError`."""
    with (
        connected(database_url) as connection,
        connection.cursor() as cursor,
    ):
        connection.autocommit = True
        cursor.execute((ROOT / "sql" / "maintenance" / "tables.sql").read_text())
        tables = cursor.fetchall()
        for name, kind in tables:
            cursor.execute(sql.SQL(STATEMENTS[kind]).format(sql.Identifier("news", name)))
    return [name for name, _ in tables]
