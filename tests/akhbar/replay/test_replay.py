"""Replay: archived pages read again while the newspaper's site is down."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import closing, nullcontext
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
import psycopg2
import pytest
from upath import UPath

from akhbar import settings
from akhbar.archive.batch import Batch, BatchMissingError, write_manifest
from akhbar.archive.warc import PageWriter
from akhbar.local.postgres import Server
from akhbar.pipeline import run_all
from akhbar.replay import replay as replay_module
from akhbar.replay.replay import ReplayError, Selection, replay
from akhbar.replay.worker import ArchivedSite
from akhbar.run import Run
from akhbar.settings import ROOT
from akhbar.steps.load import load_batch
from tests.akhbar.runs import edition, fetched_by, latest, read_ten_minutes_after_publication, rows_of, story_requests
from tests.conftest import News, fresh_news
from tests.replica import ZONE, edition_story, html, replica
from tests.spiders.crawl import SITE, outcomes, spider

DAWN = Selection("dawn")
OLD = "2016-01-22"
WHEN = {"id", "first_seen_at", "last_seen_at", "read_at", "stored_at"}
"""Columns that depend on when the tables were filled, or on later fetches without a result."""


@dataclass(frozen=True)
class Read:
    """A newspaper that was read in four runs, and whose site is down now."""

    news: News
    archive: Path
    stories: dict[str, dict[str, Any]]
    """The rows of the tables, by story id."""
    changed: str
    """The story that the publisher changed between the third and the fourth run."""


@pytest.fixture(scope="module")
def once(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Read:
    news, archive = fresh_news(postgres), tmp_path_factory.mktemp("archive")
    day = datetime.now(ZONE).date() - timedelta(days=2)
    changed, bare = (str(edition_story(day, "national", place).number) for place in range(2))
    with replica() as site, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AKHBAR_DAWN_BASE_URL", site.url)
        patch.setenv("AKHBAR_ARCHIVE", str(archive))
        run_all(edition(OLD, "old"), news.writer)
        run_all(Run("dawn", "edition", day, "edition"), news.writer)
        run_all(latest("first"), news.writer)
        read_ten_minutes_after_publication(news)
        news.rows("UPDATE pages SET etag = NULL, last_modified = NULL WHERE story_id = %s", bare)
        path = next(path for path in story_requests(site) if changed in path)
        edited = site.answer(path).body.decode().replace("we lack the people", "we have the people, too")
        site.faults[path] = lambda: html(edited)
        assert {changed, bare} < fetched_by(site, latest("second"), news)
    return Read(news, archive, rows_of(news), changed)


@pytest.fixture
def read(once: Read, postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """A copy of the newspaper's database and archive, which a test may change."""
    archive = tmp_path / "archive"
    shutil.copytree(once.archive, archive)
    monkeypatch.setenv("AKHBAR_ARCHIVE", str(archive))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    news = fresh_news(postgres, template=once.news.admin.rsplit("/", 1)[1])
    return Read(news, archive, once.stories, once.changed)


def empty(news: News, *tables: str) -> None:
    news.rows(f"TRUNCATE {', '.join(tables)}")


def revisions(news: News) -> list[tuple[Any, ...]]:
    return news.rows(
        "SELECT story_id, revision, title, body, content_hash, reason FROM revisions ORDER BY story_id, revision"
    )


def differing(read: Read) -> set[str]:
    """The columns in which any story has changed."""
    now = rows_of(read.news)
    assert now.keys() == read.stories.keys()
    return {name for number, row in read.stories.items() for name in row if now[number][name] != row[name]}


def test_emptied_tables_are_rebuilt(read: Read) -> None:
    before = revisions(read.news)
    empty(read.news, "articles", "editorials")
    result = replay(DAWN, read.news.writer)
    assert result.totals["inserted"] == len(read.stories) > 70
    assert {n: row["content_hash"] for n, row in rows_of(read.news).items()} == {
        n: row["content_hash"] for n, row in read.stories.items()
    }
    assert differing(read) <= WHEN
    assert revisions(read.news) == before


def test_everything_is_rebuilt_from_the_archive_alone(read: Read) -> None:
    told = "SELECT batch, mode, edition_date, outcome, loaded_at IS NULL, counts -> 'coverage' FROM runs ORDER BY batch"
    tables = (revisions, lambda news: news.rows(told), lambda news: news.rows("SELECT count(*), max(etag) FROM pages"))
    read.news.rows("UPDATE pages SET etag = NULL")
    before = [table(read.news) for table in tables]
    empty(read.news, "articles", "editorials", "revisions", "pages", "rejects", "replayed", "runs")
    replay(DAWN, read.news.writer)
    read.news.rows("UPDATE pages SET etag = NULL")
    replays = read.news.rows("SELECT outcome, finished_at IS NOT NULL FROM runs WHERE mode = 'replay'")
    assert replays == [("complete", True)]
    read.news.rows("UPDATE replayed SET run_id = run_id")
    after = [table(read.news) for table in tables]
    assert [after[0], [row for row in after[1] if row[1] != "replay"], after[2]] == before
    assert differing(read) <= WHEN | {"run_id"}


def test_the_same_pages_and_the_same_code_change_nothing(read: Read) -> None:
    changes = revisions(read.news)
    result = replay(DAWN, read.news.writer)
    assert differing(read) <= {"last_seen_at", "read_at"}, "the fixture has moved the first of them back"
    assert revisions(read.news) == changes
    assert result.totals["updated"] == result.totals["inserted"] == result.totals["reparsed"] == 0
    assert result.batches == 4


def test_a_fixed_parser_makes_revisions_that_differ_from_the_publishers_edits(
    read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("akhbar", "spiders"):
        shutil.copytree(ROOT / folder, tmp_path / "fixed" / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "scrapy.cfg", tmp_path / "fixed")
    reader = tmp_path / "fixed" / "spiders" / "reading" / "newskit.py"
    line = "    article.title = _title(metadata, layout, header, paper.own_names)\n"
    more = '    article.title = (article.title or "") + ", so it says"\n'
    reader.write_text(reader.read_text().replace(line, line + more))
    for module in (replay_module, settings):
        monkeypatch.setattr(module, "ROOT", tmp_path / "fixed")
    result = replay(DAWN, read.news.writer)
    now = rows_of(read.news)
    changed = {n for n, row in now.items() if row["title"] != read.stories[n]["title"]}
    assert {n for n, row in now.items() if row["body"] and row["extracted_by"] == "selectors"} <= changed
    assert {now[n]["title"] for n in changed} == {read.stories[n]["title"] + ", so it says" for n in changed}
    assert now[read.changed]["body"] == read.stories[read.changed]["body"]
    kept = dict(read.news.rows("SELECT story_id, title FROM revisions WHERE reason = 'reparse'"))
    assert kept == {n: read.stories[n]["title"] for n in changed}
    edits = "SELECT story_id, revision FROM revisions WHERE reason = 'edit'"
    assert read.news.rows(edits) == [(read.changed, 1)]
    assert result.totals["reparsed"] == result.fields["title"] == len(changed)
    said = "\n".join(result.lines())
    assert f"title: {len(changed)} stories" in said
    assert ", so it says' is now" not in said
    assert ", so it says'" in said
    by_replay = read.news.rows("SELECT DISTINCT run_id FROM revisions WHERE reason = 'reparse'")
    assert by_replay == [(result.run_id,)]


def test_replaying_an_older_page_never_replaces_a_newer_text(read: Read) -> None:
    first = json.dumps(list(Batch(read.archive / "dawn" / "edition").lines("pages.jsonl")))
    assert read.changed in first
    result = replay(Selection("dawn", run="edition"), read.news.writer)
    assert result.batches == 1
    assert "we have the people, too" in rows_of(read.news)[read.changed]["body"]
    assert differing(read) <= WHEN


def test_one_run_or_a_range_of_days_is_replayed(read: Read) -> None:
    ((number,),) = read.news.rows("SELECT id FROM runs WHERE batch = 'dawn/first'")
    chosen = {
        "old": Selection("dawn", last=date(2016, 1, 22)),
        "first": Selection("dawn", run=str(number)),
        "edition": Selection("dawn", date(2016, 1, 23), datetime.now(ZONE).date() - timedelta(days=1)),
    }
    for name, wanted in chosen.items():
        run_id = replay(wanted, read.news.writer).run_id
        assert read.news.rows("SELECT batch FROM replayed WHERE run_id = %s", run_id) == [(f"dawn/{name}",)]
    with pytest.raises(BatchMissingError, match="no batches for these days"):
        replay(Selection("dawn", date(2001, 1, 1), date(2001, 1, 2)), read.news.writer)
    with pytest.raises(ReplayError, match="there is no run 987654 of dawn"):
        replay(Selection("dawn", run="987654"), read.news.writer)


def test_damaged_records_are_reported_and_the_others_are_replayed(read: Read) -> None:
    folder = read.archive / "dawn" / "edition"
    pages = list(Batch(folder).lines("pages.jsonl"))
    story = next(page for page in pages if page["role"] == "story" and page["story_id"] != read.changed)
    listing = next(page for page in pages if page["url"].rsplit("/", 2)[1] == "national")
    with (folder / "1" / "pages.warc.gz").open("r+b") as warc:
        for page in (story, listing):
            warc.seek(page["warc_offset"] + page["warc_length"] // 2)
            warc.write(b"\xff" * 8)
    empty(read.news, "articles", "editorials", "revisions")
    named = re.escape(f"{folder / '1' / 'pages.warc.gz'}, offset {listing['warc_offset']}")
    with pytest.raises(ReplayError, match=rf"2 archive records .*{named}"):
        replay(DAWN, read.news.writer)
    lost = read.stories.keys() - rows_of(read.news).keys()
    assert lost <= {story["story_id"]}, "the stories of the damaged listing are read"
    now = rows_of(read.news)
    assert {n: row["content_hash"] for n, row in now.items()} == {n: read.stories[n]["content_hash"] for n in now}
    ((outcome, reason),) = read.news.rows("SELECT outcome, reason FROM runs WHERE mode = 'replay'")
    assert outcome == "incomplete"
    assert f"offset {story['warc_offset']}" in reason


@pytest.mark.parametrize("damage", ["no manifest", "no pages", "one line"])
def test_a_batch_that_cannot_be_read_is_named_and_the_others_are_replayed(
    read: Read, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    part = read.archive / "dawn" / "edition" / "1"
    if damage == "no manifest":
        (part / "manifest.json").write_text("{}")
    elif damage == "no pages":
        (part / "pages.jsonl").unlink()
        (part / "listed.jsonl").unlink()
    else:
        lines = (part / "pages.jsonl").read_bytes().splitlines(keepends=True)
        (part / "pages.jsonl").write_bytes(b"".join([*lines, b"\xff\n"]))
    empty(read.news, "articles", "editorials", "revisions")
    if damage == "one line":
        replay(DAWN, read.news.writer)
        assert rows_of(read.news).keys() == read.stories.keys()
        assert f"{part / 'pages.jsonl'}, line {len(lines) + 1}: not JSON" in caplog.text
        return
    with pytest.raises(ReplayError, match=r"1 batches could not be read: .*dawn/edition") as failure:
        replay(DAWN, read.news.writer)
    assert "everything else was read and stored" in str(failure.value)
    others = {number for (number,) in read.news.rows("SELECT story_id FROM stories")}
    assert set() < others < read.stories.keys()
    [(outcome, reason)] = read.news.rows("SELECT outcome, reason FROM runs WHERE mode = 'replay'")
    assert outcome == "incomplete"
    assert "dawn/edition" in reason


def test_a_batch_of_the_first_version_is_replayed(read: Read) -> None:
    for folder in (read.archive / "dawn").iterdir():
        for file in (folder / "1").iterdir():  # as batches were before there were parts
            file.rename(folder / file.name)
        (folder / "1").rmdir()
        manifest = json.loads((folder / "manifest.json").read_text())
        write_manifest(folder, {**manifest, "version": 1})
        (folder / "due.jsonl").unlink()
        listed = [{k: line[k] for k in ("story_id", "section", "url")} for line in Batch(folder).lines("listed.jsonl")]
        (folder / "listed.jsonl").write_text("".join(json.dumps(line) + "\n" for line in listed))
    empty(read.news, "articles", "editorials")
    replay(DAWN, read.news.writer)
    assert rows_of(read.news).keys() == read.stories.keys()


CALL = [sys.executable, "-m", "akhbar.cli", "replay", "dawn"]


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGINT])
def test_a_stopped_replay_is_resumed_without_repeating_work(read: Read, sent: signal.Signals) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a background shell ignores it, and children inherit that
    empty(read.news, "articles", "editorials")
    environment = {**os.environ, "AKHBAR_DATABASE_URL": read.news.writer, "PYTHONPATH": str(ROOT)}
    with closing(psycopg2.connect(read.news.admin)) as holder, holder.cursor() as cursor:
        cursor.execute("SELECT FROM news.runs WHERE batch = 'dawn/first' FOR UPDATE")  # blocks the third batch
        process = subprocess.Popen(CALL, env=environment, cwd=ROOT, stderr=subprocess.PIPE, text=True)
        try:
            while process.poll() is None and read.news.rows("SELECT count(*) FROM replayed") != [(2,)]:
                pass
            assert process.poll() is None, process.communicate()
            readers = psutil.Process(process.pid).children(recursive=True)
            process.send_signal(sent)
            holder.rollback()  # Ctrl-C does not interrupt a statement that waits for a lock
            process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == (130 if sent == signal.SIGINT else -9)
    assert len(readers) >= 1
    psutil.wait_procs(readers, timeout=30)
    assert not any(reader.is_running() for reader in readers)
    done = read.news.rows("SELECT batch, replayed_at FROM replayed ORDER BY replayed_at")
    resumed = subprocess.run(CALL, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert resumed.returncode == 0, resumed.stderr
    assert "2 of 4 batches are done" in resumed.stderr
    assert "of 4 batches as run" in resumed.stdout
    assert differing(read) <= WHEN
    assert read.news.rows("SELECT batch, replayed_at FROM replayed ORDER BY replayed_at")[:2] == done
    assert read.news.rows("SELECT run_id, count(DISTINCT batch), count(*) FROM replayed GROUP BY 1")[0][1:] == (4, 4)
    assert read.news.rows("SELECT outcome FROM runs WHERE mode = 'replay'") == [("complete",)]


def test_only_one_replay_of_a_newspaper_runs_at_a_time(read: Read) -> None:
    with closing(psycopg2.connect(read.news.writer)) as holder, holder.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext('akhbar.replay'), hashtext('dawn'))")
        with pytest.raises(ReplayError, match="another replay of dawn is running"):
            replay(DAWN, read.news.writer)


def test_an_archive_in_an_object_store_is_replayed(read: Read, s3: str, monkeypatch: pytest.MonkeyPatch) -> None:
    there = UPath(f"{s3}/replay/dawn/old")
    old_batch = read.archive / "dawn" / "old"
    for file in filter(Path.is_file, old_batch.rglob("*")):
        (there / str(file.relative_to(old_batch))).write_bytes(file.read_bytes())
    monkeypatch.setenv("AKHBAR_ARCHIVE", f"{s3}/replay")
    old = {number for (number,) in read.news.rows(
        "SELECT s.story_id FROM stories s JOIN runs r ON r.id = s.run_id WHERE r.batch = 'dawn/old'"
    )}  # fmt: skip
    empty(read.news, "articles", "editorials")
    replay(DAWN, read.news.writer)
    now = rows_of(read.news)
    assert now.keys() == old
    assert {n: now[n]["content_hash"] for n in old} == {n: read.stories[n]["content_hash"] for n in old}


def test_loading_a_batch_again_after_a_replay_changes_nothing(read: Read) -> None:
    replay(DAWN, read.news.writer)
    stories = rows_of(read.news)
    load_batch(read.archive / "dawn" / "second", read.news.writer)
    assert rows_of(read.news) == stories


def test_a_finished_replay_releases_its_lock(news: News, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server may notice only later that a connection was closed."""
    with closing(psycopg2.connect(news.writer)) as kept:
        monkeypatch.setattr(replay_module, "connected", lambda *_: nullcontext(kept))
        with replay_module._replay_lock("dawn", news.writer):
            pass
        free = "SELECT pg_try_advisory_lock(hashtext('akhbar.replay'), hashtext('dawn'))"
        assert news.rows(free, url=news.writer) == [(True,)]


@pytest.mark.parametrize("open_ended", [True, False])
def test_a_page_that_was_cut_short_is_cut_short_in_a_replay(open_ended: bool) -> None:
    file, url = BytesIO(), f"{SITE}/news/7"
    body = b"<html><body><h2 class='story__title'>Ferries</h2><div class='story__content'><p>The fer"
    answer = [("Content-Type", "text/html")]
    place = PageWriter(file).write(url, 200, answer, body, ("GET", []), open_ended=open_ended)
    page = {"url": url, "role": "story", "story_id": "7", "outcome": "failed", "warc_offset": place.offset}
    reader = spider(story=url)
    seen = outcomes(reader)
    list(ArchivedSite(file, {}, [page]).stories(reader))
    assert [outcome for _, outcome, _ in seen] == ["failed" if open_ended else "parsed"]
