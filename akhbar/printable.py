"""Untrusted text, made safe to print: a header or page may contain escape sequences that a terminal would obey."""


def printable(text: str) -> str:
    """The text with U+FFFD in place of each control character except line ends and tabs. Postgres cannot store NUL."""
    return "".join(c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text)
