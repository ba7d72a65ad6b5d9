"""Untrusted text, safe for a terminal and for Postgres."""

import pytest

from akhbar.printable import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("A plain line\nand a\ttab", "A plain line\nand a\ttab"),
        ("اردو “quoted”", "اردو “quoted”"),
        ("\x1b]0;title\x07", "�]0;title�"),
        ("NUL \x00 and C1 \x9b", "NUL � and C1 �"),
        ("\u202etxt.exe", "�txt.exe"),
        ("\u2067isolated\u2069", "�isolated�"),
        ("اسلام\u200cآباد", "اسلام\u200cآباد"),
        ("\r", "�"),
    ],
)
def test_control_characters_are_replaced(text: str, shown: str) -> None:
    assert printable(text) == shown
