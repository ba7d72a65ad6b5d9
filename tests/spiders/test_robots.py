"""robots.txt is obeyed in every form that RFC 9309 names; a site whose rules cannot be fetched is closed."""

import gzip
import os
from datetime import date

import pytest

from akhbar.pipeline import run_all
from akhbar.run import Run
from akhbar.steps.check import ChecksFailedError
from akhbar.steps.scrape import CrawlFailedError
from spiders.robots import robots_text
from tests.conftest import News
from tests.replica import Answer, Replica

RULES = "User-agent: *\nDisallow: /news/\n"


@pytest.mark.parametrize(
    "body",
    [
        RULES.encode(),
        b"\xef\xbb\xbf" + RULES.encode(),
        RULES.encode("utf-16"),
        RULES.encode("utf-16-le"),
        RULES.encode("utf-16-be"),
        gzip.compress(RULES.encode(), mtime=0),
    ],
    ids=["utf-8", "with a mark", "utf-16", "little endian", "big endian", "gzip"],
)
def test_the_rules_are_read_in_every_encoding(body: bytes) -> None:
    assert robots_text(body, "text/plain") == RULES


def plain(body: bytes) -> Answer:
    return Answer(200, body, {"Content-Type": "text/plain"})


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    "body",
    [RULES.encode(), RULES.encode("utf-16"), gzip.compress(RULES.encode(), mtime=0)],
    ids=["utf-8", "utf-16", "gzip"],
)
def test_rules_behind_a_redirect_are_obeyed(news: News, site: Replica, body: bytes) -> None:
    site.faults["/robots.txt"] = lambda: Answer(301, b"", {"Location": "/static/robots.txt"})
    site.faults["/static/robots.txt"] = lambda: plain(body)
    with pytest.raises((ChecksFailedError, CrawlFailedError)):
        run_all(Run("dawn", "edition", date(2026, 6, 19), "first"), os.environ["AKHBAR_DATABASE_URL"])
    assert not [path for path in site.paths if path.startswith("/news/")]


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("location", ["/robots.txt", "ftp://example.org/robots.txt"], ids=["a loop", "another scheme"])
def test_a_redirect_that_cannot_be_followed_closes_the_site(site: Replica, location: str) -> None:
    site.faults["/robots.txt"] = lambda: Answer(302, b"", {"Location": location})
    with pytest.raises(CrawlFailedError, match=r"robots\.txt"):
        run_all(Run("dawn", "edition", date(2026, 6, 19), "first"), os.environ["AKHBAR_DATABASE_URL"])
    assert set(site.paths) == {"/robots.txt"}
