"""The encoding of pages, feeds and sitemaps."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.encoding import decode, to_utf_8

TEXT = "<p>The minister’s café — “closed”</p>"
URDU = "<p>خبر نامہ</p>"


@pytest.mark.parametrize(
    ("document", "content_type", "text"),
    [
        (TEXT.encode(), "text/html; charset=utf-8", TEXT),
        (TEXT.encode(), "text/html; charset=ISO-8859-1", TEXT),
        (TEXT.encode(), None, TEXT),
        (URDU.encode(), "text/html; charset=windows-1256", URDU),
        (TEXT.encode("cp1252"), "text/html; charset=windows-1252", TEXT),
        (TEXT.encode("cp1252"), "text/html", TEXT),
        (TEXT.encode("cp1252"), "text/html; charset=iso-8859-1", TEXT),
        (URDU.encode("cp1256", "ignore"), "text/html; charset=windows-1256", URDU),
        (TEXT.encode("utf-16-le"), "text/html; charset=utf-16le", TEXT),
        (TEXT.encode("utf-16-be"), "text/html; charset=utf-16be", TEXT),
        (TEXT.encode("utf-16-le"), "text/html", TEXT),
        (TEXT.encode("utf-16-be"), None, TEXT),
        (codecs.BOM_UTF8 + TEXT.encode(), "text/html; charset=latin-1", TEXT),
        (TEXT.encode("utf-16"), "text/html; charset=utf-8", TEXT),
        ("<p>日本の新聞</p>".encode("shift_jis"), "text/html; charset=Shift_JIS", "<p>日本の新聞</p>"),
    ],
)
def test_text_is_decoded_from_its_actual_encoding(document: bytes, content_type: str | None, text: str) -> None:
    assert decode(document, content_type) == text
    assert to_utf_8(document, content_type).decode() == text


@pytest.mark.parametrize("declared", ["<meta charset='windows-1251'>", "<?xml version='1.0' encoding='windows-1251'?>"])
def test_the_document_may_declare_its_encoding(declared: str) -> None:
    text = f"{declared}<p>Газета вышла утром</p>"
    assert decode(text.encode("cp1251"), "text/html") == text


@pytest.mark.parametrize("broken", [b"\xe9", b"\x93", b"\xff", b"\xe2\x80"])
def test_a_few_broken_bytes_do_not_turn_utf_8_into_another_encoding(broken: bytes) -> None:
    document = TEXT.encode() + broken + b"<p>" + TEXT.encode()
    text = decode(document, "text/html; charset=ISO-8859-1")
    assert text.startswith(TEXT)
    assert text.endswith(TEXT)
    assert "\N{REPLACEMENT CHARACTER}" not in text.removesuffix(TEXT)


@pytest.mark.parametrize(
    "content_type", ["text/html; charset=x-nonsense", "text/html; charset=undefined", "hex", "text/html; charset=", ""]
)
def test_an_unknown_declared_encoding_is_ignored(content_type: str) -> None:
    assert decode(TEXT.encode("cp1252"), content_type) == TEXT


@given(st.binary(max_size=200), st.text(max_size=30))
def test_any_bytes_are_decoded_to_text_that_utf_8_can_encode(document: bytes, charset: str) -> None:
    assert to_utf_8(document, f"text/html; charset={charset}").decode() is not None


BYTE_ORDER_MARK = "\ufeff"


@given(st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), min_size=1, max_size=200))
def test_text_in_utf_8_is_read_as_it_was_written(text: str) -> None:
    assert decode(text.encode(), "text/html; charset=windows-1252") == text.removeprefix(BYTE_ORDER_MARK)
