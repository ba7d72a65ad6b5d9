"""Load: a day of 20,000 stories, and fifty newspapers. Each step must hold as much memory for ten times the stories."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

from pipeline.newspapers import newspaper
from pipeline.postgres import Server
from pipeline.settings import ROOT
from tests.pipeline.batches import batch, lines, page, story
from tests.replica import Answer, Replica, html, served
from torture.newsroom import Newsroom, postgres
from torture.report import Row

STORIES = (2_000, 20_000)
MORE_MEMORY = 40
"""MiB that a step may hold more for ten times the stories: what is kept in memory on its way, and who was seen."""
MORE_TIME = 15
"""How many times as long a step may take for ten times the stories."""
NEWSPAPERS = 50
PARSING = 2.0
"""Seconds that all DAGs may take to be read, beyond Airflow's own import."""
WORDS = 450
STEPS = {
    "clean, a tenth of it refused": "clean BATCH",
    "load": "load BATCH",
    "load again": "load BATCH",
    "check": "check BATCH",
    "export as CSV": "export --table stories --output FILE",
}
"""What is measured, in this order, and its command: each needs what the ones before it left."""

CRAWL = "crawl"
FIRST = 7_000_000
STORY = """<html><head><title>Story {0}</title></head><body><div class="template__header">
<h2 class="story__title">Story {0}</h2><span class="story__time">22 Jan, 2016 06:48am</span></div>
<div class="story__content"><p>LAHORE: Word after word of story {0}, and no end of words.</p></div></body></html>"""

PARSE = """
import json, sys, time
from pathlib import Path
from airflow.dag_processing.dagbag import DagBag
folder, usual = Path(sys.argv[1]), Path(sys.argv[2])
sys.path.insert(0, str(folder))
assert DagBag(usual).dags
began = time.perf_counter()
found = DagBag(folder)
print(json.dumps([time.perf_counter() - began, len(found.dags), list(found.import_errors.values())]))
"""


USUAL = """
from datetime import datetime
from airflow.sdk import DAG, Asset, CronTriggerTimetable, Param, task

@task(outlets=[Asset("an.asset")])
def step() -> None:
    pass

with DAG("usual", schedule=CronTriggerTimetable("0 8 * * *", timezone="Asia/Karachi"), start_date=datetime(2026, 1, 1)):
    step()
"""
"""A DAG of what ours are made of: once it is read, Airflow has imported all that it needs itself."""


def torture(folder: Path, seed: int, only: str) -> Iterator[Row]:
    """A row a step at both sizes, then one for the newspapers."""
    if only in "fifty newspapers":
        yield parsing(folder, seed)
    steps: dict[str, list[tuple[float, float]]] = {}
    with postgres(folder / "postgres") as server:
        if only in CRAWL:
            for number in STORIES:
                steps.setdefault(CRAWL, []).append(crawled(server, folder, number))
        if any(only in what for what in STEPS):
            steps |= steps_of(server, folder, seed)
    for what, ((small, quick), (large, slow)) in steps.items():
        lost = [f"{large - small:.0f} MiB more"] if large - small > MORE_MEMORY else []
        lost += [f"{slow / quick:.0f} times as long"] if slow / quick > MORE_TIME else []
        seen = (
            f"{small:.0f} MiB and {quick:.1f} s for {STORIES[0]:,}; {large:.0f} MiB and {slow:.1f} s for {STORIES[1]:,}"
        )
        yield Row(what, 2, quick + slow, seen, "; ".join(lost), seed)


def steps_of(server: Server, folder: Path, seed: int) -> dict[str, list[tuple[float, float]]]:
    """MiB and seconds of each step at both sizes."""
    steps: dict[str, list[tuple[float, float]]] = {}
    for number in STORIES:
        newsroom = Newsroom.fresh(server, folder, "http://127.0.0.1:9")
        made = scraped(newsroom.archive, number, seed)
        places = {"BATCH": str(made), "FILE": str(folder / "stories.csv")}
        for what, command in STEPS.items():
            ended = newsroom.akhbar(*(places.get(word, word) for word in command.split()))
            if ended.status != 0 and what != "check":
                raise RuntimeError(f"{what} ended with {ended.status}: {ended.said[-500:]}")
            steps.setdefault(what, []).append((ended.peak, ended.seconds))
    return steps


class Day(Replica):
    """A newspaper whose sections share so many stories evenly."""

    def __init__(self, stories: int) -> None:
        super().__init__()
        cards = [
            f'<article class="story"><b class="story__title"><a href="/news/{FIRST + at}/x">No. {at}</a></b></article>'
            for at in range(stories)
        ]
        slugs = list(newspaper("dawn").sections)
        self.sections = {
            slug: f"<html><body><div>{''.join(cards[place :: len(slugs)])}</div></body></html>"
            for place, slug in enumerate(slugs)
        }

    def answer(self, path: str) -> Answer:
        if path.startswith("/news/"):
            return html(STORY.format(path.split("/")[2]))
        section = self.sections.get(path.split("/")[2]) if path.startswith("/newspaper/") else None
        return html(section) if section else Answer(404, b"")


def crawled(server: Server, folder: Path, stories: int) -> tuple[float, float]:
    """MiB and seconds of a crawl of so many pages."""
    with served(Day(stories)) as site:
        newsroom = Newsroom.fresh(server, folder, site.url)
        ended = newsroom.akhbar("--quiet", "scrape", "dawn", "--edition", "2016-01-22", longest=600)
    if ended.status != 0:
        raise RuntimeError(f"the crawl ended with {ended.status}: {ended.said[-500:]}")
    newsroom.forget()
    return ended.peak, ended.seconds


def scraped(archive: Path, number: int, seed: int) -> Path:
    """The batch of a day with so many stories, of which every tenth has lost its text."""
    draw = random.Random(seed)  # noqa: S311 - nobody's secret hangs on it
    bodies = [" ".join(f"word{int(draw.paretovariate(0.6)) % 50_000}" for _ in range(WORDS)) for _ in range(50)]
    made = batch(archive, f"day-{number}", [], pages=map(page, range(number)), listed=map(str, range(number)))
    stories = (story(at, title=f"Story {at}", body=bodies[at % 50] if at % 10 else "") for at in range(number))
    lines(made, "scraped.jsonl", stories)
    return made


def parsing(folder: Path, seed: int) -> Row:
    """Reads the DAGs of a copy of the project with spiders for fifty newspapers."""
    copy = folder / "project"
    for name in ("dags", "pipeline", "spiders", "sql"):
        copytree(ROOT / name, copy / name)
    spider = (ROOT / "spiders" / "dawn.py").read_text()
    for at in range(1, NEWSPAPERS):
        other = spider.replace('name = "dawn"', f'name = "paper{at}"').replace("DawnSpider", f"Paper{at}Spider")
        (copy / "spiders" / f"paper{at}.py").write_text(other)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AKHBAR_", "AIRFLOW_"))}
    environment = kept | {
        "PYTHONPATH": str(copy),
        "AIRFLOW_HOME": str(folder / "airflow"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(copy / "dags"),
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    (folder / "usual").mkdir()
    (folder / "usual" / "usual.py").write_text(USUAL)
    command = [sys.executable, "-c", PARSE, str(copy / "dags"), str(folder / "usual")]
    done = subprocess.run(command, env=environment, cwd=copy, capture_output=True, text=True, check=True)
    seconds, dags, errors = json.loads(done.stdout.splitlines()[-1])
    lost = [f"{seconds:.1f} s"] if seconds > PARSING else []
    lost += [f"only {dags} DAGs"] if dags < 2 * NEWSPAPERS else []
    lost += errors[:1]
    seen = f"{dags} DAGs read in {seconds:.2f} s beyond Airflow's own import"
    return Row("fifty newspapers", 1, seconds, seen, "; ".join(lost), seed)
