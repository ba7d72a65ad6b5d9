"""The time zone of the sessions of the roles that read, so that `published_at::date` is a day of the newspaper."""

import logging

from psycopg2 import sql
from psycopg2.errors import InsufficientPrivilege, InvalidParameterValue
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - psycopg2 names its class like a variable

from akhbar import settings
from akhbar.database.locks import lock_settings
from akhbar.newspapers import active

logger = logging.getLogger(__name__)

ROLES = ("akhbar_reader", "akhbar_bi", "akhbar_monitor", "akhbar_analyst")
CURRENT = """
SELECT r.rolname, split_part(s.entry, '=', 2)
FROM pg_roles AS r
LEFT JOIN LATERAL (
    SELECT unnest(d.setconfig) AS entry
    FROM pg_db_role_setting AS d
    WHERE d.setrole = r.oid AND d.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
) AS s ON lower(s.entry) LIKE 'timezone=%%'
WHERE r.rolname = ANY(%s)
"""
SET = "ALTER ROLE {role} IN DATABASE {database} SET timezone TO {zone}"
RESET = "ALTER ROLE {role} IN DATABASE {database} RESET timezone"


def session_zone() -> str | None:
    """The time zone in AKHBAR_TIME_ZONE, or else the one that all active newspapers share. None: the server's default.

    Raises `InvalidSettingError`.
    """
    zones = {paper.timezone for paper in active()}
    return settings.time_zone() or (zones.pop() if len(zones) == 1 else None)


def set_session_zone(cursor: Cursor, zone: str | None) -> None:
    """Sets the time zone of new sessions in this database where it differs; None restores the server's default.

    Logs a warning if the user may not change the roles, or if the server does not know the zone.
    """
    cursor.execute(CURRENT, [list(ROLES)])
    different = sorted(role for role, current in cursor.fetchall() if current != zone)
    if not different:
        return
    lock_settings(cursor)  # Postgres refuses two sessions that change the same role at the same time
    for role in different:
        names = {"role": sql.Identifier(role), "database": sql.Identifier(cursor.connection.info.dbname)}
        try:
            cursor.execute(sql.SQL(SET if zone else RESET).format(**names, zone=sql.Literal(zone)))
        except (InsufficientPrivilege, InvalidParameterValue) as error:
            logger.warning("the time zone of %s was not set to %s: %s", role, zone or "the default", error)
