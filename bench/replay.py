"""Replaying an archive: pages a second on one core and on two, with nothing to change at the end."""

import os

from akhbar.replay.replay import Selection, replay
from bench import measure
from bench.crawl import AKHBAR
from bench.measure import Cost
from bench.report import Figure, Section, table
from bench.site import EDITION, Site, edition

PAGES, BATCHES, ROUNDS = 400, 8, 3
"""Stories of an edition, how often it is crawled (a batch each time), and how often the archive is replayed."""
CORES = (1, 2)


def report() -> Section:
    with edition(PAGES) as site:
        database = site.database()
        environment = site.environment(database)
        run = [AKHBAR, "--quiet", "run", "dawn", "--edition", EDITION.isoformat(), "--recheck"]
        for _ in range(BATCHES):
            measure.command(run, environment)
        os.environ.update(environment)
        pages = replay(Selection("dawn"), database).totals["pages"]
        costs = measure.alternating(
            {str(cores): lambda cores=cores: _replay(site, database, cores) for cores in CORES},  # type: ignore[misc]
            ROUNDS,
        )
    return _section(costs, pages)


def _replay(site: Site, database: str, cores: int) -> Cost:
    """A replay on so many cores: its workers, the process that loads, and the database server."""
    ours = os.sched_getaffinity(0)
    try:
        for pid in (0, site.server.pid):  # the processes that they start inherit it
            os.sched_setaffinity(pid, set(sorted(ours)[:cores]))
        return measure.here(lambda: replay(Selection("dawn"), database, cores), site.server)
    finally:
        for pid in (0, site.server.pid):
            os.sched_setaffinity(pid, ours)


def _section(costs: dict[str, list[Cost]], pages: int) -> Section:
    one, two = (pages / measure.median(costs[str(cores)], lambda cost: cost.wall) for cores in CORES)
    head = ["cores", "pages/s", "CPU, ms a page", "Postgres, ms a page", "both"]
    cells = [[cores, *measure.figures(found, pages)] for cores, found in costs.items()]
    return Section(
        "Replay",
        [
            Figure("replay: pages a second on one core", f"{one:.0f}", "at least 500", one >= 500),
            Figure(
                "replay: speed-up on two cores",
                f"{two / one:.2f} times",
                "at least 1.8",
                two / one >= 1.8,
            ),
        ],
        f"{pages:,} archived pages of {BATCHES} batches read, cleaned and loaded again by `akhbar.replay.replay`, "
        f"{ROUNDS} rounds, alternating. It uses as many worker processes as cores; these, the process that loads and "
        "the database server are pinned to that many cores.\n\n" + table(head, cells),
    )
