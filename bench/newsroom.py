"""How long the Newsroom's pages take with a million stories, three years of runs, and a page record of each story.

The time is that of the whole answer: connection, queries and templates. The stories are short, since a page shows the
text of at most one.
"""

import os
import statistics
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from akhbar.newspapers import active
from akhbar.settings import ROOT
from bench.measure import CommandFailedError
from bench.report import Figure, Section, table
from bench.site import ON_DISK
from bench.stories import fill
from tests.conftest import fresh_news, migrated_server, rows

STORIES, RUNS, ANSWERS = 1_000_000, 3 * 365 * 48, 20
"""Stories; a run for every half hour of three years; timed answers of each page."""
PAGES = """
INSERT INTO news.pages (run_id, source, url, role, story_id, fetched_at, status, outcome)
SELECT run_id, source, url, 'story', story_id, first_seen_at, 200, 'parsed'
FROM news.articles WHERE published_at > now() - interval '3 years'
"""
PATHS = ["dawn", "dawn/editions", "dawn/editions/{day}", "dawn/runs", "dawn/runs?outcome=failed", "dawn/stories"]
PATHS += ["dawn/stories?day={day}", "dawn/stories?section=Sport&page=40", "dawn/changes", "dawn/rejects"]
PATHS += ["dawn/rejects?reason=missing_date", "dawn/pages", "dawn/pages?status=500", "api/newspapers"]


def report() -> Section:
    with TemporaryDirectory(dir=ON_DISK) as name:
        options = {"shared_buffers": "1GB", "max_wal_size": "8GB", "fsync": "off"}
        with migrated_server(Path(name) / "postgres", **options) as server:
            news = fresh_news(server)
            filled = fill(news.admin, STORIES, paragraphs=(1, 1), last_day=datetime.now(UTC).date(), runs=RUNS)
            rows(news.admin, PAGES)
            rows(news.admin, "ANALYZE news.pages")
            found = _answers(news.monitor, name)
    slowest = max(found, key=lambda path: found[path][0])
    cells = [[f"`{path}`", f"{median:.0f}", f"{longest:.0f}"] for path, (median, longest) in found.items()]
    return Section(
        "The Newsroom",
        [Figure("slowest page of the Newsroom, median", f"{found[slowest][0]:.0f} ms")],
        f"{STORIES:,} short stories, {RUNS:,} runs and a page record of each story of three years, filled in "
        f"{filled:.0f} s. {ANSWERS} warm answers of each page, in milliseconds: connection, queries and templates.\n\n"
        + table(["page", "median", "longest"], cells),
    )


def _answers(url: str, folder: str) -> dict[str, tuple[float, float]]:
    """Median and longest time of each page, in milliseconds."""
    os.environ |= {"AIRFLOW_HOME": folder, "AIRFLOW_CONN_NEWS_MONITOR": url}
    sys.path.append(str(ROOT / "plugins"))
    from newsroom.access import readable_papers
    from newsroom.app import app
    from starlette.testclient import TestClient

    app.dependency_overrides[readable_papers] = lambda: list(active())
    day = datetime.now(UTC).date() - timedelta(days=3)
    found = {}
    with TestClient(app) as client:
        for path in PATHS:
            times = []
            for _ in range(ANSWERS + 1):
                began = perf_counter()
                answer = client.get("/" + path.format(day=day))
                times.append((perf_counter() - began) * 1000)
                if answer.status_code != 200:
                    raise CommandFailedError(f"{path} answered {answer.status_code}: {answer.text}")
            found[path] = statistics.median(times[1:]), max(times[1:])
    return found
