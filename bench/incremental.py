"""A second run of an edition that is stored already: what it fetches, and how long it takes."""

from bench import measure
from bench.crawl import AKHBAR
from bench.report import Figure, Section, table
from bench.site import EDITION, edition
from tests.conftest import rows

SIZES, ROUNDS = (200, 2000), 5
"""Stories of the edition, as many as on a usual day and ten times that; runs of each."""
FETCHED = """
SELECT count(*) FILTER (WHERE role <> 'story'), count(*) FILTER (WHERE role = 'story')
FROM news.pages
WHERE run_id = (SELECT max(id) FROM news.runs)
"""


def report() -> Section:
    found = []
    for stories in SIZES:
        with edition(stories) as site:
            database = site.database()
            environment = site.environment(database)
            run = [AKHBAR, "--quiet", "run", "dawn", "--edition", EDITION.isoformat()]
            measure.command(run, environment)
            costs = [measure.command(run, environment, site.server) for _ in range(ROUNDS)]
            [(listings, pages)] = rows(database, FETCHED)
        found.append((stories, listings, pages, measure.median(costs, lambda cost: cost.wall), measure.median(costs)))
    stories, listings, pages, wall, _ = found[0]
    head = ["stories of the edition", "listings fetched", "story pages fetched", "seconds", "CPU seconds"]
    cells = [[f"{n:,}", str(lists), str(fetched), f"{s:.2f}", f"{cpu:.2f}"] for n, lists, fetched, s, cpu in found]
    return Section(
        "Incremental crawl",
        [
            Figure("story pages fetched when an edition is run again", str(pages), "none", pages == 0),
            Figure(f"the same, {stories} stories, without Airflow", f"{wall:.2f} s", "under 3 s", wall < 3),
        ],
        f"`akhbar run dawn --edition …` for an edition that is stored already, {ROUNDS} times, from nginx on this "
        "machine and without a delay between requests. Each run also fetches robots.txt.\n\n" + table(head, cells),
    )
