"""Generated stories, up to a million, with the lengths and word frequencies of news."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, timedelta
from itertools import accumulate, islice
from time import monotonic

import psycopg2

LAST_DAY = date(2026, 4, 2)
"""The day of the newest story, unless another one is given."""
STORIES_A_DAY = 150
SECTIONS = ("National", "Business", "Sport", "International", "Karachi", "Lahore", "Peshawar", "Islamabad", "Letters")
AGENCIES = ("APP", "Reuters", "AFP", "Our Staff Reporter", "Our Correspondent")
WORDS_A_PARAGRAPH = 42
SEARCHED = {
    20: "government",
    45: "prime",
    46: "minister",
    150: "electricity",
    400: "debt",
    900: "solar",
    1500: "circular",
}
"""Words that the measured searches look for, by their rank among all words."""
COLUMNS = (
    "source, story_id, kind, url, title, excerpt, body, authors, section, dateline, published_at, edition_date, "
    "language, extracted_by, completeness, word_count, content_hash, copy_keys, first_seen_at, last_seen_at, run_id"
)
RUNS = """
INSERT INTO news.runs (
    batch, source, mode, edition_date, dag_id, dag_run_id, started_at, finished_at, loaded_at, outcome, counts, stats,
    checks
)
SELECT 'dawn/bench-' || n, 'dawn', CASE WHEN n %% 48 = 0 THEN 'edition' ELSE 'latest' END,
    CASE WHEN n %% 48 = 0 THEN current_date - n / 48 END, 'dawn', 'run ' || n, at, at + interval '5 minutes', at,
    'complete', (SELECT jsonb_build_object('coverage', 0.99, 'rejected', 1, 'sections',
        jsonb_object_agg(s, '{"discovered": 14, "stored": 14}'::jsonb)) FROM unnest(%(sections)s) AS s),
    '{"downloader/request_count": 150, "downloader/response_status_count/200": 149}',
    (SELECT jsonb_agg(jsonb_build_object('name', 'check ' || c, 'severity', 'error', 'passed', (n + c) %% 50 > 0,
        'seen', 'one', 'wanted', 'another', 'message', 'found one, expected another')) FROM generate_series(1, 12) AS c)
FROM generate_series(%(runs)s - 1, 0, -1) AS n
CROSS JOIN LATERAL (SELECT now() - n * interval '30 minutes') AS time (at)
"""
REVISIONS = """
INSERT INTO news.revisions (
    source, story_id, revision, title, body, authors, content_hash, seen_at, changed_at, reason, run_id
)
SELECT source, story_id, 1, title, replace(body, 'debt', 'debts'), authors, content_hash, first_seen_at,
    first_seen_at + interval '1 hour', 'edit', run_id
FROM news.articles
WHERE id % 50 = 0
"""
REJECTS = """
INSERT INTO news.rejects (run_id, source, story_id, reasons, story)
SELECT run_id, source, 'r' || story_id, ARRAY['body_too_short'], '{}' FROM news.articles WHERE id % 500 = 0
"""


class Writer:
    """Writes words with the frequencies of natural language: the n-th word 1/n as often as the first (Zipf)."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - not used for secrets
        syllables = [c + v for c in "bdfghjklmnprstvz" for v in ("a", "e", "i", "o", "u", "ar", "in")]
        words = {"".join(random.Random(n).choices(syllables, k=2 + n % 3)) for n in range(60_000)}  # noqa: S311
        self.words = sorted(words, key=lambda word: random.Random(word).random())  # noqa: S311
        for rank, word in SEARCHED.items():
            self.words[rank] = word
        self.weights = list(accumulate(1 / (rank + 2.7) for rank in range(len(self.words))))
        self.paragraphs = [self.sentence(WORDS_A_PARAGRAPH) + "." for _ in range(40_000)]

    def sentence(self, words: int) -> str:
        return " ".join(self.random.choices(self.words, cum_weights=self.weights, k=words)).capitalize()

    def rows(
        self, numbers: range, editorials: bool, *, paragraphs: tuple[int, int], first_day: date, runs: int
    ) -> Iterator[str]:
        """Lines for COPY: of these numbers, the editorials (three a day) or the articles.

        `paragraphs` are the fewest and the most of a story; the story of number 0 is of the first day.
        """
        names = [self.sentence(2).title() for _ in range(400)] + list(AGENCIES) * 40
        for number in numbers:
            if (number % STORIES_A_DAY < 3) is not editorials:
                continue
            day = first_day + timedelta(days=number // STORIES_A_DAY)
            body = "\\n\\n".join(self.random.choices(self.paragraphs, k=self.random.randint(*paragraphs)))
            section = "Editorial" if editorials else self.random.choice(SECTIONS)
            keys = ",".join(str(self.random.getrandbits(31)) for _ in range(8))
            published = f"{day} {self.random.randrange(6):02}:{self.random.randrange(60):02}:00+05"
            kind, authors = ("editorial", "{}") if editorials else ("article", f'{{"{self.random.choice(names)}"}}')
            fields = [
                "dawn", str(number), kind, f"https://dawn.com/news/{number}", self.sentence(9), self.sentence(22), body,
                authors, section, "LAHORE", published, str(day), "en", "selectors", "full", str(len(body.split())),
                f"{number:064x}", f"{{{keys}}}", published, published, str(runs - number % min(runs, 999)),
            ]  # fmt: skip
            yield "\t".join(fields) + "\n"


class Lines:
    """A file for COPY to read: lines that are generated on demand."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.lines = lines

    def read(self, size: int = -1, /) -> bytes:
        return b"".join(line.encode() for line in islice(self.lines, 200))

    def readline(self, size: int = -1, /) -> bytes:
        return next(self.lines, "").encode()


def first_day(stories: int, last_day: date = LAST_DAY) -> date:
    """The day of the story of number 0."""
    return last_day - timedelta(days=(stories - 1) // STORIES_A_DAY)


def fill(
    admin: str, stories: int, *, paragraphs: tuple[int, int] = (4, 14), last_day: date = LAST_DAY, runs: int = 1
) -> float:
    """Fills an empty database, and returns the seconds that it took. Indexes are built at the end, as a restore does.

    The story with the highest number is of the last day. There is a run for every half hour up to now, and the newest
    999 of them loaded the stories.
    """
    began = monotonic()
    with closing(psycopg2.connect(admin)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute(RUNS, {"runs": runs, "sections": list(SECTIONS)})
        cursor.execute(
            "SELECT indexdef, format('%I.%I', schemaname, indexname) FROM pg_indexes "
            "WHERE tablename IN ('articles', 'editorials') AND schemaname = 'news' AND indexdef NOT LIKE '%UNIQUE%'"
        )
        indexes = cursor.fetchall()
        for _, name in indexes:
            cursor.execute(f"DROP INDEX {name}")
        first = first_day(stories, last_day)
        with ThreadPoolExecutor(2) as pool:
            halves = [range(0, stories // 2), range(stories // 2, stories)]
            list(pool.map(lambda seed: _copy(admin, Writer(seed), halves[seed], paragraphs, first, runs), range(2)))
        cursor.execute("SET maintenance_work_mem = '1GB'")
        for definition, _ in indexes:
            cursor.execute(definition)
        cursor.execute(REVISIONS)
        cursor.execute(REJECTS)
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("SELECT count(*) FROM news.stories")
        if cursor.fetchone() != (stories,):
            raise RuntimeError(f"the database does not hold exactly {stories:,} stories")
    return monotonic() - began


def _copy(admin: str, writer: Writer, numbers: range, paragraphs: tuple[int, int], first: date, runs: int) -> None:
    for table in ("articles", "editorials"):
        with closing(psycopg2.connect(admin)) as connection, connection, connection.cursor() as cursor:
            lines = Lines(
                writer.rows(numbers, table == "editorials", paragraphs=paragraphs, first_day=first, runs=runs)
            )
            cursor.copy_expert(f"COPY news.{table} ({COLUMNS}) FROM STDIN", lines)
