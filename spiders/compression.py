"""Decompresses responses, and rejects truncated ones."""

import zlib

from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.utils._compression import _DecompressionMaxSizeExceeded, brotli, zstd  # type: ignore[attr-defined]


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
        except Exception as error:  # each compression has an exception of its own
            raise EncodingError(f"declared as {name}, but is not ({error})") from error
        if not _is_whole(body, name, len(unpacked)):
            raise EncodingError(f"{name}, cut short after {len(body)} bytes")
        return unpacked


def _is_whole(body: bytes, encoding: str, unpacked: int) -> bool:
    """Whether a body that was unpacked to so many bytes has the end of its stream."""
    if encoding == "br":
        stream = brotli.Decompressor()
        stream.process(body)
        return bool(stream.is_finished())
    if encoding == "zstd":
        return _is_whole_zstd(body)
    if encoding == "deflate":
        return _inflates(body, zlib.MAX_WBITS) or _inflates(body, -zlib.MAX_WBITS)
    # gzip ends with the length, RFC 1952, 2.3.1; something may follow it
    return int.from_bytes(body[-4:], "little") == unpacked % 2**32 or _inflates(body, 16 + zlib.MAX_WBITS)


def _inflates(body: bytes, wbits: int) -> bool:
    stream = zlib.decompressobj(wbits)
    try:
        stream.decompress(body)
    except zlib.error:
        return False
    return stream.eof


def _is_whole_zstd(body: bytes) -> bool:
    """Whether the last frame ends; a body may have several (RFC 8878, 3)."""
    while body:
        stream = zstd.ZstdDecompressor()
        stream.decompress(body)
        if not stream.eof:
            return False
        body = stream.unused_data
    return True
