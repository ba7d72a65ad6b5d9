"""The Newsroom for scripts: what the pages show, as JSON."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request

from newsroom.access import Paper, Papers, readable_papers
from newsroom.questions import (
    Change,
    ChangeFilter,
    Database,
    Day,
    Edition,
    FailedCheck,
    FetchedPage,
    Found,
    PageFilter,
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
    database,
)
from newsroom.verdict import Status, status

Db = Annotated[Database, Depends(database)]
Back = Annotated[int, Query(ge=1, le=366, description="How many days to look back.")]

UNUSUAL: dict[int | str, dict[str, Any]] = {
    401: {"description": "Nobody is logged in."},
    403: {"description": "The user may not read the DAGs of any newspaper."},
    404: {"description": "There is no such newspaper, or no such row."},
    503: {"description": "The database is away, not migrated or slow."},
}

router = APIRouter(prefix="/api", dependencies=[Depends(readable_papers)], responses=UNUSUAL)


@router.get("/openapi.json", include_in_schema=False)
def description(request: Request) -> dict[str, Any]:
    """What this API can be asked, as OpenAPI."""
    described: dict[str, Any] = request.app.openapi()
    return described | {"servers": [{"url": request.scope.get("root_path", "")}]}


@router.get("/newspapers")
def newspapers(papers: Papers, db: Db) -> list[Status]:
    """Every newspaper at a glance: how fresh it is, and its problems, the errors first."""
    return [status(db, paper, datetime.now(UTC)) for paper in papers]


@router.get("/{source}/days")
def days(paper: Paper, db: Db, back: Back = 30) -> list[Day]:
    """Stories a day by kind, until today where the newspaper is at home."""
    today = datetime.now(paper.zone).date()
    return db.ask("days", Day, source=paper.name, first=today - timedelta(days=back - 1), last=today)


@router.get("/{source}/editions")
def editions(paper: Paper, db: Db, back: Back = 30) -> list[Edition]:
    """Each day's print edition, until today where the newspaper is at home; one without stories is missing."""
    today = datetime.now(paper.zone).date()
    return db.ask("editions", Edition, source=paper.name, first=today - timedelta(days=back - 1), last=today)


@router.get("/{source}/editions/{edition}/sections")
def sections(paper: Paper, db: Db, edition: date) -> list[Section]:
    """Coverage of an edition by section, beside what the fourteen editions before it had."""
    return db.ask("sections", Section, source=paper.name, edition=edition)


@router.get("/{source}/checks")
def checks(paper: Paper, db: Db, back: Back = 7) -> list[FailedCheck]:
    """Checks that failed or warned."""
    return db.ask("failed_checks", FailedCheck, source=paper.name, since=datetime.now(UTC) - timedelta(days=back))


@router.get("/{source}/reasons")
def reasons(paper: Paper, db: Db, back: Back = 30) -> list[RejectReason]:
    """Why stories were refused."""
    return db.ask("reject_reasons", RejectReason, source=paper.name, since=datetime.now(UTC) - timedelta(days=back))


@router.get("/{source}/rejects")
def rejects(paper: Paper, db: Db, wanted: Annotated[RejectFilter, Query()]) -> Found[Reject]:
    """What cleaning refused, the newest first."""
    return db.page("rejects", Reject, wanted, paper)


@router.get("/{source}/changes")
def changes(paper: Paper, db: Db, wanted: Annotated[ChangeFilter, Query()]) -> Found[Change]:
    """What the publisher changed, the newest first, with the difference."""
    return db.page("changes", Change, wanted, paper)


@router.get("/{source}/runs")
def runs(paper: Paper, db: Db, wanted: Annotated[RunFilter, Query()]) -> Found[Run]:
    """Runs, the newest first."""
    return db.page("runs", Run, wanted, paper)


@router.get("/{source}/pages")
def pages(paper: Paper, db: Db, wanted: Annotated[PageFilter, Query()]) -> Found[FetchedPage]:
    """What became of the pages that were asked for, the newest first."""
    return db.page("pages", FetchedPage, wanted, paper)


@router.get("/{source}/stories")
def stories(paper: Paper, db: Db, wanted: Annotated[StoryFilter, Query()]) -> Found[Story]:
    """Stories, the newest first."""
    return db.page("stories", Story, wanted, paper)


@router.get("/{source}/stories/{story_id}")
def story(paper: Paper, db: Db, story_id: Text) -> WholeStory:
    """A story, whole."""
    found = db.ask("story", WholeStory, source=paper.name, story_id=story_id)
    if not found:
        raise HTTPException(404, f"No story {story_id} of {paper.publisher} is stored.")
    return found[0]
