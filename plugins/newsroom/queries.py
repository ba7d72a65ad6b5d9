"""The Newsroom's queries, run as the role `akhbar_monitor`: read-only, with a short timeout.

Each query is a file in `sql/newsroom`. Each kind of row is a model here, used by both the pages and the JSON API.
"""

from collections.abc import Generator
from contextlib import closing
from datetime import date, datetime, time
from functools import cache
from typing import Annotated, Any, Generic, Literal, TypeVar

from airflow.sdk.exceptions import AirflowNotFoundException
from psycopg2.extras import RealDictCursor
from pydantic import BaseModel, Field

from akhbar.airflow.connections import connection_url
from akhbar.database.connection import connect
from akhbar.newspaper import Newspaper
from akhbar.settings import ROOT
from akhbar.story import LONGEST_ID

QUERIES = ROOT / "sql" / "newsroom"
CONNECTION = "news_monitor"
OPTIONS = "-c statement_timeout=5s -c default_transaction_read_only=on -c search_path=news,public"
CONNECT_TIMEOUT = 3
"""Seconds."""

ROWS = 50
"""Rows per page."""


Moment = datetime | str
Date = date | str
"""A timestamp or date; as text if Python cannot represent it, such as "infinity" or "0044-03-15 BC"."""


class NoConnectionError(Exception):
    """Airflow has no connection `news_monitor`."""


class Freshness(BaseModel):
    """How fresh a newspaper is."""

    newest_story_at: Moment | None
    newest_story_date: Date | None = Field(description="If only the day of the newest story is known.")
    first_edition: Date | None
    newest_edition: Date | None
    latest_run: int | None
    latest_at: Moment | None
    latest_outcome: str | None
    edition_run: int | None
    edition_at: Moment | None
    edition_outcome: str | None
    edition_date: Date | None = Field(description="The newest edition of any run.")


class Day(BaseModel):
    """Stories per kind on one day."""

    day: date
    articles: int
    editorials: int


class Edition(BaseModel):
    """A day's edition, and the outcome of its last run."""

    edition_date: date
    articles: int
    editorials: int
    run_id: int | None
    outcome: str | None
    reason: str | None
    coverage: float | None = Field(description="Share of the listed stories that are stored, from 0 to 1.")

    @property
    def stories(self) -> int:
        return self.articles + self.editorials


class Section(BaseModel):
    """A section of an edition: stories listed, stories stored, and the average stored in the previous 14 editions."""

    section: str
    discovered: int
    stored: int
    usual: float | None


class FailedCheck(BaseModel):
    """A check that failed or warned: its last occurrence, and the number of runs."""

    name: str
    severity: str
    seen: str
    wanted: str
    message: str
    mode: str
    edition_date: Date | None
    run_id: int
    started_at: Moment
    runs: int


class RejectReason(BaseModel):
    """A reason for rejecting stories: the number of distinct stories, and of rejects."""

    reason: str
    stories: int
    rejects: int
    last_at: Moment


class Reject(BaseModel):
    """A rejected story, as scraped."""

    id: int
    run_id: int
    started_at: Moment
    story_id: str | None
    url: str | None
    reasons: list[str]
    story: dict[str, Any]


class Change(BaseModel):
    """A change by the publisher. `diff` has one line per paragraph: "- " removed, "+ " added, "  " unchanged."""

    story_id: str
    kind: str
    url: str
    section: str | None
    revision: int
    next_revision: int
    changed_at: Moment
    title_before: str
    title_after: str
    diff: str
    run_id: int


class ChangeCount(BaseModel):
    """The number of stories that changed."""

    stories: int


class Run(BaseModel):
    """A run; `counts`, `stats` and `checks` are as in the table `runs`."""

    id: int
    mode: str
    edition_date: Date | None
    started_at: Moment
    finished_at: Moment | None
    loaded_at: Moment | None
    seconds: float | None = Field(description="Duration of the crawl.")
    outcome: str
    reason: str | None
    dag_id: str | None
    dag_run_id: str | None
    batch: str
    requests: int | None
    statuses: dict[str, int] = Field(description="Responses by HTTP status.")
    counts: dict[str, Any]
    stats: dict[str, Any]
    checks: list[dict[str, Any]]

    def stored(self, table: str) -> int | None:
        """The number of stories the run inserted or updated in a table; None if it was not loaded."""
        counts = self.counts.get(table)
        return counts["inserted"] + counts["updated"] if counts else None

    @property
    def failed_checks(self) -> list[dict[str, Any]]:
        return [check for check in self.checks if not check["passed"]]


class Story(BaseModel):
    """A story without its text."""

    kind: str
    story_id: str
    url: str
    title: str
    language: str
    authors: list[str]
    section: str | None
    day: Date | None
    edition_date: Date | None
    published_at: Moment | None
    published_date: Date | None = Field(description="If only the day of publication is known.")
    word_count: int
    revision: int
    run_id: int


class FullStory(Story):
    """A story with its text."""

    excerpt: str | None
    body: str | None
    dateline: str | None
    updated_at: Moment | None
    first_seen_at: Moment
    last_seen_at: Moment
    extracted_by: str
    completeness: str


class FetchedPage(BaseModel):
    """A requested page and its outcome."""

    id: int
    run_id: int
    url: str
    role: str
    story_id: str | None
    fetched_at: Moment
    status: int | None
    outcome: str
    reason: str | None
    length: int | None


Row = TypeVar("Row", bound=BaseModel)


class ResultPage(BaseModel, Generic[Row]):
    """One page of rows."""

    rows: list[Row]
    page: int
    more: bool = Field(description="Whether there is a next page.")


Id = Annotated[int, Field(ge=1, lt=2**63)]
Text = Annotated[str, Field(max_length=300, pattern=r"^[^\x00]+$")]
"""Text that Postgres accepts."""
StoryId = Annotated[str, Field(max_length=LONGEST_ID, pattern=r"^[^\x00]+$")]


class Paging(BaseModel):
    """Which page of the matching rows, starting with 1."""

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
    story_id: StoryId | None = None
    since: date | None = None


class PageFilter(Paging):
    run: Id | None = None
    story_id: StoryId | None = None
    status: Annotated[int, Field(ge=100, le=599)] | None = None
    outcome: Literal["parsed", "unchanged", "gone", "moved", "failed", "refused"] | None = None


class Database:
    """A connection for the duration of one request."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def fetch(self, query: str, row: type[Row], **parameters: Any) -> list[Row]:
        """The rows of a query in `sql/newsroom`, by its file's stem. Raises `psycopg2.Error`."""
        with self._connection.cursor() as cursor:
            cursor.execute(_statement(query), parameters)
            return [row(**values) for values in cursor]

    def editions(self, paper: Newspaper, first: date, last: date) -> list[Edition]:
        """The edition of each day, oldest first."""
        printed = paper.edition is not None
        return self.fetch("editions", Edition, source=paper.name, first=first, last=last, printed=printed)

    def fetch_page(
        self, query: str, row: type[Row], filters: Paging, paper: Newspaper, rows: int = ROWS
    ) -> ResultPage[Row]:
        """One page of the rows that match the filters. `since` is a day in the newspaper's time zone."""
        parameters = filters.model_dump(exclude={"page"})
        if parameters.get("since"):
            parameters["since"] = datetime.combine(parameters["since"], time.min, paper.zone)
        skip = (filters.page - 1) * rows
        parameters["printed"] = paper.edition is not None
        found = self.fetch(query, row, source=paper.name, most=rows + 1, skip=skip, **parameters)
        return ResultPage(rows=found[:rows], page=filters.page, more=len(found) > rows)


def database() -> Generator[Database]:
    """A connection as `akhbar_monitor`. Raises `NoConnectionError` or `psycopg2.Error`."""
    try:
        url = connection_url(CONNECTION)
    except AirflowNotFoundException:
        raise NoConnectionError from None
    connection = connect(
        url,
        connect_timeout=CONNECT_TIMEOUT,
        options=OPTIONS,
        application_name="newsroom",
        cursor_factory=RealDictCursor,
    )
    with closing(connection):
        connection.autocommit = True
        yield Database(connection)


@cache
def _statement(query: str) -> str:
    return (QUERIES / f"{query}.sql").read_text()
