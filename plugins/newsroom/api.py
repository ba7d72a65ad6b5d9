"""The Newsroom's JSON API: the data on its pages, for scripts."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request

from newsroom.access import Paper, Papers, readable_papers
from newsroom.queries import (
    Change,
    ChangeFilter,
    Database,
    Day,
    Edition,
    FailedCheck,
    FetchedPage,
    FullStory,
    PageFilter,
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
    database,
)
from newsroom.status import Status, newspaper_status

Db = Annotated[Database, Depends(database)]


Back = Annotated[int, Query(ge=1, le=366, description="Number of days to look back.")]

ERRORS: dict[int | str, dict[str, Any]] = {
    401: {"description": "Not logged in."},
    403: {"description": "The user does not have permission to read the DAGs of any newspaper."},
    404: {"description": "No such newspaper or row."},
    503: {"description": "The database is unavailable, not migrated, or too slow."},
}

router = APIRouter(prefix="/api", dependencies=[Depends(readable_papers)], responses=ERRORS)


@router.get("/openapi.json", include_in_schema=False)
def description(request: Request) -> dict[str, Any]:
    """The OpenAPI description of this API."""
    described: dict[str, Any] = request.app.openapi()
    return described | {"servers": [{"url": request.scope.get("root_path", "")}]}


@router.get("/newspapers")
def newspapers(papers: Papers, db: Db) -> list[Status]:
    """Every newspaper's freshness and problems, errors first."""
    return [newspaper_status(db, paper, datetime.now(UTC)) for paper in papers]


@router.get("/{source}/days")
def days(paper: Paper, db: Db, back: Back = 30) -> list[Day]:
    """Stories per day and kind, up to today in the newspaper's time zone."""
    today = datetime.now(paper.zone).date()
    return db.fetch("days", Day, source=paper.name, first=today - timedelta(days=back - 1), last=today)


@router.get("/{source}/editions")
def editions(paper: Paper, db: Db, back: Back = 30) -> list[Edition]:
    """Each day's print edition, up to today in the newspaper's time zone. An edition without stories is missing."""
    today = datetime.now(paper.zone).date()
    return db.editions(paper, first=today - timedelta(days=back - 1), last=today)


@router.get("/{source}/editions/{edition}/sections")
def sections(paper: Paper, db: Db, edition: date) -> list[Section]:
    """An edition's stories per section, compared with the previous 14 editions."""
    return db.fetch("sections", Section, source=paper.name, edition=edition)


@router.get("/{source}/checks")
def checks(paper: Paper, db: Db, back: Back = 7) -> list[FailedCheck]:
    """Checks that failed or warned."""
    return db.fetch("failed_checks", FailedCheck, source=paper.name, since=datetime.now(UTC) - timedelta(days=back))


@router.get("/{source}/reasons")
def reasons(paper: Paper, db: Db, back: Back = 30) -> list[RejectReason]:
    """Why stories were rejected."""
    return db.fetch("reject_reasons", RejectReason, source=paper.name, since=datetime.now(UTC) - timedelta(days=back))


@router.get("/{source}/rejects")
def rejects(paper: Paper, db: Db, filters: Annotated[RejectFilter, Query()]) -> ResultPage[Reject]:
    """Rejected stories, newest first."""
    return db.fetch_page("rejects", Reject, filters, paper)


@router.get("/{source}/changes")
def changes(paper: Paper, db: Db, filters: Annotated[ChangeFilter, Query()]) -> ResultPage[Change]:
    """Changes by the publisher with their differences, newest first."""
    return db.fetch_page("changes", Change, filters, paper)


@router.get("/{source}/runs")
def runs(paper: Paper, db: Db, filters: Annotated[RunFilter, Query()]) -> ResultPage[Run]:
    """Runs, newest first."""
    return db.fetch_page("runs", Run, filters, paper)


@router.get("/{source}/pages")
def pages(paper: Paper, db: Db, filters: Annotated[PageFilter, Query()]) -> ResultPage[FetchedPage]:
    """Requested pages and their outcomes, newest first."""
    return db.fetch_page("pages", FetchedPage, filters, paper)


@router.get("/{source}/stories")
def stories(paper: Paper, db: Db, filters: Annotated[StoryFilter, Query()]) -> ResultPage[Story]:
    """Stories without their text, newest first."""
    return db.fetch_page("stories", Story, filters, paper)


@router.get("/{source}/story")
def story(paper: Paper, db: Db, story_id: Annotated[StoryId, Query(alias="id")]) -> FullStory:
    """A story with its text."""
    found = db.fetch("story", FullStory, source=paper.name, story_id=story_id)
    if not found:
        raise HTTPException(404, f"{paper.publisher} has no stored story {story_id}.")
    return found[0]


@router.get("/{source}/stories/{story_id:path}")
def story_by_path(paper: Paper, db: Db, story_id: StoryId) -> FullStory:
    """A story with its text, for ids that contain only letters and digits: some proxies change or refuse others."""
    return story(paper, db, story_id)
