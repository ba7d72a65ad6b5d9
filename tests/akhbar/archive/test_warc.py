"""WARC files: readable by warcio alone, and damage is reported by file and offset."""

import gzip
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from akhbar.archive.warc import BrokenRecordError, PageWriter, originals_of, read_page
from akhbar.local.postgres import Server
from akhbar.pipeline import run_all
from tests.akhbar.runs import SMALL, edition
from tests.conftest import fresh_news
from tests.replica import html, replica

GET = ("GET", [("User-Agent", "akhbar")])
HTML = [("Content-Type", "text/html")]
RESPONSE = (b"WARC-Type: response", b"WARC-Target-URI: http://a/1", b"WARC-Payload-Digest: sha1:NONE")
ANSWER = b"HTTP/1.1 200 OK\r\n\r\nas it was"


@dataclass
class Archived:
    """The WARC file of a crawl in which two sections had the same content."""

    file: Path
    pages: list[dict[str, Any]]
    asked: list[str]
    """Host and path of each request that the site received."""


@pytest.fixture(scope="module")
def archived(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Archived:
    news, archive = fresh_news(postgres), tmp_path_factory.mktemp("archive")
    with replica() as site, pytest.MonkeyPatch.context() as patch:
        for section in ("sport", "letters"):
            site.faults[f"/newspaper/{section}/{SMALL}"] = lambda: html("<html><body><h1>Nothing</h1></body></html>")
        patch.setenv("AKHBAR_DAWN_BASE_URL", site.url)
        patch.setenv("AKHBAR_ARCHIVE", str(archive))
        run_all(edition(SMALL), news.writer)
        asked = [site.url.removeprefix("http://") + path for path in site.paths]
    query = "SELECT to_jsonb(p) FROM pages p WHERE warc_offset IS NOT NULL ORDER BY warc_offset"
    pages = [page for (page,) in news.rows(query)]
    return Archived(archive / "dawn" / "first" / "1" / "pages.warc.gz", pages, asked)


def test_warcio_reads_every_page_and_finds_no_error(archived: Archived) -> None:
    warcio = Path(sys.executable).with_name("warcio")
    checked = subprocess.run([warcio, "check", "-v", archived.file], capture_output=True, text=True, check=True)
    assert "digest pass" in checked.stdout
    assert "fail" not in checked.stdout
    with archived.file.open("rb") as file:
        types = [(record.rec_type, record.rec_headers["WARC-Target-URI"]) for record in ArchiveIterator(file)]
    assert types[0] == ("warcinfo", None)
    assert len(archived.pages) > 5
    found = [url for kind, url in types if kind in ("response", "revisit")]
    assert found == [page["url"] for page in archived.pages]


def test_each_response_refers_to_its_request(archived: Archived) -> None:
    with archived.file.open("rb") as file:
        records = [(record.rec_type, record.rec_headers, record.http_headers) for record in ArchiveIterator(file)]
    requests = {headers["WARC-Concurrent-To"]: sent for kind, headers, sent in records if kind == "request"}
    answers = {headers["WARC-Record-ID"] for kind, headers, _ in records if kind in ("response", "revisit")}
    assert requests.keys() == answers
    asked = {sent.get_header("Host") + sent.statusline.split()[0] for sent in requests.values()}
    assert asked <= set(archived.asked)
    assert all("akhbar" in sent.get_header("User-Agent") for sent in requests.values())


def test_the_same_payload_is_stored_once_and_read_back_from_both_pages(archived: Archived) -> None:
    with archived.file.open("rb") as file:
        records = [(record.rec_type, record.rec_headers) for record in ArchiveIterator(file)]
    ((again, original),) = (
        (headers["WARC-Target-URI"], headers["WARC-Refers-To-Target-URI"])
        for kind, headers in records
        if kind == "revisit"
    )
    first = next(headers for kind, headers in records if headers["WARC-Target-URI"] == original and kind == "response")
    assert next(h["WARC-Refers-To-Date"] for kind, h in records if kind == "revisit") == first["WARC-Date"]
    originals = originals_of(archived.pages)
    with archived.file.open("rb") as file:
        bodies = {page["url"]: read_page(file, page["warc_offset"], originals).body for page in archived.pages}
    assert again != original
    assert b"Nothing" in bodies[again]
    assert bodies[again] == bodies[original]


def page_file(folder: Path, *bodies: bytes) -> tuple[Path, list[dict[str, Any]]]:
    """A WARC file of pages with these bodies, and the position of each."""
    file = folder / "pages.warc.gz"
    with file.open("wb") as out:
        writer = PageWriter(out)
        places = [writer.write(f"https://www.dawn.com/news/{n}", 200, HTML, b, GET) for n, b in enumerate(bodies)]
    return file, [{"digest": p.digest, "warc_offset": p.offset, "warc_length": p.length} for p in places]


def records(*pages: tuple[str, int, list[tuple[str, str]], bytes]) -> list[tuple[str, Any, Any, bytes]]:
    """The records of a file of these pages as warcio reads them: type, WARC and HTTP headers, payload."""
    file = BytesIO()
    writer = PageWriter(file)
    for url, status, headers, body in pages:
        writer.write(url, status, headers, body, ("GET", [("User-Agent", "akhbar"), ("If-None-Match", '"1"')]))
    file.seek(0)
    found = ArchiveIterator(file, check_digests=True)
    return [(one.rec_type, one.rec_headers, one.http_headers, one.content_stream().read()) for one in found]


def test_warcio_reads_requests_and_responses_as_they_were_sent() -> None:
    odd = [
        ("Content-Type", "text/html"),
        ("Set-Cookie", "a=1"),
        ("Set-Cookie", "b=2"),
        ("X-Name", "caf\xe9"),
        ("X", ""),
    ]
    url = "https://www.dawn.com/news/1?q=a&x=1"
    info, request, response, _, gone = records((url, 200, odd, b"<p>Words</p>"), ("https://www.dawn.com", 599, [], b""))
    assert info[3] == b"software: akhbar\r\n"
    assert f"{request[2].protocol} {request[2].statusline}" == "GET /news/1?q=a&x=1 HTTP/1.1"
    assert request[2].headers == [("Host", "www.dawn.com"), ("User-Agent", "akhbar"), ("If-None-Match", '"1"')]
    assert response[1]["WARC-Target-URI"] == url
    assert response[2].statusline == "200 OK"
    assert response[2].headers == odd
    assert response[3] == b"<p>Words</p>"
    assert (gone[0], gone[2].get_statuscode(), gone[3]) == ("response", "599", b"")


def test_a_page_with_a_header_outside_latin_1_is_archived() -> None:
    file = BytesIO()
    place = PageWriter(file).write("https://www.dawn.com/1", 200, [("X", "\u0627")], b"<p>", GET)
    assert read_page(file, place.offset, {}).headers == [("X", "?")]


@pytest.mark.parametrize("open_ended", [True, False])
def test_a_page_that_was_ended_by_the_end_of_the_connection_is_marked(open_ended: bool) -> None:
    file = BytesIO()
    writer = PageWriter(file)
    places = [
        writer.write(f"https://www.dawn.com/{n}", 200, HTML, b"<p>Words", GET, open_ended=open_ended) for n in range(2)
    ]
    originals = {places[0].digest: places[0].offset}
    assert [read_page(file, place.offset, originals).open_ended for place in places] == [open_ended] * 2
    file.seek(0)
    marks = [record.rec_headers["WARC-Truncated"] for record in ArchiveIterator(file) if record.rec_type != "warcinfo"]
    assert marks == ([None, "disconnect"] * 2 if open_ended else [None] * 4)


def test_pages_without_a_body_are_not_stored_as_copies() -> None:
    kinds = [kind for kind, *_ in records(*((f"https://www.dawn.com/{n}", 304, [], b"") for n in range(2)))]
    assert kinds == ["warcinfo", "request", "response", "request", "response"]


def test_a_damaged_record_is_reported_by_file_and_offset_and_the_next_one_can_be_read(tmp_path: Path) -> None:
    file, pages = page_file(tmp_path, b"the first page " * 50, b"the second page " * 50)
    data = bytearray(file.read_bytes())
    middle = pages[0]["warc_offset"] + pages[0]["warc_length"] // 2
    data[middle : middle + 8] = b"\0" * 8
    file.write_bytes(data)
    with file.open("rb") as warc:
        with pytest.raises(BrokenRecordError, match=rf"pages\.warc\.gz, offset {pages[0]['warc_offset']}: "):
            read_page(warc, pages[0]["warc_offset"], originals_of(pages))
        assert read_page(warc, pages[1]["warc_offset"], originals_of(pages)).body == b"the second page " * 50


@pytest.mark.parametrize("kept", [0, 10, 200])
def test_a_record_that_is_cut_short_is_reported(tmp_path: Path, kept: int) -> None:
    file, ((page),) = page_file(tmp_path, os.urandom(5000))
    with file.open("r+b") as warc:
        warc.truncate(page["warc_offset"] + kept)
    with file.open("rb") as warc, pytest.raises(BrokenRecordError, match=f"offset {page['warc_offset']}"):
        read_page(warc, page["warc_offset"], originals_of([page]))


def cut_by_a_byte(member: bytes) -> bytes:
    return member[:-1]


def with_a_wrong_checksum(member: bytes) -> bytes:
    return member[:-8] + bytes([member[-8] ^ 1]) + member[-7:]


@pytest.mark.parametrize("damaged", [cut_by_a_byte, with_a_wrong_checksum])
def test_a_revisit_is_verified_although_it_has_no_payload(tmp_path: Path, damaged: Callable[[bytes], bytes]) -> None:
    file, pages = page_file(tmp_path, b"the same page", b"the same page")
    data, revisit = file.read_bytes(), pages[1]["warc_offset"]
    with file.open("rb") as warc:
        assert read_page(warc, revisit, originals_of(pages)).body == b"the same page"
    file.write_bytes(data[:revisit] + damaged(data[revisit:]))
    with (
        file.open("rb") as warc,
        pytest.raises(BrokenRecordError, match=f"offset {revisit}: the record cannot be read"),
    ):
        read_page(warc, revisit, originals_of(pages))


def test_a_payload_that_does_not_match_its_digest_is_reported(tmp_path: Path) -> None:
    file, ((page),) = page_file(tmp_path, b"as it was")
    data = file.read_bytes()
    record = gzip.decompress(data[page["warc_offset"] :]).replace(b"as it was", b"as it is!")
    file.write_bytes(data[: page["warc_offset"]] + gzip.compress(record))
    with file.open("rb") as warc, pytest.raises(BrokenRecordError, match="does not match its digest"):
        read_page(warc, page["warc_offset"], originals_of([page]))


def member(*lines: bytes, body: bytes = b"") -> bytes:
    """A compressed record with these header lines."""
    return gzip.compress(b"\r\n".join([b"WARC/1.1", *lines, b"", body, b"", b""]))


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (b"", "cut short"),
        (member(*RESPONSE, b"Content-Length: 99999", body=ANSWER)[:-9], "cut short"),
        (b"\x00" * 100, "the record cannot be read"),
        (member(*RESPONSE, b"Content-Length: 99999", body=ANSWER), "does not match its digest"),
        (member(*RESPONSE, b"Content-Length: 5", body=ANSWER), "the record cannot be read|does not match its digest"),
        (member(*RESPONSE, b"Content-Length: -1", body=ANSWER), "the record cannot be read|does not match its digest"),
        (member(*RESPONSE, b"Content-Length: 9" + b"9" * 5000, body=ANSWER), "the record cannot be read"),
        (member(*RESPONSE, body=member(*RESPONSE, body=ANSWER)), "the record cannot be read|does not match its digest"),
        (member(b"WARC-Type: revisit", *RESPONSE[1:], b"Content-Length: 28", body=ANSWER), "is not in this file"),
        (member(b"X: " + b"a" * 30_000_000), "more than 20971520 bytes when decompressed"),
        (member(*RESPONSE, b"Content-Length: 30000000", body=ANSWER + b"a" * 30_000_000), "more than 20971520 bytes"),
    ],
)
def test_a_damaged_record_is_reported_and_never_used_as_a_page(tmp_path: Path, file: bytes, says: str) -> None:
    warc = tmp_path / "pages.warc.gz"
    warc.write_bytes(file)
    with warc.open("rb") as opened, pytest.raises(BrokenRecordError, match=says) as failure:
        read_page(opened, 0, {})
    assert f"{warc}, offset 0" in str(failure.value)
