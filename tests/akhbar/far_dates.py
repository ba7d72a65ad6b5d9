"""Timestamps and dates that Postgres stores and Python cannot represent, and the first and last that it can."""

from tests.conftest import News

MOMENTS = {
    "0044-03-15 12:30:00+00 BC": -63_517_779_000_000_000,
    "0001-01-01 00:00:00+00": -62_135_596_800_000_000,
    "9999-12-31 23:59:59.999999+00": 253_402_300_799_999_999,
    "10000-01-01 00:00:00+00": 253_402_300_800_000_000,
    "294246-12-31 00:00:00+00": 9_223_371_158_400_000_000,
    "294276-12-31 00:00:00+00": None,
    "infinity": None,
    "-infinity": None,
}
"""Each with its microseconds since 1970, None where 64 bits do not hold them."""
DAYS = ["0044-03-15 BC", "0001-01-01", "9999-12-31", "10000-01-01", "5874897-12-31"]
"""Of stories; an index on months refuses infinity."""

COLUMNS = """
SELECT c.relname, string_agg(format('%%I = %%L', a.attname, %s), ', ')
FROM pg_class AS c
INNER JOIN pg_attribute AS a ON c.oid = a.attrelid
WHERE c.relnamespace = 'news'::regnamespace AND c.relkind = 'r' AND a.atttypid = 'timestamptz'::regtype
GROUP BY c.relname
"""


def set_every_moment(news: News, moment: str) -> None:
    """Sets every timestamp of every row. The stories are of an edition, so that their days stay as they are."""
    for table in ("articles", "editorials"):
        news.rows(f"UPDATE {table} SET edition_date = '2026-11-20'")
    for table, values in news.rows(COLUMNS, moment):
        news.rows(f"UPDATE {table} SET {values}")


def set_every_day(news: News, day: str) -> None:
    """Sets the edition of every story and run, and the publication of every story, of which only the day is known."""
    for table in ("articles", "editorials", "runs"):
        news.rows(f"UPDATE {table} SET edition_date = %s", day)
    for table in ("articles", "editorials"):
        news.rows(f"UPDATE {table} SET published_at = NULL, published_date = %s", day)
