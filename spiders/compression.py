"""Compressed responses: unpacked whole, or refused."""

import zlib

from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.utils._compression import _DecompressionMaxSizeExceeded

GZIP = (b"gzip", b"x-gzip")


class EncodingError(ValueError):
    """A response is not compressed as its `Content-Encoding` says, or is cut short."""


class WholeCompressionMiddleware(HttpCompressionMiddleware):
    """Scrapy's own middleware takes what it can unpack of a response that is cut short for the whole."""

    @staticmethod
    def _decode(body: bytes, encoding: bytes, max_size: int) -> bytes:
        if not body:  # as that of a 304
            return body
        name = encoding.decode()
        try:
            unpacked = HttpCompressionMiddleware._decode(body, encoding, max_size)
        except _DecompressionMaxSizeExceeded:
            raise
        except Exception as error:  # each compression has an exception of its own
            raise EncodingError(f"says it is {name} and is not ({error})") from error
        if encoding in GZIP and not _is_whole_gzip(body, len(unpacked), max_size):
            raise EncodingError(f"is {name}, cut short after {len(body)} bytes")
        return unpacked


def _is_whole_gzip(body: bytes, unpacked: int, max_size: int) -> bool:
    """Whether gzip ends: its last four bytes are the length (RFC 1952, 2.3.1), unless something follows it."""
    if int.from_bytes(body[-4:], "little") == unpacked % 2**32:
        return True
    stream = zlib.decompressobj(wbits=31)
    stream.decompress(body, max_size + 1)
    return stream.eof
