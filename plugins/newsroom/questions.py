"""What the Newsroom asks the database, as the role `akhbar_monitor`: SELECT only, and not for long.

Every question is a file in `sql/newsroom`; each kind of row is a model here, for the pages and for JSON alike.
"""

from collections.abc import Generator
from contextlib import closing
from datetime import date, datetime, time
from functools import cache
from typing import Annotated, Any, Generic, Literal, TypeVar

from airflow.sdk import Connection
from airflow.sdk.exceptions import AirflowNotFoundException
from psycopg2.extras import RealDictCursor
from pydantic import BaseModel, Field

from akhbar.database.connection import connect
from akhbar.newspaper import Newspaper
from akhbar.settings import ROOT

QUESTIONS = ROOT / "sql" / "newsroom"
CONNECTION = "news_monitor"
OPTIONS = "-c statement_timeout=5s -c default_transaction_read_only=on -c search_path=news,public"
PATIENCE = 3
"""Seconds to wait for the database to take the connection."""


ROWS = 50
"""Rows on a page."""


class NoConnectionError(Exception):
    """Airflow has no connection `news_monitor`."""


class Freshness(BaseModel):
    """How fresh a newspaper is."""

    newest_story_at: datetime | None
    first_edition: date | None
    newest_edition: date | None
    latest_run: int | None
    latest_at: datetime | None
    latest_outcome: str | None
    edition_run: int | None
    edition_at: datetime | None
    edition_outcome: str | None
    edition_date: date | None = Field(description="The newest edition that any run read.")


class Day(BaseModel):
    """Stories of a day, by kind."""

    day: date
    articles: int
    editorials: int


class Edition(BaseModel):
    """A day's print edition, and how the last run that read it ended."""

    edition_date: date
    articles: int
    editorials: int
    run_id: int | None
    outcome: str | None
    reason: str | None
    coverage: float | None = Field(description="Stories stored of those that the listings named, from 0 to 1.")

    @property
    def stories(self) -> int:
        return self.articles + self.editorials


class Section(BaseModel):
    """A section of an edition: stories that the listings named, stories stored, and the mean of the editions before."""

    section: str
    discovered: int
    stored: int
    usual: float | None


class FailedCheck(BaseModel):
    """A check that did not pass: its last failure, and how many runs failed it."""

    name: str
    severity: str
    seen: str
    wanted: str
    message: str
    mode: str
    edition_date: date | None
    run_id: int
    started_at: datetime
    runs: int


class RejectReason(BaseModel):
    """Why stories were refused: different stories, and how often in all."""

    reason: str
    stories: int
    rejects: int
    last_at: datetime


class Reject(BaseModel):
    """A story that cleaning refused, as it was scraped."""

    id: int
    run_id: int
    started_at: datetime
    story_id: str | None
    url: str | None
    reasons: list[str]
    story: dict[str, Any]


class Change(BaseModel):
    """A change that the publisher made: `diff` has a line a paragraph, "- " went, "+ " came, "  " stayed."""

    story_id: str
    kind: str
    url: str
    section: str | None
    revision: int
    next_revision: int
    changed_at: datetime
    title_before: str
    title_after: str
    diff: str
    run_id: int


class Changed(BaseModel):
    """How many stories changed."""

    stories: int


class Run(BaseModel):
    """A run, with what it asked for and what came of it; `counts`, `stats` and `checks` as in the table."""

    id: int
    mode: str
    edition_date: date | None
    started_at: datetime
    finished_at: datetime | None
    loaded_at: datetime | None
    seconds: float | None = Field(description="How long the crawl took.")
    outcome: str
    reason: str | None
    dag_id: str | None
    dag_run_id: str | None
    batch: str
    requests: int | None
    statuses: dict[str, int] = Field(description="Answers by HTTP status.")
    counts: dict[str, Any]
    stats: dict[str, Any]
    checks: list[dict[str, Any]]

    def stored(self, table: str) -> int | None:
        """Stories of a table that the run inserted or updated."""
        counts = self.counts.get(table)
        return counts["inserted"] + counts["updated"] if counts else None

    @property
    def failed_checks(self) -> list[dict[str, Any]]:
        return [check for check in self.checks if not check["passed"]]


class Story(BaseModel):
    """A story, without its text."""

    kind: str
    story_id: str
    url: str
    title: str
    authors: list[str]
    section: str | None
    day: date | None
    edition_date: date | None
    published_at: datetime | None
    word_count: int
    revision: int
    run_id: int


class WholeStory(Story):
    """A story with its text."""

    excerpt: str | None
    body: str | None
    dateline: str | None
    updated_at: datetime | None
    first_seen_at: datetime
    last_seen_at: datetime
    extracted_by: str
    completeness: str


class FetchedPage(BaseModel):
    """A page that was asked for."""

    id: int
    run_id: int
    url: str
    role: str
    story_id: str | None
    fetched_at: datetime
    status: int | None
    outcome: str
    reason: str | None
    length: int | None


Row = TypeVar("Row", bound=BaseModel)


class Found(BaseModel, Generic[Row]):
    """A page of rows."""

    rows: list[Row]
    page: int
    more: bool = Field(description="Whether there is a next page.")


Id = Annotated[int, Field(ge=1, lt=2**63)]
Text = Annotated[str, Field(max_length=300, pattern=r"^[^\x00]+$")]
"""What Postgres takes as a text."""


class Paging(BaseModel):
    """Which page of the rows that are asked for."""

    page: Annotated[int, Field(ge=1, le=2000)] = 1


class StoryFilter(Paging):
    kind: Literal["article", "editorial"] | None = None
    day: date | None = None
    edition: date | None = None
    section: Text | None = None
    run: Id | None = None


class RunFilter(Paging):
    mode: Literal["edition", "latest"] | None = None
    outcome: Literal["running", "complete", "incomplete", "empty", "refused", "failed"] | None = None
    edition: date | None = None
    dag_run_id: Text | None = None
    id: Id | None = None


class RejectFilter(Paging):
    run: Id | None = None
    reason: Text | None = None
    since: date | None = None
    id: Id | None = None


class ChangeFilter(Paging):
    run: Id | None = None
    story_id: Text | None = None
    since: date | None = None


class PageFilter(Paging):
    run: Id | None = None
    story_id: Text | None = None
    status: Annotated[int, Field(ge=100, le=599)] | None = None
    outcome: Literal["parsed", "unchanged", "gone", "moved", "failed", "refused"] | None = None


class Database:
    """A connection for the length of a request."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def ask(self, question: str, row: type[Row], **parameters: Any) -> list[Row]:
        """The rows that a file of `sql/newsroom` returns. Raises what psycopg2 raises."""
        with self._connection.cursor() as cursor:
            cursor.execute(_text(question), parameters)
            return [row(**found) for found in cursor]

    def page(self, question: str, row: type[Row], wanted: Paging, paper: Newspaper, rows: int = ROWS) -> Found[Row]:
        """One page of the rows that are wanted. A day begins where the newspaper is at home."""
        parameters = wanted.model_dump(exclude={"page"})
        if parameters.get("since"):
            parameters["since"] = datetime.combine(parameters["since"], time.min, paper.zone)
        skip = (wanted.page - 1) * rows
        found = self.ask(question, row, source=paper.name, most=rows + 1, skip=skip, **parameters)
        return Found(rows=found[:rows], page=wanted.page, more=len(found) > rows)


def database() -> Generator[Database]:
    """A connection as `akhbar_monitor`. Raises `NoConnectionError`, or what psycopg2 raises."""
    try:
        uri = Connection.get(CONNECTION).get_uri()
    except AirflowNotFoundException:
        raise NoConnectionError from None
    connection = connect(
        uri.replace("postgres://", "postgresql://", 1),
        connect_timeout=PATIENCE,
        options=OPTIONS,
        application_name="newsroom",
        cursor_factory=RealDictCursor,
    )
    with closing(connection):
        connection.autocommit = True
        yield Database(connection)


@cache
def _text(question: str) -> str:
    return (QUESTIONS / f"{question}.sql").read_text()
