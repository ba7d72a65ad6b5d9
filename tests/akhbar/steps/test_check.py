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
        match=r"coverage: found 9 of 10 stories stored \(90.0%\), expected at least 95%: .* 1 stories were rejected",
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
        {"published_at": None, "published_date": "2026-11-22"},
        {"published_at": None, "published_date": "1989-12-31"},
        {"published_at": None, "published_date": "2026-11-20", "updated_at": "2026-11-19T18:59:00+00:00"},
    ],
)
def test_impossible_dates_fail(news: News, tmp_path: Path, dates: dict[str, Any]) -> None:
    found = result(batch(tmp_path, "one", [*GOOD, story(77, **dates)]), news, "impossible_dates")
    assert not found["passed"]
    assert "77" in found["message"]


@pytest.mark.parametrize(("short", "passes"), [(1, True), (2, False)])
def test_many_short_bodies_fail(news: News, tmp_path: Path, short: int, passes: bool) -> None:
    stories = [story(n, **({"body": "Only a few words"} if n < short else {})) for n in range(12)]
    assert result(batch(tmp_path, "one", stories), news, "short_bodies")["passed"] is passes


@pytest.mark.parametrize(("usually", "passes"), [("fallback", True), ("selectors", False), ("general", False)])
def test_pages_that_had_to_be_guessed_at_are_compared_with_earlier_runs(
    news: News, tmp_path: Path, usually: str, passes: bool
) -> None:
    history(news, tmp_path, extracted_by=usually)
    stories = [story(n, extracted_by="fallback" if n < 4 else "selectors") for n in range(12)]
    assert result(batch(tmp_path, "one", stories), news, "fallback_share")["passed"] is passes


@pytest.mark.parametrize(("guessed", "passes"), [(2, True), (3, False)])
def test_pages_that_had_to_be_guessed_at_fail(news: News, tmp_path: Path, guessed: int, passes: bool) -> None:
    stories = [story(n, extracted_by="fallback" if n < guessed else "selectors") for n in range(12)]
    assert result(batch(tmp_path, "one", stories), news, "fallback_share")["passed"] is passes


def test_pages_of_the_general_reader_are_not_guessed_at(news: News, tmp_path: Path) -> None:
    stories = [story(n, extracted_by="general") for n in range(12)]
    found = result(batch(tmp_path, "one", stories), news, "fallback_share")
    assert found["seen"].startswith("0 of 12")
    assert news.rows("SELECT by_fallback FROM edition_shares") == [(0,)]


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


@pytest.mark.parametrize(
    ("hours", "timed", "passes", "newest"),
    [
        (38, "2026-11-19T06:00:00+05:00", True, "2026-11-20"),
        (40, "2026-11-19T06:00:00+05:00", False, "2026-11-20"),
        (40, "2026-11-21T06:00:00+05:00", True, "2026-11-21 01:00 UTC"),
    ],
)
def test_a_story_with_only_a_date_counts_as_published_until_the_day_ends(
    news: News, tmp_path: Path, hours: int, timed: str, passes: bool, newest: str
) -> None:
    stories = [story(1, published_at=timed), story(2, published_at=None, published_date="2026-11-20")]
    found = result(batch(tmp_path, "one", stories, hours=hours, **LATEST), news, "freshness")
    assert (found["passed"], found["seen"]) == (passes, f"newest story from {newest}")


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


LATEST: dict[str, Any] = {"mode": "latest", "edition": None}
KINDS = pytest.mark.parametrize("kind", ["edition", "latest"])


def earlier_runs(news: News, archive: Path, kind: str, *, numbers: int = 12, **manifest: Any) -> None:
    """Five earlier runs of a kind, of so many good stories each, two days apart if they are latest runs."""
    for back in range(5, 0, -1):
        day = str(date(2026, 11, 20) - timedelta(days=2 * back))
        stories = [
            story(
                1000 * back + n,
                edition_date=day,
                updated_at="2026-11-20T07:00:00+05:00",
                image_url="https://i.dawn.com/1.jpg",
                tags=["water"],
            )
            for n in range(numbers)
        ]
        load_batch(
            batch(archive, f"back{back}", stories, hours=-48 * back, **of_kind(kind, day), **manifest), news.writer
        )


def of_kind(kind: str, day: str = "2026-11-20") -> dict[str, Any]:
    return {"mode": "edition", "edition": day} if kind == "edition" else LATEST


@KINDS
@pytest.mark.parametrize("has_history", [True, False])
def test_twelve_stories_whose_text_is_suddenly_missing_fail(
    news: News, tmp_path: Path, kind: str, has_history: bool
) -> None:
    if has_history:
        earlier_runs(news, tmp_path, kind)
    stories = [story(n, **({"body": None} if n < 12 else {})) for n in range(140)]
    found = result(batch(tmp_path, "one", stories, **of_kind(kind)), news, "missing_bodies")
    assert (found["passed"], found["severity"]) == (False, "error")
    assert found["seen"] == "12 of 140 stories read from their pages have no text"
    assert "https://www.dawn.com/news/11" in found["message"]


@KINDS
@pytest.mark.parametrize(
    ("videos", "passed", "severity"), [(0, True, None), (1, True, None), (2, False, "warning"), (3, False, "error")]
)
def test_a_video_page_or_two_have_no_text(
    news: News, tmp_path: Path, kind: str, videos: int, passed: bool, severity: str | None
) -> None:
    earlier_runs(news, tmp_path, kind)
    stories = [story(n, **({"body": None} if n < videos else {})) for n in range(12)]
    found = result(batch(tmp_path, "one", stories, **of_kind(kind)), news, "missing_bodies")
    assert found["passed"] is passed
    if severity:
        assert found["severity"] == severity


def test_a_newspaper_of_videos_is_held_to_its_own_norm(news: News, tmp_path: Path) -> None:
    def half(first: int) -> list[dict[str, Any]]:
        return [
            story(first + n, body=None if n % 2 else "A text with ten words in it, and some more.") for n in range(40)
        ]

    for back in range(3, 0, -1):
        load_batch(batch(tmp_path, f"back{back}", half(1000 * back), hours=-48 * back, **LATEST), news.writer)
    assert result(batch(tmp_path, "one", half(0), **LATEST), news, "missing_bodies")["passed"]
    none = [story(9000 + n, body=None) for n in range(40)]
    assert not result(batch(tmp_path, "two", none, hours=48, **LATEST), news, "missing_bodies")["passed"]


def test_stories_of_feeds_and_listings_do_not_hide_pages_without_text(news: News, tmp_path: Path) -> None:
    earlier_runs(news, tmp_path, "latest")
    fed = [story(n, extracted_by="feed") for n in range(100, 200)]
    listed = [story(n, body=None, completeness="listed") for n in range(200, 220)]
    assert result(batch(tmp_path, "one", [*fed, *listed], **LATEST), news, "missing_bodies")["passed"]
    pages = [story(n, body=None) for n in range(3)]
    fed = [story(n, extracted_by="feed") for n in range(300, 400)]
    found = result(batch(tmp_path, "two", [*fed, *pages], hours=48, **LATEST), news, "missing_bodies")
    assert (found["passed"], found["severity"]) == (False, "error")


def test_latest_runs_of_two_stories_each_are_judged_together(news: News, tmp_path: Path) -> None:
    earlier_runs(news, tmp_path, "latest")
    for hour in range(3):
        stories = [story(10 * hour + n, body=None) for n in range(2)]
        found = result(batch(tmp_path, f"hour{hour}", stories, hours=hour, **LATEST), news, "missing_bodies")
        assert (found["passed"], found["severity"]) == (False, "error" if hour else "warning")


def test_an_edition_without_texts_stays_failed_when_it_is_run_again(news: News, tmp_path: Path) -> None:
    empty = [story(n, body=None) for n in range(12)]
    assert not result(batch(tmp_path, "one", empty), news, "missing_bodies")["passed"]
    again = batch(tmp_path, "two", [story(99)], hours=1)
    assert result(again, news, "missing_bodies")["seen"] == "12 of 13 stories read from their pages have no text"


@KINDS
@pytest.mark.parametrize("has_history", [True, False])
@pytest.mark.parametrize(("rejects", "passes"), [(0, True), (2, True), (3, False)])
def test_a_reason_that_rejects_more_than_a_few_stories_fails(
    news: News, tmp_path: Path, kind: str, has_history: bool, rejects: int, passes: bool
) -> None:
    if has_history:
        earlier_runs(news, tmp_path, kind)
    refused = [reject(100 + n, "consent_page") for n in range(rejects)] + [reject(200, "missing_title")]
    folder = batch(tmp_path, "one", [story(n) for n in range(11 - rejects)], rejects=refused, **of_kind(kind))
    found = result(folder, news, "reject_share")
    assert found["passed"] is passes
    if not passes:
        assert found["severity"] == "error"
        assert "consent_page: 3 of 12 stories (25%)" in found["seen"]
        assert "https://www.dawn.com/news/100" in found["message"]
        assert "news/200" not in found["message"]


@KINDS
def test_a_reason_that_is_usual_for_the_newspaper_passes(news: News, tmp_path: Path, kind: str) -> None:
    earlier_runs(news, tmp_path, kind, rejects=[reject(f"{n}x", "not_a_story") for n in range(2000, 2003)])
    for back in range(5):
        refused = [reject(f"{back}{n}y", "not_a_story") for n in range(4)]
        day = str(date(2026, 11, 20) - timedelta(days=20 + back))
        folder = batch(tmp_path, f"far{back}", [], hours=-480 - 24 * back, rejects=refused, **of_kind(kind, day))
        load_batch(folder, news.writer)
    refused = [reject(100 + n, "not_a_story") for n in range(4)]
    found = result(batch(tmp_path, "one", GOOD, rejects=refused, **of_kind(kind)), news, "reject_share")
    assert found["passed"]
    assert "not_a_story: 4 of 17 stories (24%)" in found["seen"]


def test_a_page_that_every_latest_run_rejects_counts_once(news: News, tmp_path: Path) -> None:
    stuck = [reject(100 + n, "not_a_story") for n in range(4)]
    first = batch(tmp_path, "one", [story(n) for n in range(6)], rejects=stuck, **LATEST)
    assert not result(first, news, "reject_share")["passed"]
    later = batch(tmp_path, "two", [story(n) for n in range(20, 22)], hours=48, rejects=stuck, **LATEST)
    found = result(later, news, "reject_share")
    assert found["passed"]


def test_rejects_that_a_second_run_of_the_edition_stores_are_forgiven(news: News, tmp_path: Path) -> None:
    refused = [reject(100 + n, "script_page") for n in range(4)]
    assert not result(batch(tmp_path, "one", GOOD, rejects=refused), news, "reject_share")["passed"]
    again = batch(tmp_path, "two", [story(100 + n) for n in range(4)], hours=1)
    assert result(again, news, "reject_share")["passed"]


FIELDS: dict[str, Any] = {
    "excerpt": None,
    "section": None,
    "published_at": None,
    "updated_at": None,
    "image_url": None,
    "tags": [],
}
WHOLE: dict[str, Any] = {
    "updated_at": "2026-11-20T07:00:00+05:00",
    "image_url": "https://i.dawn.com/1.jpg",
    "tags": ["water"],
}


@KINDS
@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize(("without", "passes"), [(6, True), (7, False)])
def test_a_field_that_went_missing_is_named(
    news: News, tmp_path: Path, kind: str, name: str, without: int, passes: bool
) -> None:
    stories = [story(n, **{**WHOLE, **({name: FIELDS[name]} if n < without else {})}) for n in range(12)]
    alone = result(batch(tmp_path / "alone", "one", stories, **of_kind(kind)), news, "missing_fields")
    assert alone["passed"], "a first run has no norm"
    earlier_runs(news, tmp_path, kind)
    found = result(batch(tmp_path / "alone", "one", stories, **of_kind(kind)), news, "missing_fields")
    assert found["passed"] is passes
    if not passes:
        missing = ("date", "published_at") if name == "published_at" else (name,)
        assert found["severity"] == ("error" if "date" in missing else "warning")
        assert found["seen"] == ", ".join(f"{one} in 5 of 12 stories from pages (earlier 100%)" for one in missing)


def test_a_newspaper_that_shows_dates_in_place_of_times_is_a_warning(news: News, tmp_path: Path) -> None:
    earlier_runs(news, tmp_path, "latest")
    dated = [story(n, published_at=None, published_date="2026-11-20", **WHOLE) for n in range(12)]
    found = result(batch(tmp_path, "one", dated, **LATEST), news, "missing_fields")
    assert (found["passed"], found["severity"]) == (False, "warning")
    assert found["seen"] == "published_at in 0 of 12 stories from pages (earlier 100%)"


def test_fields_that_feeds_never_have_are_not_missing(news: News, tmp_path: Path) -> None:
    earlier_runs(news, tmp_path, "latest")
    fed = [story(n, extracted_by="feed", section=None) for n in range(12)]
    assert result(batch(tmp_path, "one", fed, **LATEST), news, "missing_fields")["passed"]


def source(path: str, role: str = "feed") -> dict[str, Any]:
    return page(1, url=f"https://www.dawn.com{path}", role=role, story_id=None)


SOURCES = [source("/feeds/home"), source("/feeds/sport?limit=50"), source("/sitemap.xml", "sitemap")]


@KINDS
def test_a_source_with_entries_and_no_story_fails(news: News, tmp_path: Path, kind: str) -> None:
    stats = {"akhbar/barren/feeds/home": 1}
    found = result(batch(tmp_path, "one", GOOD, pages=SOURCES, stats=stats, **of_kind(kind)), news, "barren_sources")
    assert (found["passed"], found["severity"]) == (False, "error")
    assert found["seen"] == "entries, but no readable stories: /feeds/home"


def test_an_empty_feed_is_normal_unless_all_are_empty(news: News, tmp_path: Path) -> None:
    stats = {"akhbar/empty/feeds/home": 1}
    one = batch(tmp_path, "one", GOOD, pages=SOURCES, stats=stats, **LATEST)
    assert result(one, news, "barren_sources")["passed"]
    both = batch(tmp_path, "two", GOOD, pages=SOURCES, stats={**stats, "akhbar/empty/feeds/sport": 1}, **LATEST)
    found = result(both, news, "barren_sources")
    assert (found["passed"], found["severity"], found["seen"]) == (False, "warning", "no feed contains a story")


@pytest.mark.parametrize(("usually", "passes"), [({}, False), ({"akhbar/empty/feeds/sport": 1}, True)])
def test_a_feed_that_used_to_name_stories_and_is_empty_is_a_warning(
    news: News, tmp_path: Path, usually: dict[str, int], passes: bool
) -> None:
    earlier_runs(news, tmp_path, "latest", pages=SOURCES, stats=usually)
    stats = {"akhbar/empty/feeds/sport": 1}
    found = result(batch(tmp_path, "one", GOOD, pages=SOURCES, stats=stats, **LATEST), news, "barren_sources")
    assert found["passed"] is passes
    if not passes:
        assert found["severity"] == "warning"
        assert found["seen"] == "empty, although earlier runs found stories: /feeds/sport"


def test_a_section_that_used_to_list_stories_is_recognised_on_another_day(news: News, tmp_path: Path) -> None:
    def listing(day: str) -> dict[str, Any]:
        return source(f"/newspaper/sport/{day}", "listing")

    for day in ("2026-11-17", "2026-11-18", "2026-11-19"):
        load_batch(batch(tmp_path, day, [], pages=[listing(day)], edition=day, hours=-24), news.writer)
    stats = {"akhbar/empty/newspaper/sport/2026-11-20": 1}
    found = result(batch(tmp_path, "one", GOOD, pages=[listing("2026-11-20")], stats=stats), news, "barren_sources")
    assert found["seen"] == "empty, although earlier runs found stories: /newspaper/sport/2026-11-20"


def test_bylines_of_latest_runs_are_compared_with_latest_runs(news: News, tmp_path: Path) -> None:
    earlier_runs(news, tmp_path, "latest")
    stories = [story(n, authors=[]) for n in range(12)]
    found = result(batch(tmp_path, "one", stories, **LATEST), news, "missing_bylines")
    assert (found["passed"], found["severity"]) == (False, "warning")


@pytest.mark.parametrize(
    ("usually", "stats", "passes", "seen"),
    [
        ((0, 0), (0, 0), True, "no pages were compared"),
        ((10, 0), (10, 1), True, "1 of 10 sampled pages have another text according to the general reader"),
        ((10, 0), (10, 3), False, "3 of 10 sampled pages have another text according to the general reader"),
        ((10, 4), (10, 6), True, "6 of 10 sampled pages have another text according to the general reader"),
    ],
)
def test_declared_selectors_that_find_other_text_than_before_are_a_warning(
    news: News, tmp_path: Path, usually: tuple[int, int], stats: tuple[int, int], passes: bool, seen: str
) -> None:
    def drift(compared: int, apart: int) -> dict[str, int]:
        return {"akhbar/drift/compared": compared, "akhbar/drift/apart": apart} if compared else {}

    earlier_runs(news, tmp_path, "latest", stats=drift(*usually))
    found = result(batch(tmp_path, "one", GOOD, stats=drift(*stats), **LATEST), news, "selector_drift")
    assert (found["passed"], found["severity"], found["seen"]) == (passes, "warning", seen)
