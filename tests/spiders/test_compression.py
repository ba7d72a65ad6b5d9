"""A compressed response is unpacked whole, or refused in clear words."""

import gzip
import random
import zlib

import pytest
from scrapy.utils._compression import brotli, zstd  # type: ignore[attr-defined]

from spiders.compression import EncodingError, WholeCompressionMiddleware

BODY = b"<html><body>The canal was reopened on Thursday.</body></html>" * 50
LIMIT = 1_000_000
LONG = bytes(random.Random(7).choices(b"abcdefgh <>", k=300_000))  # noqa: S311 - no secret; longer than a chunk


def raw_deflate(body: bytes) -> bytes:
    """Deflate without zlib's header and checksum, as some servers send it."""
    stream = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return stream.compress(body) + stream.flush()


COMPRESS = {"deflate": zlib.compress, "br": brotli.compress, "zstd": zstd.compress}


def unpacked(body: bytes, encoding: bytes = b"gzip") -> bytes:
    return WholeCompressionMiddleware._decode(body, encoding, LIMIT)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        (b"gzip", gzip.compress(BODY, mtime=0)),
        (b"x-gzip", gzip.compress(BODY, mtime=0)),
        (b"deflate", raw_deflate(BODY)),
        *((encoding.encode(), compress(BODY)) for encoding, compress in COMPRESS.items()),
    ],
    ids=["gzip", "x-gzip", "raw deflate", *COMPRESS],
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


@pytest.mark.parametrize("part", [0.3, 0.6, 0.95])
@pytest.mark.parametrize("encoding", COMPRESS)
def test_a_body_that_is_cut_short_is_refused_in_every_compression(encoding: str, part: float) -> None:
    body = COMPRESS[encoding](LONG)
    with pytest.raises(EncodingError, match=f"{encoding}, cut short"):
        unpacked(body[: int(part * len(body))], encoding.encode())


def test_zstd_may_consist_of_several_frames() -> None:
    assert unpacked(zstd.compress(BODY) + zstd.compress(BODY), b"zstd") == BODY * 2


def test_an_empty_body_is_left_alone() -> None:
    assert unpacked(b"") == b""
