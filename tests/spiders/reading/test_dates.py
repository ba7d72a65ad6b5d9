"""Times on a page: which label goes with which time."""

import pytest
from lxml import etree

from spiders.reading.dates import read_times
from tests.spiders.dawn import SITE
from tests.spiders.markup import element, time

NEW_YEAR, DAY_AFTER = "2016-01-01T06:00:00+05:00", "2016-01-02T06:00:00+05:00"


@pytest.mark.parametrize(
    ("shown", "published_at", "updated_at"),
    [
        ("<span>Jan 1, 2016 06:00am</span>", NEW_YEAR, None),
        ("<span>Published Jan 1, 2016 06:00am</span>", NEW_YEAR, None),
        ("<span>Last updated Jan 1, 2016 06:00am</span>", None, NEW_YEAR),
        ("<span>Updated: Jan 1, 2016 06:00am</span>", None, NEW_YEAR),
        (f"<span><time datetime='{NEW_YEAR}'>New Year</time></span>", NEW_YEAR, None),
        (f"<span title='{NEW_YEAR}'>New Year</span>", NEW_YEAR, None),
        (f"{time('Published', NEW_YEAR)}{time('Updated', DAY_AFTER)}", NEW_YEAR, DAY_AFTER),
        ("<span>about noon on 1st</span>", None, None),
        ("<span>شائع <i>جنوری 1, 2016</i> <i>06:00am</i></span>", NEW_YEAR, None),
        ("<span>شائع: ۱ جنوری ۲۰۱۶ ۰۶:۰۰</span>", NEW_YEAR, None),
        ("<span>اپ ڈیٹ ۱ جنوری ۲۰۱۶ ۰۶:۰۰</span>", None, NEW_YEAR),
        ("<span><i>Published</i> <i>1 Jan, 2016</i> <i>06:00am</i></span>", NEW_YEAR, None),
        ("<span><i>January 1, 2016</i> <i>Updated</i> <i>06:00am</i></span>", NEW_YEAR[:10], None),
        ("<span><i>January 1, 2016</i></span><span><i>1 Jan, 2016 06:00am</i></span>", NEW_YEAR, None),
        ("<span><i>January 1, 2016</i></span><span><i>2 Jan, 2016 06:00am</i></span>", NEW_YEAR[:10], None),
        ("<span>Published about 2 hours ago</span>", None, None),
    ],
)
def test_the_label_of_a_time_says_whether_it_is_of_publication_or_of_an_update(
    shown: str, published_at: str | None, updated_at: str | None
) -> None:
    times = list(element(shown).iterchildren(etree.Element))
    assert read_times(times, SITE) == (published_at, updated_at)


def test_the_first_time_with_a_label_wins() -> None:
    times = [element(time(label, instant)) for instant in (NEW_YEAR, DAY_AFTER) for label in ("Published", "Updated")]
    assert read_times(times, SITE) == (NEW_YEAR, NEW_YEAR)
