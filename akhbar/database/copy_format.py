"""Rows on their way to Postgres: lines of COPY's text format, and what jsonb takes.

https://www.postgresql.org/docs/current/sql-copy.html
"""

from typing import Any

ESCAPES = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"), ("\x00", ""))
"""Of COPY's text format. Postgres stores no NUL in texts: https://www.postgresql.org/docs/current/datatype-character.html"""


def copy_line(record: dict[str, Any], columns: list[str]) -> bytes:
    """A line of COPY's text format, its end included: these columns of a record, null where one is missing."""
    return ("\t".join(_field(record.get(name)) for name in columns) + "\n").encode("utf-8", "replace")


def _field(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, str) and value.isalnum():
        return value
    if isinstance(value, list):
        quoted = ('"' + str(item).replace("\\", "\\\\").replace('"', '\\"') + '"' for item in value)
        value = "{" + ",".join(quoted) + "}"
    text = str(value)
    for character, escaped in ESCAPES:  # ten times as fast as str.translate
        text = text.replace(character, escaped)
    return text


def storable(value: Any) -> Any:
    """A JSON value without the two things that Postgres's jsonb does not take: NUL and halves of surrogate pairs."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, list):
        return [storable(item) for item in value]
    if isinstance(value, dict):
        return {storable(name): storable(item) for name, item in value.items()}
    return value
