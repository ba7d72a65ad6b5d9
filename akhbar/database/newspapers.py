"""The table `newspapers`: one row per newspaper, as declared.

`akhbar migrate` brings the rows up to date. A run enters its newspaper if that was declared since.
"""

from typing import Any

from psycopg2.extensions import cursor as Cursor  # noqa: N812 - psycopg2 names its class like a variable

from akhbar.newspaper import Newspaper
from akhbar.settings import ROOT

STATEMENTS = ROOT / "sql" / "newspapers"


def upsert(cursor: Cursor, paper: Newspaper) -> None:
    """Inserts a newspaper's row, or updates it. Only the owner may update."""
    cursor.execute((STATEMENTS / "upsert.sql").read_text(), _row(paper))


def enter(cursor: Cursor, paper: Newspaper) -> None:
    """Inserts a newspaper's row if there is none."""
    cursor.execute((STATEMENTS / "enter.sql").read_text(), _row(paper))


def _row(paper: Newspaper) -> dict[str, Any]:
    return {
        "source": paper.name,
        "publisher": paper.publisher,
        "home_page": paper.home_page,
        "time_zone": paper.timezone,
        "language": paper.language,
        "edition_kind": paper.edition_kind,
        "start_date": paper.start_date,
    }
