"""Runs: their names, and where their batches are."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from akhbar.run import Run, run_name

EDITION = date(2016, 1, 22)


@pytest.mark.parametrize(
    ("mode", "edition", "start"), [("edition", EDITION, "edition-2016-01-22-"), ("latest", None, "latest-")]
)
def test_a_name_starts_with_what_the_run_reads(mode: Any, edition: date | None, start: str) -> None:
    assert run_name(mode, edition, "manual").startswith(f"{start}manual-")


def test_keys_that_give_the_same_plain_text_give_different_names() -> None:
    names = {
        run_name("latest", None, key) for key in ("08:30", "08.30", "08/30", "08:30" + "x" * 80, "08:30" + "x" * 81)
    }
    assert len(names) == 5


def test_the_same_key_gives_the_same_name() -> None:
    assert run_name("edition", EDITION, "manual") == run_name("edition", EDITION, "manual")


def test_a_batch_is_in_the_folder_of_its_newspaper(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AKHBAR_ARCHIVE", str(tmp_path))
    assert Run("dawn", "edition", EDITION, "one").batch == tmp_path / "dawn" / "one"


def test_a_batch_may_be_in_an_object_store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AKHBAR_ARCHIVE", "memory://newsroom/archive")
    assert str(Run("dawn", "latest", None, "one").batch) == "memory://newsroom/archive/dawn/one"
