"""Where the parts of the charts stand. The templates draw them as SVG: attributes only, so that no style is inline.

Bars stand at percentages of the width, and are as readable on a phone as on a desk; heights are in pixels.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from newsroom.questions import Day, Edition
from newsroom.verdict import State

HEIGHT = 170
"""Of the bars' area, in pixels."""
CELL = 21
"""Of the calendar: a cell and the gap after it, in pixels."""


@dataclass(frozen=True)
class Bar:
    """A day: its articles, and its editorials on top of them."""

    day: date
    articles: int
    editorials: int
    state: State
    outcome: str | None
    """How the last run that read its edition ended."""
    x: float
    width: float
    articles_y: float
    articles_height: float
    editorials_y: float
    editorials_height: float


@dataclass(frozen=True)
class Bars:
    """The bars, and the lines behind them: (stories, y)."""

    bars: list[Bar]
    lines: list[tuple[int, float]]


def bars(days: list[Day], editions: list[Edition], state: dict[date, State]) -> Bars:
    """The bars of some days, with the editions of the same days and their states."""
    top = _round_up(max((day.articles + day.editorials for day in days), default=0))
    slot = 100 / len(days)

    def height(stories: int) -> float:
        return round(stories / top * HEIGHT, 1)

    made = []
    for number, (day, edition) in enumerate(zip(days, editions, strict=True)):
        articles, editorials = height(day.articles), height(day.editorials)
        made.append(
            Bar(
                day=day.day,
                articles=day.articles,
                editorials=day.editorials,
                state=state[day.day],
                outcome=edition.outcome,
                x=round((number + 0.12) * slot, 3),
                width=round(0.76 * slot, 3),
                articles_y=HEIGHT - articles,
                articles_height=articles,
                editorials_y=round(HEIGHT - articles - editorials, 1),
                editorials_height=editorials,
            )
        )
    return Bars(made, [(top * n // 2, HEIGHT - HEIGHT * n / 2) for n in range(3)])


def _round_up(stories: int) -> int:
    """The top of a scale: even, and round."""
    top = 2
    while top < stories:
        for step in (2, 4, 10):
            if top * step // 2 >= stories:
                return top * step // 2
        top *= 10
    return top


@dataclass(frozen=True)
class Cell:
    """A day of the calendar: a week is a column, Monday is the first row."""

    edition: Edition
    state: State
    level: int
    """How full the edition is beside the fullest, from 0 to 4."""
    x: int
    y: int


@dataclass(frozen=True)
class Calendar:
    cells: list[Cell]
    months: list[tuple[str, int]]
    """The first letters of each month, and where it begins."""
    width: int
    height: int = 7 * CELL


def calendar(editions: list[Edition], state: dict[date, State]) -> Calendar:
    first = editions[0].edition_date
    monday = first - timedelta(days=first.weekday())
    most = max(edition.stories for edition in editions) or 1

    def column(day: date) -> int:
        return (day - monday).days // 7 * CELL

    cells = [
        Cell(
            edition=edition,
            state=state[edition.edition_date],
            level=-(-4 * edition.stories // most),
            x=column(edition.edition_date),
            y=edition.edition_date.weekday() * CELL,
        )
        for edition in editions
    ]
    months = [(f"{day:%b}", column(day)) for day in _firsts(editions)]
    return Calendar(cells, months, width=cells[-1].x + CELL)


def _firsts(editions: Iterable[Edition]) -> Iterator[date]:
    return (edition.edition_date for edition in editions if edition.edition_date.day == 1)
