"""`akhbar doctor`: checks this machine, the database, and whether the newspaper's pages can still be parsed."""

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
from akhbar.database.migrate import unsuitable
from akhbar.newspaper import Newspaper
from akhbar.newspapers import active, newspaper
from akhbar.steps.clean import clean_batch
from akhbar.steps.scrape import crawl

console = Console(highlight=False)

LEAST_DISK = 2
"""GB. A year of one newspaper's archive takes about 3."""
EXPECTED = ("title", "excerpt", "body", "section", "published_at", "edition_date", "image_url", "authors", "dateline")
MUST_HAVE = ("title", "body", "published_at")
IN_PLACE_OF = {"published_at": "published_date"}
"""A field that counts as another one."""


class Finding(NamedTuple):
    """The result of one check."""

    what: str
    passed: bool | None
    """None: a warning that does not prevent the pipeline from running."""
    seen: str
    advice: str = ""


def examine(source: str | None) -> bool:
    """Prints each finding, and what to do about a problem. Returns whether all checks passed."""
    paper = newspaper(source) if source else active()[0]
    healthy = True
    for finding in _findings(paper):
        mark = {True: "[green]ok[/green]  ", False: "[red]no[/red]  ", None: "[yellow]--[/yellow]  "}[finding.passed]
        console.print(f"{mark}{finding.what}: ", end="")
        console.print(finding.seen, markup=False)
        if finding.advice and not finding.passed:
            console.print(f"    {finding.advice}", markup=False)
        healthy = healthy and finding.passed is not False
    return healthy


def _findings(paper: Newspaper) -> Iterator[Finding]:
    yield _python()
    yield _disk()
    yield from _object_store()
    yield _port()
    yield from _database()
    crawling = _crawling()
    yield crawling
    if not crawling.passed:
        return
    yield _contact(paper)
    robots = _robots(paper)
    yield robots
    if robots.passed:
        yield from _site(paper)


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding(
        "Python",
        (3, 11) <= sys.version_info < (3, 15),
        version,
        "Python 3.11 to 3.14 is required: install one and run make clean install",
    )


def _disk() -> Finding:
    archive = settings.archive()
    where = archive if isinstance(archive, Path) else settings.workspace()
    while not where.exists():
        where = where.parent
    free = shutil.disk_usage(where).free / 1e9
    advice = f"free at least {LEAST_DISK} GB, or set AKHBAR_ARCHIVE to a folder on another disk"
    return Finding("disk for the archive", free > LEAST_DISK, f"{free:.0f} GB free at {where}", advice)


def _object_store() -> Iterator[Finding]:
    archive = settings.archive()
    if isinstance(archive, Path):
        return
    advice = "check AKHBAR_ARCHIVE, that the bucket exists, and that the store's credentials (AWS_…) allow writing"
    try:
        probe = archive / "doctor"
        probe.write_text("written by akhbar doctor")
        probe.unlink()
    except Exception as error:  # each store's client raises its own errors
        yield Finding("the archive", False, f"{archive}: {str(error) or type(error).__name__}", advice)
    else:
        yield Finding("the archive", True, f"{archive} is writable")


def _port() -> Finding:
    with socket.socket() as probe:
        used = probe.connect_ex(("127.0.0.1", 8080)) == 0
    return Finding(
        "port 8080", None if used else True, "in use" if used else "free", "make up needs this port; make demo does not"
    )


def _database() -> Iterator[Finding]:
    url = os.environ.get("AKHBAR_DATABASE_URL")
    if not url:
        advice = "make demo and make up start their own database; to use another one, set AKHBAR_DATABASE_URL"
        yield Finding("database", None, "AKHBAR_DATABASE_URL is not set", advice)
        return
    try:
        with closing(connect(url, connect_timeout=10)) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT current_user, to_regclass('news.articles') IS NOT NULL, version()")
            user, migrated, version = cursor.fetchone() or ("", False, "")
            problem = unsuitable(connection)
            yield Finding("database", not problem, f"{version.split(' on ')[0]}, as {user}", problem or "")
            yield Finding("tables", migrated, "present" if migrated else "missing", "run akhbar migrate")
            cursor.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE 'akhbar%%' ORDER BY rolname")
            roles = [name for (name,) in cursor]
            has_all = {"akhbar_monitor", "akhbar_reader", "akhbar_writer"} <= set(roles)
            yield Finding(
                "roles", has_all, ", ".join(roles) or "none", "run akhbar migrate as a role that may create roles"
            )
            least = user == "akhbar_writer"
            advice = "connect as akhbar_writer, which cannot delete stories"
            yield Finding("least privilege", True if least else None, f"connected as {user}", advice)
    except psycopg2.Error as error:
        yield Finding(
            "database", False, str(error).strip(), "check that the server is up and AKHBAR_DATABASE_URL is correct"
        )


def _crawling() -> Finding:
    try:
        settings.check_crawl_settings()
    except settings.InvalidSettingError as error:
        return Finding("crawl settings", False, str(error), "fix it, then run akhbar doctor again to check the site")
    return Finding("crawl settings", True, "valid")


def _contact(paper: Newspaper) -> Finding:
    replaced = paper.name in settings.base_urls()
    said = settings.contact()
    advice = "set AKHBAR_CONTACT to a contact address; required for crawling the live site"
    return Finding(
        "contact", True if said else (None if replaced else False), said or "AKHBAR_CONTACT is not set", advice
    )


def _robots(paper: Newspaper) -> Finding:
    url = f"{settings.base_urls().get(paper.name, paper.home_page).rstrip('/')}/robots.txt"
    agent = f"akhbar/0.1 (newspaper archive; {settings.contact() or 'no contact given'})"
    try:
        status = httpx.get(url, timeout=15, headers={"User-Agent": agent}).status_code
    except httpx.HTTPError as error:
        advice = f"{paper.publisher} is unreachable from this machine: check the network, the proxy and the firewall"
        return Finding("robots.txt", False, f"{url}: {error}", advice)
    return Finding(
        "robots.txt", status < 400, f"{url} answered {status}", "the site may block this machine: wait a few hours"
    )


def _site(paper: Newspaper) -> Iterator[Finding]:
    """Crawls a few stories and editorials, and counts in how many of them each field was found."""
    with TemporaryDirectory() as folder:
        batch = Batch(Path(folder) / paper.name / "doctor")
        manifest, arguments = _small_crawl(paper)
        ended = crawl(batch, manifest, arguments, None, recheck=True)
        yield Finding("listings", ended["outcome"] == "complete", ended["reason"] or "read", "see the log above")
        cleaned = clean_batch(batch.path)
        stories = list(batch.lines("clean.jsonl"))
    if not stories:
        yield Finding("stories", False, f"none could be read; rejected: {cleaned['reasons']}", "fix the selectors")
        return
    guessed = sum(story["extracted_by"] == "fallback" for story in stories)
    yield Finding("layout", not guessed, f"{len(stories) - guessed} of {len(stories)} pages parsed by the selectors")
    editorials = sum(story["kind"] == "editorial" for story in stories)
    yield Finding("editorials", editorials > 0, f"{editorials} of {len(stories)} stories")
    for name in EXPECTED:
        yield _field(name, stories)


def _small_crawl(paper: Newspaper) -> tuple[dict[str, object], dict[str, str]]:
    """The manifest and arguments for a crawl of a few stories, from the last edition that is certainly online, or else
    the latest stories."""
    now = datetime.now(UTC)
    manifest: dict[str, object] = {
        "source": paper.name,
        "mode": "latest",
        "edition": None,
        "started_at": now.isoformat(),
    }
    if paper.edition is None:  # dated listings cover a whole day
        return manifest, {"mode": "latest"}
    day = (now - timedelta(hours=8)).astimezone(paper.zone).date().isoformat()
    editorial = (path for path, name in paper.edition.sections.items() if paper.is_editorial_section(name))
    sections = dict.fromkeys([next(iter(paper.edition.sections)), *editorial])
    return {**manifest, "mode": "edition", "edition": day}, {
        "edition": day,
        "sections": ",".join(sections),
        "most": "3",
    }


def _field(name: str, stories: list[dict[str, object]]) -> Finding:
    either = (story[name] or story.get(IN_PLACE_OF.get(name, name)) for story in stories)
    found = [value for value in either if value]
    passed = len(found) == len(stories) if name in MUST_HAVE else (True if found else None)
    seen = f"{len(found)} of {len(stories)}" + (f", such as {str(found[0])[:60]!r}" if found else "")
    advice = f"{name} is missing on some pages: save one with akhbar page and fix its selector"
    return Finding(f"  {name}", passed, seen, advice)
