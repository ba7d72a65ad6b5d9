"""`akhbar doctor`: checks this machine, the database, and what can be read from the newspaper's site."""

import os
import shutil
import socket
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import urlsplit

import psycopg2
from rich.console import Console

from akhbar import settings
from akhbar.archive.batch import Batch
from akhbar.archive.warc import originals_of, read_page
from akhbar.database.connection import connect
from akhbar.database.migrate import unsuitable
from akhbar.fetch import Fetcher, FetchError, UnreachableError
from akhbar.newspaper import Newspaper
from akhbar.newspapers import active, newspaper
from akhbar.read import READER, fields_of, newspaper_at
from akhbar.steps.clean import clean_batch
from akhbar.steps.scrape import crawl

console = Console(highlight=False)

Fields: TypeAlias = dict[str, Any]
"""A clean story."""

LEAST_DISK = 2
"""GB. A year of one newspaper's archive takes about 3."""
FIELDS = (
    *("title", "excerpt", "body", "section", "published_at", "updated_at", "edition_date", "image_url", "authors"),
    *("tags", "dateline"),
)
"""The fields to report."""
MUST_HAVE = ("title", "body", "published_at")
IN_PLACE_OF = {"published_at": "published_date"}
"""A field that counts as another one."""
SELECTED_BY = {
    "title": "title_from",
    "body": "body",
    "section": "section",
    "published_at": "date",
    "authors": "byline",
    "tags": "tags",
}
"""The field of a declaration that finds each of these fields."""
FEW = "3"
"""How many stories and editorials each crawl reads, and how many sources of each kind."""
OUTCOMES = {
    "refused": "the site blocks this machine or its crawler: wait a few hours before you try again, and never try to "
    "bypass it",
    "incomplete": "see the sources below and the log above",
    "empty": "check the declared sources and story_url",
}
"""What to do about a crawl that did not end well."""


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
    contact = _contact(paper)
    yield contact
    if contact.passed is False:
        return
    robots = _robots(paper)
    yield robots
    if robots.passed is not False:
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
    said = settings.contact()
    local = settings.is_loopback(_home(paper))
    advice = "set AKHBAR_CONTACT to a contact address; required for crawling the live site"
    return Finding("contact", True if said else (None if local else False), said or "AKHBAR_CONTACT is not set", advice)


def _home(paper: Newspaper) -> str:
    """The URL of the newspaper's site, or of the copy that is crawled."""
    return settings.base_urls().get(paper.name, paper.home_page).rstrip("/")


def _robots(paper: Newspaper) -> Finding:
    """Whether robots.txt can be fetched, and allows the declared sources."""
    home = _home(paper)
    try:
        with Fetcher() as fetcher:
            robots = fetcher.robots(f"{home}/")
    except UnreachableError as error:
        advice = f"{paper.publisher} is unreachable from this machine: check the network, the proxy and the firewall"
        return Finding("robots.txt", False, f"{home}/robots.txt: {error}", advice)
    except FetchError as error:
        return Finding("robots.txt", False, f"{home}/robots.txt: {error}", "check home_page: crawls read nothing")
    seen = f"{robots.address} {robots.seen}"
    if robots.rules is None:
        return Finding("robots.txt", False, seen, "the site may block this machine: wait a few hours")
    sources = ["/", *_declared_sources(paper)]
    forbidden = [path for path in sources if not robots.allows(home + path)]
    if not forbidden:
        return Finding("robots.txt", True, seen)
    seen = f"{seen} and forbids {', '.join(forbidden[:5])}{' …' if len(forbidden) > 5 else ''}"
    if len(forbidden) == len(sources):
        return Finding("robots.txt", False, seen, f"{paper.publisher} must not be crawled: remove its declaration")
    return Finding("robots.txt", None, seen, "remove these sources from the declaration: crawls never request them")


def _declared_sources(paper: Newspaper) -> list[str]:
    """The paths of the feeds, sitemaps and listings that are declared, those with a date for the last edition."""
    sources = [*paper.feeds, *paper.sitemaps, *paper.listings, *paper.latest_editorials()]
    if paper.has_editions:
        day = _edition_day(paper)
        sources += [*paper.edition_listings(day), *paper.editorials_of(day)]
    return list(dict.fromkeys(sources))


# --- what can be read -----------------------------------------------------------------------------------------------


def _site(paper: Newspaper) -> Iterator[Finding]:
    """Crawls a few stories and editorials, and reports what each source lists and in how many pages each field was
    found."""
    stories: dict[str, Fields] = {}
    pages: dict[str, Any] = {}
    for what, arguments in _small_crawls(paper):
        with TemporaryDirectory() as folder:
            batch = Batch(Path(folder) / paper.name / "doctor")
            ended = crawl(batch, _manifest(paper, arguments), arguments, None, recheck=True)
            seen = ended["reason"] or "read"
            yield Finding(
                what, ended["outcome"] == "complete", seen, OUTCOMES.get(ended["outcome"], "see the log above")
            )
            yield from _sources(batch, paper)
            cleaned = clean_batch(batch.path)
            if cleaned["rejected"]:
                yield Finding("  rejected stories", None, str(cleaned["reasons"]), "see the table of reject reasons")
            stories |= {story["story_id"]: story for story in batch.lines("clean.jsonl")}
            pages |= _pages(batch, paper)
        if ended["outcome"] == "refused":
            break
    read = [story for story in stories.values() if story["story_id"] in pages]
    only_listed = len(stories) - len(read)
    if only_listed:
        yield Finding("stories from feeds and sidebars", True, f"{only_listed}; their pages were not fetched")
    if not stories:
        yield Finding("stories", False, "none could be read", "check the declaration and see the log above")
        return
    yield from _fields(paper, read or list(stories.values()), pages)


def _edition_day(paper: Newspaper) -> date:
    """The last edition that is certainly online. Dated listings cover a whole day, so it is yesterday's."""
    hours = 8 if paper.edition else 24
    return (datetime.now(UTC) - timedelta(hours=hours)).astimezone(paper.zone).date()


def _small_crawls(paper: Newspaper) -> Iterator[tuple[str, dict[str, str]]]:
    """The names and arguments of crawls of a few stories: of an edition, if there are any, and of the latest."""
    if paper.has_editions:
        day = _edition_day(paper).isoformat()
        arguments = {"edition": day, "most": FEW}
        if paper.edition:
            editorial = (path for path, name in paper.edition.sections.items() if paper.is_editorial_section(name))
            sections = dict.fromkeys([next(iter(paper.edition.sections)), *editorial])
            arguments["sections"] = ",".join(sections)
        yield f"edition {day}", arguments
    yield "latest stories", {"mode": "latest", "most": FEW}


def _manifest(paper: Newspaper, arguments: dict[str, str]) -> dict[str, Any]:
    return {
        "source": paper.name,
        "mode": arguments.get("mode", "edition"),
        "edition": arguments.get("edition"),
        "started_at": datetime.now(UTC).isoformat(),
    }


def _sources(batch: Batch, paper: Newspaper) -> Iterator[Finding]:
    """What each feed, sitemap and listing lists, and the story pages that could not be read."""
    failed: dict[str, list[str]] = {}
    for page in batch.lines("pages.jsonl"):
        path = urlsplit(page["url"])._replace(scheme="", netloc="").geturl() or "/"
        if page["role"] == "story":
            if page["outcome"] not in ("parsed", "unchanged"):
                failed.setdefault(page["reason"] or page["outcome"], []).append(path)
            continue
        is_read = page["outcome"] == "parsed"
        is_empty = page["outcome"] == "gone" or (page["reason"] or "").startswith("0 ")
        seen = page["reason"] or "read"
        yield Finding(f"  {page['role']} {path}", None if is_empty else is_read, seen, _source_advice(path, paper))
    for reason, paths in failed.items():
        advice = "open the page in a browser: the site may block the crawler, or have moved the story"
        yield Finding("  story pages", False, f"{len(paths)} not read, such as {paths[0]}: {reason}", advice)


def _source_advice(path: str, paper: Newspaper) -> str:
    """What to do about a source that cannot be read or lists nothing."""
    if path == "/robots.txt":
        return "it names no sitemaps that can be read: if the site has a sitemap, declare it in sitemaps"
    if path in _declared_sources(paper):
        return "check that it still exists and lists stories; if not, remove it from the declaration"
    return "the site names it, not the declaration: to read other sources only, declare them"


def _pages(batch: Batch, paper: Newspaper) -> dict[str, Any]:
    """What the newspaper's reader finds on each archived story page, by the story's id."""
    reader = import_module(READER)
    found: dict[str, Any] = {}
    for part in batch.parts():
        lines = batch.lines_of(part, "pages.jsonl")
        parsed = [line for line in lines if line["role"] == "story" and line["outcome"] == "parsed"]
        if not parsed:
            continue
        with (part.path / "pages.warc.gz").open("rb") as file:
            for line in parsed:
                body = read_page(file, line["warc_offset"], originals_of(lines)).body
                address = paper.home_page + urlsplit(line["url"]).path
                with suppress(reader.UnreadablePageError):
                    found[line["story_id"]] = reader.read_page(
                        body, line["content_type"], address, paper, newspaper_at, datetime.now(UTC)
                    )
    return found


def _fields(paper: Newspaper, stories: list[Fields], pages: dict[str, Any]) -> Iterator[Finding]:
    if pages:
        yield _layout(paper, pages)
    editorials = sum(story["kind"] == "editorial" for story in stories)
    advice = "check the section of editorials, editorial_listings and the other rules for editorials"
    expected = False if paper.edition else None  # a few latest stories need not include one
    yield Finding("editorials", editorials > 0 or expected, f"{editorials} of {len(stories)} stories", advice)
    found_in = {story_id: fields_of(page)["found_in"] for story_id, page in pages.items()}
    for name in FIELDS:
        if name != "edition_date" or paper.edition:
            yield _field(name, paper, stories, found_in)


def _layout(paper: Newspaper, pages: dict[str, Any]) -> Finding:
    """Whether the selectors of the platform or the declaration still find the text."""
    if not paper.platform and not paper.body:
        seen = f"{len(pages)} pages; their text is found by the general reader, since no selector of it is declared"
        return Finding("layout", True, seen)
    guessed = sum(page.article.extracted_by == "fallback" for page in pages.values())
    seen = f"{len(pages) - guessed} of {len(pages)} pages parsed by the selectors"
    return Finding("layout", not guessed, seen, "the site's markup has changed: save a page with akhbar page")


def _field(name: str, paper: Newspaper, stories: list[Fields], found_in: dict[str, dict[str, str]]) -> Finding:
    """In how many stories a field was found, an example, and where it was found. Of a story that a paywall closes, no
    field is required."""
    found = [story for story in stories if _value(name, story)]
    complete = all(_value(name, story) for story in stories if story["completeness"] == "full")
    passed = complete if name in MUST_HAVE else (True if found else None)
    sources = Counter(_source(name, story, found_in) for story in found)
    seen = f"{len(found)} of {len(stories)}"
    if found:
        example = _value(name, found[0])
        shown = ", ".join(example) if isinstance(example, list) else str(example)
        seen += f", such as {shown[:60]!r}, found in: {', '.join(source for source, _ in sources.most_common())}"
        seen += _missing(name, stories)
    return Finding(f"  {name}", passed, seen, _advice(name, paper))


def _missing(name: str, stories: list[Fields]) -> str:
    """On which pages a field is missing that others have. Editorials have no authors."""
    missing = [story for story in stories if not _value(name, story)]
    if name == "authors" and missing and all(story["kind"] == "editorial" for story in missing):
        return "; the others are editorials"
    return f"; missing on {urlsplit(missing[0]['url']).path}" if missing else ""


def _advice(name: str, paper: Newspaper) -> str:
    """What to do about a field that is missing."""
    if paper.platform:
        return f"if readers see it on a page, save that with akhbar page and extend spiders/reading/{paper.platform}.py"
    if name in SELECTED_BY:
        return f"if readers see it on a page, save that with akhbar page and declare {SELECTED_BY[name]}"
    return "these pages have none that can be read; there is no field to declare for it"


def _value(name: str, story: Fields) -> Any:
    return story[name] or story.get(IN_PLACE_OF.get(name, name))


def _source(name: str, story: Fields, found_in: dict[str, dict[str, str]]) -> str:
    if name == "dateline":
        return "body"
    on_page = found_in.get(story["story_id"], {})
    return on_page.get(name) or ("feed" if story["extracted_by"] == "feed" else "listing")
