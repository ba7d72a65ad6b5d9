"""The Newsroom's access to the database."""

from pathlib import Path

import pytest
from psycopg2.errors import ReadOnlySqlTransaction

from tests.plugins.conftest import Month


def test_its_connection_is_read_only(
    airflow: None, connected: Month, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from newsroom import queries

    (tmp_path / "delete.sql").write_text("DELETE FROM news.pages RETURNING 1 AS stories")
    monkeypatch.setattr(queries, "QUERIES", tmp_path)
    opened = queries.database()
    with pytest.raises(ReadOnlySqlTransaction):
        next(opened).fetch("delete", queries.ChangeCount)
    opened.close()
