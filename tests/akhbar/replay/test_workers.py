"""The worker processes of a replay, and their temporary folder."""

import fcntl
import os
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from akhbar.archive.batch import Batch
from akhbar.replay.workers import WorkerError, Workers, temporary_folder
from akhbar.settings import workspace
from tests.akhbar.batches import archived, batch, lines


@pytest.fixture(autouse=True)
def own_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)


def test_the_folder_of_a_killed_replay_is_removed_and_that_of_a_running_one_is_not() -> None:
    killed, running = (workspace() / name for name in ("replay-killed", "replay-running"))
    for folder in (killed, running):
        (folder / "dawn").mkdir(parents=True)
    lock = os.open(running, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with temporary_folder() as own:
            assert set(workspace().glob("replay-*")) == {running, own}
    finally:
        os.close(lock)
    assert list(workspace().glob("replay-*")) == [running]


def test_two_running_replays_leave_each_others_folders_alone() -> None:
    with temporary_folder() as first, temporary_folder() as second:
        assert first != second
        assert first.exists()


def test_a_worker_reads_one_batch_after_another(tmp_path: Path) -> None:
    warc, pages = archived({"/news/1": b"<html><body>Not a story</body></html>"})
    read = batch(tmp_path / "archive", "read", [], pages=pages)
    lines(read, "due.jsonl", [])
    (read / "pages.warc.gz").write_bytes(warc)
    workers = Workers(1)
    try:
        for name in ("first", "second"):
            counts = workers.read(Batch(read), tmp_path / name)
            assert counts["broken"] == []
            assert (tmp_path / name / "clean.jsonl").exists()
        with pytest.raises(WorkerError, match=r"manifest\.json does not exist"):
            workers.read(Batch(tmp_path / "archive" / "dawn" / "none"), tmp_path / "third")
    finally:
        workers.kill()


def test_a_worker_that_dies_is_an_error(tmp_path: Path) -> None:
    read = batch(tmp_path / "archive", "read", [])
    others = psutil.Process().children()  # of tests that ran before in this process, such as a Postgres server
    workers = Workers(1)
    [process] = set(psutil.Process().children()) - set(others)
    process.kill()
    process.wait()
    try:
        with pytest.raises(WorkerError, match=r"dawn/read: the process that read it died"):
            workers.read(Batch(read), tmp_path / "out")
        with pytest.raises(WorkerError, match=r"manifest\.json does not exist"):  # another worker reads what follows
            workers.read(Batch(tmp_path / "archive" / "dawn" / "none"), tmp_path / "next")
    finally:
        workers.kill()
