"""Makes untrusted text safe to print: a header or page may contain escape sequences that a terminal would execute."""


def printable(text: str) -> str:
    """Replaces each control character except newlines and tabs with U+FFFD. Postgres cannot store NUL."""
    return "".join(c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text)
