"""`python -m bench.newsroom`: how long the Newsroom's pages take over a million made-up stories.

The stories are short, since the pages show at most one text; beside them there are three years of runs, every half hour
one, and a page of each story of these years. Prints the median and the longest of 20 warm answers, in milliseconds, of
the whole page: connection, queries and templates.
"""

import argparse
import os
import statistics
import sys
import tempfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

import psycopg2

from akhbar.database.migrate import migrate
from akhbar.local.postgres import Server
from akhbar.newspapers import active
from akhbar.settings import ROOT

A_DAY = 150
SECTIONS = ("National", "Business", "Sport", "International", "Karachi", "Lahore", "Letters", "Front Page", "Back Page")
STORIES = """
INSERT INTO news.{table} (source, story_id, url, title, body, authors, section, published_at, edition_date, day,
    language, extracted_by, completeness, word_count, content_hash, revision, first_seen_at, last_seen_at, run_id)
SELECT 'dawn', n, 'https://www.dawn.com/news/' || n, 'Headline ' || n, 'A text of some words, number ' || n,
    '{{A Writer}}', (%(sections)s::text[])[1 + n %% 9], day + interval '2 hours', day, day, 'en',
    'selectors', 'full', 400, 'hash', 1 + (n %% 50 = 0)::integer, day + interval '4 hours', day + interval '4 hours',
    (SELECT max(id) FROM news.runs) - n %% 999
FROM generate_series(1, %(stories)s) AS n
CROSS JOIN LATERAL (SELECT current_date - n / {a_day}) AS of_story (day)
WHERE (n %% {a_day} < 3) IS {editorials}
"""
REVISIONS = """
INSERT INTO news.revisions (source, story_id, revision, title, body, authors, content_hash, seen_at, changed_at, reason,
    run_id)
SELECT source, story_id, 1, 'Earlier ' || title, body, authors, 'earlier', first_seen_at,
    now() - story_id::integer * interval '1 minute', 'edit', run_id
FROM news.articles WHERE revision = 2
"""
REJECTS = """
INSERT INTO news.rejects (run_id, source, story_id, reasons, story)
SELECT run_id, source, 'r' || story_id, ARRAY['body_too_short'], '{}' FROM news.articles
WHERE story_id::integer % 500 = 1
"""
RUNS = """
INSERT INTO news.runs (batch, source, mode, edition_date, dag_id, dag_run_id, started_at, finished_at, loaded_at,
    outcome, counts, stats, checks)
SELECT 'dawn/bench-' || n, 'dawn', CASE WHEN n %% 48 = 0 THEN 'edition' ELSE 'latest' END,
    CASE WHEN n %% 48 = 0 THEN current_date - n / 48 END, 'dawn', 'run ' || n, at, at + interval '5 minutes', at,
    'complete', (SELECT jsonb_build_object('coverage', 0.99, 'rejected', 1, 'sections',
        jsonb_object_agg(s, '{"discovered": 14, "stored": 14}'::jsonb)) FROM unnest(%(sections)s) AS s),
    '{"downloader/request_count": 150, "downloader/response_status_count/200": 149}',
    (SELECT jsonb_agg(jsonb_build_object('name', 'check ' || c, 'severity', 'error', 'passed', (n + c) %% 50 > 0,
        'seen', 'one', 'wanted', 'another', 'message', 'saw one, wanted another')) FROM generate_series(1, 12) AS c)
FROM generate_series(0, 3 * 365 * 48) AS n
CROSS JOIN LATERAL (SELECT now() - n * interval '30 minutes') AS time (at)
"""
PAGES = """
INSERT INTO news.pages (run_id, source, url, role, story_id, fetched_at, status, outcome)
SELECT story.run_id, source, url, 'story', story_id, first_seen_at, 200, 'parsed'
FROM news.articles AS story WHERE published_at > now() - interval '3 years'
"""
PATHS = ["dawn", "dawn/editions", "dawn/editions/{day}", "dawn/runs", "dawn/runs?outcome=failed", "dawn/stories"]
PATHS += ["dawn/stories?day={day}", "dawn/stories?section=Sport&page=40", "dawn/changes", "dawn/rejects"]
PATHS += ["dawn/rejects?reason=missing_date", "dawn/pages", "dawn/pages?status=500", "api/newspapers"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stories", type=int, default=1_000_000)
    stories = parser.parse_args().stories
    with tempfile.TemporaryDirectory() as folder:
        options = {"shared_buffers": "1GB", "max_wal_size": "8GB", "fsync": "off"}
        server = Server(Path(folder) / "postgres", options=options)
        server.start()
        try:
            admin = server.create_database("news")
            migrate(admin)
            began = perf_counter()
            fill(admin, stories)
            print(f"a database with {stories:,} stories was filled in {perf_counter() - began:.0f} s", flush=True)
            measure(server.url("news", "akhbar_monitor", "bench"), folder)
        finally:
            server.destroy()


def fill(admin: str, stories: int) -> None:
    """Fills an empty database, the newest stories of today; without the indexes for searches, which no page uses."""
    with closing(psycopg2.connect(admin)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute(
            "SELECT format('DROP INDEX %I.%I', schemaname, indexname) FROM pg_indexes WHERE indexdef LIKE '%USING gin%'"
            " AND schemaname = 'news'"
        )
        for (drop,) in cursor.fetchall():
            cursor.execute(drop)
        cursor.execute(RUNS, {"sections": list(SECTIONS)})
        for table, editorials in (("articles", False), ("editorials", True)):
            cursor.execute(f"ALTER TABLE news.{table} DISABLE TRIGGER set_day")
            statement = STORIES.format(table=table, editorials=editorials, a_day=A_DAY)
            cursor.execute(statement, {"stories": stories, "sections": list(SECTIONS)})
        for statement in (REVISIONS, REJECTS, PAGES, "ALTER ROLE akhbar_monitor PASSWORD 'bench'", "VACUUM ANALYZE"):
            cursor.execute(statement)


def measure(url: str, folder: str) -> None:
    os.environ |= {"AIRFLOW_HOME": folder, "AIRFLOW_CONN_NEWS_MONITOR": url}
    sys.path.append(str(ROOT / "plugins"))
    from newsroom.access import readable_papers
    from newsroom.app import app
    from starlette.testclient import TestClient

    app.dependency_overrides[readable_papers] = lambda: list(active())
    day = datetime.now(UTC).date() - timedelta(days=3)
    with TestClient(app) as client:
        for path in PATHS:
            times = []
            for _ in range(21):
                began = perf_counter()
                answer = client.get("/" + path.format(day=day))
                times.append((perf_counter() - began) * 1000)
                assert answer.status_code == 200, f"{path}: {answer.text}"  # noqa: S101
            print(f"{path:40} {statistics.median(times[1:]):7.1f} ms, longest {max(times[1:]):7.1f} ms", flush=True)


if __name__ == "__main__":
    main()
