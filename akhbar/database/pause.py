"""The pause after a site has blocked its pages: until it is over, runs store what the feeds contain and request no
pages."""

from datetime import datetime
from typing import NamedTuple

from psycopg2.extensions import cursor as Cursor  # noqa: N812 - psycopg2 names its class like a variable

from akhbar.newspaper import Newspaper
from akhbar.settings import ROOT

PAUSED_UNTIL = "akhbar/pages_paused_until"
"""The statistic of a run that requested no pages: the ISO 8601 timestamp after which pages are retried."""

REFUSALS = "akhbar/refusals"
"""The statistic of a blocked run: how many times in a row pages have been blocked."""


class Pause(NamedTuple):
    """How many times in a row a site has blocked its pages, and when they are retried."""

    refusals: int
    until: datetime | None
    """When pages are retried, which may be in the past. None if the site has not blocked them."""

    def is_over(self, now: datetime) -> bool:
        return self.until is None or self.until <= now


def pages_pause(cursor: Cursor, source: str, now: datetime) -> Pause:
    """The pause that results from a newspaper's runs."""
    statement = (ROOT / "sql" / "crawl" / "pages_pause.sql").read_text()
    cursor.execute(statement, {"source": source, "now": now})
    row = cursor.fetchone()
    return Pause(*row) if row else Pause(0, None)


def next_try(until: datetime, paper: Newspaper) -> str:
    """A message for the operator that says when pages will be retried."""
    return f"pages will be retried after {until.astimezone(paper.zone):%Y-%m-%d %H:%M} {paper.timezone}"
