"""The commands: what they print, and their exit statuses."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from akhbar.settings import ROOT
from tests.akhbar.batches import batch, lines, story
from tests.akhbar.command import akhbar
from tests.conftest import News
from tests.replica import Replica


@pytest.mark.usefixtures("here")
def test_run_stores_an_edition_and_exits_with_0(news: News) -> None:
    done = akhbar("run", "dawn", "--edition", "2026-06-19")
    assert done.returncode == 0, done.stderr
    assert len(news.stories()) == 5
    assert "coverage: found 5 of 5 stories stored" in done.stderr


@pytest.mark.usefixtures("here")
def test_run_exits_with_1_and_the_reason_if_a_check_fails(news: News) -> None:
    done = akhbar("--quiet", "run", "dawn", "--edition", "2016-01-23")
    assert done.returncode == 1
    assert "akhbar: coverage: found 0 of 3 stories stored" in done.stderr


@pytest.mark.usefixtures("here")
def test_export_writes_a_file_and_reports_its_rows(tmp_path: Path) -> None:
    akhbar("run", "dawn", "--edition", "2026-06-19")
    target = tmp_path / "stories.csv"
    done = akhbar("export", "--table", "stories", "--from", "2026-06-19", "--output", str(target))
    assert done.returncode == 0, done.stderr
    assert done.stderr.strip() == f"wrote 5 rows to {target}"
    done = akhbar("export", "--table", "stories", "--newspaper", "down", "--output", str(target))
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "no newspaper of the database is called 'down': choose one of " in done.stderr


@pytest.mark.usefixtures("here")
def test_export_writes_the_result_of_a_query(tmp_path: Path) -> None:
    (tmp_path / "one.sql").write_text("SELECT 1 AS n;")
    done = akhbar("export", "--query", str(tmp_path / "one.sql"), "--output", str(tmp_path / "one.csv"))
    assert done.stderr.strip() == f"wrote 1 rows to {tmp_path / 'one.csv'}"
    assert (tmp_path / "one.csv").read_text() == "n\n1\n"


@pytest.mark.usefixtures("here")
def test_the_four_commands_in_a_row_do_the_same_as_run(news: News) -> None:
    scraped = akhbar("scrape", "dawn", "--edition", "2026-06-19")
    batch = json.loads(scraped.stdout)["batch"]
    for step in ("clean", "load", "check"):
        done = akhbar(step, batch)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)
    assert len(news.stories()) == 5


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["run"], "Missing argument 'NEWSPAPER'"),
        (["run", "dawn"], "give either --edition YYYY-MM-DD or --latest"),
        (["run", "dawn", "--latest", "--edition", "2016-01-22"], "give either --edition YYYY-MM-DD or --latest"),
        (["run", "dawn", "--edition", "22.1.2016"], "does not match the formats '%Y-%m-%d'"),
        (["run", "dawn", "--edition", "2016-02-30"], "does not match the formats '%Y-%m-%d'"),
        (["run", "../dawn", "--latest"], "no newspaper is called '../dawn': choose one of dawn"),
        (["clean", "/nowhere"], "'/nowhere' does not exist"),
        (["export", "--table", "rejects"], "'rejects' cannot be exported: choose one of stories, articles"),
        (["export", "--table", "stories", "--format", "xls"], "'xls' is not one of"),
        (["export"], "give either --table NAME or --query FILE"),
        (["export", "--table", "stories", "--query", "x.sql"], "give either --table NAME or --query FILE"),
        (["export", "--query", "x.sql", "--language", "ur"], "--query cannot be combined with filters"),
        (["export", "--table", "stories", "--changed-since", "2026-11-20"], "'2026-11-20' is not a time with a zone"),
        (["export", "--table", "stories", "--changed-since", "now"], "'now' is not a time with a zone"),
        (["backfill", "dawn", "--from", "2016-01-01"], "Missing option '--to'"),
        (["backfill", "dawn", "--from", "2016-01-32", "--to", "2016-02-01"], "does not match the formats '%Y-%m-%d'"),
        (["backfill", "dawn", "--from", "2016-01-02", "--to", "2016-01-01"], "--from 2016-01-02 is after --to"),
        (["replay", "dawn", "--from", "2016-01-02", "--to", "2016-01-01"], "--from 2016-01-02 is after --to"),
        (["replay", "dawn", "--run", "../x"], "'../x' is not a run: give its id in the table runs"),
        (["replay", "dawn", "--run", ""], "'' is not a run"),
        (["export", "--table", "runs", "--from", "2016-01-02", "--to", "2016-01-01"], "--from 2016-01-02 is after"),
        (["backfill", "dawn", "--from", "2016-01-02", "--to", "2999-01-01"], "--to 2999-01-01 is in the future"),
        (["prune"], "Missing option '--older-than'"),
        (
            ["prune", "--older-than", "400"],
            "'400' is not an age: write a number of days and a d, for example 400d",
        ),
        (["prune", "--older-than", "-3d"], "'-3d' is not an age"),
        (["prune", "--older-than", "0d"], "'0d' is not an age"),
        (["prune", "--older-than", "soon"], "'soon' is not an age"),
        (["verify", "--sample", "0"], "Input should be greater than or equal to 1"),
        (["up", "--site", "moon"], "'moon' is not one of"),
        (["dance"], "No such command 'dance'"),
        (["run", "dawn", "--latest"], "AKHBAR_DATABASE_URL is not set: set it in the environment, for example"),
        (["migrate"], "AKHBAR_ADMIN_DATABASE_URL is not set"),
    ],
)
def test_an_invalid_argument_is_a_one_line_error_with_status_2(arguments: list[str], says: str) -> None:
    done = akhbar(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("akhbar: ")
    assert says in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("name", ["AKHBAR_DELAY", "AKHBAR_TIMEOUT"])
@pytest.mark.parametrize("value", ["abc", "-1", "nan"])
def test_an_invalid_number_of_seconds_is_a_one_line_error_before_any_request(
    here: Path, news: News, site: Replica, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    for command in (
        ["scrape", "dawn", "--latest"],
        ["backfill", "dawn", "--from", "2026-06-19", "--to", "2026-06-19"],
        ["page", "dawn", "https://www.dawn.com/news/2009001"],
    ):
        done = akhbar(*command)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith(f"akhbar: {name} is '{value}': it must be a number of seconds")
        assert f"for example {name}=2" in done.stderr
        assert done.stderr.count("\n") == 1
    assert site.paths == []
    assert news.rows("SELECT 1 FROM runs") == []


ON_A_FULL_DISK = """import resource, sys
most = int(sys.argv.pop(1))
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
from akhbar.cli import main
main()
"""
"""`akhbar`, with a limit on the size of a file, in bytes."""


def on_a_full_disk(most: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", ON_A_FULL_DISK, str(most), *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)


def test_a_full_disk_is_a_one_line_error_and_leaves_no_partial_file(tmp_path: Path) -> None:
    folder = batch(tmp_path, "one", [])
    lines(folder, "scraped.jsonl", map(story, range(20)))
    before = sorted(folder.iterdir())
    done = on_a_full_disk(1_000, "clean", str(folder))
    assert done.returncode == 1
    said = done.stderr.strip().splitlines()
    assert len(said) == 1
    assert "File too large" in said[0]
    assert str(folder / "clean.jsonl") in said[0]
    assert sorted(folder.iterdir()) == before


@pytest.mark.usefixtures("here")
def test_a_crawl_that_fills_the_disk_fails_and_the_next_one_resumes_it(news: News) -> None:
    full = on_a_full_disk(20_000, "run", "dawn", "--edition", "2016-01-22")
    assert full.returncode == 1
    assert "Traceback" not in full.stderr
    assert "File too large" in full.stderr.strip().splitlines()[-1]
    again = akhbar("run", "dawn", "--edition", "2016-01-22")
    assert again.returncode == 0, again.stderr
    assert len(news.stories()) == 24


def test_migrate_reports_the_state_of_the_database(news: News, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AKHBAR_ADMIN_DATABASE_URL", news.admin)
    assert "the database is up to date" in akhbar("migrate").stderr
