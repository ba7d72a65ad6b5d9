"""`akhbar newspapers` and `akhbar newspapers draft` as they are typed, from a replica to a crawl."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from typer.testing import CliRunner, Result

from akhbar import cli, newspapers
from akhbar.newspaper import Newspaper
from akhbar.settings import ROOT
from spiders.reading.page import read_page
from tests.akhbar.drafts.sites import SmallSite, small_newspaper
from tests.replica import html, plain, served, site_of
from tests.second_newspaper import checkout


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty package of declarations, which the registry reads."""
    package = tmp_path / f"drafted_{tmp_path.name}"
    package.mkdir()
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(newspapers, "FOLDER", package)
    monkeypatch.setattr(newspapers, "PACKAGE", package.name)
    newspapers._loaded.cache_clear()
    yield package
    newspapers._loaded.cache_clear()


def draft(*arguments: str, **given: Any) -> Result:
    return CliRunner().invoke(cli.app, ["newspapers", "draft", *arguments], **given)


def drafted(folder: Path, name: str) -> Newspaper:
    newspapers._loaded.cache_clear()
    assert (folder / f"{name}.py").exists()
    return newspapers.newspaper(name)


@pytest.mark.parametrize(
    ("replica", "arguments", "name", "expected"),
    [
        (
            "guardian",
            ["--timezone", "Europe/London"],
            "theguardian",
            (
                "The Guardian",
                "https://www.theguardian.com",
                "Europe/London",
                ("/uk-news/rss",),
                ("/sitemaps/news.xml",),
            ),
        ),
        (
            "pakistantoday",
            [],
            "pakistantoday",
            ("Pakistan Today", "https://www.pakistantoday.com.pk", "Asia/Karachi", ("/feed/",), ("/wp-sitemap.xml",)),
        ),
        (
            "dawn",
            ["--timezone", "Asia/Karachi", "--name", "dawntoo"],
            "dawntoo",
            ("DAWN.COM", "https://www.dawn.com", "Asia/Karachi", (), ("/feeds/sitemap",)),
        ),
    ],
)
def test_a_draft_of_a_replica_is_a_valid_declaration_that_reads_its_stories(
    folder: Path, replica: str, arguments: list[str], name: str, expected: tuple[Any, ...]
) -> None:
    with served(site_of(replica)) as site:
        done = draft(site.url, *arguments)
        assert done.exit_code == 0, done.output
        stories = site.paths[-3:]
        pages = [site.answer(path) for path in stories]
    paper = drafted(folder, name)
    assert (paper.publisher, paper.home_page, paper.timezone, paper.feeds, paper.sitemaps) == expected
    assert paper.language == "en"
    assert f"wrote {folder / name}.py: check it, then run akhbar doctor {name}" in done.output
    assert f"export AKHBAR_{name.upper()}_BASE_URL={site.url}" in done.output
    for path, page in zip(stories, pages, strict=True):
        assert paper.story_id(path), path
        address = paper.home_page + path
        article = read_page(page.body, None, address, paper, lambda _: None, datetime.now(UTC)).article
        assert article.title
        assert article.paragraphs


def test_the_worked_example_of_the_guide_finds_the_missing_fields(folder: Path) -> None:
    guide = (ROOT / "docs" / "adding-a-newspaper.md").read_text()
    completed = re.findall(r"^    (\w+)=(\(.*\)),$", guide.split("### Try it")[0], re.MULTILINE)
    [url] = re.findall(r"^akhbar page courier (.*)$", guide, re.MULTILINE)
    with served(site_of("pakistantoday")) as site:
        done = draft(site.url, "--name", "courier")
        page = site.answer(urlsplit(url).path)
    assert done.exit_code == 0, done.output
    file = folder / "courier.py"
    text = file.read_text()
    for name, value in completed:
        text, times = re.subn(rf"# {name}=.*,", f"{name}={value},", text)
        assert times == 1, f"the draft suggests no {name}"
    file.write_text(text)
    paper = drafted(folder, "courier")
    article = read_page(page.body, None, url, paper, lambda _: None, datetime.now(UTC)).article
    assert (article.authors, article.section) == (["Ayesha Tareen"], "National")
    assert (article.published_at, article.tags) == ("2024-05-14T22:10:05+05:00", ["canals", "irrigation"])


def test_scrapy_crawls_a_drafted_newspaper(folder: Path, tmp_path: Path) -> None:
    with served(site_of("guardian")) as site:
        assert draft(site.url, "--timezone", "Europe/London", "--name", "courier").exit_code == 0
        project = checkout(tmp_path / "checkout", courier=(folder / "courier.py").read_text())
        arguments = ("-a", "mode=latest", "-a", "most=3", "-a", f"base_url={site.url}", "-O", "stories.jsonl")
        crawled = subprocess.run(
            [sys.executable, "-P", "-m", "scrapy", "crawl", "courier", *arguments],
            cwd=project,
            env={**os.environ, "PYTHONPATH": str(project)},
            capture_output=True,
            text=True,
            check=False,
        )
    stories = [json.loads(line) for line in (project / "stories.jsonl").read_text().splitlines()]
    read = [story for story in stories if story["body"]]
    assert len(read) == 3, crawled.stderr[-2000:]
    assert {story["source"] for story in read} == {"courier"}
    assert all(story["title"] and story["published_at"] and story["story_id"].isdecimal() for story in read)


def test_without_a_time_zone_the_error_asks_for_it(folder: Path) -> None:
    with served(site_of("dawn")) as site:
        done = draft(site.url)
    assert done.exit_code == 1
    assert "the time zone of www.dawn.com cannot be told from its pages and host: give --timezone ZONE" in done.output
    assert "Asia/Karachi" in done.output
    assert list(folder.glob("[a-z]*.py")) == []


def test_on_a_terminal_the_time_zone_is_prompted_for(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["Atlantis", "Asia/Karachi"])
    monkeypatch.setattr("typer.prompt", lambda *_, **__: next(answers))
    monkeypatch.setattr(cli, "sys", SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True)))
    with served(site_of("dawn")) as site:
        assert draft(site.url).exit_code == 0
    assert drafted(folder, "dawn").timezone == "Asia/Karachi"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"/robots.txt": plain("User-agent: *\nDisallow: /")}, "forbidden by"),
        ({"/": html("<title>Just a moment...</title>", 403)}, "blocked by the site"),
        ({"/": html("<p>A shop</p>")}, "no page names the newspaper's own host"),
    ],
)
def test_a_site_that_cannot_be_read_leaves_no_file(folder: Path, change: dict[str, Any], why: str) -> None:
    with served(SmallSite(small_newspaper() | change)) as site:
        done = draft(site.url, "--timezone", "UTC")
    assert done.exit_code == 1
    assert done.output.startswith(f"akhbar: {site.url}")
    assert why in done.output
    assert len(done.output.splitlines()) == 1
    assert list(folder.glob("[a-z]*.py")) == []


def test_a_file_that_exists_is_found_before_anything_is_requested(folder: Path) -> None:
    (folder / "courier.py").write_text("")
    with served(SmallSite(small_newspaper())) as site:
        done = draft(site.url, "--name", "courier")
    assert (done.exit_code, site.paths) == (1, [])
    assert "courier.py already exists" in done.output
    with served(SmallSite(small_newspaper())) as site:
        copy = draft(site.url)
    assert (copy.exit_code, "courier.py already exists" in copy.output) == (1, True), "it needs no time zone to say so"
    live = draft("https://www.courier.example/")
    assert live.exit_code == 1
    assert "courier.py already exists" in live.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["courier"], "is not the URL of a site: it must begin with https://"),
        (["https://"], "is not the URL of a site"),
        (["https://["], "is not the URL of a site"),
        (["https://me:hush@www.courier.example"], "the URL contains a user or password"),
        (["https://www.courier.example", "--timezone", "Atlantis"], "'Atlantis' is not an IANA time zone"),
        (["https://www.courier.example", "--name", "../x"], "'../x' is not a newspaper's name"),
        (["https://24.example", "--name", "24"], "'24' is not a newspaper's name"),
    ],
)
def test_wrong_arguments_are_refused(arguments: list[str], says: str) -> None:
    done = draft(*arguments)
    assert done.exit_code == 2
    assert says in " ".join(done.output.replace("│", " ").split())
    assert "hush" not in done.output


def test_newspapers_lists_them_and_the_invalid_ones(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "herald.py").write_text("NEWSPAPER = 1")
    monkeypatch.setenv("AKHBAR_NEWSPAPERS", "")
    listed = CliRunner().invoke(cli.app, ["newspapers"])
    assert listed.exit_code == 0
    assert "publisher" in listed.output
    assert listed.output.count("the declaration of herald is invalid") == 1


def test_newspapers_lists_them_even_if_the_database_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AKHBAR_DATABASE_URL", "postgresql://akhbar_writer:hush@127.0.0.1:1/news")
    listed = CliRunner().invoke(cli.app, ["newspapers"])
    assert listed.exit_code == 0
    assert "akhbar: the last runs could not be read" in listed.output
    assert "guardian" in listed.output
    assert "hush" not in listed.output
