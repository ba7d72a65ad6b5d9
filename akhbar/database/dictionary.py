"""The data dictionary: what the tables, views and functions hold, in the database's own comments, as Markdown."""

from contextlib import closing
from typing import Any

import psycopg2

READERS = ("akhbar_reader", "akhbar_bi", "akhbar_monitor", "akhbar_writer")

RELATIONS = """
SELECT
    c.oid,
    c.relname,
    c.relkind,
    obj_description(c.oid, 'pg_class'),
    array(SELECT role FROM unnest(%(roles)s) AS role WHERE has_table_privilege(role, c.oid, 'SELECT'))
FROM pg_class AS c
WHERE c.relnamespace = 'news'::regnamespace AND c.relkind IN ('r', 'v', 'm')
ORDER BY c.relkind, c.relname
"""
COLUMNS = """
SELECT
    a.attname,
    replace(format_type(a.atttypid, a.atttypmod), 'timestamp with time zone', 'timestamptz'),
    NOT a.attnotnull,
    col_description(a.attrelid, a.attnum)
FROM pg_attribute AS a
WHERE a.attrelid = %s AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum
"""
FUNCTIONS = """
SELECT
    p.proname,
    pg_get_function_arguments(p.oid),
    replace(pg_get_function_result(p.oid), 'SETOF news.', 'SETOF '),
    obj_description(p.oid, 'pg_proc')
FROM pg_proc AS p
WHERE p.pronamespace = 'news'::regnamespace AND p.prorettype <> 'trigger'::regtype
ORDER BY p.proname
"""
TYPES = """
SELECT t.typrelid, t.typname, obj_description(t.oid, 'pg_type')
FROM pg_type AS t
INNER JOIN pg_class AS c ON c.oid = t.typrelid AND c.relkind = 'c'
WHERE t.typnamespace = 'news'::regnamespace
ORDER BY t.typname
"""
REFERENCES = """
SELECT conrelid::regclass::text, confrelid::regclass::text
FROM pg_constraint
WHERE contype = 'f' AND connamespace = 'news'::regnamespace
GROUP BY 1, 2
ORDER BY 1, 2
"""
DIAGRAM = """```mermaid
erDiagram
{references}
    newspapers ||--o{{ articles : source
    newspapers ||--o{{ editorials : source
    articles ||--o{{ revisions : "source, story_id"
    editorials ||--o{{ revisions : "source, story_id"
```"""


def data_dictionary(url: str) -> str:
    """The dictionary of a migrated database, as Markdown."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SET search_path TO news, public")
        cursor.execute(REFERENCES)
        references = "\n".join(f"    {to} ||--o{{ {of} : run_id" for of, to in cursor)
        blocks = [
            "# Data dictionary",
            "Written by `make docs` from the comments in the database. All of this is in the schema `news`, which is "
            "on the search path of every role: `SELECT … FROM articles` works as it stands.",
            DIAGRAM.format(references=references),
        ]
        cursor.execute(RELATIONS, {"roles": list(READERS)})
        relations = cursor.fetchall()
        for kind, title in (("r", "Tables"), ("v", "Views"), ("m", "Materialised views")):
            found = [_relation(cursor, *relation) for relation in relations if relation[2] == kind]
            blocks += [f"## {title}", *found] if found else []
        cursor.execute(FUNCTIONS)
        blocks.append("## Functions")
        blocks += [
            f"### {name}\n\n`{name}({arguments})` → `{result}`\n\n{told}" for name, arguments, result, told in cursor
        ]
        cursor.execute(TYPES)
        for oid, name, told in cursor.fetchall():
            columns = ", ".join(f"`{column}` {kind}" for column, kind, _, _ in _columns(cursor, oid))
            blocks.append(f"### {name}\n\n{told}\n\n{columns}")
    return "\n\n".join(blocks) + "\n"


def _relation(cursor: Any, oid: int, name: str, kind: str, told: str, roles: list[str]) -> str:
    readers = ", ".join(f"`{role}`" for role in roles) or "the owner only"
    lines = [f"### {name}", "", told, "", f"Read by {readers}.", "", "| column | type | |", "|---|---|---|"]
    for column, column_type, may_be_null, meaning in _columns(cursor, oid):
        optional = " or null" if may_be_null and kind == "r" else ""
        lines.append(f"| `{column}` | {column_type}{optional} | {meaning} |")
    return "\n".join(lines)


def _columns(cursor: Any, oid: int) -> list[tuple[str, str, bool, str]]:
    cursor.execute(COLUMNS, [oid])
    rows: list[tuple[str, str, bool, str]] = cursor.fetchall()
    return rows
