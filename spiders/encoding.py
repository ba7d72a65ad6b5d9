"""Detects the encoding of pages, feeds and sitemaps, by the same rules for all."""

import codecs
import re

from w3lib.encoding import html_to_unicode, read_bom

UTF_16 = ((re.compile(rb"\s*<\x00"), "utf-16-le"), (re.compile(rb"\s*\x00<"), "utf-16-be"))
"""How a document in UTF-16 without a byte order mark begins."""


def decode(document: bytes, content_type: str | None) -> str:
    """The text of a document that was served with this `Content-Type`. Never fails.

    A byte order mark takes precedence. Otherwise, bytes that are valid UTF-8, apart from a few broken ones, are read as
    UTF-8, whatever the header says: servers declare a wrong encoding far more often than other text happens to be valid
    UTF-8. Otherwise the HTML standard's rules apply
    (https://html.spec.whatwg.org/#determining-the-character-encoding), including the XML declaration.
    """
    encoding, bom = read_bom(document)
    if encoding and bom:
        return document[len(bom) :].decode(encoding, "replace")
    if b"\x00" in document[:1000]:
        found = next((name for start, name in UTF_16 if start.match(document)), None)
        if found:
            return document.decode(found, "replace")
    else:
        try:
            return document.decode("utf-8")
        except UnicodeDecodeError:
            if _is_mostly_utf_8(document):
                return document.decode("utf-8", WINDOWS_1252)
    try:
        return html_to_unicode(content_type, document, default_encoding="cp1252")[1]
    except (LookupError, UnicodeError):  # a Python codec that is not a text encoding, such as "undefined"
        return document.decode("cp1252", "replace")


def to_utf_8(document: bytes, content_type: str | None) -> bytes:
    """The document in UTF-8, by the same rules; unchanged if it is already in UTF-8."""
    if b"\x00" not in document[:1000] and not document.startswith(codecs.BOM_UTF8):
        try:
            document.decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            return document
    return decode(document, content_type).encode("utf-8", "replace")


def _is_mostly_utf_8(document: bytes) -> bool:
    """Whether more of the non-ASCII characters are valid UTF-8 than not."""
    text = document.decode("utf-8", "surrogateescape")
    broken = sum("\udc80" <= character <= "\udcff" for character in text)
    return sum(character > "\x7f" for character in text) - broken > broken


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    """Decodes bytes that are not UTF-8 as Windows-1252, which they most often are."""
    assert isinstance(error, UnicodeDecodeError)  # noqa: S101 - registered for decoding only
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


WINDOWS_1252 = "akhbar.windows-1252"
codecs.register_error(WINDOWS_1252, _as_windows_1252)
