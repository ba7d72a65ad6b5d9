"""The functions that answer analysts' questions: attention, rising words, collocates, concordances and comparisons."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from akhbar.local.postgres import Server
from akhbar.maintenance.statistics import refresh
from akhbar.steps.load import load_batch
from tests.akhbar.batches import batch, editorial, story
from tests.conftest import News, fresh_news

FIRST = date(2026, 9, 1)
DAYS = 60
STRIKE = FIRST + timedelta(days=50)
"""The day on which a strike of the dockers begins."""


def on(day: date, hour: int = 6) -> dict[str, Any]:
    return {"edition_date": day.isoformat(), "published_at": f"{day}T{hour:02}:00:00+05:00"}


@pytest.fixture(scope="module")
def autumn(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> News:
    """Two months of two newspapers. Every day, Dawn reports on the weather and on a match; from the day of the strike,
    both also report on it, The Guardian earlier in the day. September 21 to 27 were not read."""
    archive, news = tmp_path_factory.mktemp("autumn"), fresh_news(postgres)
    dawn, guardian = [], []
    for number in range(DAYS):
        day = FIRST + timedelta(days=number)
        if date(2026, 9, 21) <= day <= date(2026, 9, 27):
            continue
        weather = {"title": f"Clouds over valley {number}", "excerpt": "Farmers watch the sky."}
        dawn.append(story(f"1{number:03}", **weather, body="Rain fell, and the companies waited for sun.", **on(day)))
        match = {"title": f"Umpires praise the bowlers in match {number}", "excerpt": "A slow pitch."}
        dawn.append(story(f"2{number:03}", **match, body="Bowlers took wickets before the rain came.", **on(day)))
        if day >= STRIKE:
            strike = {
                "title": f"Dockers strike halts Karachi harbour, day {number}",
                "excerpt": "Cranes stand idle as dockers demand higher wages from terminal operators.",
                "body": "The dockers’ strike went on; “cranes, all of them, stand idle,” a terminal operator said.",
            }
            dawn.append(story(f"3{number:03}", **strike, **on(day, 9)))
            guardian.append(
                story(
                    f"/world/{number}", source="guardian", url=f"https://www.theguardian.com/world/{number}", **strike
                )
                | on(day, 7)
                | {"edition_date": None}
            )
    editorials = {"title": "Dockers deserve wages", "body": "The strike at the harbour: cranes idle, dockers poor."}
    dawn.append(editorial("4001", **editorials, excerpt="Terminal operators must talk.", **on(STRIKE + timedelta(1))))
    load_batch(batch(archive, "autumn", dawn), news.writer)
    load_batch(
        batch(
            archive, "autumn", guardian, source="guardian", mode="latest", edition=None, started_at=f"{STRIKE}T12:00Z"
        ),
        news.writer,
    )
    return news


def rows(news: News, call: str, *parameters: Any) -> list[tuple[Any, ...]]:
    return news.rows(f"SELECT * FROM {call}", *parameters, url=news.reader)


def test_attention_counts_each_search_and_its_share(autumn: News) -> None:
    found = rows(autumn, "attention(ARRAY['dockers', 'rain -bowlers'], 'month', source => 'dawn')")
    assert found == [
        (date(2026, 9, 1), "dockers", 0, 46, 0),
        (date(2026, 9, 1), "rain -bowlers", 23, 46, 50),
        (date(2026, 10, 1), "dockers", 11, 71, Decimal("15.4930")),
        (date(2026, 10, 1), "rain -bowlers", 30, 71, Decimal("42.2535")),
    ]


def test_attention_is_null_for_periods_that_were_not_read(autumn: News) -> None:
    found = rows(autumn, "attention(ARRAY['rain'], 'week', '2026-09-14', '2026-10-04', source => 'dawn')")
    assert [(period.day, stories) for period, _, stories, _, _ in found] == [(14, 14), (21, None), (28, 14)]
    assert found[1] == (date(2026, 9, 21), "rain", None, None, None)


@pytest.mark.parametrize(("step", "periods"), [("day", 60), ("week", 9), ("month", 2), ("quarter", 2), ("year", 1)])
def test_attention_has_every_period(autumn: News, step: str, periods: int) -> None:
    found = rows(autumn, "attention(ARRAY['rain', 'dockers'], %s)", step)
    assert len(found) == 2 * periods
    [(stored,)] = autumn.rows("SELECT count(*) FROM stories")
    assert sum(of_stories or 0 for _, query, _, of_stories, _ in found if query == "rain") == stored


def test_counts_of_attention_are_those_of_count_stories(autumn: News) -> None:
    for query in ("rain", "-rain", "dockers OR umpires", '"stand idle"', "nothing at all like this"):
        [(counted,)] = rows(autumn, "count_stories(%s, '2026-10-01', '2026-10-31')", query)
        [found] = rows(autumn, "attention(ARRAY[%s], 'month', '2026-10-01', '2026-10-31')", query)
        assert found[2] == counted, query


def test_rising_words_are_those_of_the_news(autumn: News) -> None:
    found = rows(autumn, "rising_words(%s, days => 7, before => 14, source => 'dawn')", STRIKE + timedelta(days=6))
    words = {word: (now, before, ratio, score) for word, now, before, ratio, score in found}
    now, before, ratio, score = words["dockers"]
    assert (now, before) == (8, 0)
    assert ratio > 5
    assert score > 10
    assert {"strike", "harbour", "cranes"} <= set(words)
    assert not {"clouds", "umpires", "valley"} & set(words)


def test_rising_words_without_anything_to_compare_with_have_no_ratio(autumn: News) -> None:
    found = rows(autumn, "rising_words(%s, days => 7, before => 14)", FIRST + timedelta(days=6))
    assert found
    assert {(before, ratio, score) for _, _, before, ratio, score in found} == {(None, None, None)}
    assert rows(autumn, "rising_words('2001-01-01')") == []


def test_top_words_are_the_most_frequent(autumn: News) -> None:
    found = rows(autumn, "top_words('2026-10-01', '2026-10-31', max_rows => 3)")
    [(stories,)] = autumn.rows("SELECT count_stories('rain', '2026-10-01', '2026-10-31')")
    assert ("rain", stories) in [(word, stories) for word, stories, _ in found]
    assert [stories for _, stories, _ in found] == sorted((stories for _, stories, _ in found), reverse=True)


def test_collocates_are_the_words_of_the_subject(autumn: News) -> None:
    found = rows(autumn, "collocates('dockers')")
    best = [word for word, *_ in found[:8]]
    assert {"cranes", "idle"} <= {word.lower() for word in best}
    assert "dockers" not in [word.lower() for word, *_ in found]
    assert all(stories <= 22 and lift > 1 and score > 0 for _, stories, lift, score in found)


def test_a_concordance_shows_each_match_in_its_context(autumn: News) -> None:
    found = rows(autumn, "concordance('\"stand idle\"', 20, source => 'guardian', max_rows => 3)")
    last = FIRST + timedelta(days=DAYS - 1)
    assert [(day, name, keyword) for day, name, _, keyword, _, _ in found] == [
        (last, "/world/59", "stand idle"),
        (last, "/world/59", "stand idle"),
        (last - timedelta(days=1), "/world/58", "stand idle"),
    ]
    (_, _, left, _, right, _), (_, _, left_of_second, _, right_of_second, _), _ = found
    assert (left, right) == ("day 59 · Cranes", "as dockers demand")
    assert (left_of_second, right_of_second) == ("all of them,", ",” a terminal")


def test_a_concordance_has_no_line_for_half_a_phrase(autumn: News) -> None:
    assert rows(autumn, "concordance('\"idle cranes\"')") == []
    assert rows(autumn, "concordance('-rain')") == []
    lines = rows(autumn, "concordance('wickets', to_date => '2026-09-01')")
    assert [line[2:5] for line in lines] == [
        ("match 0 · A slow pitch. · Bowlers took", "wickets", "before the rain came.")
    ]


def test_sources_are_compared(autumn: News) -> None:
    found = autumn.rows(
        "SELECT source, is_first, first_day, first_story_id, stories, of_stories, percent, editorials "
        "FROM compare_sources('dockers')",
        url=autumn.reader,
    )
    assert found == [
        ("guardian", True, STRIKE, "/world/50", 10, 10, 100, 0),
        ("dawn", False, STRIKE, "3050", 11, 117, Decimal("9.4017"), 1),
    ]


def test_a_thread_has_the_earlier_and_later_stories_on_the_affair(autumn: News) -> None:
    found = autumn.rows("SELECT relation, source, story_id FROM story_thread('dawn', '3055')", url=autumn.reader)
    assert ("this", "dawn", "3055") in found
    assert ("earlier", "dawn", "3050") in found
    assert ("earlier", "guardian", "/world/55") in found
    assert ("later", "dawn", "3056") in found
    assert [relation for relation, *_ in found] == sorted((relation for relation, *_ in found), key=ORDER.index)
    assert not [name for _, _, name in found if name.startswith(("1", "2"))]


def test_a_story_that_is_not_stored_has_no_thread(autumn: News) -> None:
    assert rows(autumn, "story_thread('dawn', 'unknown')") == []
    assert rows(autumn, "related_stories('moon', '3055')") == []


ORDER = ["earlier", "this", "later"]


def test_editorials_stand_beside_the_news_that_they_react_to(autumn: News) -> None:
    found = autumn.rows(
        "SELECT editorial_id, news_day, news_id FROM editorials_on('wages', days_before => 1)", url=autumn.reader
    )
    assert {editorial for editorial, _, _ in found} == {"4001"}
    assert {day for _, day, _ in found} <= {STRIKE, STRIKE + timedelta(days=1)}
    assert {name for _, _, name in found} <= {"3050", "3051", "/world/50", "/world/51"}
    assert len(found) == 3


SUBJECTS = [
    "سیلاب دریا",
    "کرکٹ میچ",
    "بجٹ ٹیکس",
    "گندم قیمت",
    "بجلی لوڈشیڈنگ",
    "عدالت فیصلہ",
    "ہسپتال ڈاکٹر",
    "ریلوے حادثہ",
]


def test_words_of_the_language_do_not_make_a_thread(postgres: Server, tmp_path: Path) -> None:
    news = fresh_news(postgres)
    common = "یہ خبر اور اس کے بارے میں ہے کہ"
    urdu = [
        story(
            number,
            title=f"{common} {subject}",
            excerpt=f"{subject} کی خبر",
            body="متن",
            language="ur",
            **on(FIRST + timedelta(days=number % 50)),
        )
        for number, subject in enumerate(SUBJECTS * 15)
    ]
    english = [story(1000 + number, title=f"News {number}", **on(FIRST)) for number in range(400)]
    load_batch(batch(tmp_path, "urdu", urdu + english), news.writer)
    news.rows("ANALYZE articles; SELECT 1")
    thread = news.rows("SELECT story_id FROM story_thread('dawn', '3', max_rows => 1000)", url=news.reader)
    assert {int(number) % len(SUBJECTS) for (number,) in thread} == {3}


def test_a_wrong_date_does_not_hide_the_newest_stories(postgres: Server, tmp_path: Path) -> None:
    news = fresh_news(postgres)
    body = "The ferries are back."
    stories = [
        story(n, title="Storm" if n % 40 > 35 else "Calm", body=body, **on(FIRST + timedelta(days=n % 40)))
        for n in range(4100)
    ]
    stories += [story(9001, body=body, edition_date="9998-01-01"), story(9002, body=body, edition_date="0002-01-01")]
    load_batch(batch(tmp_path, "ferries", stories), news.writer)
    days = news.rows("SELECT day, total FROM search_stories('ferries', max_rows => 400)", url=news.reader)
    assert {total for _, total in days} == {4102}
    assert min(day for day, _ in days) > FIRST + timedelta(days=30)
    assert max(day for day, _ in days) == FIRST + timedelta(days=39)
    assert [word for word, *_ in rows(news, "rising_words(days => 5, before => 5)")] == ["Storm"]


FUNCTIONS = [
    "attention(ARRAY[%s])",
    "count_stories(%s)",
    "collocates(%s)",
    "concordance(%s)",
    "compare_sources(%s)",
    "editorials_on(%s)",
    "explain_query(%s)",
]


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize(
    "query",
    ["", "the", "'; DROP TABLE articles; --", '"', "((((", "-", "-rain", "😀" * 900, "a:*B & !", "\\", "NEAR/9"],
)
def test_any_text_is_a_query(autumn: News, function: str, query: str) -> None:
    rows(autumn, function, query)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("attention(ARRAY['rain'], 'fortnight')", "step is 'fortnight'"),
        ("attention(ARRAY['rain'], NULL)", "step is null"),
        ("attention(ARRAY['rain'], source => 'moon')", "there is no newspaper 'moon'"),
        ("attention(ARRAY['rain'], kind => 'essay')", "kind is 'essay'"),
        ("attention(ARRAY['rain'], from_date => '2026-02-01', to_date => '2026-01-01')", "is after"),
        ("attention(ARRAY['rain'], 'day', '0001-01-01', '9999-01-01')", "more than 100,000 days"),
        ("attention(array_fill('rain'::text, ARRAY[51]))", "there are 51 queries"),
        ("count_stories('rain', '2026-02-01', '2026-01-01')", "is after"),
        ("count_stories('rain', '-infinity')", "from_date is -infinity"),
        ("count_stories('rain', language => 'klingon')", "there is no language 'klingon'"),
        ("rising_words(days => 0)", "days is 0"),
        ("rising_words(before => NULL)", "before is null"),
        ("rising_words(max_rows => 100000)", "max_rows is 100000"),
        ("collocates('rain', source => 'moon')", "there is no newspaper 'moon'"),
        ("concordance('rain', width => 0)", "width is 0"),
        ("concordance('rain', max_rows => 5000)", "max_rows is 5000"),
        ("compare_sources('rain', '2026-02-01', '2026-01-01')", "is after"),
        ("story_thread('dawn', '1', within_days => 2000000000)", "within_days is 2000000000"),
        ("related_stories('dawn', '1', within_days => -1)", "within_days is -1"),
        ("related_stories('dawn', '1', max_rows => 100000)", "max_rows is 100000"),
        ("search_headlines('rain', 0)", "max_rows is 0"),
        ("top_words('2026-02-01', '2026-01-01')", "is after"),
        ("editorials_on('rain', days_before => -1)", "days_before is -1"),
    ],
)
def test_invalid_arguments_raise_a_clear_error(autumn: News, call: str, message: str) -> None:
    with pytest.raises(psycopg2.errors.InvalidParameterValue, match=message):
        rows(autumn, call)


@pytest.mark.parametrize(
    "call",
    [
        "related_stories('dawn', '3055')",
        "story_thread('dawn', '3055')",
        "collocates('dockers')",
        "rising_words('2026-10-25')",
        "attention(ARRAY['dockers'])",
        "editorials_on('wages')",
    ],
)
def test_every_role_gets_the_same_answer(autumn: News, call: str, tmp_path: Path) -> None:
    autumn.rows("ANALYZE; SELECT 1")
    statement = f"SELECT * FROM {call}"
    answer = autumn.rows(statement)
    assert answer
    assert autumn.rows(statement, url=autumn.reader) == answer
    assert autumn.rows(f"SET ROLE akhbar_bi; {statement}") == answer


def brute_force(news: News, query: str, **filters: Any) -> dict[date, int]:
    """Matches by month, counted from all stories."""
    conditions = "".join(f" AND {name} = %s" for name in filters)
    counted = news.rows(
        "SELECT date_trunc('month', day)::date, count(*) FROM stories "
        f"WHERE search @@ story_query(%s) AND day IS NOT NULL{conditions} GROUP BY 1",
        query,
        *filters.values(),
    )
    return dict(counted)


QUERIES = ["rain", "-rain", "dockers OR rain", "rain bowlers", "farmers"]


def test_counts_are_exact_however_long_ago_words_were_counted(postgres: Server, tmp_path: Path) -> None:
    news = fresh_news(postgres)

    def days(first: int, last: int, body: str) -> list[dict[str, Any]]:
        return [
            story(number, body=body, **on(date(2026, 1 + number // 28, 1 + number % 28)))
            for number in range(first, last)
        ]

    def agree(step: str) -> None:
        for query in QUERIES:
            expected = brute_force(news, query)
            found = rows(news, "attention(ARRAY[%s], 'month')", query)
            assert {period: stories for period, _, stories, *_ in found if stories} == expected, (step, query)
            assert rows(news, "count_stories(%s)", query) == [(sum(expected.values()),)], (step, query)
            editorials = sum(brute_force(news, query, kind="editorial").values())
            assert rows(news, "count_stories(%s, kind => 'editorial')", query) == [(editorials,)], (step, query)
            part = news.rows(
                "SELECT count(*) FROM stories "
                "WHERE search @@ story_query(%s) AND day BETWEEN '2026-01-20' AND '2026-03-05'",
                query,
            )
            assert rows(news, "count_stories(%s, '2026-01-20', '2026-03-05')", query) == part, (step, query)

    load_batch(batch(tmp_path, "one", days(0, 100, "Rain fell, and the dockers waited.")), news.writer)
    agree("not counted")
    refresh(news.writer)
    assert news.rows("SELECT count(*) > 0 FROM word_counts WHERE word = 'rain'") == [(True,)]
    assert news.rows("SELECT * FROM changed_months") == []
    agree("counted")
    later = days(100, 120, "Rain fell on the bowlers.") + days(0, 3, "The farmers have had no water.")
    load_batch(batch(tmp_path, "two", later, hours=30), news.writer)
    moved = [
        editorial(number, body="Rain fell, and the dockers waited.", **on(date(2026, 2, 5))) for number in (40, 41)
    ]
    load_batch(batch(tmp_path, "three", moved, hours=60), news.writer)
    dated = [story(50, body="Rain fell.", **on(date(2026, 4, 9)))]
    load_batch(batch(tmp_path, "four", dated, hours=90), news.writer)
    agree("added, changed, moved to editorials and to another day")
    refresh(news.writer)
    agree("counted again")
