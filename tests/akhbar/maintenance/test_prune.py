"""`akhbar prune`: what is removed, what stays, and what the next call does after an interruption."""

import json
from pathlib import Path
from typing import Any

import pytest

from akhbar.archive.batch import Batch
from akhbar.maintenance.prune import Pruned, prune
from akhbar.maintenance.verify import verify
from akhbar.settings import Location
from akhbar.steps.load import load_batch
from tests.akhbar.command import akhbar
from tests.akhbar.maintenance.archived_runs import OLD, YOUNG, read
from tests.conftest import News


def everything(news: News, folder: Location) -> tuple[Any, ...]:
    """Everything that pruning could change."""
    rows = [news.rows(f"SELECT to_jsonb(t) FROM {t} AS t ORDER BY 1") for t in ("runs", "pages", "articles")]
    return rows, {file.name: file.read_bytes() for file in folder.iterdir()}


def test_old_page_archives_are_removed_and_everything_else_stays(news: News, kept: Location) -> None:
    old = read(news, "old", OLD, {"1": b"one", "2": b"two"})
    young = read(news, "young", YOUNG, {"3": b"three"})
    freed = (old / "pages.warc.gz").stat().st_size
    before = everything(news, young)[1]
    stories = news.rows("SELECT * FROM articles ORDER BY id")
    assert list(prune("400d", news.writer)) == [Pruned("dawn/old", freed)]
    assert not (old / "pages.warc.gz").exists()
    assert everything(news, young)[1] == before
    assert news.rows("SELECT * FROM articles ORDER BY id") == stories
    assert news.rows("SELECT batch, pages_pruned_bytes FROM runs WHERE pages_pruned_at IS NOT NULL") == [
        ("dawn/old", freed)
    ]
    places = (
        "SELECT story_id, digest IS NOT NULL, warc_offset IS NOT NULL, warc_length IS NOT NULL FROM pages ORDER BY 1"
    )
    assert news.rows(places) == [("1", True, False, False), ("2", True, False, False), ("3", True, True, True)]
    note = Batch(old).manifest()["pages_pruned"]
    assert (note["by"], note["bytes"]) == ("akhbar prune --older-than 400d", freed)
    assert list(prune("400d", news.writer)) == [], "nothing is left to prune"


def test_a_pruned_batch_can_be_loaded_again_without_positions(news: News, kept: Location) -> None:
    old = read(news, "old", OLD, {"1": b"one"})
    list(prune("400d", news.writer))
    runs = "SELECT pages_pruned_at, pages_pruned_bytes FROM runs"
    before = news.rows(runs)
    load_batch(old, news.writer)
    assert news.rows("SELECT warc_offset FROM pages") == [(None,)]
    assert news.rows(runs) == before
    assert list(verify(news.writer)) == []


def test_a_dry_run_reports_what_would_be_removed_and_changes_nothing(news: News, kept: Location) -> None:
    old = read(news, "old", OLD, {"1": b"one"})
    before = everything(news, old)
    assert list(prune("400d", news.writer, dry_run=True)) == [Pruned("dawn/old", len(before[1]["pages.warc.gz"]))]
    assert everything(news, old) == before


def test_a_run_whose_batch_is_missing_is_not_changed(
    news: News, kept: Location, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = read(news, "old", OLD, {"1": b"one"})
    before = everything(news, old)
    with monkeypatch.context() as patch:
        patch.setenv("AKHBAR_ARCHIVE", str(kept / "elsewhere"))
        assert list(prune("400d", news.writer)) == [Pruned("dawn/old", None)]
    assert everything(news, old) == before


def test_old_replays_have_no_pages_to_prune(news: News, kept: Location) -> None:
    news.rows(
        "INSERT INTO runs (batch, source, mode, started_at, finished_at, outcome) VALUES "
        "('dawn/replay-1', 'dawn', 'replay', now() - interval '401 days', now() - interval '401 days', 'complete')"
    )
    assert list(prune("400d", news.writer)) == []


class KilledError(BaseException):
    """In place of a killed process."""


@pytest.mark.parametrize("step", range(1, 6))
def test_a_killed_prune_is_finished_by_the_next_one(
    news: News, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    monkeypatch.setenv("AKHBAR_ARCHIVE", str(tmp_path))
    old = read(news, "old", OLD, {"1": b"one"})
    freed = (old / "pages.warc.gz").stat().st_size
    done = 0

    def counted(action: Any) -> Any:
        def act(*arguments: Any, **more: Any) -> Any:
            nonlocal done
            done += 1
            if done == step:
                raise KilledError
            return action(*arguments, **more)

        return act

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", counted(Path.replace))  # the manifest, pages.jsonl
        patch.setattr(Path, "unlink", counted(Path.unlink))
        patch.setattr(Path, "read_text", counted_reads(counted))  # the two statements, before the commit
        with pytest.raises(KilledError):
            list(prune("400d", news.writer))
    assert news.rows("SELECT pages_pruned_at FROM runs") == [(None,)]
    assert [run.batch for run in prune("400d", news.writer)] == ["dawn/old"]
    assert not (old / "pages.warc.gz").exists()
    pages = [json.loads(line) for line in (old / "pages.jsonl").read_text().splitlines()]
    assert [line["warc_offset"] for line in pages] == [None]
    assert news.rows("SELECT warc_offset FROM pages") == [(None,)]
    assert news.rows("SELECT pages_pruned_bytes FROM runs") == [(freed,)]


def counted_reads(counted: Any) -> Any:
    """`Path.read_text`, which counts the reads of statements that write."""
    reads, counts = Path.read_text, counted(Path.read_text)
    return lambda path, **more: (counts if path.name.endswith("_pruned.sql") else reads)(path, **more)


def test_prune_and_verify_report_what_they_did(news: News, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AKHBAR_ARCHIVE", str(tmp_path))
    monkeypatch.setenv("AKHBAR_DATABASE_URL", news.writer)
    old = read(news, "old", OLD, {"1": b"one"})
    size = (old / "pages.warc.gz").stat().st_size
    sound = akhbar("verify", "--sample", "5")
    assert sound.returncode == 0
    assert sound.stderr.splitlines() == [
        "1 archived pages verified, 0 of them damaged or missing",
        "1 stored stories compared with their content hashes, 0 of them differ",
    ]
    (old / "pages.warc.gz").write_bytes(b"x" * size)
    damaged = akhbar("verify")
    assert damaged.returncode == 1
    assert f"{old}/pages.warc.gz, offset " in damaged.stdout
    dry = akhbar("prune", "--older-than", "400d", "--dry-run")
    assert dry.stdout == f"would remove the pages of dawn/old, {size} bytes\n"
    done = akhbar("prune", "--older-than", "400d")
    assert done.stderr == f"removed the pages of 1 batches, {size} bytes\n"
    assert done.returncode == 0
