"""The geometry of the charts."""

from tests.plugins.newsroom.test_status import editions


def test_the_scale_is_round_and_fits_the_highest_bar(airflow: None) -> None:
    from newsroom.charts import HEIGHT, bars
    from newsroom.queries import Day

    days = [Day(day=edition.edition_date, articles=3, editorials=n) for n, edition in enumerate(editions(*range(150)))]
    drawn = bars(days, editions(*range(150)), dict.fromkeys([day.day for day in days], "complete"))
    assert [stories for stories, _ in drawn.lines] == [0, 100, 200]
    assert all(bar.editorials_y >= 0 and bar.articles_y + bar.articles_height == HEIGHT for bar in drawn.bars)
    assert drawn.bars[-1].x + drawn.bars[-1].width <= 100


def test_a_week_of_the_calendar_is_a_column_that_starts_on_monday(airflow: None) -> None:
    from newsroom.charts import CELL, calendar

    days = editions(*[5] * 9, 10)
    drawn = calendar(days, dict.fromkeys([day.edition_date for day in days], "complete"))
    assert [(cell.x // CELL, cell.y // CELL) for cell in drawn.cells] == [
        (cell_week, day.edition_date.weekday()) for day, cell_week in zip(days, [0] + [1] * 7 + [2] * 2, strict=True)
    ]
    assert [cell.level for cell in drawn.cells] == [2] * 9 + [4]
