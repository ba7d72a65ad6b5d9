"""A newspaper is added by adding one file to `spiders/newspapers/`."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from akhbar import newspapers
from akhbar.database.migrate import migrate
from akhbar.maintenance.alerts import update_alerts
from tests.conftest import News
from tests.replica import served
from tests.second_newspaper import GAZETTE, GazetteSite, checkout, declaration

if TYPE_CHECKING:
    pass

BROKEN = declaration(GAZETTE).replace("timezone='Asia/Karachi'", "timezone='Asia/Atlantis'")


@pytest.fixture
def site() -> Iterator[GazetteSite]:
    with served(GazetteSite()) as site:
        assert isinstance(site, GazetteSite)
        yield site


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout with the second newspaper, and a third one whose declaration cannot be used."""
    broken = BROKEN.replace("name='gazette'", "name='herald'")
    return checkout(tmp_path_factory.mktemp("checkout"), gazette=declaration(GAZETTE), herald=broken)


def run(project: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a Python command in the checkout, without access to the original."""
    settings = {**os.environ, "PYTHONPATH": str(project), **environment}
    return subprocess.run(
        [sys.executable, "-P", *command], cwd=project, env=settings, capture_output=True, text=True, check=False
    )


def test_scrapy_lists_it(project: Path) -> None:
    listed = run(project, "-m", "scrapy", "list")
    assert listed.stdout.split() == sorted([*(paper.name for paper in newspapers.declared()), "gazette"])
    assert f"the declaration of herald is invalid: {project}/spiders/newspapers/herald.py" in listed.stderr
    assert "timezone is 'Asia/Atlantis': it must be an IANA time zone such as Asia/Karachi" in listed.stderr


def test_scrapy_crawls_an_edition_of_it(project: Path, site: GazetteSite) -> None:
    arguments = ("-a", "edition=2016-01-22", "-a", f"base_url={site.url}", "-O", "stories.jsonl")
    crawled = run(project, "-m", "scrapy", "crawl", "gazette", *arguments)
    stories = [json.loads(line) for line in (project / "stories.jsonl").read_text().splitlines()]
    assert {story["source"] for story in stories} == {"gazette"}, crawled.stderr[-2000:]
    assert {story["url"] for story in stories} == {
        f"https://www.gazette.example/story/{story['story_id']}" for story in stories
    }
    of_the_day = Counter(story["section"] for story in stories if story["edition_date"] == "2016-01-22")
    assert of_the_day == {"Main Page": 3, "Leaders": 3}
    assert {story["kind"] for story in stories if story["section"] == "Leaders"} == {"editorial"}


@pytest.mark.parametrize("what", [("--edition", "2016-01-22"), ("--latest",)], ids=["edition", "latest"])
def test_a_run_stores_it_and_its_checks_pass(
    project: Path, site: GazetteSite, news: News, tmp_path: Path, what: tuple[str, ...]
) -> None:
    settings = {
        "AKHBAR_GAZETTE_BASE_URL": site.url,
        "AKHBAR_DATABASE_URL": news.writer,
        "AKHBAR_ARCHIVE": str(tmp_path / "archive"),
    }
    migrated = run(project, "-m", "akhbar.cli", "migrate", AKHBAR_ADMIN_DATABASE_URL=news.admin)
    assert migrated.returncode == 0, migrated.stderr
    done = run(project, "-m", "akhbar.cli", "run", "gazette", *what, **settings)
    assert done.returncode == 0, done.stderr
    assert news.rows("SELECT DISTINCT source FROM stories") == [("gazette",)]
    assert news.rows("SELECT bool_and((c ->> 'passed')::boolean) FROM runs, jsonb_array_elements(checks) AS c") == [
        (True,)
    ]
    assert news.rows("SELECT count(*) > 2, array_agg(DISTINCT section) FROM editorials") == [(True, ["Leaders"])]


def test_its_missing_edition_is_an_alert(news: News, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(newspapers, "_loaded", lambda: (GAZETTE,))
    monkeypatch.setenv("AKHBAR_NEWSPAPERS", "gazette")
    migrate(news.admin)
    columns = "batch, source, mode, started_at, outcome"
    began = datetime(2016, 1, 20, tzinfo=UTC)
    news.rows(f"INSERT INTO runs ({columns}) VALUES ('gazette/one', 'gazette', 'latest', %s, 'complete')", began)
    messages: list[str] = []

    def deliver(message: str) -> bool:
        messages.append(message)
        return True

    update_alerts(news.writer, deliver, datetime(2016, 1, 22, 5, tzinfo=UTC))
    missing = "The Gazette: the edition of 2016-01-22 was not stored by 09:15 Asia/Karachi"
    assert [message for message in messages if message.startswith(missing)]


DAGS_OF = """
import json, os, sys
from airflow.dag_processing.dagbag import DagBag
for active in sys.argv[1:]:
    os.environ["AKHBAR_NEWSPAPERS"] = active
    bag = DagBag("dags")
    found = [dag_id for dag_id, dag in bag.dags.items() if "newspaper" in dag.tags and dag_id != "replay"]
    print("DAGS", json.dumps([sorted(found), list(bag.import_errors.values())]))
"""
"""Prints the newspapers' DAGs, and the errors, for each value of AKHBAR_NEWSPAPERS. One process reads them all, since
importing Airflow takes most of the time."""


@pytest.mark.usefixtures("airflow")
def test_the_active_newspapers_have_dags_and_a_broken_declaration_stops_no_other(project: Path) -> None:
    papers = {paper.name: paper for paper in (*newspapers.declared(), GAZETTE)}
    expected = {
        "": (["dawn"], None),
        "gazette, dawn": (["dawn", "gazette"], None),
        "all": (list(papers), "herald.py"),
        "gazette,herald": (["gazette"], "herald.py"),
    }
    found = run(project, "-c", DAGS_OF, *expected, AIRFLOW__CORE__DAGS_FOLDER=str(project / "dags"))
    lines = [json.loads(line[5:]) for line in found.stdout.splitlines() if line.startswith("DAGS ")]
    assert len(lines) == len(expected), found.stderr[-2000:]
    for (active, (names, error)), (dag_ids, errors) in zip(expected.items(), lines, strict=True):
        assert dag_ids == sorted(f"{name}_{mode}" for name in names for mode in papers[name].schedules), active
        assert bool(errors) is bool(error), active
        assert (error or "") in "".join(errors)


def test_a_name_that_no_file_declares_is_reported_and_stops_no_other(project: Path) -> None:
    code = "from akhbar.newspapers import active; print(*(paper.name for paper in active()))"
    found = run(project, "-c", code, AKHBAR_NEWSPAPERS="courier,gazette")
    assert found.stdout.split() == ["gazette"]
    assert "AKHBAR_NEWSPAPERS lists courier, but no file in" in found.stderr


def test_a_command_for_a_broken_declaration_names_its_file(project: Path) -> None:
    done = run(project, "-m", "akhbar.cli", "run", "herald", "--latest", AKHBAR_DATABASE_URL="postgresql://x/y")
    assert done.returncode == 2
    assert "herald.py" in done.stderr
    assert "timezone is 'Asia/Atlantis'" in done.stderr
