"""A compressed response is unpacked whole, or refused in clear words."""

import gzip
import zlib

import pytest

from spiders.compression import EncodingError, WholeCompressionMiddleware

BODY = b"<html><body>The canal was reopened on Thursday.</body></html>" * 50
LIMIT = 1_000_000


def unpacked(body: bytes, encoding: bytes = b"gzip") -> bytes:
    return WholeCompressionMiddleware._decode(body, encoding, LIMIT)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        (b"gzip", gzip.compress(BODY, mtime=0)),
        (b"x-gzip", gzip.compress(BODY, mtime=0)),
        (b"deflate", zlib.compress(BODY)),
    ],
    ids=["gzip", "x-gzip", "deflate"],
)
def test_a_whole_body_is_unpacked(encoding: bytes, body: bytes) -> None:
    assert unpacked(body, encoding) == BODY


def test_bytes_after_the_end_of_gzip_do_no_harm() -> None:
    assert unpacked(gzip.compress(BODY) + b"\r\n").startswith(BODY)


@pytest.mark.parametrize("body", [BODY, b"\x1f\x8b not gzip"])
def test_a_body_that_is_not_compressed_is_refused_with_what_its_header_says(body: bytes) -> None:
    with pytest.raises(EncodingError, match="declared as gzip, but is not"):
        unpacked(body)


@pytest.mark.parametrize("missing", [1, 8, 20])
def test_a_body_that_is_cut_short_is_refused(missing: int) -> None:
    with pytest.raises(EncodingError, match="gzip"):
        unpacked(gzip.compress(BODY)[:-missing])


def test_an_empty_body_is_left_alone() -> None:
    assert unpacked(b"") == b""
