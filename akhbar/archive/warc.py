"""Writes and reads the WARC file of a part of a batch (ISO 28500, WARC 1.1), one gzip member per record.

Each page has a `request` record and a `response` record, linked by `WARC-Concurrent-To`. If the file already contains
the payload, a `revisit` record is written instead. Bodies are stored decoded, as Scrapy returns them. A file never
refers to another file, so a batch can be read, moved and removed on its own.

Records are assembled here because fastwarc 2.0 uses more CPU per page: 60 to 75 % more at its fastest gzip level, which
makes files a quarter larger, and 2.5 times as much for files of the same size. That is 4 % and 9 % of a whole crawl.
Members are decompressed here because fastwarc returns a truncated member as a shorter record, without an error.
"""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http.client import responses
from io import BytesIO
from typing import Any, BinaryIO
from urllib.parse import urlsplit
from uuid import uuid4

from isal import igzip, isal_zlib
from warcio.archiveiterator import ArchiveIterator

Headers = list[tuple[str, str]]

GZIP_LEVEL = 2
"""ISA-L's level 2 compresses as well as zlib's level 3 in a fifth of the time. Level 9, which warcio's writer uses,
takes a fifth of a crawl's CPU time to make files a tenth smaller."""

CONTENT = {
    "warcinfo": "application/warc-fields",
    "request": "application/http; msgtype=request",
    "response": "application/http; msgtype=response",
    "revisit": "application/http; msgtype=response",
}
SAME_PAYLOAD = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
DISCONNECT = "disconnect"
"""The reason of `WARC-Truncated`: WARC 1.1, section 5.13."""

LARGEST = 20 * 1024 * 1024
"""Size limit of a decompressed record in bytes. A page has at most half of that (DOWNLOAD_MAXSIZE), and its headers are
short."""


class BrokenRecordError(Exception):
    """A record is cut short, overwritten or missing."""


@dataclass(frozen=True)
class Place:
    """A page's record: its position in the file, in bytes, when it was written, and the digest of its payload."""

    offset: int
    length: int
    digest: str
    at: datetime


@dataclass(frozen=True)
class ArchivedPage:
    """An archived response."""

    url: str
    status: int
    headers: Headers
    body: bytes
    open_ended: bool = False
    """Whether only the closed connection marked the end of the response, so that it may be incomplete."""


class PageWriter:
    """Writes pages to a new WARC file."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._originals: dict[str, tuple[str, str]] = {}
        facts = {"WARC-Filename": "pages.warc.gz", "WARC-Date": _warc_date(datetime.now(UTC))}
        self._append("warcinfo", _record_id(), facts, b"software: akhbar\r\n")

    def write(
        self,
        url: str,
        status: int,
        headers: Headers,
        body: bytes,
        request: tuple[str, Headers],
        *,
        open_ended: bool = False,
    ) -> Place:
        """Writes a page, preceded by its request (method and headers)."""
        at = datetime.now(UTC)
        digest = digest_of(body)
        facts = {"WARC-Target-URI": url, "WARC-Date": _warc_date(at)}
        identifier = _record_id()
        asked = {**facts, "WARC-Concurrent-To": identifier}
        self._append("request", _record_id(), asked, _request_head(url, *request))
        start = self._file.tell()
        answered = {**facts, "WARC-Payload-Digest": digest}
        if open_ended:
            answered["WARC-Truncated"] = DISCONNECT
        head = _head(f"HTTP/1.1 {status} {responses.get(status, '')}".rstrip(), headers)
        original = self._originals.get(digest)
        if original and body:
            answered["WARC-Refers-To-Target-URI"], answered["WARC-Refers-To-Date"] = original
            self._append("revisit", identifier, {**answered, "WARC-Profile": SAME_PAYLOAD}, head)
        else:
            self._originals[digest] = url, facts["WARC-Date"]
            self._append("response", identifier, answered, head, body)
        self._file.flush()
        return Place(start, self._file.tell() - start, digest, at)

    def _append(self, kind: str, identifier: str, facts: dict[str, str], head: bytes, body: bytes = b"") -> None:
        named = {"WARC-Type": kind, "WARC-Record-ID": identifier, **facts, "Content-Type": CONTENT[kind]}
        named["Content-Length"] = str(len(head) + len(body))
        record = b"".join((_head("WARC/1.1", named.items()), head, body, b"\r\n\r\n"))
        self._file.write(igzip.compress(record, GZIP_LEVEL, mtime=0))


def _head(first: str, headers: Iterable[tuple[str, str]]) -> bytes:
    """The first line and headers of a record or message, followed by an empty line."""
    lines = "\r\n".join((first, *map(": ".join, headers), "", ""))
    return lines.encode("latin-1", "replace")  # the encoding they were read with; any other character becomes "?"


def _request_head(url: str, method: str, headers: Headers) -> bytes:
    parts = urlsplit(url)
    path = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    return _head(f"{method} {path} HTTP/1.1", [("Host", parts.netloc), *headers])


def _record_id() -> str:
    return f"<urn:uuid:{uuid4()}>"


def digest_of(body: bytes) -> str:
    """The payload digest in the form used in WARC files: SHA-1 in base 32. It only serves to identify copies."""
    return "sha1:" + base64.b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()


def originals_of(pages: list[dict[str, Any]]) -> dict[str, int]:
    """The position of the first payload with each digest in a file, from the lines of its `pages.jsonl`."""
    first: dict[str, int] = {}
    for page in pages:
        if page["digest"] and page["warc_offset"] is not None:
            first.setdefault(page["digest"], page["warc_offset"])
    return first


def read_page(file: BinaryIO, offset: int, originals: Mapping[str, int]) -> ArchivedPage:
    """The page whose record begins at an offset of a WARC file. A revisit record has the payload of its original.

    Raises `BrokenRecordError`, with the file and the offset, if there is no such record, if it is cut short, or if its
    payload does not match its digest.
    """
    page, kind, digest = _read_record(file, offset)
    if kind == "revisit":
        if digest not in originals:
            raise BrokenRecordError(f"{_name(file)}, offset {offset}: its payload, {digest}, is not in this file")
        original, kind, _ = _read_record(file, originals[digest])
        page = replace(page, body=original.body)
    if kind != "response":
        raise BrokenRecordError(f"{_name(file)}, offset {offset}: expected a page, found a record of type {kind}")
    if digest_of(page.body) != digest:
        raise BrokenRecordError(f"{_name(file)}, offset {offset}: the payload does not match its digest, {digest}")
    return page


def _read_record(file: BinaryIO, offset: int) -> tuple[ArchivedPage, str, str]:
    """A record's page, type and digest, not verified."""
    try:
        record = next(iter(ArchiveIterator(BytesIO(_member(file, offset)))))
        head = record.http_headers
        url, digest = (record.rec_headers.get_header(name) for name in ("WARC-Target-URI", "WARC-Payload-Digest"))
        status = int(head.get_statuscode())
        cut = record.rec_headers.get_header("WARC-Truncated") == DISCONNECT
        page = ArchivedPage(url, status, head.headers, record.content_stream().read(), cut)
        return page, record.rec_type, digest or ""
    except Exception as error:  # each layer of the reader raises its own errors for damaged data
        said = str(error) or type(error).__name__
        raise BrokenRecordError(f"{_name(file)}, offset {offset}: the record cannot be read ({said})") from error


def _member(file: BinaryIO, offset: int) -> bytes:
    """Decompresses one gzip member to its end and verifies its checksum.

    warcio is not used for this, because it reads header lines of any length into memory: a damaged member of 10 MB can
    decompress to 10 GB.
    """
    file.seek(offset)
    member = isal_zlib.decompressobj(wbits=16 + isal_zlib.MAX_WBITS)
    unpacked = b""
    while not member.eof:
        packed = file.read(1 << 16)
        if not packed:
            raise EOFError("cut short")
        unpacked += member.decompress(packed, LARGEST + 1 - len(unpacked))
        if len(unpacked) > LARGEST:
            raise ValueError(f"more than {LARGEST} bytes when decompressed, larger than any page")
    return unpacked


def _name(file: BinaryIO) -> str:
    return str(getattr(file, "full_name", None) or getattr(file, "name", "the file"))


def _warc_date(at: datetime) -> str:
    """https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/#warc-date-mandatory"""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
