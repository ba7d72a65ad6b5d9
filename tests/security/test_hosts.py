"""A crawl sends requests only to the newspaper's own host, whatever its pages, headers, feeds and tables contain."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from akhbar.archive.batch import Batch
from akhbar.settings import ROOT
from akhbar.steps.load import load_batch
from akhbar.steps.scrape import crawl
from spiders.xml import XML
from tests.akhbar.batches import FIRST_RUN, batch, story
from tests.conftest import News
from tests.replica import Answer, Replica, html, replica
from tests.spiders.dawn import SITE

FRONT_PAGE, LAHORE = "/newspaper/front-page/2016-01-22", "/newspaper/lahore/2016-01-22"

ELSEWHERE = [
    "http://{trap}/news/1234501",
    "//{trap}/news/1234501",
    "http://www.dawn.com@{trap}/news/1234501",
    "http://www.dawn.com:80@{trap}/news/1234501",
    "http://{trap}\\@www.dawn.com/news/1234501",
    "http://www.dawn.com\\@{trap}/news/1234501",
    "http://www.dawn.com%2F@{trap}/news/1234501",
    "http://www.dawn.com.{trap}/news/1234501",
    "http://www.d\u0430wn.com/news/1234501",
    "http://xn--dwn-5cd.com/news/1234501",
    "http://www.dawn.com\u3002evil.example/news/1234501",
    "http://[::1]/news/1234501",
    "http://[::ffff:127.0.0.1]/news/1234501",
    "http://2130706433/news/1234501",
    "http://0x7f.1/news/1234501",
    "http://127.1/news/1234501",
    "http://169.254.169.254/news/1234501",
    "https:{trap}/news/1234501",
    "///{trap}/news/1234501",
    "/\\{trap}/news/1234501",
    "http://[/news/1234501",
    "file:///news/1234501",
    "javascript:/news/1234501",
    "ftp://www.dawn.com/news/1234501",
]


@pytest.fixture
def trap() -> Iterator[Replica]:
    """Another site on this machine, which must not receive any request."""
    with replica() as served:
        yield served
        assert served.requests == []


@pytest.mark.parametrize("link", ELSEWHERE)
def test_a_link_to_another_site_is_not_a_story(link: str) -> None:
    assert SITE.story_id(link.format(trap="evil.example")) is None


@pytest.mark.parametrize(
    "number", ["../../etc/passwd", "..%2f..%2fetc", "1234501/../../x", "\u0661\u0662\u0663", "1" * 13, "-1"]
)
def test_a_story_id_is_a_few_digits(number: str) -> None:
    assert SITE.story_id(f"https://www.dawn.com/news/{number}") is None


def test_a_crawl_follows_neither_links_nor_redirects_off_the_site(
    site: Replica, trap: Replica, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AKHBAR_DAWN_BASE_URL", site.url)
    there = trap.url.removeprefix("http://")
    links = [link.format(trap=there) for link in ELSEWHERE]
    cards = "".join(
        f'<article class="story"><h2 class="story__title"><a href="{link}">A</a></h2></article>' for link in links
    )
    own = '<article class="story"><h2 class="story__title"><a href="/news/{}">B</a></h2></article>'
    cards += "".join(own.format(9_000_000 + at) for at in range(len(links)))
    site.faults[FRONT_PAGE] = lambda: html(f"<html><body><div>{cards}</div></body></html>")
    for at, link in enumerate(links):
        location = link.encode("utf-8").decode("latin-1")
        site.faults[f"/news/{9_000_000 + at}"] = lambda to=location: Answer(302, b"", {"Location": to})  # type: ignore[misc]
    site.faults[LAHORE] = lambda: Answer(301, b"", {"Location": f"//{there}{LAHORE}"})
    made = Batch(tmp_path / "dawn" / "one")
    manifest = {"source": "dawn", "mode": "edition", "edition": "2016-01-22", "started_at": FIRST_RUN.isoformat()}
    arguments = {"edition": "2016-01-22", "sections": "front-page,lahore"}
    crawl(made, manifest, arguments, None, recheck=True)
    outcomes = {page["url"].removeprefix(site.url): page["outcome"] for page in made.lines("pages.jsonl")}
    assert {outcomes[f"/news/{9_000_000 + at}"] for at in range(len(links))} == {"moved", "failed"}
    assert outcomes[LAHORE] == "moved"


def test_a_url_in_the_database_cannot_lead_a_crawl_off_the_site(
    here: Path, site: Replica, trap: Replica, news: News, tmp_path: Path
) -> None:
    """`http://the.site` + `:x@evil/news/1` is a URL at evil: writing to the tables must not be enough to choose it."""
    load_batch(batch(tmp_path, "one", [story(1)]), news.writer)
    there = trap.url.removeprefix("http://")
    news.rows(
        "UPDATE articles SET published_at = now() - interval '3 hours', last_seen_at = first_seen_at, url = %s",
        f"x::y@{there}/news/1",
    )
    command = [sys.executable, "-m", "akhbar.cli", "run", "dawn", "--latest"]
    subprocess.run(command, cwd=ROOT, check=False, capture_output=True)
    assert "/news/1" in site.paths, "the story was due, and was requested at its own site"


def test_the_doctor_does_not_follow_robots_txt_off_the_site(here: Path, site: Replica, trap: Replica) -> None:
    site.faults["/robots.txt"] = lambda: Answer(302, b"", {"Location": f"{trap.url}/robots.txt"})
    command = [sys.executable, "-m", "akhbar.cli", "--quiet", "doctor"]
    said = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True).stdout
    assert "it redirects to another site" in " ".join(said.split())


# --- XML ------------------------------------------------------------------------------------------------------------

LAUGHS = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 30))


@pytest.mark.parametrize(
    "dtd",
    [
        '<!DOCTYPE rss [<!ENTITY e0 "ha">' + LAUGHS + "]>",
        '<!DOCTYPE rss [<!ENTITY e29 SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE rss [<!ENTITY e29 SYSTEM "{trap}/secret">]>',
        '<!DOCTYPE rss SYSTEM "{trap}/rss.dtd">',
        '<!DOCTYPE rss [<!ENTITY % remote SYSTEM "{trap}/remote.dtd"> %remote;]>',
        '<!DOCTYPE rss [<!ENTITY e29 "' + "x" * 100_000 + '">]>',
    ],
)
def test_entities_in_a_feed_are_neither_expanded_nor_fetched(trap: Replica, dtd: str) -> None:
    """A small result also shows that it took little time: each level of entities is ten times the previous one."""
    feed = (
        dtd.replace("{trap}", trap.url)
        + "<rss><channel><item><title>"
        + "&e29;" * 1000
        + "</title></item></channel></rss>"
    )
    root = etree.fromstring(feed.encode(), XML)
    title = root.findtext(".//title") or ""
    assert "root:" not in title
    assert len(title) < 10_000
