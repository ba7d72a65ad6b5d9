"""Sessions of the roles that read have the newspaper's time zone."""

from collections.abc import Iterator

import pytest
from psycopg2 import sql

from akhbar.database.migrate import migrate
from akhbar.local.postgres import Server
from akhbar.settings import InvalidSettingError
from tests.conftest import News, fresh_news, outside_transaction


@pytest.fixture(scope="module")
def shared(postgres: Server) -> Iterator[News]:
    """One database, because each test migrates it to its own setting."""
    news = fresh_news(postgres)
    yield news
    name = sql.Identifier(news.admin.rsplit("/", 1)[1])
    outside_transaction(postgres.url(), sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


@pytest.mark.parametrize(
    ("newspapers", "setting", "zone"),
    [
        ("dawn", "", "Asia/Karachi"),
        ("dawn,tribune", "", "Asia/Karachi"),
        ("dawn,guardian", "", "UTC"),
        ("guardian", "", "Europe/London"),
        ("dawn", "Asia/Tokyo", "Asia/Tokyo"),
        ("dawn,guardian", "Asia/Tokyo", "Asia/Tokyo"),
        ("nothing", "", "UTC"),
    ],
)
def test_a_reader_sees_times_in_the_time_zone_that_the_active_newspapers_share_unless_one_is_set(
    shared: News, monkeypatch: pytest.MonkeyPatch, newspapers: str, setting: str, zone: str
) -> None:
    monkeypatch.setenv("AKHBAR_NEWSPAPERS", newspapers)
    monkeypatch.setenv("AKHBAR_TIME_ZONE", setting)
    [(servers,)] = shared.rows("SHOW timezone", url=shared.writer)
    assert migrate(shared.admin) == []
    expected = servers if zone == "UTC" else zone
    for url in (shared.reader, shared.monitor):
        assert shared.rows("SHOW timezone", url=url) == [(expected,)]
    assert shared.rows("SHOW timezone", url=shared.writer) == [(servers,)]


def test_a_time_zone_that_does_not_exist_is_refused_before_anything_is_changed(
    shared: News, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AKHBAR_TIME_ZONE", "Asia/Nowhere")
    with pytest.raises(InvalidSettingError, match="AKHBAR_TIME_ZONE is 'Asia/Nowhere': it must be an IANA time zone"):
        migrate(shared.admin)


def test_a_time_zone_that_the_server_does_not_know_is_a_warning(
    shared: News, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("akhbar.database.migrate.session_zone", lambda: "Asia/Nowhere")
    assert migrate(shared.admin) == []
    assert "the time zone of akhbar_reader was not set to Asia/Nowhere: invalid value" in caplog.text
