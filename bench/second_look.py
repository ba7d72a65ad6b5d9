"""An edition run again with nothing new: what it asks the newspaper for, and how long it takes."""

from contextlib import closing
from pathlib import Path

import psycopg2

from bench import measure
from bench.crawl import AKHBAR
from bench.report import Row, Section
from bench.site import EDITION, edition

SIZES, ROUNDS = (200, 2000), 5
"""Stories of the edition, as many as a day has and ten times that; runs of each."""
ASKED = """
SELECT count(*) FILTER (WHERE role <> 'story'), count(*) FILTER (WHERE role = 'story')
FROM news.pages
WHERE run_id = (SELECT max(id) FROM news.runs)
"""


def report() -> Section:
    rows = []
    for stories in SIZES:
        with edition(stories) as site:
            database = site.database()
            environment = site.environment(database)
            run: list[str | Path] = [AKHBAR, "--quiet", "run", "dawn", "--edition", EDITION.isoformat()]
            measure.command(run, environment)
            costs = [measure.command(run, environment, site.server) for _ in range(ROUNDS)]
            with closing(psycopg2.connect(database)) as connection, connection.cursor() as cursor:
                cursor.execute(ASKED)
                [(listings, pages)] = cursor.fetchall()
        rows.append((stories, listings, pages, measure.median(costs, lambda cost: cost.wall), measure.median(costs)))
    stories, listings, pages, wall, _ = rows[0]
    head = ["stories of the edition", "listings asked for", "story pages asked for", "seconds", "CPU seconds"]
    cells = [[f"{n:,}", str(lists), str(asked), f"{s:.2f}", f"{cpu:.2f}"] for n, lists, asked, s, cpu in rows]
    return Section(
        "Second look",
        [
            Row("story pages fetched by an edition that is run again", str(pages), "none", pages == 0),
            Row(f"the same, {stories} stories, without Airflow", f"{wall:.2f} s", "under 3 s", wall < 3),
        ],
        f"`akhbar run dawn --edition …` for an edition that is stored already, {ROUNDS} times, from nginx on this "
        "machine and without a pause between requests. One request more is for robots.txt.\n\n"
        + measure.table(head, cells),
    )
