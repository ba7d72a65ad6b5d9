"""Makes untrusted text safe to print: a header or page may contain escape sequences that a terminal would execute."""

LAYOUT = "\n\t"
JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
"""Parts of words in Urdu, and of emoji."""


def printable(text: str) -> str:
    """Replaces each control character except newlines, tabs and joiners with U+FFFD, also those that change the
    direction of the text after them. Postgres cannot store NUL."""
    kept = LAYOUT + JOINERS
    return "".join(c if c.isprintable() or c in kept else "\N{REPLACEMENT CHARACTER}" for c in text)
