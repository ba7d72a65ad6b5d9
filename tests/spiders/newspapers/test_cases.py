"""The test cases: how the pages are read that `akhbar page` saves."""

import json
from pathlib import Path

import pytest

from tests.replica import PagesReplica
from tests.spiders.newspapers import cases


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of test pages for Pakistan Today."""
    monkeypatch.setattr(cases, "PAGES", tmp_path / "dawn")
    return tmp_path / "pakistantoday"


def test_a_page_of_today_is_read(folder: Path) -> None:
    site = PagesReplica("pakistantoday")
    path = next(
        part for part in site.answer("/feed/").body.decode().split("<link>https://www.pakistantoday.com.pk")[2:]
    )
    path = path.partition("<")[0]
    case = folder / f"{path.strip('/')}.json"
    case.parent.mkdir(parents=True)
    case.write_text(json.dumps({}))
    case.with_suffix(".html").write_bytes(site.answer(path).body)
    assert cases.cases("pakistantoday") == [case]
    found, _ = cases.read("pakistantoday", case)
    assert found.get("reasons") is None
    assert found["title"].startswith("Plan for ")
