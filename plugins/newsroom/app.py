"""The Newsroom's pages: HTML rendered on the server from the data that the role `akhbar_monitor` can read.

Jinja escapes all scraped text, and the Content-Security-Policy allows neither inline scripts nor inline styles. Times
are shown in the newspaper's time zone.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

import psycopg2
from fastapi import FastAPI, HTTPException, Query, Request, Response
from fastapi.exception_handlers import http_exception_handler, request_validation_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from psycopg2 import errorcodes
from starlette.exceptions import HTTPException as StarletteHTTPException

from akhbar.languages import direction
from akhbar.newspaper import Newspaper
from akhbar.story import web_address
from newsroom import api, charts
from newsroom.access import Paper, Papers
from newsroom.api import Db
from newsroom.queries import (
    CONNECTION,
    Change,
    ChangeCount,
    ChangeFilter,
    Day,
    FetchedPage,
    FullStory,
    Id,
    Moment,
    NoConnectionError,
    PageFilter,
    Paging,
    Reject,
    RejectFilter,
    RejectReason,
    ResultPage,
    Run,
    RunFilter,
    Section,
    Story,
    StoryFilter,
    StoryId,
    Text,
)
from newsroom.status import (
    DAYS,
    edition_states,
    explain,
    local_time,
    long_date,
    newspaper_status,
    outcome_label,
    short_date,
)

HERE = Path(__file__).parent
MOUNTED_AT = "/newsroom"
"""The path of this app below Airflow's root."""
YEAR = 365
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}

app = FastAPI(
    title="Newsroom",
    description="The newspapers that akhbar crawls: how fresh they are, what is missing and why.",
    version="1",
    openapi_url=None,  # served by api.py, to logged-in users only
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
templates.policies["json.dumps_kwargs"] = {"sort_keys": True, "ensure_ascii": False}  # rejects stay legible


@app.middleware("http")
async def add_headers(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    response = await call_next(request)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


@app.get("/", response_class=HTMLResponse, include_in_schema=False)
def front(request: Request, papers: Papers, db: Db) -> Response:
    """All newspapers. If there is only one, redirects to its page."""
    if len(papers) == 1:
        return RedirectResponse(f"{_base(request)}/{papers[0].name}")
    now = datetime.now(UTC)
    return page(request, "newspapers.html", papers=[(paper, newspaper_status(db, paper, now)) for paper in papers])


@app.get("/dag/{dag_id}", response_class=HTMLResponse, include_in_schema=False)
def dag(request: Request, dag_id: Text, papers: Papers) -> Response:
    """Redirects to the newspaper of a DAG."""
    for paper in papers:
        if dag_id in (f"{paper.name}_edition", f"{paper.name}_latest"):
            return RedirectResponse(f"{_base(request)}/{paper.name}")
    raise HTTPException(404, f"The DAG {dag_id} does not belong to a newspaper, so the Newsroom has no page for it.")


@app.get("/{source}", response_class=HTMLResponse, include_in_schema=False)
def newspaper(request: Request, paper: Paper, db: Db) -> Response:
    """A newspaper at a glance."""
    now = datetime.now(UTC)
    today = now.astimezone(paper.zone).date()
    source = paper.name
    status = newspaper_status(db, paper, now)
    yesterday = today - timedelta(days=1)
    first = today - timedelta(days=DAYS - 1)
    days = db.fetch("days", Day, source=source, first=first, last=today)
    year = db.editions(paper, first=today - timedelta(days=YEAR - 1), last=today)
    states = edition_states(year, paper, now)
    newest = status.freshness.edition_date
    return page(
        request,
        "newspaper.html",
        paper,
        status=status,
        now=now,
        bars=charts.bars(days, year[-DAYS:], edition_states(year[-DAYS:], paper, now)),
        calendar=charts.calendar(year, states),
        gaps=[edition for edition in reversed(year) if states[edition.edition_date] == "missing"],
        editions=sum(1 for edition in year if edition.stories),
        newest=newest,
        sections=db.fetch("sections", Section, source=source, edition=newest) if newest else [],
        checks=status.checks,
        reasons=db.fetch("reject_reasons", RejectReason, source=source, since=_midnight(first, paper)),
        first=first,
        since=yesterday,
        changed=db.fetch("changed_since", ChangeCount, source=source, since=_midnight(yesterday, paper))[0].stories,
        changes=db.fetch_page("changes", Change, ChangeFilter(since=yesterday), paper, rows=5).rows,
        runs=db.fetch_page("runs", Run, RunFilter(), paper, rows=12).rows,
    )


@app.get("/{source}/editions", response_class=HTMLResponse, include_in_schema=False)
def editions(request: Request, paper: Paper, db: Db, day: date | None = None, missing: bool = False) -> Response:
    """The editions of the last year, or only the missing ones. With a day, redirects to that edition."""
    if day:
        return RedirectResponse(f"{_base(request)}/{paper.name}/editions/{day}")
    now = datetime.now(UTC)
    today = now.astimezone(paper.zone).date()
    year = db.editions(paper, first=today - timedelta(days=YEAR - 1), last=today)
    states = edition_states(year, paper, now)
    shown = [edition for edition in reversed(year) if not missing or states[edition.edition_date] == "missing"]
    return page(request, "editions.html", paper, editions=shown, states=states, missing=missing)


@app.get("/{source}/editions/{day}", response_class=HTMLResponse, include_in_schema=False)
def edition(request: Request, paper: Paper, db: Db, day: date) -> Response:
    """An edition: stored stories, runs, and a form that fetches it."""
    found = db.editions(paper, first=day, last=day)[0]
    return page(
        request,
        "edition.html",
        paper,
        edition=found,
        sections=db.fetch("sections", Section, source=paper.name, edition=day),
        runs=db.fetch_page("runs", Run, RunFilter(edition=day), paper).rows,
        stories=db.fetch_page("stories", Story, StoryFilter(edition=day), paper),
    )


@app.get("/{source}/runs", response_class=HTMLResponse, include_in_schema=False)
def runs(request: Request, paper: Paper, db: Db, filters: Annotated[RunFilter, Query()]) -> Response:
    return rows(request, "runs.html", paper, filters, db.fetch_page("runs", Run, filters, paper))


@app.get("/{source}/runs/{number}", response_class=HTMLResponse, include_in_schema=False)
def run(request: Request, paper: Paper, db: Db, number: Id) -> Response:
    found = db.fetch_page("runs", Run, RunFilter(id=number), paper).rows
    if not found:
        raise HTTPException(404, f"{paper.publisher} has no run {number}.")
    rejected = db.fetch_page("rejects", Reject, RejectFilter(run=number), paper)
    return page(request, "run.html", paper, run=found[0], rejects=rejected)


@app.get("/{source}/stories", response_class=HTMLResponse, include_in_schema=False)
def stories(request: Request, paper: Paper, db: Db, filters: Annotated[StoryFilter, Query()]) -> Response:
    return rows(request, "stories.html", paper, filters, db.fetch_page("stories", Story, filters, paper))


@app.get("/{source}/story", response_class=HTMLResponse, include_in_schema=False)
def story(request: Request, paper: Paper, db: Db, story_id: Annotated[StoryId, Query(alias="id")]) -> Response:
    """A story: its text, its changes, and the requests for its page."""
    found = db.fetch("story", FullStory, source=paper.name, story_id=story_id)
    requested = db.fetch_page("pages", FetchedPage, PageFilter(story_id=story_id), paper).rows
    if not found and not requested:
        raise HTTPException(404, f"{paper.publisher} has no story {story_id}.")
    changes = db.fetch_page("changes", Change, ChangeFilter(story_id=story_id), paper).rows
    stored = found[0] if found else None
    return page(request, "story.html", paper, story=stored, story_id=story_id, changes=changes, pages=requested)


@app.get("/{source}/stories/{story_id:path}", response_class=HTMLResponse, include_in_schema=False)
def story_by_path(request: Request, paper: Paper, db: Db, story_id: StoryId) -> Response:
    """A story, at an address that is easy to type if its id is a number."""
    return story(request, paper, db, story_id)


@app.get("/{source}/rejects", response_class=HTMLResponse, include_in_schema=False)
def rejects(request: Request, paper: Paper, db: Db, filters: Annotated[RejectFilter, Query()]) -> Response:
    return rows(request, "rejects.html", paper, filters, db.fetch_page("rejects", Reject, filters, paper))


@app.get("/{source}/rejects/{number}", response_class=HTMLResponse, include_in_schema=False)
def reject(request: Request, paper: Paper, db: Db, number: Id) -> Response:
    """A rejected story, as scraped."""
    found = db.fetch_page("rejects", Reject, RejectFilter(id=number), paper).rows
    if not found:
        raise HTTPException(
            404, f"{paper.publisher} has no reject {number}. Loading a run again gives its rejects new numbers."
        )
    return page(request, "reject.html", paper, reject=found[0])


@app.get("/{source}/changes", response_class=HTMLResponse, include_in_schema=False)
def changes(request: Request, paper: Paper, db: Db, filters: Annotated[ChangeFilter, Query()]) -> Response:
    return rows(request, "changes.html", paper, filters, db.fetch_page("changes", Change, filters, paper))


@app.get("/{source}/pages", response_class=HTMLResponse, include_in_schema=False)
def pages(request: Request, paper: Paper, db: Db, filters: Annotated[PageFilter, Query()]) -> Response:
    return rows(request, "pages.html", paper, filters, db.fetch_page("pages", FetchedPage, filters, paper))


def rows(request: Request, template: str, paper: Newspaper, filters: Paging, found: ResultPage[Any]) -> Response:
    """A page of rows, with its filters and links to the next and previous page."""
    active = filters.model_dump(exclude={"page"}, exclude_none=True, mode="json")
    return page(request, template, paper, found=found, filters=active, query=urlencode(active))


def page(request: Request, template: str, paper: Newspaper | None = None, code: int = 200, **values: Any) -> Response:
    """Renders a template. `base` is the Newsroom's URL, `airflow` is Airflow's."""
    base = _base(request)
    text = templates.get_template(template).render(
        base=base,
        airflow=base.removesuffix(MOUNTED_AT),
        paper=paper,
        now=values.pop("now", datetime.now(UTC)),
        **values,
    )
    return HTMLResponse(text, code)


def _base(request: Request) -> str:
    """The path of this app as the browser sees it. Airflow itself may be mounted below a path."""
    return str(request.scope.get("root_path", ""))


def _midnight(day: date, paper: Newspaper) -> datetime:
    return datetime.combine(day, datetime.min.time(), paper.zone)


@app.exception_handler(StarletteHTTPException)
async def http_error(request: Request, error: StarletteHTTPException) -> Response:
    if _wants_json(request):
        return await http_exception_handler(request, error)
    titles = {401: "Log in to Airflow first", 403: "Access denied", 404: "Not found"}
    title = titles.get(error.status_code, "Something went wrong")
    return page(request, "error.html", code=error.status_code, title=title, detail=str(error.detail), advice="")


@app.exception_handler(RequestValidationError)
async def validation_error(request: Request, error: RequestValidationError) -> Response:
    if _wants_json(request):
        return await request_validation_exception_handler(request, error)
    detail = "; ".join(f"{invalid['loc'][-1]}: {invalid['msg']}" for invalid in error.errors())
    return page(request, "error.html", code=422, title="Invalid URL", detail=detail, advice="")


@app.exception_handler(NoConnectionError)
@app.exception_handler(psycopg2.Error)
async def database_error(request: Request, error: Exception) -> Response:
    """Says what is wrong with the database and what to do about it."""
    title, advice = _diagnose(error)
    if _wants_json(request):
        return JSONResponse({"detail": f"{title}. {advice}"}, 503)
    return page(request, "error.html", code=503, title=title, detail=str(error).strip(), advice=advice)


def _diagnose(error: Exception) -> tuple[str, str]:
    """What is wrong with the database, and what to do about it."""
    if isinstance(error, NoConnectionError):
        return (
            f"Airflow has no connection {CONNECTION}",
            f"Set AIRFLOW_CONN_{CONNECTION.upper()}=postgresql://akhbar_monitor:PASSWORD@HOST/news for the api-server, "
            "or create the connection under Admin, Connections.",
        )
    code = getattr(error, "pgcode", None)
    if code in (errorcodes.UNDEFINED_TABLE, errorcodes.UNDEFINED_COLUMN, errorcodes.UNDEFINED_FUNCTION):
        return "The database is not migrated", "Run akhbar migrate as the owner of the database, then reload this page."
    if code in (errorcodes.INVALID_SCHEMA_NAME, errorcodes.INSUFFICIENT_PRIVILEGE):
        return (
            "The database denied access",
            f"The connection {CONNECTION} must use the role akhbar_monitor; akhbar migrate grants its privileges.",
        )
    if code == errorcodes.QUERY_CANCELED:
        return (
            "The query took too long",
            "The database may be busy, or an index may be missing. Reload this page later.",
        )
    return (
        "The database is unavailable",
        f"Check that it is running and that the connection {CONNECTION} has its host, port and password. "
        "Then reload this page.",
    )


def _wants_json(request: Request) -> bool:
    path: str = request.scope["path"]
    return path.removeprefix(_base(request)).startswith("/api/")


def story_address(base: str, paper: Newspaper, story_id: str) -> str:
    """The address of a story's page. The id can be a path, which browsers and proxies would change in a path."""
    return f"{base}/{paper.name}/story?{urlencode({'id': story_id})}"


def when(moment: Moment | None, paper: Newspaper | None) -> str:
    """A time in the newspaper's time zone: 24 Nov 2026, 08:31."""
    if moment is None or isinstance(moment, str):
        return moment or "–"
    local = local_time(moment, paper.zone if paper else UTC)
    return f"{local.day} {local:%b %Y, %H:%M}"


def ago(moment: Moment, now: datetime) -> str:
    """A time relative to now: 90 minutes ago, 33 hours ago, 6 days ago."""
    if isinstance(moment, str):
        return moment
    minutes = int((now - moment).total_seconds() // 60)
    if minutes < 1:
        return "just now"
    count, unit = (minutes, "minute") if minutes < 120 else (minutes // 60, "hour")
    if count >= 48 and unit == "hour":
        count, unit = count // 24, "day"
    return f"{count} {unit}{'s' if count != 1 else ''} ago"


def duration(seconds: float | None) -> str:
    """A duration: 8 s, 5 min, 2 h 2 min."""
    if seconds is None:
        return "–"
    if seconds < 100:
        return f"{seconds:.0f} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


templates.filters |= {
    "when": when,
    "ago": ago,
    "duration": duration,
    "web_address": web_address,
    "long_date": long_date,
    "short_date": short_date,
    "outcome_label": outcome_label,
    "direction": direction,
}
templates.globals |= {"explain": explain, "plot_height": charts.HEIGHT, "story_address": story_address}
