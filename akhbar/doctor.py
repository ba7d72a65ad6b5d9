"""`akhbar doctor`: is this machine fit, is the database right, does the site still look as its spider believes?"""

import os
import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import httpx
import psycopg2
from rich.console import Console

from akhbar import settings
from akhbar.archive.batch import Batch
from akhbar.database.connection import connect
from akhbar.newspapers import Newspaper, newspaper
from akhbar.steps.clean import clean_batch
from akhbar.steps.scrape import crawl

console = Console(highlight=False)

LEAST_DISK = 2
"""GB: a year of one newspaper's archive is about 3."""
EXPECTED = ("title", "excerpt", "body", "section", "published_at", "edition_date", "image_url", "authors", "dateline")
MUST_HAVE = ("title", "body", "published_at")


class Finding(NamedTuple):
    """One thing that was looked at: None where it does not keep the pipeline from running."""

    what: str
    is_right: bool | None
    seen: str
    advice: str = ""


def examine(source: str) -> bool:
    """Prints what was found, and what to do about it. Returns whether nothing is wrong."""
    paper = newspaper(source)
    right = True
    for finding in _findings(paper):
        mark = {True: "[green]ok[/green]  ", False: "[red]no[/red]  ", None: "[yellow]--[/yellow]  "}[finding.is_right]
        console.print(f"{mark}{finding.what}: ", end="")
        console.print(finding.seen, markup=False)
        if finding.advice and not finding.is_right:
            console.print(f"    {finding.advice}", markup=False)
        right = right and finding.is_right is not False
    return right


def _findings(paper: Newspaper) -> Iterator[Finding]:
    yield _python()
    yield _disk()
    yield from _object_store()
    yield _port()
    yield from _database()
    crawling = _crawling()
    yield crawling
    if not crawling.is_right:
        return
    yield _contact(paper)
    robots = _robots(paper)
    yield robots
    if robots.is_right:
        yield from _site(paper)


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding(
        "Python", (3, 11) <= sys.version_info < (3, 15), version, "3.11 to 3.14 is needed: make clean install"
    )


def _disk() -> Finding:
    archive = settings.archive()
    where = archive if isinstance(archive, Path) else settings.workspace()
    while not where.exists():
        where = where.parent
    free = shutil.disk_usage(where).free / 1e9
    advice = f"make room, or set AKHBAR_ARCHIVE to a folder on another disk; {LEAST_DISK} GB is the least"
    return Finding("disk for the archive", free > LEAST_DISK, f"{free:.0f} GB free at {where}", advice)


def _object_store() -> Iterator[Finding]:
    archive = settings.archive()
    if isinstance(archive, Path):
        return
    advice = "is AKHBAR_ARCHIVE right, does the bucket exist, and do the store's own settings (AWS_…) let us write?"
    try:
        trial = archive / "doctor"
        trial.write_text("a trial")
        trial.unlink()
    except Exception as error:  # each store's client has errors of its own
        yield Finding("the archive", False, f"{archive}: {str(error) or type(error).__name__}", advice)
    else:
        yield Finding("the archive", True, f"{archive} can be written")


def _port() -> Finding:
    with socket.socket() as probe:
        used = probe.connect_ex(("127.0.0.1", 8080)) == 0
    return Finding(
        "port 8080", None if used else True, "in use" if used else "free", "make up needs it; make demo does not"
    )


def _database() -> Iterator[Finding]:
    url = os.environ.get("AKHBAR_DATABASE_URL")
    if not url:
        advice = "make demo and make up bring their own; for another one set AKHBAR_DATABASE_URL"
        yield Finding("database", None, "AKHBAR_DATABASE_URL is not set", advice)
        return
    try:
        with closing(connect(url, connect_timeout=10)) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT current_user, to_regclass('news.articles') IS NOT NULL, version()")
            user, migrated, version = cursor.fetchone() or ("", False, "")
            yield Finding("database", True, f"{version.split(' on ')[0]}, as {user}")
            yield Finding("its tables", migrated, "there" if migrated else "missing", "run akhbar migrate")
            cursor.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE 'akhbar%%' ORDER BY rolname")
            roles = [name for (name,) in cursor]
            has_all = {"akhbar_monitor", "akhbar_reader", "akhbar_writer"} <= set(roles)
            yield Finding(
                "its roles", has_all, ", ".join(roles) or "none", "run akhbar migrate as a role that may make roles"
            )
            least = user == "akhbar_writer"
            advice = "the pipeline should connect as akhbar_writer, which may not delete stories"
            yield Finding("least rights", True if least else None, f"connected as {user}", advice)
    except psycopg2.Error as error:
        yield Finding("database", False, str(error).strip(), "is the server up, and AKHBAR_DATABASE_URL right?")


def _crawling() -> Finding:
    try:
        settings.check_crawling()
    except settings.UnusableSettingError as error:
        return Finding("settings of a crawl", False, str(error), "mend it, then call this again to look at the site")
    return Finding("settings of a crawl", True, "can be used")


def _contact(paper: Newspaper) -> Finding:
    replaced = paper.name in settings.base_urls()
    said = settings.contact()
    advice = "set AKHBAR_CONTACT to an address or a page: without it the live site is not read"
    return Finding(
        "contact", True if said else (None if replaced else False), said or "AKHBAR_CONTACT is not set", advice
    )


def _robots(paper: Newspaper) -> Finding:
    url = f"{settings.base_urls().get(paper.name, paper.home_page).rstrip('/')}/robots.txt"
    agent = f"akhbar/0.1 (newspaper archive; {settings.contact() or 'no contact given'})"
    try:
        status = httpx.get(url, timeout=15, headers={"User-Agent": agent}).status_code
    except httpx.HTTPError as error:
        advice = f"{paper.publisher} cannot be reached from here: is there a network, a proxy, a firewall?"
        return Finding("robots.txt", False, f"{url}: {error}", advice)
    return Finding(
        "robots.txt", status < 400, f"{url} answered {status}", "the newspaper may refuse us: wait some hours"
    )


def _site(paper: Newspaper) -> Iterator[Finding]:
    """Reads one front page, three of its stories and some editorials, and counts by field what was found."""
    edition = (datetime.now(UTC) - timedelta(hours=8)).astimezone(paper.zone).date()
    started = datetime.now(UTC).isoformat()
    with TemporaryDirectory() as folder:
        batch = Batch(Path(folder) / paper.name / "doctor")
        manifest = {"source": paper.name, "mode": "edition", "edition": edition.isoformat(), "started_at": started}
        arguments = {"edition": edition.isoformat(), "sections": "front-page,editorial", "most": "3"}
        ended = crawl(batch, manifest, arguments, None, recheck=True)
        yield Finding("the front page", ended["outcome"] == "complete", ended["reason"] or "read", "see the log above")
        cleaned = clean_batch(batch.path)
        stories = list(batch.lines("clean.jsonl"))
    if not stories:
        yield Finding("its stories", False, f"none could be read; rejected: {cleaned['reasons']}", "mend the selectors")
        return
    guessed = sum(story["extracted_by"] == "fallback" for story in stories)
    yield Finding(
        "the layout", not guessed, f"{len(stories) - guessed} of {len(stories)} pages read by their selectors"
    )
    editorials = sum(story["kind"] == "editorial" for story in stories)
    yield Finding("editorials", editorials > 0, f"{editorials} of {len(stories)} stories")
    for name in EXPECTED:
        yield _field(name, stories)


def _field(name: str, stories: list[dict[str, object]]) -> Finding:
    found = [story[name] for story in stories if story[name]]
    right = len(found) == len(stories) if name in MUST_HAVE else (True if found else None)
    sample = str(found[0])[:60] if found else "nothing"
    advice = f"the spider finds no {name} on some pages: save one with akhbar page and mend its selector"
    return Finding(f"  {name}", right, f"{len(found)} of {len(stories)}, such as {sample!r}", advice)
