"""The command line, `akhbar`. Each command wraps the function that does the work."""

import json
import logging
import re
import sys
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn
from urllib.parse import urlsplit

import psycopg2
import typer
from typer.exceptions import TyperException

from akhbar import settings
from akhbar.printable import printable
from akhbar.signals import stop_on_signals

app = typer.Typer(
    help="Crawl newspapers' websites and store their stories in Postgres.",
    pretty_exceptions_enable=False,
    add_completion=False,
)
newspapers_app = typer.Typer(invoke_without_command=True)
app.add_typer(newspapers_app, name="newspapers")
db_app = typer.Typer(help="The local database of make demo or make up, for other programs.", no_args_is_help=True)
app.add_typer(db_app, name="db")

Source = Annotated[str, typer.Argument(help="The newspaper's name, for example dawn.", metavar="NEWSPAPER")]
EditionOption = Annotated[
    datetime | None, typer.Option("--edition", formats=["%Y-%m-%d"], help="Crawl the print edition of this date.")
]
LatestOption = Annotated[bool, typer.Option("--latest", help="Crawl the latest stories.")]
RecheckOption = Annotated[bool, typer.Option("--recheck", help="Also fetch stories that are already stored.")]
SiteOption = Annotated[Literal["live", "replica"], typer.Option(help="The newspaper's own site, or the replica.")]

LONGEST = 10_000
"""Maximum length of an error message in characters, a screen or two: a mistaken argument can be as long as a file."""


def _batch(name: str) -> settings.Location:
    if not name:
        raise typer.BadParameter("give a folder or URL")
    try:
        batch = settings.location(name)
        exists = not isinstance(batch, Path) or batch.is_dir()
    except (ImportError, OSError, ValueError) as error:  # a name that is too long, or an invalid URL
        raise typer.BadParameter(f"'{name}' is not a folder or URL: {error}") from None
    if not exists:
        raise typer.BadParameter(f"the folder '{batch}' does not exist")
    return batch


def _address(url: str) -> str:
    from akhbar.story import web_address

    if web_address(url) is None:
        raise typer.BadParameter(f"'{url}' is not the URL of a story, such as https://www.example.com/news/1")
    return url


def _page(name: str) -> str:
    from akhbar.fetch import is_url

    if is_url(name):
        _address(name)
        if "@" in urlsplit(name).netloc:
            raise typer.BadParameter("the URL contains a user or password, which would appear in messages: remove it")
    return name


def _site(url: str) -> str:
    from akhbar.fetch import is_url
    from akhbar.story import web_address

    if not is_url(url) or web_address(url) is None:
        raise typer.BadParameter(f"'{url}' is not the URL of a site, such as https://www.example.com{_scheme_of(url)}")
    if "@" in urlsplit(url).netloc:
        raise typer.BadParameter("the URL contains a user or password, which would appear in messages: remove it")
    return url


def _scheme_of(url: str) -> str:
    """What to write for a site on this machine, which is seldom served with https."""
    try:
        is_local = settings.is_loopback(f"//{url}")
    except ValueError:
        is_local = False
    return f": write http://{url}" if is_local else ""


def _pattern(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise typer.BadParameter(f"'{pattern}' is not a regular expression: {error}") from None
    if not pattern.startswith("/"):
        raise typer.BadParameter(f"'{pattern}' must begin with /, as a path does")
    return pattern


def _zone(name: str) -> str:
    from akhbar.drafts.zones import is_zone

    if not is_zone(name):
        raise typer.BadParameter(f"'{name}' is not an IANA time zone such as Asia/Karachi")
    return name


def _name(name: str) -> str:
    from akhbar.newspaper import NAME

    if not NAME.fullmatch(name):
        raise typer.BadParameter(f"'{name}' is not a newspaper's name: lower-case letters and digits, a letter first")
    return name


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise typer.BadParameter(
            f"'{text}' is not a time with a zone, such as 2026-11-20T06:00:00Z: take changed_since from the manifest "
            "of the last export"
        )
    return moment


BatchArgument = Annotated[Any, typer.Argument(help="A run's folder in the archive, or its URL.", parser=_batch)]


def main() -> None:
    """The entry point. Errors that the operator can fix are printed as one line. The exit status is 2 for invalid
    arguments or settings, otherwise 1."""
    from akhbar.archive.batch import BatchMissingError
    from akhbar.archive.store import ArchiveError
    from akhbar.database.connection import DatabaseError
    from akhbar.local.postgres import PostgresError
    from akhbar.newspapers import UnknownNewspaperError
    from akhbar.replay.replay import ReplayError
    from akhbar.steps.check import ChecksFailedError
    from akhbar.steps.scrape import CrawlFailedError

    try:
        sys.exit(app(standalone_mode=False))
    except TyperException as error:
        _refuse(f"{error.format_message()} (see akhbar --help)")
    except (settings.MissingSettingError, UnknownNewspaperError) as error:
        _refuse(str(error))
    except (
        ArchiveError,
        BatchMissingError,
        ChecksFailedError,
        CrawlFailedError,
        DatabaseError,
        PostgresError,
        ReplayError,
    ) as error:
        _say(f"akhbar: {printable(str(error))[:LONGEST]}")
        sys.exit(1)
    except psycopg2.Error as error:
        _say(f"akhbar: database error: {str(error).strip()}")
        sys.exit(1)
    except OSError as error:  # a full disk, or a folder without write permission
        _say(f"akhbar: {printable(str(error))[:LONGEST]}; fix this, then run the same command again")
        sys.exit(1)
    except (KeyboardInterrupt, typer.Abort):
        _say("akhbar: stopped")
        sys.exit(130)


def _refuse(message: str) -> NoReturn:
    """Exits with a one-line error about the arguments or settings, even if they are long or contain line breaks."""
    line = " ".join(printable(message).split())
    if len(line) > 500:
        line = f"{line[:240]} … {line[-240:]}"
    _say(f"akhbar: {line}")
    sys.exit(2)


def _from_here(file: Path) -> Path:
    """A file's path from the current folder, if it is in there."""
    return file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file


def _say(message: str) -> None:
    typer.echo(message, err=True)


@app.callback(invoke_without_command=True)
def _logging(
    context: typer.Context,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Warnings and errors only.")] = False,
) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
    level = logging.WARNING if quiet else logging.INFO
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)-7s %(message)s", datefmt="%H:%M:%S")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # one line per request


@app.command()
def migrate() -> None:
    """Bring the database up to date. Safe to run at any time."""
    from akhbar.database.migrate import migrate as apply

    applied = apply(settings.admin_database_url())
    _say(f"applied {', '.join(applied)}" if applied else "the database is up to date")


@app.command()
def scrape(
    source: Source, edition: EditionOption = None, latest: LatestOption = False, recheck: RecheckOption = False
) -> None:
    """Fetch an edition or the latest stories into a batch, and print the batch's folder and counts as JSON."""
    from akhbar.pipeline import run_lock
    from akhbar.steps.scrape import scrape as step

    asked = _run(source, edition, latest, recheck)
    url = settings.database_url()
    with run_lock(f"{asked.source}/{asked.name}", url):
        _print(step(asked, url))


@app.command()
def clean(batch: BatchArgument) -> None:
    """Clean a batch's stories and print the counts as JSON."""
    from akhbar.steps.clean import clean_batch

    _print(clean_batch(batch))


@app.command()
def load(batch: BatchArgument) -> None:
    """Load a cleaned batch into the database and print the counts as JSON."""
    from akhbar.pipeline import run_lock
    from akhbar.steps.load import load_batch

    url = settings.database_url()
    with run_lock(f"{batch.parent.name}/{batch.name}", url):
        _print(load_batch(batch, url))


@app.command()
def check(batch: BatchArgument) -> None:
    """Check a loaded batch and print what each check found and expected as JSON."""
    from akhbar.steps.check import check_run

    _print(check_run(batch, settings.database_url()))


@app.command()
def run(
    source: Source, edition: EditionOption = None, latest: LatestOption = False, recheck: RecheckOption = False
) -> None:
    """Run all four steps without Airflow. The exit status is 0 only if the checks passed.

    Resumes an earlier run of the same edition, or of the latest stories, that died before its stories were stored.
    """
    from akhbar.pipeline import resume_or_start, run_all

    asked = _run(source, edition, latest, recheck)
    url = settings.database_url()
    with resume_or_start(asked, url) as one:
        run_all(one, url)


@app.command()
def backfill(
    source: Source,
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day.")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="The last day.")],
    recheck: RecheckOption = False,
) -> None:
    """Crawl the editions of a range of days, oldest first. Run it again to resume."""
    from akhbar.backfill import backfill as read
    from akhbar.newspapers import newspaper

    paper = newspaper(source)
    if not paper.has_editions:
        raise typer.BadParameter(
            f"{paper.publisher} cannot be read by date: its declaration has neither an edition nor dated listings"
        )
    today = datetime.now(paper.zone).date()
    _days(first, last)
    if last.date() > today:
        raise typer.BadParameter(f"--to {last.date()} is in the future: it is {today} in {paper.timezone}")
    sys.exit(read(paper.name, first.date(), last.date(), settings.database_url(), recheck=recheck))


@app.command()
def replay(
    source: Source,
    first: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day.")] = None,
    last: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="The last day.")] = None,
    run: Annotated[str | None, typer.Option(help="One run: its id in the table runs, or its batch.")] = None,
) -> None:
    """Parse archived pages again with the current code, without the network. Resumes a stopped replay."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from akhbar.replay.replay import ReplayError, Selection, check_name
    from akhbar.replay.replay import replay as read_again

    selection = Selection(source, *_days(first, last), run)
    if run is not None:
        try:
            check_name(run, source)
        except ReplayError as error:
            raise typer.BadParameter(str(error)) from None
    console = Console(stderr=True)
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("batches, {task.fields[pages]} pages"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as shown:
        task = shown.add_task(source, total=None, pages=0)

        def progress(done: int, of: int, pages: int) -> None:
            shown.update(task, completed=done, total=of, pages=pages)

        result = read_again(selection, settings.database_url(), progress=progress)
    for line in result.lines():
        typer.echo(line)


@app.command()
def export(
    table: Annotated[str | None, typer.Option(help="The table or view, for example stories.")] = None,
    query: Annotated[
        Path | None, typer.Option(help="A file with a SELECT, such as those in sql/queries.", dir_okay=False)
    ] = None,
    form: Annotated[Literal["csv", "jsonl", "parquet"], typer.Option("--format", help="The file format.")] = "csv",
    first: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day.")] = None,
    last: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="The last day.")] = None,
    newspaper: Annotated[
        list[str] | None, typer.Option(help="Only this newspaper; can be given several times.", metavar="NAME")
    ] = None,
    language: Annotated[str | None, typer.Option(help="Only stories in this language.", metavar="CODE")] = None,
    changed_since: Annotated[
        Any, typer.Option(help="Only stories stored or changed since then.", metavar="TIMESTAMP", parser=_moment)
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="The file to write; by default TABLE.FORMAT or QUERY.FORMAT.", dir_okay=False)
    ] = None,
) -> None:
    """Write the rows of a table, a view or a query to a file, with a manifest beside it."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from akhbar.database.export import DAYS, ExportError, QueryRows, TableRows
    from akhbar.database.export import export as write

    if (table is None) == (query is None):
        raise typer.BadParameter("give either --table NAME or --query FILE")
    if table is not None and table not in DAYS:
        raise typer.BadParameter(f"{table!r} cannot be exported: choose one of {', '.join(DAYS)}")
    days = _days(first, last)
    if query and (any(days) or newspaper or language or changed_since):
        raise typer.BadParameter("--query cannot be combined with filters: write them into the query's WHERE")
    url = settings.database_url()
    counter = TextColumn("{task.description}: {task.completed:,.0f} rows")
    console = Console(stderr=True)
    columns = (SpinnerColumn(), counter, TimeElapsedColumn())
    stop_on_signals()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as shown:
        try:
            selection = (
                QueryRows.read(query)
                if query
                else TableRows(table or "", *days, tuple(newspaper or ()), language, changed_since)
            )
            target = output or Path(f"{query.stem if query else table}.{form}")
            task = shown.add_task(str(target), total=None)
            rows = write(url, selection, form, target, lambda n: shown.update(task, advance=n))
        except ExportError as error:  # not in main: it imports pyarrow, two fifths of a command's start-up time
            _say(f"akhbar: {printable(str(error))[:LONGEST]}")
            raise typer.Exit(1) from None
    _say(f"wrote {rows} rows to {target}")


@app.command()
def prune(
    older_than: Annotated[str, typer.Option("--older-than", metavar="AGE", help="Days, for example 400d.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would be removed, without removing it.")
    ] = False,
) -> None:
    """Remove the page archives of old runs. Stories and page records are kept."""
    from akhbar.maintenance.prune import age_of
    from akhbar.maintenance.prune import prune as remove

    try:
        age_of(older_than)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    verb = "would remove" if dry_run else "removed"
    batches = freed = missing = 0
    for run in remove(older_than, settings.database_url(), dry_run=dry_run):
        if run.bytes is None:
            missing += 1
            continue
        batches, freed = batches + 1, freed + run.bytes
        typer.echo(f"{verb} the pages of {run.batch}, {run.bytes:,} bytes")
    _say(f"{verb} the pages of {batches} batches, {freed:,} bytes")
    if missing:
        _say(f"skipped {missing} more that are not under {settings.archive()}: check AKHBAR_ARCHIVE")


@app.command()
def verify(
    sample: Annotated[
        int | None, typer.Option(min=1, help="Verify only this many pages and stories, picked at random.")
    ] = None,
) -> None:
    """Compare archived pages with their digests, and 1000 stored stories with their content hashes.

    The exit status is 0 only if all are intact.
    """
    from rich.console import Console
    from rich.progress import track

    from akhbar.maintenance.verify import STORIES, Verified, verify_stories
    from akhbar.maintenance.verify import verify as verify_pages

    console = Console(stderr=True)

    def report(found: Iterable[Verified]) -> tuple[int, int]:
        """How many were verified and how many of them are damaged, which are printed."""
        seen = damaged = 0
        for one in track(found, "verifying", console=console, transient=True, disable=not console.is_terminal):
            seen += 1
            if one.damage:
                damaged += 1
                typer.echo(f"{one.damage} ({printable(one.url)})")
        return seen, damaged

    url = settings.database_url()
    pages, damaged = report(verify_pages(url, sample))
    _say(f"{pages} archived pages verified, {damaged} of them damaged or missing")
    stories, different = report(verify_stories(url, sample or STORIES))
    _say(f"{stories} stored stories compared with their content hashes, {different} of them differ")
    sys.exit(1 if damaged or different else 0)


@app.command()
def doctor(
    source: Annotated[
        str | None, typer.Argument(help="The newspaper; by default the first active one.", metavar="NEWSPAPER")
    ] = None,
) -> None:
    """Check this machine, the database, and whether the newspaper's pages can still be parsed."""
    from akhbar.doctor import examine

    sys.exit(0 if examine(source) else 1)


@app.command()
def page(
    source: Source,
    url: Annotated[str, typer.Argument(help="The URL of a story.", parser=_address)],
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist.")] = False,
) -> None:
    """Save a live page and the story extracted from it under tests/pages, for review."""
    from akhbar.save_page import PageNotSavedError, save_page

    try:
        files = save_page(source, url, replace=force)
    except PageNotSavedError as error:
        _refuse(str(error))
    for file in files:
        _say(f"wrote {_from_here(file)}")
    _say("review both files: the JSON must match what a person reads on the page; never commit a newspaper's text")


@app.command()
def read(
    pages: Annotated[
        list[str],
        typer.Argument(help="Saved pages, which may be gzipped, or URLs.", metavar="FILE_OR_URL...", parser=_page),
    ],
    url: Annotated[
        str | None,
        typer.Option(help="The page's URL, if it names none or another.", parser=_address),
    ] = None,
    source: Annotated[
        str | None, typer.Option("--newspaper", help="The newspaper; by default the declared one at the page's URL.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON per page.")] = False,
) -> None:
    """Read the stories of saved or live pages of any newspaper, without a database.

    Pages are fetched as crawls fetch them: robots.txt is obeyed, AKHBAR_CONTACT is required, and two requests to a host
    are AKHBAR_DELAY seconds apart. The exit status is 1 if a page could not be read.
    """
    from rich.console import Console

    from akhbar.archive.jsonl import json_line
    from akhbar.read import card, read_pages

    if url and len(pages) > 1:
        raise typer.BadParameter("--url is the address of one page: give one file")
    console = Console()
    unread = 0
    for one in read_pages(pages, url, source):
        if one.fields is None:
            unread += 1
            _say(f"akhbar: {printable(one.page)} could not be read: {printable(one.problem or '')}")
        elif as_json:
            typer.echo(json_line(one.fields))
        else:
            console.print(card(one.fields))
    sys.exit(1 if unread else 0)


@newspapers_app.callback()
def newspapers(context: typer.Context) -> None:
    """List the declared newspapers, and the last run of each if AKHBAR_DATABASE_URL is set."""
    from rich.console import Console

    from akhbar.database.connection import DatabaseError
    from akhbar.list_newspapers import last_runs, newspapers_table, problems

    if context.invoked_subcommand is not None:
        return
    try:
        runs = last_runs()
    except DatabaseError as error:  # the list does not need it
        _say(f"akhbar: {printable(str(error))[:LONGEST]}")
        runs = None
    Console().print(newspapers_table(runs))
    for line in problems():
        typer.echo(line)


@newspapers_app.command()
def draft(
    url: Annotated[str, typer.Argument(help="The URL of the newspaper's site.", parser=_site)],
    timezone: Annotated[
        str | None, typer.Option(help="Its IANA time zone, if the pages do not show it.", metavar="ZONE", parser=_zone)
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="The newspaper's name; by default from its host.", parser=_name)
    ] = None,
    story_url: Annotated[
        str | None,
        typer.Option(
            help="A regular expression for the paths of stories, if they do not look like stories' on most sites.",
            metavar="PATTERN",
            parser=_pattern,
        ),
    ] = None,
) -> None:
    """Draft the declaration of a newspaper from its home page, feeds, sitemaps and three stories.

    The site is read as crawls read it: robots.txt is obeyed, AKHBAR_CONTACT is required, and two requests are
    AKHBAR_DELAY seconds apart. An existing declaration is never overwritten.
    """
    from rich.console import Console

    from akhbar import newspapers
    from akhbar.drafts.declaration import Draft, check_new, write
    from akhbar.drafts.report import report
    from akhbar.drafts.survey import DraftError, name_of, survey

    folder = newspapers.FOLDER
    try:
        if known := name or (None if settings.is_loopback(url) else name_of(urlsplit(url).netloc)):
            check_new(known, folder)
        found = survey(url, story_url)
        chosen = name or found.name
        if chosen is None:
            raise DraftError(f"no name can be made of the host {found.host}: give --name NAME")
        check_new(chosen, folder)
        drafted = Draft(found, chosen, timezone or _zone_of(found))
        file = write(drafted, folder)
    except DraftError as error:
        _say(f"akhbar: {printable(str(error))[:LONGEST]}")
        raise typer.Exit(1) from None
    Console().print(report(drafted))
    _say(f"wrote {_from_here(file)}: check it, then run akhbar doctor {chosen}")
    if found.is_copy:
        _say(f"to crawl this copy: export AKHBAR_{chosen.upper()}_BASE_URL={found.site}")


@app.command()
def demo(
    picture: Annotated[Path | None, typer.Option(help="Also save the output as an SVG image.", dir_okay=False)] = None,
) -> None:
    """Run the whole pipeline on this machine, offline: Postgres, Airflow and a replica of the newspaper."""
    from akhbar.local.demo import demo as show

    sys.exit(show(picture))


@app.command()
def up(
    site: Annotated[
        Literal["live", "replica"], typer.Option(help="The newspaper's own site, or the replica.")
    ] = "live",
) -> None:
    """Run the pipeline on its schedule in the foreground, with Airflow's UI on 127.0.0.1:8080, until Ctrl-C."""
    from akhbar.local.stack import up as stay

    sys.exit(stay(site))


@app.command()
def psql(site: SiteOption = "replica") -> None:
    """Open the local database of the replica, or of the live newspapers, in psql as the reader role."""
    from akhbar.local.stack import psql as open_psql

    sys.exit(open_psql(site))


@db_app.command()
def url(
    role: Annotated[
        Literal["reader", "analyst", "bi", "monitor", "writer", "owner"], typer.Option(help="Who connects.")
    ] = "reader",
    site: SiteOption = "replica",
) -> None:
    """Print the URL of the local database, after starting its server if it is not running: psql "$(akhbar db url)"."""
    from akhbar.local.stack import LocalError, open_database

    try:
        address, has_started = open_database(site, role)
    except LocalError as error:
        _say(f"akhbar: {error}")
        raise typer.Exit(1) from None
    if has_started:
        _say("Postgres was started and keeps running: akhbar db stop stops it. Its port changes with each start")
    typer.echo(address)


@db_app.command()
def stop(site: SiteOption = "replica") -> None:
    """Stop the server that akhbar db url has started."""
    from akhbar.local.stack import LocalError, close_database

    try:
        close_database(site)
    except LocalError as error:
        _say(f"akhbar: {error}")
        raise typer.Exit(1) from None


@app.command(hidden=True)
def clean_local() -> None:
    """Remove the local databases. `make clean` calls this."""
    from akhbar.local.stack import clean as remove

    remove()


def _zone_of(found: Any) -> str:
    """The time zone of a site that was looked at, which the operator chooses if its pages do not show it."""
    from akhbar.drafts.survey import DraftError
    from akhbar.drafts.zones import is_zone, possible_zones, zone_of

    if zone := zone_of(found.host, found.times):
        return zone
    possible = possible_zones(found.host, found.times)
    such_as = f", for example {', '.join(possible)}" if possible else ""
    if not sys.stdin.isatty():
        raise DraftError(
            f"the time zone of {found.host} cannot be told from its pages and host: give --timezone ZONE{such_as}"
        )
    answer: str = typer.prompt(f"The newspaper's IANA time zone{such_as}", err=True)
    while not is_zone(answer):
        answer = typer.prompt(
            f"'{printable(answer)}' is not an IANA time zone such as Asia/Karachi: give one", err=True
        )
    return answer


def _run(source: str, edition: datetime | None, latest: bool, recheck: bool) -> Any:
    from akhbar.newspapers import newspaper
    from akhbar.run import Run, run_name

    paper = newspaper(source)
    if (edition is None) == (not latest):
        raise typer.BadParameter("give either --edition YYYY-MM-DD or --latest")
    day = edition.date() if edition else None
    if day and not paper.has_editions:
        raise typer.BadParameter(
            f"{paper.publisher} cannot be read by date: its declaration has neither an edition nor dated listings. "
            "Give --latest"
        )
    if day and not paper.has_come(day, datetime.now(UTC)):
        raise typer.BadParameter(f"--edition {day} is in the future in {paper.timezone}")
    mode: Literal["edition", "latest"] = "edition" if day else "latest"
    name = run_name(mode, day, datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ"))
    return Run(paper.name, mode, day, name, recheck=recheck)


def _days(first: datetime | None, last: datetime | None) -> tuple[date | None, date | None]:
    """The dates of --from and --to."""
    if first and last and first > last:
        raise typer.BadParameter(f"--from {first.date()} is after --to {last.date()}: swap them")
    return first.date() if first else None, last.date() if last else None


def _print(result: dict[str, Any]) -> None:
    typer.echo(json.dumps(result, indent=2, ensure_ascii=False, default=str))


if __name__ == "__main__":
    main()
