"""The geometry of the charts, which the templates draw as SVG with attributes only, without inline styles.

Horizontal positions are percentages of the width, so that charts fit phones and desktops; heights are in pixels.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from newsroom.queries import Day, Edition
from newsroom.status import State

HEIGHT = 170
"""Height of the plot area, in pixels."""
CELL = 21
"""Size of a calendar cell including the gap after it, in pixels."""


@dataclass(frozen=True)
class Bar:
    """One day: its articles, with its editorials stacked on top."""

    day: date
    articles: int
    editorials: int
    state: State
    outcome: str | None
    """Outcome of the last run of its edition."""
    x: float
    width: float
    articles_y: float
    articles_height: float
    editorials_y: float
    editorials_height: float


@dataclass(frozen=True)
class Bars:
    """The bars, and the grid lines behind them as (stories, y)."""

    bars: list[Bar]
    lines: list[tuple[int, float]]


def bars(days: list[Day], editions: list[Edition], state: dict[date, State]) -> Bars:
    """One bar per day. `editions` and `state` are for the same days."""
    top = _round_up(max((day.articles + day.editorials for day in days), default=0))
    slot = 100 / len(days)

    def height(stories: int) -> float:
        return round(stories / top * HEIGHT, 1)

    drawn = []
    for number, (day, edition) in enumerate(zip(days, editions, strict=True)):
        articles, editorials = height(day.articles), height(day.editorials)
        drawn.append(
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
    return Bars(drawn, [(top * n // 2, HEIGHT - HEIGHT * n / 2) for n in range(3)])


def _round_up(stories: int) -> int:
    """The top of the scale: an even, round number."""
    top = 2
    while top < stories:
        for step in (2, 4, 10):
            if top * step // 2 >= stories:
                return top * step // 2
        top *= 10
    return top


@dataclass(frozen=True)
class Cell:
    """One day in the calendar. A column is a week, the first row is Monday."""

    edition: Edition
    state: State
    level: int
    """Number of stories relative to the largest edition, from 0 to 4."""
    x: int
    y: int


@dataclass(frozen=True)
class Calendar:
    cells: list[Cell]
    months: list[tuple[str, int]]
    """Each month's short name, and the x coordinate at which it starts."""
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
