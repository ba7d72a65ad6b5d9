"""`akhbar doctor`: what it checks, and what it advises."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from akhbar.doctor import Fields, Finding
from akhbar.doctor import _field as field_finding
from akhbar.doctor import _findings as findings_of
from akhbar.doctor import _source_advice as source_advice
from akhbar.local.postgres import Server
from akhbar.newspaper import Newspaper
from akhbar.newspapers import newspaper
from tests.akhbar.command import akhbar
from tests.conftest import News, ascii_database
from tests.replica import Answer, Replica, html, plain, served
from tests.second_newspaper import GAZETTE, GazetteSite, checkout, declaration


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
        "ok roles: akhbar_analyst, akhbar_bi, akhbar_monitor, akhbar_reader, akhbar_writer",
        "ok robots.txt",
        "ok latest stories: read",
    ):
        assert finding in findings
    for pattern in (
        r"ok edition [\d-]+: read ok listing /newspaper/front-page/[\d-]+: 3 stories, the newest \d+ h old",
        r"ok feed /feeds/home: 12 stories, the newest \d+ min old",
        r"-- feed /feeds/latest-news: 0 stories",
        r"ok layout: (\d+) of \1 pages parsed by the selectors ok editorials: [3-6] of",
        r"ok title: (\d+) of \1, such as '.*?', found in: newskit",
    ):
        assert re.search(pattern, findings), findings


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
    assert re.search(r"no layout: 0 of \d+ pages parsed by the selectors", findings), findings


# --- a site that must not be crawled --------------------------------------------------------------------------------


@pytest.fixture
def crawled(site: Replica, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The newspapers that would be crawled."""
    names: list[str] = []

    def crawl(paper: Newspaper) -> Iterator[Finding]:
        names.append(paper.name)
        return iter(())

    monkeypatch.setattr("akhbar.doctor._site", crawl)
    monkeypatch.setenv("AKHBAR_DAWN_BASE_URL", site.url)
    return names


@pytest.mark.parametrize(
    ("rules", "passed", "says"),
    [
        (plain("User-agent: *\nDisallow: /archive"), True, "answered 200"),
        (Answer(404, b""), True, "answered 404"),
        (plain("User-agent: akhbar\nDisallow: /feeds/home"), None, "answered 200 and forbids /feeds/home"),
        (plain("User-agent: *\nDisallow: /"), False, "Dawn must not be crawled"),
        (Answer(503, b""), False, "the site may block this machine"),
    ],
)
def test_what_robots_txt_forbids_is_reported(
    site: Replica, crawled: list[str], rules: Answer, passed: bool | None, says: str
) -> None:
    site.faults["/robots.txt"] = lambda: rules
    finding = list(findings_of(newspaper("dawn")))[-1]
    assert (finding.what, finding.passed) == ("robots.txt", passed)
    assert says in f"{finding.seen}; {finding.advice}"
    assert crawled == ([] if passed is False else ["dawn"])


def test_a_live_site_is_not_requested_without_a_contact_address() -> None:
    *_, last = findings_of(newspaper("dawn"))
    assert (last.what, last.passed) == ("contact", False)


@pytest.mark.usefixtures("here")
def test_a_challenge_ends_the_examination(site: Replica, monkeypatch: pytest.MonkeyPatch) -> None:
    before = site.answer
    challenge = html("<title>Just a moment...</title>", 403)
    monkeypatch.setattr(site, "answer", lambda path: before(path) if path == "/robots.txt" else challenge)
    status, findings = doctor()
    assert status == 1
    assert "answered 403 with a challenge page the site blocks this machine or its crawler" in findings
    assert "no stories: none could be read" in findings
    assert len([path for path in site.paths if path != "/robots.txt"]) == 1


# --- a newspaper without a platform and without a print edition -----------------------------------------------------

COURIER = replace(
    GAZETTE,
    name="courier",
    platform=None,
    edition=None,
    editorial_listings=("/leaders",),
    dated=("/all/{date}",),
)


class CourierSite(GazetteSite):
    """Its pages, with a listing of each day's stories."""

    def answer(self, path: str) -> Answer:
        path = path.replace("/all/", "/newspaper/front-page/")
        return super().answer(path.replace("/leaders", "/paper/2016-01-22/leaders"))


def test_a_newspaper_without_a_platform_is_examined(tmp_path: Path) -> None:
    project = checkout(tmp_path / "checkout", courier=declaration(COURIER))
    with served(CourierSite()) as site:
        settings = {**os.environ, "PYTHONPATH": str(project), "AKHBAR_COURIER_BASE_URL": site.url}
        done = subprocess.run(
            [sys.executable, "-P", "-m", "akhbar.cli", "--quiet", "doctor", "courier"],
            cwd=project,
            env=settings,
            capture_output=True,
            text=True,
            check=False,
        )
        requested = len(site.paths)
    findings = re.sub(r"\s+", " ", done.stdout + done.stderr)
    assert done.returncode == 0, findings
    for pattern in (
        r"ok edition [\d-]+: read ok listing /all/[\d-]+: 3 stories",
        r"ok feed /rss: 12 stories, the newest \d+ min old",
        r"ok sitemap /sitemap-news.xml: 40 stories",
        r"ok listing /leaders: \d stories",
        r"layout: \d+ pages; their text is found by the general reader, since no selector of it is declared",
        r"editorials: 3 of \d+ stories",
        r"ok title: (\d+) of \1, such as '.*?', found in: .*og:title",
    ):
        assert re.search(pattern, findings), findings
    assert requested < 25


# --- advice about fields and sources --------------------------------------------------------------------------------


def story(number: int, **changed: Any) -> Fields:
    fields = {"story_id": f"{number}", "url": f"https://www.gazette.example/story/{number}", "kind": "article"}
    return {**fields, "completeness": "full", "extracted_by": "general", "authors": ["Amina Shah"], **changed}


@pytest.mark.parametrize(
    ("name", "paper", "stories", "passed", "says"),
    [
        (
            "tags",
            COURIER,
            [{"tags": []}],
            None,
            "0 of 1; if readers see it on a page, save that with akhbar page and declare tags",
        ),
        ("updated_at", COURIER, [{"updated_at": None}], None, "there is no field to declare for it"),
        ("tags", GAZETTE, [{"tags": []}], None, "extend spiders/reading/newskit.py"),
        ("authors", COURIER, [{}, {"authors": [], "kind": "editorial"}], True, "the others are editorials"),
        ("authors", COURIER, [{}, {"authors": []}], True, "missing on /story/1"),
    ],
)
def test_a_missing_field_is_explained(
    name: str, paper: Newspaper, stories: list[Fields], passed: bool | None, says: str
) -> None:
    finding = field_finding(name, paper, [story(number, **changed) for number, changed in enumerate(stories)], {})
    assert finding.passed is passed
    assert says in f"{finding.seen}; {finding.advice}"


@pytest.mark.parametrize(
    ("path", "advice"),
    [
        ("/rss", "check that it still exists and lists stories; if not, remove it from the declaration"),
        ("/robots.txt", "it names no sitemaps that can be read"),
        ("/other-feed", "the site names it, not the declaration"),
    ],
)
def test_only_a_declared_source_can_be_removed_from_the_declaration(path: str, advice: str) -> None:
    assert source_advice(path, COURIER).startswith(advice)
