"""The Newsroom's pages: HTML made on the server, from the database as `akhbar_monitor` sees it.

Scraped text is escaped by Jinja wherever it stands, and the Content-Security-Policy allows neither inline scripts nor
inline styles. Times are shown where the newspaper is at home.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode, urlsplit

import psycopg2
from fastapi import FastAPI, HTTPException, Query, Request, Response
from fastapi.exception_handlers import http_exception_handler, request_validation_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from psycopg2 import errorcodes
from starlette.exceptions import HTTPException as StarletteHTTPException

from akhbar.newspaper import Newspaper
from newsroom import api, charts
from newsroom.access import Paper, Papers
from newsroom.api import Db
from newsroom.questions import (
    CONNECTION,
    Change,
    Changed,
    ChangeFilter,
    Day,
    Edition,
    FetchedPage,
    Found,
    Id,
    NoConnectionError,
    PageFilter,
    Paging,
    Reject,
    RejectFilter,
    RejectReason,
    Run,
    RunFilter,
    Section,
    Story,
    StoryFilter,
    Text,
    WholeStory,
)
from newsroom.verdict import DAYS, long_date, states, status, why

HERE = Path(__file__).parent
MOUNTED_AT = "/newsroom"
"""Where Airflow serves the app, below its own root."""
YEAR = 365
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}

app = FastAPI(
    title="The Newsroom",
    description="Newspapers as akhbar reads them: how fresh they are, what is missing and why.",
    version="1",
    openapi_url=None,  # api.py serves it, to those who are logged in
    docs_url=None,
    redoc_url=None,
)
app.include_router(api.router)
app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")

templates = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@app.middleware("http")
async def add_headers(request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
    response = await go_on(request)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


@app.get("/", response_class=HTMLResponse, include_in_schema=False)
def front(request: Request, papers: Papers, db: Db) -> Response:
    """Every newspaper; the only one at once."""
    if len(papers) == 1:
        return RedirectResponse(f"{_base(request)}/{papers[0].name}")
    now = datetime.now(UTC)
    return page(request, "front.html", papers=[(paper, status(db, paper, now)) for paper in papers])


@app.get("/dag/{dag_id}", response_class=HTMLResponse, include_in_schema=False)
def of_dag(request: Request, dag_id: Text, papers: Papers) -> Response:
    """The newspaper that a DAG reads."""
    for paper in papers:
        if dag_id in (f"{paper.name}_edition", f"{paper.name}_latest"):
            return RedirectResponse(f"{_base(request)}/{paper.name}")
    raise HTTPException(404, f"The DAG {dag_id} reads no newspaper of its own: the Newsroom has nothing on it.")


@app.get("/{source}", response_class=HTMLResponse, include_in_schema=False)
def newspaper(request: Request, paper: Paper, db: Db) -> Response:
    """Last night at a glance."""
    now = datetime.now(UTC)
    today = now.astimezone(paper.zone).date()
    source = paper.name
    glance = status(db, paper, now)
    since = today - timedelta(days=1)
    yesterday = datetime.combine(since, datetime.min.time(), paper.zone)
    first = today - timedelta(days=DAYS - 1)
    days = db.ask("days", Day, source=source, first=first, last=today)
    year = db.ask("editions", Edition, source=source, first=today - timedelta(days=YEAR - 1), last=today)
    of_year = states(year, paper, now)
    newest = glance.freshness.edition_date
    return page(
        request,
        "newspaper.html",
        paper,
        status=glance,
        now=now,
        bars=charts.bars(days, year[-DAYS:], states(year[-DAYS:], paper, now)),
        calendar=charts.calendar(year, of_year),
        gaps=[edition for edition in reversed(year) if of_year[edition.edition_date] == "missing"],
        editions=sum(1 for edition in year if edition.stories),
        newest=newest,
        sections=db.ask("sections", Section, source=source, edition=newest) if newest else [],
        checks=glance.checks,
        reasons=db.ask("reject_reasons", RejectReason, source=source, since=_midnight(first, paper)),
        first=first,
        since=since,
        changed=db.ask("changed_since", Changed, source=source, since=yesterday)[0].stories,
        changes=db.page("changes", Change, ChangeFilter(since=since), paper, rows=5).rows,
        runs=db.page("runs", Run, RunFilter(), paper, rows=12).rows,
    )


@app.get("/{source}/editions", response_class=HTMLResponse, include_in_schema=False)
def editions(request: Request, paper: Paper, db: Db, day: date | None = None, missing: bool = False) -> Response:
    """The editions of a year, or those of it that are missing; with a date, that one."""
    if day:
        return RedirectResponse(f"{_base(request)}/{paper.name}/editions/{day}")
    now = datetime.now(UTC)
    today = now.astimezone(paper.zone).date()
    year = db.ask("editions", Edition, source=paper.name, first=today - timedelta(days=YEAR - 1), last=today)
    found = states(year, paper, now)
    shown = [edition for edition in reversed(year) if not missing or found[edition.edition_date] == "missing"]
    return page(request, "editions.html", paper, editions=shown, states=found, missing=missing)


@app.get("/{source}/editions/{day}", response_class=HTMLResponse, include_in_schema=False)
def edition(request: Request, paper: Paper, db: Db, day: date) -> Response:
    """An edition: what is stored, the runs that read it, and a form to read it."""
    found = db.ask("editions", Edition, source=paper.name, first=day, last=day)[0]
    return page(
        request,
        "edition.html",
        paper,
        edition=found,
        sections=db.ask("sections", Section, source=paper.name, edition=day),
        runs=db.page("runs", Run, RunFilter(edition=day), paper).rows,
        stories=db.page("stories", Story, StoryFilter(edition=day), paper),
    )


@app.get("/{source}/runs", response_class=HTMLResponse, include_in_schema=False)
def runs(request: Request, paper: Paper, db: Db, wanted: Annotated[RunFilter, Query()]) -> Response:
    return rows(request, "runs.html", paper, wanted, db.page("runs", Run, wanted, paper))


@app.get("/{source}/runs/{number}", response_class=HTMLResponse, include_in_schema=False)
def run(request: Request, paper: Paper, db: Db, number: Id) -> Response:
    found = db.page("runs", Run, RunFilter(id=number), paper).rows
    if not found:
        raise HTTPException(404, f"{paper.publisher} has no run {number}.")
    rejected = db.page("rejects", Reject, RejectFilter(run=number), paper)
    return page(request, "run.html", paper, run=found[0], rejects=rejected)


@app.get("/{source}/stories", response_class=HTMLResponse, include_in_schema=False)
def stories(request: Request, paper: Paper, db: Db, wanted: Annotated[StoryFilter, Query()]) -> Response:
    return rows(request, "stories.html", paper, wanted, db.page("stories", Story, wanted, paper))


@app.get("/{source}/stories/{story_id}", response_class=HTMLResponse, include_in_schema=False)
def story(request: Request, paper: Paper, db: Db, story_id: Text) -> Response:
    """A story: its text, how it changed, and the pages that were asked for."""
    found = db.ask("story", WholeStory, source=paper.name, story_id=story_id)
    asked = db.page("pages", FetchedPage, PageFilter(story_id=story_id), paper).rows
    if not found and not asked:
        raise HTTPException(404, f"Nothing is known of a story {story_id} of {paper.publisher}.")
    changed = db.page("changes", Change, ChangeFilter(story_id=story_id), paper).rows
    known = found[0] if found else None
    return page(request, "story.html", paper, story=known, story_id=story_id, changes=changed, pages=asked)


@app.get("/{source}/rejects", response_class=HTMLResponse, include_in_schema=False)
def rejects(request: Request, paper: Paper, db: Db, wanted: Annotated[RejectFilter, Query()]) -> Response:
    return rows(request, "rejects.html", paper, wanted, db.page("rejects", Reject, wanted, paper))


@app.get("/{source}/rejects/{number}", response_class=HTMLResponse, include_in_schema=False)
def reject(request: Request, paper: Paper, db: Db, number: Id) -> Response:
    """A story that was refused, as it was scraped."""
    found = db.page("rejects", Reject, RejectFilter(id=number), paper).rows
    if not found:
        raise HTTPException(404, f"{paper.publisher} has no reject {number}; a run that is loaded again gets new ones.")
    return page(request, "reject.html", paper, reject=found[0])


@app.get("/{source}/changes", response_class=HTMLResponse, include_in_schema=False)
def changes(request: Request, paper: Paper, db: Db, wanted: Annotated[ChangeFilter, Query()]) -> Response:
    return rows(request, "changes.html", paper, wanted, db.page("changes", Change, wanted, paper))


@app.get("/{source}/pages", response_class=HTMLResponse, include_in_schema=False)
def pages(request: Request, paper: Paper, db: Db, wanted: Annotated[PageFilter, Query()]) -> Response:
    return rows(request, "pages.html", paper, wanted, db.page("pages", FetchedPage, wanted, paper))


def rows(request: Request, template: str, paper: Newspaper, wanted: Paging, found: Found[Any]) -> Response:
    """A page of rows, with what they were chosen by and the way to the next page."""
    chosen = wanted.model_dump(exclude={"page"}, exclude_none=True, mode="json")
    return page(request, template, paper, found=found, chosen=chosen, query=urlencode(chosen))


def page(request: Request, template: str, paper: Newspaper | None = None, code: int = 200, **shown: Any) -> Response:
    base = _base(request)
    text = templates.get_template(template).render(
        base=base, airflow=base.removesuffix(MOUNTED_AT), paper=paper, now=shown.pop("now", datetime.now(UTC)), **shown
    )
    return HTMLResponse(text, code)


def _base(request: Request) -> str:
    """Where this app is, as the browser sees it: Airflow itself may be below a path."""
    return str(request.scope.get("root_path", ""))


def _midnight(day: date, paper: Newspaper) -> datetime:
    return datetime.combine(day, datetime.min.time(), paper.zone)


@app.exception_handler(StarletteHTTPException)
async def refuse(request: Request, error: StarletteHTTPException) -> Response:
    if _wants_json(request):
        return await http_exception_handler(request, error)
    titles = {401: "Log in to Airflow first", 403: "Not yours to read", 404: "Not here"}
    title = titles.get(error.status_code, "That did not work")
    return page(request, "message.html", code=error.status_code, title=title, said=str(error.detail), todo="")


@app.exception_handler(RequestValidationError)
async def correct(request: Request, error: RequestValidationError) -> Response:
    if _wants_json(request):
        return await request_validation_exception_handler(request, error)
    said = "; ".join(f"{wrong['loc'][-1]}: {wrong['msg']}" for wrong in error.errors())
    return page(request, "message.html", code=422, title="The address is not right", said=said, todo="")


@app.exception_handler(NoConnectionError)
@app.exception_handler(psycopg2.Error)
async def tell_of_database(request: Request, error: Exception) -> Response:
    """Away, not migrated, slow: each in its own words, with what to do."""
    title, todo = _database_trouble(error)
    said = str(error).strip()
    if _wants_json(request):
        return JSONResponse({"detail": f"{title}. {todo}"}, 503)
    return page(request, "message.html", code=503, title=title, said=said, todo=todo)


def _database_trouble(error: Exception) -> tuple[str, str]:
    """What is the matter with the database, and what to do."""
    if isinstance(error, NoConnectionError):
        return (
            f"Airflow has no connection {CONNECTION}",
            f"Set AIRFLOW_CONN_{CONNECTION.upper()}=postgresql://akhbar_monitor:PASSWORD@HOST/news for the api-server, "
            "or make the connection under Admin, Connections.",
        )
    code = getattr(error, "pgcode", None)
    if code in (errorcodes.UNDEFINED_TABLE, errorcodes.UNDEFINED_COLUMN, errorcodes.UNDEFINED_FUNCTION):
        return "The database is not migrated", "Run akhbar migrate as its owner, then load this page again."
    if code in (errorcodes.INVALID_SCHEMA_NAME, errorcodes.INSUFFICIENT_PRIVILEGE):
        return (
            "The database does not let us read",
            f"{CONNECTION} must be a connection of the role akhbar_monitor, and the database migrated: akhbar migrate.",
        )
    if code == errorcodes.QUERY_CANCELED:
        return "The database took too long", "Is it busy, or an index missing? Load this page again in a while."
    return (
        "The database does not answer",
        f"Is it up, and does the connection {CONNECTION} name its host, port and password? Then load this page again.",
    )


def _wants_json(request: Request) -> bool:
    path: str = request.scope["path"]
    return path.removeprefix(_base(request)).startswith("/api/")


def when(moment: datetime | None, paper: Newspaper | None) -> str:
    """A time where the newspaper is at home: 24 Nov 2026, 08:31."""
    if moment is None:
        return "–"
    local = moment.astimezone(paper.zone if paper else UTC)
    return f"{local.day} {local:%b %Y, %H:%M}"


def ago(moment: datetime, now: datetime) -> str:
    """How long ago something was: 90 minutes ago, 33 hours ago, 6 days ago."""
    minutes = int((now - moment).total_seconds() // 60)
    if minutes < 1:
        return "just now"
    count, unit = (minutes, "minute") if minutes < 120 else (minutes // 60, "hour")
    if count >= 48 and unit == "hour":
        count, unit = count // 24, "day"
    return f"{count} {unit}{'s' if count != 1 else ''} ago"


def duration(seconds: float | None) -> str:
    """A length of time: 8 s, 5 min, 2 h 2 min."""
    if seconds is None:
        return "–"
    if seconds < 100:
        return f"{seconds:.0f} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def web_address(url: str | None) -> str | None:
    """An address that may be a link: scraped ones could be of any kind."""
    return url if url and urlsplit(url).scheme in ("http", "https") else None


templates.filters |= {
    "when": when,
    "ago": ago,
    "duration": duration,
    "web_address": web_address,
    "long_date": long_date,
}
templates.globals |= {"why": why, "plot_height": charts.HEIGHT}
