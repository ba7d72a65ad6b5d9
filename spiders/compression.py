"""Decompresses responses, and rejects truncated ones."""

import zlib

from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.utils._compression import _DecompressionMaxSizeExceeded

GZIP = (b"gzip", b"x-gzip")


class EncodingError(ValueError):
    """A response does not match its `Content-Encoding`, or is cut short."""


class WholeCompressionMiddleware(HttpCompressionMiddleware):
    """Rejects a response that is cut short. Scrapy's own middleware returns the part that it could decompress."""

    @staticmethod
    def _decode(body: bytes, encoding: bytes, max_size: int) -> bytes:
        if not body:  # for example of a 304
            return body
        name = encoding.decode()
        try:
            unpacked = HttpCompressionMiddleware._decode(body, encoding, max_size)
        except _DecompressionMaxSizeExceeded:
            raise
        except Exception as error:  # each compression has its own exception
            raise EncodingError(f"declared as {name}, but is not ({error})") from error
        if encoding in GZIP and not _is_whole_gzip(body, len(unpacked), max_size):
            raise EncodingError(f"{name}, cut short after {len(body)} bytes")
        return unpacked


def _is_whole_gzip(body: bytes, unpacked: int, max_size: int) -> bool:
    """Whether gzip data is complete: its last four bytes are the length (RFC 1952, 2.3.1), unless data follows it."""
    if int.from_bytes(body[-4:], "little") == unpacked % 2**32:
        return True
    stream = zlib.decompressobj(wbits=31)
    stream.decompress(body, max_size + 1)
    return stream.eof
