"""Refreshing statistics and materialised views."""

from akhbar.maintenance.statistics import refresh
from akhbar.settings import Location
from tests.akhbar.maintenance.archived_runs import OLD, read
from tests.conftest import News


def test_the_writer_may_refresh_the_statistics_of_every_table(news: News, kept: Location) -> None:
    read(news, "first", OLD, {"1": b"one"})
    analyzed = "SELECT relname FROM pg_stat_user_tables WHERE schemaname = 'news' AND analyze_count > 0"
    assert news.rows(analyzed) == []
    assert {"articles", "editorials", "pages", "revisions", "runs"} <= set(refresh(news.writer))
    assert {"articles", "pages"} <= {name for (name,) in news.rows(analyzed)}


def test_materialised_views_are_refreshed(news: News) -> None:
    news.rows("CREATE MATERIALIZED VIEW news.how_many AS SELECT count(*) AS runs FROM news.runs")
    news.rows(
        "INSERT INTO runs (batch, source, mode, started_at, outcome) "
        "VALUES ('dawn/a', 'dawn', 'latest', now(), 'empty')"
    )
    refresh(news.writer)
    assert news.rows("SELECT runs FROM news.how_many") == [(1,)]
