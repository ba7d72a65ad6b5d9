"""A million made-up stories, in the lengths and with the word frequencies of news."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, timedelta
from itertools import accumulate
from time import monotonic

import psycopg2

FIRST_DAY = date(2008, 1, 1)
STORIES_A_DAY = 150
SECTIONS = ("National", "Business", "Sport", "International", "Karachi", "Lahore", "Peshawar", "Islamabad", "Letters")
AGENCIES = ("APP", "Reuters", "AFP", "Our Staff Reporter", "Our Correspondent")
WORDS_A_PARAGRAPH = 42
WANTED = {
    20: "government",
    45: "prime",
    46: "minister",
    150: "electricity",
    400: "debt",
    900: "solar",
    1500: "circular",
}
"""Words that are asked for, by their rank among all words."""
COLUMNS = (
    "source, story_id, kind, url, title, excerpt, body, authors, section, dateline, published_at, edition_date, "
    "language, extracted_by, completeness, word_count, content_hash, copy_keys, first_seen_at, last_seen_at, run_id"
)

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
    """Writes words as people do: the n-th most frequent one a n-th as often as the first (Zipf)."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - nobody's secret hangs on it
        syllables = [c + v for c in "bdfghjklmnprstvz" for v in ("a", "e", "i", "o", "u", "ar", "in")]
        words = {"".join(random.Random(n).choices(syllables, k=2 + n % 3)) for n in range(60_000)}  # noqa: S311
        self.words = sorted(words, key=lambda word: random.Random(word).random())  # noqa: S311
        for rank, word in WANTED.items():
            self.words[rank] = word
        self.weights = list(accumulate(1 / (rank + 2.7) for rank in range(len(self.words))))
        self.paragraphs = [self.sentence(WORDS_A_PARAGRAPH) + "." for _ in range(40_000)]

    def sentence(self, words: int) -> str:
        return " ".join(self.random.choices(self.words, cum_weights=self.weights, k=words)).capitalize()

    def rows(self, numbers: range, editorials: bool, paragraphs: tuple[int, int]) -> Iterator[str]:
        """Lines for COPY, of at least and at most so many paragraphs.

        The newest story has the highest number; three of a day's stories are editorials.
        """
        names = [self.sentence(2).title() for _ in range(400)] + list(AGENCIES) * 40
        for number in numbers:
            day = FIRST_DAY + timedelta(days=number // STORIES_A_DAY)
            if (number % STORIES_A_DAY < 3) is not editorials:
                continue
            body = "\\n\\n".join(self.random.choices(self.paragraphs, k=self.random.randint(*paragraphs)))
            section = "Editorial" if editorials else self.random.choice(SECTIONS)
            keys = ",".join(str(self.random.getrandbits(31)) for _ in range(8))
            published = f"{day} {self.random.randrange(6):02}:{self.random.randrange(60):02}:00+05"
            kind, names_here = ("editorial", "{}") if editorials else ("article", f'{{"{self.random.choice(names)}"}}')
            fields = [
                "dawn", str(number), kind, f"https://dawn.com/news/{number}", self.sentence(9), self.sentence(22), body,
                names_here, section, "LAHORE", published, str(day), "en", "selectors", "full", str(len(body.split())),
                f"{number:064x}", f"{{{keys}}}", published, published, "1",
            ]  # fmt: skip
            yield "\t".join(fields) + "\n"


class Lines:
    """What COPY reads from: lines that are made as they are asked for."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.lines = lines

    def read(self, size: int = -1, /) -> bytes:
        return b"".join(line.encode() for line, _ in zip(self.lines, range(200), strict=False))

    def readline(self, size: int = -1, /) -> bytes:
        return next(self.lines, "").encode()


def fill(admin: str, stories: int, paragraphs: tuple[int, int] = (4, 14)) -> float:
    """Fills an empty database and returns the seconds that took. Indexes are built at the end, as a restore does."""
    began = monotonic()
    with closing(psycopg2.connect(admin)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute(
            "INSERT INTO news.runs (batch, source, mode, started_at, outcome) VALUES ('dawn/bench', 'dawn', 'latest', "
            "now(), 'complete')"
        )
        cursor.execute(
            "SELECT indexdef, format('%I.%I', schemaname, indexname) FROM pg_indexes "
            "WHERE tablename IN ('articles', 'editorials') AND schemaname = 'news' AND indexdef NOT LIKE '%UNIQUE%'"
        )
        indexes = cursor.fetchall()
        for _, name in indexes:
            cursor.execute(f"DROP INDEX {name}")
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda half: _copy(admin, half, stories, paragraphs), range(2)))
        cursor.execute("SET maintenance_work_mem = '1GB'")
        for definition, _ in indexes:
            cursor.execute(definition)
        cursor.execute(REVISIONS)
        cursor.execute(REJECTS)
        cursor.execute("VACUUM ANALYZE")
    return monotonic() - began


def _copy(admin: str, half: int, stories: int, paragraphs: tuple[int, int]) -> None:
    writer = Writer(half)
    numbers = range(half * stories // 2, (half + 1) * stories // 2)
    for table in ("articles", "editorials"):
        with closing(psycopg2.connect(admin)) as connection, connection, connection.cursor() as cursor:
            lines = Lines(writer.rows(numbers, table == "editorials", paragraphs))
            cursor.copy_expert(f"COPY news.{table} ({COLUMNS}) FROM STDIN", lines)
