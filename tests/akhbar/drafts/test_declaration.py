"""The draft of a declaration: a valid module, whatever the site's pages say, and what in it is uncertain."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from akhbar.drafts.declaration import Draft, write
from akhbar.drafts.survey import DraftError, SourceSeen, Survey, survey
from akhbar.newspaper import Newspaper
from tests.akhbar.drafts.sites import SmallSite, path, sitemap, small_newspaper
from tests.replica import plain, served

FIELDS = ("title", "authors", "published_at", "published_date", "section", "tags", "language", "listed_at")
STORY: dict[str, Any] = {
    **dict.fromkeys(FIELDS),
    "title": "Ferries return",
    "authors": ["Sana Mirza"],
    "published_at": "2026-11-27T08:00:00+05:00",
    "section": "Lake",
    "tags": ["ferries"],
}
FOUND = Survey(
    site="https://www.courier.com.pk",
    home_page="https://www.courier.com.pk",
    publisher="The Courier",
    language="en",
    sources=[SourceSeen("feed", "/feed", 10, "10 stories"), SourceSeen("sitemap", "/old.xml", 0, "answered 404")],
    story_url=None,
    paths=["/lake/ferries-return-to-the-lake"],
    recognised=["/lake/ferries-return-to-the-lake"],
    stories=[STORY] * 3,
    editorials={},
    problems=[],
)


def draft(**changed: Any) -> Draft:
    return Draft(replace(FOUND, **changed), "courier", "Asia/Karachi")


def declared(text: str) -> Newspaper:
    module: dict[str, Any] = {}
    exec(text, module)  # noqa: S102 - a draft is a module
    paper = module["NEWSPAPER"]
    assert isinstance(paper, Newspaper)
    return paper


def test_a_draft_declares_what_was_found() -> None:
    paper = declared(draft(story_url="/news/(?P<id>[0-9]{5,12})/?", paths=["/news/12345"]).text())
    assert paper == Newspaper(
        name="courier",
        publisher="The Courier",
        home_page="https://www.courier.com.pk",
        timezone="Asia/Karachi",
        language="en",
        feeds=("/feed",),
        story_url="/news/(?P<id>[0-9]{5,12})/?",
    )


def test_sources_are_declared_with_what_they_list_and_those_without_stories_are_comments() -> None:
    sources = [SourceSeen("feed", "/a", 10, "10 stories"), SourceSeen("feed", "/b", 0, "answered 404")]
    text = draft(sources=sources).text()
    assert 'feeds=(\n        # 10 stories\n        "/a",\n        # answered 404\n        # "/b",\n    ),' in text


def test_suggestions_are_comments() -> None:
    text = draft(editorials={"/leaders": "EDITORIAL"}, stories=[{**STORY, "authors": [], "tags": []}]).text()
    assert '    # editorial_listings=("/leaders",),\n' in text
    assert '    # byline=(".CLASS a",),\n' in text
    assert "the tags: not found on 1 of 1 stories" in text
    paper = declared(text)
    assert (paper.editorial_listings, paper.byline, paper.tags) == ((), (), ())


HOSTILE = [
    '"""\nimport os\n"""',
    "\\",
    'a"',
    "x\x1b[31m\u2028\u2029y",
    "ends with \\",
    "\ud800",
    "'''{name}",
    "#\r\nimport os",
]


@pytest.mark.parametrize("said", HOSTILE)
def test_nothing_that_a_page_says_becomes_code(said: str) -> None:
    sources = [SourceSeen("feed", f"/{said}", 3, said), SourceSeen("sitemap", f"/{said}", 0, said)]
    found = draft(publisher=said, sources=sources, editorials={f"/{said}": said}, problems=[said])
    text = found.text()
    assert [line for line in text.splitlines() if line.startswith("import")] == []
    assert "\x1b" not in text
    text.encode()
    paper = declared(text)
    assert len(paper.feeds) == 1
    assert replace(paper, publisher="x", feeds=()) == Newspaper(
        "courier", "x", "https://www.courier.com.pk", "Asia/Karachi", "en"
    )


def test_a_file_that_exists_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "courier.py").write_text("mine")
    with pytest.raises(DraftError, match=r"courier\.py already exists: remove it, or give the draft another --name"):
        write(draft(), tmp_path)
    assert (tmp_path / "courier.py").read_text() == "mine"


def test_a_declaration_that_would_be_invalid_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(DraftError, match="home_page is"):
        write(draft(home_page="https://www.courier.com.pk/news"), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_draft_passes_the_linter(tmp_path: Path) -> None:
    write(draft(editorials={"/leaders": "EDITORIAL"}, stories=[{**STORY, "tags": []}]), tmp_path)
    ruff = [sys.executable, "-m", "ruff"]
    for command in (
        ["check", "--isolated", "--line-length=120", "--select=E,F,I,W"],
        ["format", "--isolated", "--line-length=120", "--check"],
    ):
        done = subprocess.run(
            [*ruff, *command, "--no-cache", str(tmp_path)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"publisher": None}, "publisher: no page names it; the draft has the host"),
        ({"language": None}, "language: no page names it; the draft has en"),
        (
            {"sources": []},
            "sources: no feed or sitemap lists stories, so the home page is read; add the listings of sections",
        ),
        ({}, "sitemap /old.xml: answered 404"),
        ({}, "story_url: the stories' URLs have no numbers in common, so their paths are their ids"),
        (
            {"story_url": "/(?P<id>[0-9]{5})", "paths": ["/12345", "/about-us-and-our-values"]},
            "story_url: 1 of 2 listed stories match it",
        ),
        ({}, "editorials: the home page links to no listing of editorials"),
        ({"editorials": {"/leaders": "Editorial"}}, "editorials: perhaps /leaders"),
        (
            {"stories": [{**STORY, "authors": []}, STORY]},
            "authors: not found on 1 of 2 stories; find a selector for byline",
        ),
        (
            {"stories": [{**STORY, "listed_at": "2026-11-20T08:00:00+05:00"}]},
            "published_at: not found, or not that of the feed or sitemap, on 1 of 1 stories; find a selector for date",
        ),
        (
            {"stories": [{**STORY, "published_at": "2026-11-27T08:00:00+00:00"}]},
            "timezone: the pages show none but UTC, so it is that of the host's country",
        ),
        ({"home_page": "https://www.dawn.com"}, "dawn is already declared for www.dawn.com"),
        ({"problems": ["/a: answered 404"]}, "not read: /a: answered 404"),
    ],
)
def test_what_is_uncertain_is_named(changed: dict[str, Any], line: str) -> None:
    assert line in draft(**changed).uncertain()


def test_what_was_found_is_not_uncertain() -> None:
    sources = [SourceSeen("feed", "/feed", 10, "10 stories")]
    paths = [f"/news/{number}" for number in range(10_000, 10_030)]
    found = draft(
        sources=sources, story_url="/news/(?P<id>[0-9]{5})", paths=paths, editorials={"/leaders": "Editorial"}
    )
    assert found.uncertain() == ["editorials: perhaps /leaders"]


def test_a_small_site_gets_a_declaration_that_finds_its_stories() -> None:
    pages = small_newspaper() | {"/robots.txt": plain("Sitemap: /sitemap.xml"), "/sitemap.xml": sitemap(*range(1, 7))}
    with served(SmallSite(pages)) as site:
        paper = declared(Draft(survey(site.url), "courier", "Asia/Karachi").text())
    assert paper.story_url == "/lake/[^/]+-(?P<id>[0-9]{5,12})/?"
    assert [paper.story_id(path(number)) for number in (1, 6)] == ["40001", "40006"]
    assert paper.sitemaps == ("/sitemap.xml",)
