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
from tests.akhbar.drafts.sites import HOME, SmallSite, front, small_newspaper, story
from tests.replica import Answer, html, plain, served, site_of, xml
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


GUIDE = (ROOT / "docs" / "adding-a-newspaper.md").read_text()


def completed(folder: Path, fields: dict[str, str]) -> Newspaper:
    """The newspaper of the drafted declaration, with these suggestions filled in."""
    file = folder / "courier.py"
    text = file.read_text()
    for name, value in fields.items():
        text, times = re.subn(rf"# {name}=.*,", f"{name}={value},", text)
        assert times == 1, f"the draft suggests no {name}"
    module: dict[str, Any] = {}
    exec(text, module)  # noqa: S102 - a draft is a module
    paper = module["NEWSPAPER"]
    assert isinstance(paper, Newspaper)
    return paper


def test_the_worked_example_of_the_guide_finds_the_missing_fields_and_needs_each_line(folder: Path) -> None:
    lines = dict(re.findall(r"^    (\w+)=(\(.*\)),$", GUIDE.split("### Try it")[0], re.MULTILINE))
    [url] = re.findall(r"^akhbar page courier (.*)$", GUIDE, re.MULTILINE)
    with served(site_of("pakistantoday")) as site:
        assert draft(site.url, "--name", "courier").exit_code == 0
        page = site.answer(urlsplit(url).path)

    def found(fields: dict[str, str]) -> dict[str, Any]:
        article = read_page(page.body, None, url, completed(folder, fields), lambda _: None, datetime.now(UTC)).article
        return {
            "byline": article.authors,
            "date": article.published_at,
            "section": article.section,
            "tags": article.tags,
        }

    expected = {
        "byline": ["Khalida Noor"],
        "date": "2026-11-23T09:00:00+05:00",
        "section": "National",
        "tags": ["roads"],
    }
    assert found(lines) == expected
    for name, value in expected.items():
        assert found({field: line for field, line in lines.items() if field != name})[name] != value


def test_the_draft_names_another_declaration_of_the_same_site(folder: Path) -> None:
    original = ROOT / "spiders" / "newspapers" / "pakistantoday.py"
    (folder / "pakistantoday.py").write_text(original.read_text())
    with served(site_of("pakistantoday")) as site:
        done = draft(site.url, "--name", "courier")
    assert "- pakistantoday is already declared for www.pakistantoday.com.pk" in done.output
    assert "courier is already declared" not in done.output


def short_paths() -> dict[str, Answer]:
    """A newspaper whose stories have short paths without dates: `/read/ferries-h4801.html`."""
    read = {number: f"/read/ferries-h{4800 + number}.html" for number in range(1, 7)}
    items = "".join(f"<item><link>{HOME}{path}</link><title>Ferries</title></item>" for path in read.values())
    head = '<link rel="alternate" type="application/rss+xml" href="/rss.xml">'
    paths = ("/lake", *read.values())
    links = "".join(f"<a href='{path}'>Ferries</a>" for path in paths)
    entries = "".join(f"<url><loc>{HOME}{path}</loc></url>" for path in paths)
    return {
        "/robots.txt": plain(f"Sitemap: {HOME}/sitemap.xml"),
        "/": front(links, head),
        "/rss.xml": xml(f"<rss><channel>{items}</channel></rss>"),
        "/sitemap.xml": xml(f"<urlset>{entries}</urlset>"),
        **{path: story(number) for number, path in read.items()},
    }


def test_the_items_of_a_feed_are_stories_whatever_their_paths(folder: Path) -> None:
    with served(SmallSite(short_paths())) as site:
        done = draft(site.url, "--timezone", "UTC")
    assert done.exit_code == 0, done.output
    paper = drafted(folder, "courier")
    assert paper.story_url == r"/read/[^/]+-[a-z](?P<id>[0-9]{3,12})\.html"
    assert (paper.feeds, paper.sitemaps) == (("/rss.xml",), ("/sitemap.xml",))
    assert paper.story_id("/read/ferries-h4801.html") == "4801"


def test_stories_that_are_not_recognised_can_be_declared(folder: Path) -> None:
    pages = short_paths() | {"/rss.xml": html("", 404)}
    with served(SmallSite(pages)) as site:
        refused = draft(site.url, "--timezone", "UTC")
        done = draft(site.url, "--timezone", "UTC", "--story-url", r"/read/[^/]+\.html")
    said = " ".join(refused.output.split())
    assert refused.exit_code == 1
    assert "sitemap /sitemap.xml: 7 links, none of which looks like a story's, such as /read/ferries-h4801.html" in said
    assert "give --story-url" in said
    assert done.exit_code == 0, done.output
    paper = drafted(folder, "courier")
    assert (paper.story_url, paper.story_id("/lake")) == (r"/read/[^/]+\.html", None)
    assert (paper.feeds, paper.sitemaps) == ((), ("/sitemap.xml",))


def test_a_home_page_that_alone_lists_stories_is_drafted_as_a_listing(folder: Path) -> None:
    with served(SmallSite(small_newspaper())) as site:
        assert draft(site.url, "--timezone", "UTC").exit_code == 0
    assert drafted(folder, "courier").listings == {"/": None}


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
        (["courier"], "'courier' is not the URL of a site, such as https://www.example.com"),
        (["127.0.0.1:9100"], "is not the URL of a site, such as https://www.example.com: write http://127.0.0.1:9100"),
        (["http://127.0.0.1:abc"], "is not the URL of a site"),
        (["https://www.courier.example:99999"], "is not the URL of a site"),
        (["https://"], "is not the URL of a site"),
        (["https://["], "is not the URL of a site"),
        (["https://me:hush@www.courier.example"], "the URL contains a user or password"),
        (["https://www.courier.example", "--timezone", "Atlantis"], "'Atlantis' is not an IANA time zone"),
        (["https://www.courier.example", "--name", "../x"], "'../x' is not a newspaper's name"),
        (["https://24.example", "--name", "24"], "'24' is not a newspaper's name"),
        (["https://www.courier.example", "--story-url", "/("], "'/(' is not a regular expression"),
        (["https://www.courier.example", "--story-url", "read"], "'read' must begin with /"),
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
