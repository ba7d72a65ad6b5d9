"""`python -m bench.newsroom`: how long the Newsroom's pages take over a million made-up stories.

Beside the stories there are three years of runs, every half hour one, and a page of each story of these years. Prints
the median and the longest of 20 warm answers, in milliseconds, of the whole page: queries, templates and connection.
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

from bench import library
from pipeline.migrate import migrate
from pipeline.newspapers import declared
from pipeline.postgres import Server
from pipeline.settings import ROOT

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
SPREAD = """
UPDATE news.rejects SET run_id = (SELECT max(id) FROM news.runs) - rejects.id % 1400;
UPDATE news.revisions SET changed_at = now() - (id * interval '3 minutes');
"""
PATHS = ["dawn", "dawn/editions", "dawn/editions/{day}", "dawn/runs", "dawn/runs?outcome=failed", "dawn/stories"]
PATHS += ["dawn/stories?day={day}", "dawn/stories?section=Sport&page=40", "dawn/changes", "dawn/rejects"]
PATHS += ["dawn/rejects?reason=missing_date", "dawn/pages", "dawn/pages?status=500", "api/newspapers"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stories", type=int, default=1_000_000)
    stories = parser.parse_args().stories
    today = datetime.now(UTC).date()
    library.FIRST_DAY = today - timedelta(days=stories // library.STORIES_A_DAY - 1)
    with tempfile.TemporaryDirectory() as folder:
        options = {"shared_buffers": "1GB", "max_wal_size": "8GB", "fsync": "off"}
        server = Server(Path(folder) / "postgres", options=options)
        server.start()
        try:
            admin = server.create_database("news")
            migrate(admin)
            print(f"filling a database with {stories:,} stories took {library.fill(admin, stories):.0f} s", flush=True)
            with closing(psycopg2.connect(admin)) as connection, connection.cursor() as cursor:
                connection.autocommit = True
                cursor.execute(RUNS, {"sections": list(library.SECTIONS)})
                cursor.execute(PAGES)
                cursor.execute(SPREAD)
                cursor.execute("VACUUM ANALYZE")
                cursor.execute("ALTER ROLE akhbar_monitor PASSWORD 'bench'")
            measure(server.url("news", "akhbar_monitor", "bench"), folder)
        finally:
            server.destroy()


def measure(url: str, folder: str) -> None:
    os.environ |= {"AIRFLOW_HOME": folder, "AIRFLOW_CONN_NEWS_MONITOR": url}
    sys.path.append(str(ROOT / "plugins"))
    from newsroom.access import readable_papers
    from newsroom.app import app
    from starlette.testclient import TestClient

    app.dependency_overrides[readable_papers] = lambda: list(declared())
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
