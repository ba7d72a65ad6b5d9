"""`akhbar read`: the stories of saved and live pages, without a database."""

import gzip
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from akhbar import newspapers
from akhbar.newspapers import UnknownNewspaperError
from akhbar.read import SHOWN, card, newspaper_at, read_pages
from tests.akhbar.command import akhbar
from tests.replica import PAGES, Answer, Replica
from tests.second_newspaper import GAZETTE
from tests.spiders.markup import ld_json, meta, unknown_layout

DAWN = PAGES / "news" / "2009001.html"


@pytest.fixture
def ferries(tmp_path: Path) -> Path:
    """A page of a newspaper that is not declared."""
    head = ld_json(headline="Ferries return", author="Sana Mirza", datePublished="2026-06-19 08:05")
    head += meta("og:url", "https://www.gazette.example/ferries")
    file = tmp_path / "ferries.html"
    file.write_text(unknown_layout("Back on the lake").replace("<head>", f"<head>{head}"))
    return file


def fields(file: Path, **given: Any) -> dict[str, Any]:
    [page] = read_pages([str(file)], **given)
    assert page.fields is not None, page.problem
    return page.fields


def test_a_page_of_any_newspaper_is_read_by_the_general_reader(ferries: Path) -> None:
    found = fields(ferries)
    assert found["file"] == str(ferries)
    assert (found["newspaper"], found["url"]) == (None, "https://www.gazette.example/ferries")
    assert (found["title"], found["authors"]) == ("Ferries return", ["Sana Mirza"])
    assert found["published_at"] == "2026-06-19T08:05:00", "the page shows no time zone"
    assert found["body"].count("\n\n") == 2
    assert found["found_in"]["title"] == "JSON-LD headline"
    assert found["found_in"]["body"] == "trafilatura"


def test_a_date_without_a_time_of_day_is_given_as_a_date(ferries: Path) -> None:
    ferries.write_text(ferries.read_text().replace("2026-06-19 08:05", "2026-06-19"))
    found = fields(ferries)
    assert (found["published_at"], found["published_date"]) == ("2026-06-19", "2026-06-19")


def test_a_date_on_a_page_of_a_declared_newspaper_is_given_as_a_date() -> None:
    found = fields(PAGES / "news/1234504.html", url="https://www.dawn.com/news/1234504")
    assert (found["published_at"], found["published_date"]) == ("2016-01-22", "2016-01-22")


def test_a_page_of_a_declared_newspaper_is_recognised_by_its_address() -> None:
    found = fields(DAWN)
    assert (found["newspaper"], found["title"]) == ("dawn", "Monsoon to arrive early, says weather office")
    shown = {name for name in SHOWN if found[name]} - {"kind"}
    assert found["found_in"] == {**dict.fromkeys(shown, "newskit"), "language": "declaration"}


def test_each_field_of_a_newspaper_with_declared_selectors_has_a_source(
    ferries: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    courier = replace(GAZETTE, name="courier", platform=None, body=("main > p",))
    monkeypatch.setattr(newspapers, "_loaded", lambda: (courier,))
    found = fields(ferries)
    assert found["found_in"] == {
        "title": "JSON-LD headline",
        "authors": "JSON-LD author",
        "published_at": "JSON-LD datePublished",
        "edition_date": "general reader",
        "language": "declaration",
        "body": "declared selector",
    }


def test_the_newspaper_and_the_address_can_be_given(ferries: Path) -> None:
    assert fields(ferries, source="dawn")["newspaper"] == "dawn"
    assert fields(ferries, url="https://dawn.com/news/7")["newspaper"] == "dawn"
    with pytest.raises(UnknownNewspaperError):
        list(read_pages([str(ferries)], source="gazette"))


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://www.dawn.com/news/7", "dawn"),
        ("http://dawn.com", "dawn"),
        ("https://ww2.dawn.com:443/news/7", "dawn"),
        ("https://images.dawn.com/news/7", None),
        ("https://www.dawn.com.example/", None),
        ("https://[", None),
        ("", None),
    ],
)
def test_a_newspaper_is_known_by_its_host(address: str, name: str | None) -> None:
    paper = newspaper_at(address)
    assert (paper.name if paper else None) == name


def test_a_gzipped_page_is_read(ferries: Path) -> None:
    packed = ferries.with_suffix(".html.gz")
    packed.write_bytes(gzip.compress(ferries.read_bytes()))
    assert {**fields(packed), "file": ""} == {**fields(ferries), "file": ""}


def test_an_unreadable_page_is_one_line_and_the_others_are_still_printed(ferries: Path, tmp_path: Path) -> None:
    empty, cut, bomb = (tmp_path / name for name in ("empty.html", "cut.html.gz", "missing.html"))
    empty.write_text("")
    cut.write_bytes(gzip.compress(ferries.read_bytes())[:-20])
    done = akhbar("read", "--json", str(empty), str(cut), str(bomb), str(ferries))
    assert done.returncode == 1
    assert [json.loads(line)["title"] for line in done.stdout.splitlines()] == ["Ferries return"]
    assert [line.partition(" could not be read: ")[2] for line in done.stderr.splitlines()] == [
        "it is not an HTML page",
        "Compressed file ended before the end-of-stream marker was reached",
        "No such file or directory",
    ]


def test_a_card_shows_the_fields_and_where_they_were_found(ferries: Path) -> None:
    done = akhbar("read", str(ferries))
    assert done.returncode == 0, done.stderr
    for shown in (
        "Ferries return",
        "JSON-LD headline",
        "Sana Mirza",
        "JSON-LD author",
        "trafilatura",
        "THATTA: The fir",
    ):
        assert shown in done.stdout


def test_a_card_contains_no_control_characters_of_the_page(ferries: Path) -> None:
    shown = io.StringIO()
    Console(file=shown, width=100).print(card({**fields(ferries), "title": "Red \x1b[31m[bold]ferries"}))
    assert "Red \N{REPLACEMENT CHARACTER}[31m[bold]ferries" in shown.getvalue()


def test_a_card_isolates_text_from_right_to_left_and_keeps_its_border(ferries: Path) -> None:
    shown = io.StringIO()
    urdu = {"title": "کشتیاں واپس", "authors": ["ثنا مرزا"], "body": "ٹھٹہ: پہلی کشتی روانہ ہوگئی۔"}
    Console(file=shown, width=100).print(card({**fields(ferries), **urdu}))
    lines = shown.getvalue().splitlines()
    for text in ("کشتیاں واپس", "ثنا مرزا", "ٹھٹہ: پہلی کشتی روانہ ہوگئی۔"):
        [line] = [line for line in lines if text in line]
        assert f"\u2067{text}\u2069" in line
    assert {cell_len(line) for line in lines} == {100}


def test_pages_are_read_from_their_urls(site: Replica) -> None:
    live = f"{site.url}/news/2009001"
    done = akhbar("read", "--json", live, f"{site.url}/news/1", str(DAWN), "--newspaper", "dawn")
    assert done.returncode == 1
    assert done.stderr == f"akhbar: {site.url}/news/1 could not be read: {site.url[7:]} answered 404\n"
    fetched, saved = map(json.loads, done.stdout.splitlines())
    assert (fetched["file"], fetched["url"]) == (live, live)
    assert {**fetched, "file": "", "url": ""} == {**saved, "file": "", "url": ""}
    assert site.paths == ["/robots.txt", "/news/2009001", "/news/1"]


def test_a_fetched_page_has_the_given_address(site: Replica) -> None:
    [page] = read_pages([f"{site.url}/news/2009001"], url="https://www.dawn.com/news/2009001")
    assert page.fields is not None
    assert (page.fields["newspaper"], page.fields["url"]) == ("dawn", "https://www.dawn.com/news/2009001")


def test_a_fetched_page_is_read_in_the_encoding_of_its_header(site: Replica, ferries: Path) -> None:
    encoded = ferries.read_text().replace("Ferries return", "Převozy se vracejí").encode("iso-8859-2")
    site.faults["/ferries"] = lambda: Answer(200, encoded, {"Content-Type": "text/html; charset=ISO-8859-2"})
    [page] = read_pages([f"{site.url}/ferries"])
    assert page.fields is not None
    assert page.fields["title"] == "Převozy se vracejí"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["https://www.gazette.example/ferries"], "AKHBAR_CONTACT is not set: set it to a contact address"),
        (["https://"], "'https://' is not the URL of a story"),
        (["https://me:hush@www.gazette.example/"], "the URL contains a user or password"),
        (["a.html", "b.html", "--url", "https://www.gazette.example/"], "--url is the address of one page"),
        (["a.html", "--url", "ferries"], "is not the URL of a story"),
        (["a.html", "--newspaper", "gazette"], "no newspaper is called 'gazette'"),
        ([], "Missing argument 'FILE_OR_URL...'"),
    ],
)
def test_wrong_arguments_are_one_line(arguments: list[str], says: str) -> None:
    done = akhbar("read", *arguments)
    assert done.returncode == 2
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1
