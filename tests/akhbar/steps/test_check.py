"""The checks: each passes on a good run and fails on the one fault that it is there for."""

from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from akhbar.database.connection import DatabaseError
from akhbar.steps.check import CHECKS, ChecksFailedError, check_run
from akhbar.steps.load import load_batch
from tests.akhbar.batches import batch, editorial, page, reject, story
from tests.conftest import News

GOOD = [*(story(number) for number in range(12)), editorial(99)]


def result(folder: Path, news: News, name: str) -> dict[str, Any]:
    """What one check found, whether or not all passed."""
    load_batch(folder, news.writer)
    with suppress(ChecksFailedError):
        check_run(folder, news.writer)
    [(checks,)] = news.rows("SELECT checks FROM runs WHERE batch = %s", f"dawn/{folder.name}")
    return next(check for check in checks if check["name"] == name)


def history(news: News, archive: Path, **fields: Any) -> None:
    """Five earlier editions of twelve articles each."""
    for back in range(5, 0, -1):
        day = date(2026, 11, 20) - timedelta(days=back)
        stories = [story(1000 * back + n, edition_date=str(day), **fields) for n in range(12)]
        load_batch(batch(archive, f"back{back}", stories, hours=-24 * back, edition=str(day)), news.writer)


def test_a_good_run_passes_every_check_and_the_results_are_stored(news: News, tmp_path: Path) -> None:
    folder = batch(tmp_path, "one", GOOD)
    load_batch(folder, news.writer)
    results = check_run(folder, news.writer)["checks"]
    assert [check["name"] for check in results] == sorted(file.stem for file in CHECKS.glob("*.sql"))
    assert all(check["passed"] for check in results)
    assert news.rows("SELECT checks FROM runs") == [(results,)]


def test_a_run_that_was_never_loaded_cannot_be_checked(news: News, tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="dawn/one was never loaded: load it first"):
        check_run(batch(tmp_path, "one", GOOD), news.writer)


def test_a_failure_tells_what_was_seen_and_wanted_and_what_to_do(news: News, tmp_path: Path) -> None:
    folder = batch(tmp_path, "one", GOOD[:9], listed=map(str, range(10)), rejects=[reject(9, "missing_title")])
    load_batch(folder, news.writer)
    with pytest.raises(
        ChecksFailedError,
        match=r"coverage: saw 9 of 10 stories stored \(90.0%\), wanted at least 95%: .* 1 stories were rejected",
    ):
        check_run(folder, news.writer)


@pytest.mark.parametrize(("missing", "passes"), [(1, True), (2, False)])
def test_coverage_below_95_percent_fails(news: News, tmp_path: Path, missing: int, passes: bool) -> None:
    listed = [str(number) for number in range(20)]
    folder = batch(tmp_path, "one", [story(number) for number in listed[missing:]], listed=listed)
    assert result(folder, news, "coverage")["passed"] is passes


def test_what_is_gone_moved_or_no_story_does_not_count_against_coverage(news: News, tmp_path: Path) -> None:
    folder = batch(
        tmp_path,
        "one",
        [story(1)],
        listed=["1", "2", "3", "4"],
        pages=[page(1), page(2, "gone"), page(3, "moved")],
        rejects=[reject(4, "not_a_story")],
    )
    assert result(folder, news, "coverage")["passed"]


@pytest.mark.parametrize(("gone", "moved", "passes"), [(5, 0, True), (8, 4, True), (30, 10, False)])
def test_an_edition_most_of_whose_pages_are_gone_fails(
    news: News, tmp_path: Path, gone: int, moved: int, passes: bool
) -> None:
    counts = {"discovered": 40, "gone": gone, "moved": moved, "failed": 0}
    found = result(batch(tmp_path, "one", GOOD, counts=counts), news, "gone_share")
    assert found["passed"] is passes
    assert f"{gone + moved} of 40 listed stories are gone or moved" in found["seen"]


@pytest.mark.parametrize("outcome", ["incomplete", "empty", "refused", "failed"])
def test_a_crawl_that_did_not_end_well_fails(news: News, tmp_path: Path, outcome: str) -> None:
    found = result(batch(tmp_path, "one", GOOD, outcome=outcome, reason="so it was"), news, "crawl")
    assert not found["passed"]
    assert found["seen"] == f"{'blocked' if outcome == 'refused' else outcome}: so it was"


@pytest.mark.parametrize(
    "dates",
    [
        {"published_at": "2026-12-24T06:00:00+05:00"},
        {"published_at": "1969-12-31T06:00:00+05:00"},
        {"edition_date": "2027-01-01"},
        {"updated_at": "2026-11-19T06:00:00+05:00"},
    ],
)
def test_impossible_dates_fail(news: News, tmp_path: Path, dates: dict[str, str]) -> None:
    found = result(batch(tmp_path, "one", [*GOOD, story(77, **dates)]), news, "impossible_dates")
    assert not found["passed"]
    assert "77" in found["message"]


@pytest.mark.parametrize(("short", "passes"), [(1, True), (2, False)])
def test_many_short_bodies_fail(news: News, tmp_path: Path, short: int, passes: bool) -> None:
    stories = [story(n, **({"body": "Only a few words"} if n < short else {})) for n in range(12)]
    assert result(batch(tmp_path, "one", stories), news, "short_bodies")["passed"] is passes


@pytest.mark.parametrize(("guessed", "passes"), [(2, True), (3, False)])
def test_pages_that_had_to_be_guessed_at_fail(news: News, tmp_path: Path, guessed: int, passes: bool) -> None:
    stories = [story(n, extracted_by="fallback" if n < guessed else "selectors") for n in range(12)]
    assert result(batch(tmp_path, "one", stories), news, "fallback_share")["passed"] is passes


@pytest.mark.parametrize(
    ("name", "without"), [("missing_bylines", {"authors": []}), ("missing_datelines", {"dateline": None})]
)
def test_bylines_and_datelines_are_held_to_the_papers_own_norm(
    news: News, tmp_path: Path, name: str, without: dict[str, Any]
) -> None:
    stories = [story(n, **(without if n < 6 else {})) for n in range(12)]
    alone = result(batch(tmp_path, "alone", stories), news, name)
    assert alone["passed"], "without a history there is no norm"
    history(news, tmp_path)
    later = [{**one, "story_id": f"9{one['story_id']}"} for one in stories]
    found = result(batch(tmp_path, "one", later, hours=1), news, name)
    assert not found["passed"]
    assert found["severity"] == "warning"
    assert found["wanted"] == "at most 15%"


def test_a_paper_that_never_has_bylines_is_not_warned_of(news: News, tmp_path: Path) -> None:
    history(news, tmp_path, authors=[])
    assert result(batch(tmp_path, "one", [story(n, authors=[]) for n in range(12)]), news, "missing_bylines")["passed"]


def test_stories_of_feeds_which_name_no_writers_are_no_reason_to_warn(news: News, tmp_path: Path) -> None:
    history(news, tmp_path)
    fed = [story(n, authors=[], extracted_by="feed") for n in range(9000, 9012)]
    read = [story(n) for n in range(9012, 9024)]
    found = result(batch(tmp_path, "one", [*fed, *read], hours=1, mode="latest", edition=None), news, "missing_bylines")
    assert found["passed"]
    assert found["seen"] == "0 of 12 articles read from their pages have no byline"


@pytest.mark.parametrize(("hours", "passes"), [(12, True), (30, False)])
def test_latest_news_that_are_a_day_old_fail(news: News, tmp_path: Path, hours: int, passes: bool) -> None:
    folder = batch(tmp_path, "one", [story(1)], hours=hours, mode="latest", edition=None)
    assert result(folder, news, "freshness")["passed"] is passes


def test_an_edition_without_editorials_is_a_warning(news: News, tmp_path: Path) -> None:
    found = result(batch(tmp_path, "one", GOOD[:12]), news, "editorials_present")
    assert (found["passed"], found["severity"]) == (False, "warning")


def test_one_text_under_two_numbers_is_a_warning(news: News, tmp_path: Path) -> None:
    twins = [story(1), {**story(1), "story_id": "2"}]
    found = result(batch(tmp_path, "one", twins), news, "same_words")
    assert (found["passed"], found["severity"]) == (False, "warning")
    assert "1 and 2" in found["message"]


def test_a_story_in_both_tables_fails(news: News, tmp_path: Path) -> None:
    folder = batch(tmp_path, "one", GOOD)
    load_batch(folder, news.writer)
    columns = "source, story_id, url, title, language, extracted_by, completeness, content_hash"
    columns += ", first_seen_at, last_seen_at, run_id"
    news.rows(f"INSERT INTO editorials ({columns}) SELECT {columns} FROM articles WHERE story_id = '1'")
    found = result(folder, news, "duplicates")
    assert not found["passed"]
