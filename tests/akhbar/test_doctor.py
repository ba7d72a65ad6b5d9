"""`akhbar doctor`: what it checks, and what it advises."""

import re
from dataclasses import replace

import pytest

from akhbar.local.postgres import Server
from tests.akhbar.command import akhbar
from tests.conftest import News, ascii_database
from tests.replica import Answer, Replica


def doctor() -> tuple[int, str]:
    """The exit status and the findings, white space folded."""
    done = akhbar("--quiet", "doctor")
    return done.returncode, re.sub(r"\s+", " ", done.stdout + done.stderr)


@pytest.mark.usefixtures("here", "news")
def test_the_machine_the_database_and_the_site_are_checked() -> None:
    status, findings = doctor()
    assert status == 0, findings
    for finding in (
        "ok database: PostgreSQL",
        "ok roles: akhbar_bi, akhbar_monitor, akhbar_reader, akhbar_writer",
        "ok robots.txt",
        "ok layout: 6 of 6 pages parsed by the selectors",
        "ok title: 6 of 6",
    ):
        assert finding in findings


def test_a_problem_is_reported_with_advice_and_without_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AKHBAR_DATABASE_URL", "postgresql://akhbar_writer:hush@127.0.0.1:9/news")
    monkeypatch.setenv("AKHBAR_DAWN_BASE_URL", "http://127.0.0.1:9")
    status, findings = doctor()
    assert status == 1
    assert "check that the server is up and AKHBAR_DATABASE_URL is correct" in findings
    assert "Dawn is unreachable from this machine" in findings
    assert "hush" not in findings


def test_a_database_that_cannot_hold_every_character_is_reported(
    postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AKHBAR_DATABASE_URL", ascii_database(postgres))
    monkeypatch.setenv("AKHBAR_DAWN_BASE_URL", "http://127.0.0.1:9")
    status, findings = doctor()
    assert status == 1
    assert "no database: PostgreSQL" in findings
    assert "the database's encoding is SQL_ASCII, which cannot hold every story: create another with" in findings


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("name", ["AKHBAR_DELAY", "AKHBAR_TIMEOUT"])
@pytest.mark.parametrize("value", ["abc", "-1", "nan"])
def test_an_invalid_setting_is_reported_before_any_request(
    site: Replica, news: News, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    status, findings = doctor()
    assert status == 1
    assert f"{name} is '{value}'" in findings
    assert site.paths == []
    assert news.rows("SELECT 1 FROM runs") == []


@pytest.mark.usefixtures("here")
def test_a_redesign_of_the_site_is_reported(site: Replica, monkeypatch: pytest.MonkeyPatch) -> None:
    before = site.answer

    def redesigned(path: str) -> Answer:
        answer = before(path)
        return replace(answer, body=answer.body.replace(b"story__content", b"prose"))

    monkeypatch.setattr(site, "answer", redesigned)
    status, findings = doctor()
    assert status == 1
    assert "no layout: 0 of 6 pages parsed by the selectors" in findings
