"""The third step: a batch's clean stories, rejects and pages into the database, in one transaction.

Loading a batch again changes nothing. Batches of one newspaper are loaded one after the other, whoever asks.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import fields
from io import BytesIO
from itertools import takewhile
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - psycopg2 names its class like a variable
from psycopg2.extras import Json

from akhbar.archive.batch import Batch
from akhbar.database import runs
from akhbar.database.connection import transaction
from akhbar.database.copy_format import copy_line, storable
from akhbar.database.locks import lock_loading
from akhbar.settings import ROOT, Location
from akhbar.steps.content_hashes import COLUMNS, readings
from akhbar.steps.minhash import copy_keys
from akhbar.story import Story

STATEMENTS = ROOT / "sql" / "load"
"""The merge, as plain SQL, a file a step."""

TABLES = ("articles", "editorials")

EXAMPLES, EXTRACT = 3, 80
"""How many examples a replay keeps of a field that came out otherwise, a batch, and of how many characters."""

IN_MEMORY = 16 * 1024 * 1024
"""Bytes of rows that are kept in memory on their way to the database; more goes through a file."""

STORY_COLUMNS = [field.name for field in fields(Story)]
PAGE_COLUMNS = [
    "url",
    "role",
    "story_id",
    "fetched_at",
    "status",
    "outcome",
    "reason",
    "digest",
    "content_type",
    "etag",
]
PAGE_COLUMNS += ["last_modified", "length", "warc_offset", "warc_length"]


def load_batch(folder: Location, database_url: str) -> dict[str, Any]:
    """Loads a cleaned batch.

    Returns the run's id, how many stories of each table were inserted, updated and unchanged over all loads of this
    batch, how many were rejected, and the coverage: stories stored of those discovered, from 0 to 1. Raises
    `BatchMissingError` where a file of the batch is missing, `DatabaseError` where the database refuses.
    """
    batch = Batch(folder)
    manifest = batch.manifest()
    with transaction(database_url) as cursor:
        lock_loading(cursor, manifest["source"])
        run_id = runs.record(cursor, folder, manifest)
        rejected = _replace_rejects(cursor, run_id, batch)
        _replace_pages(cursor, run_id, manifest["source"], batch)
        staged = _stage(cursor, manifest, batch)
        tables = _merge(cursor, manifest["source"], staged, run_id, run_id)
        counts = _finish_run(cursor, run_id, manifest, batch, rejected, tables)
    return {"batch": str(folder), "run_id": run_id, **counts}


def load_again(folder: Location, replay_id: int, told: dict[str, Any], database_url: str) -> dict[str, Any]:
    """Loads what a replay made of a batch, and enters the batch in the table `replayed`, in one transaction.

    `replay_id` is the replay's row in `runs`. Returns what goes into `replayed.counts`: what was `told`, stories
    `inserted`, `updated`, `unchanged` and `rejected`, those that came out otherwise than before (`reparsed`), their
    `fields` with how often, and `examples`, each a story's number, a field and its words before and after. The run's
    own counts stay, unless the database does not know it: then it is loaded as at first. Raises as `load_batch`.
    """
    batch = Batch(folder)
    manifest = batch.manifest()
    with transaction(database_url) as cursor:
        lock_loading(cursor, manifest["source"])
        run_id = runs.record(cursor, folder, manifest)
        is_new = not runs.is_loaded(cursor, run_id)
        rejected = _replace_rejects(cursor, run_id, batch)
        if is_new:
            _replace_pages(cursor, run_id, manifest["source"], batch)
        staged = _stage(cursor, manifest, batch)
        counts = {**told, "rejected": rejected, **_reparsed(cursor, staged)}
        tables = _merge(cursor, manifest["source"], staged, run_id, replay_id)
        if is_new:
            _finish_run(cursor, run_id, manifest, batch, rejected, tables)
        for what in ("inserted", "updated", "unchanged"):
            counts[what] = sum(table[what] for table in tables.values())
        name = f"{manifest['source']}/{folder.name}"
        statement = "INSERT INTO news.replayed (run_id, batch, counts) VALUES (%s, %s, %s)"
        cursor.execute(statement, [replay_id, name, Json(storable(counts))])
    return counts


def _replace_rejects(cursor: Cursor, run_id: int, batch: Batch) -> int:
    cursor.execute("DELETE FROM news.rejects WHERE run_id = %s", [run_id])
    columns = ["run_id", "source", "story_id", "url", "reasons", "story"]
    rows = (
        {**reject, "run_id": run_id, "story": json.dumps(storable(reject["story"]))}
        for reject in batch.lines("rejects.jsonl")
    )
    _copy(cursor, "news.rejects", columns, rows)
    return cursor.rowcount


def _replace_pages(cursor: Cursor, run_id: int, source: str, batch: Batch) -> None:
    cursor.execute("DELETE FROM news.pages WHERE run_id = %s", [run_id])
    rows = ({**page, "run_id": run_id, "source": source} for page in batch.lines("pages.jsonl"))
    _copy(cursor, "news.pages", ["run_id", "source", *PAGE_COLUMNS], rows)


def _stage(cursor: Cursor, manifest: dict[str, Any], batch: Batch) -> tuple[str, ...]:
    """Decides by hash which stories must be sent, and sends these to the temporary table `staged`.

    Returns the tables to merge that into; where nothing is sent, none, and then there is no `staged` either.
    """
    cursor.execute((STATEMENTS / "create_incoming.sql").read_text())
    _send(cursor, "incoming", COLUMNS, BytesIO(readings(batch)))
    cursor.execute((STATEMENTS / "classify_incoming.sql").read_text(), {"source": manifest["source"]})
    wanted = {line: (kind, content_hash) for line, kind, content_hash in cursor}
    if wanted:
        cursor.execute((STATEMENTS / "create_staged.sql").read_text())
        columns = [*STORY_COLUMNS, "word_count", "content_hash", "copy_keys"]
        _copy(cursor, "staged", columns, _wanted_rows(batch, wanted))
    return TABLES if wanted else ()


def _reparsed(cursor: Cursor, staged: tuple[str, ...]) -> dict[str, Any]:
    """What of the staged stories comes from a page that was read before, and came out otherwise."""
    stories: set[str] = set()
    fields: Counter[str] = Counter()
    examples: list[list[str]] = []
    for table in staged:
        cursor.execute(_for_table("reparse_differences.sql", table))
        for story_id, name, before, after in cursor:
            stories.add(story_id)
            fields[name] += 1
            if fields[name] <= EXAMPLES:
                examples.append([story_id, name, *_where_they_differ(before or "", after or "")])
    return {"reparsed": len(stories), "fields": dict(fields), "examples": examples}


def _where_they_differ(before: str, after: str) -> tuple[str, str]:
    """The same stretch of two texts, from shortly before their first difference."""
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False)))
    start = max(0, same - 20)
    return before[start : start + EXTRACT], after[start : start + EXTRACT]


def _merge(
    cursor: Cursor, source: str, staged: tuple[str, ...], run_id: int, replay_id: int
) -> dict[str, Counter[str]]:
    """Merges what is staged into the tables, and notes when the other stories were seen. Returns counts by table.

    `replay_id` is the run that reads pages again; where it is none, that of the batch.
    """
    counts: dict[str, Counter[str]] = {}
    for table in TABLES:
        parameters = {"source": source, "run_id": run_id, "replay_id": replay_id, "kind": table.removesuffix("s")}
        if table in staged:
            cursor.execute(_for_table("merge.sql", table), parameters)
        cursor.execute(_for_table("mark_seen.sql", table), parameters)
        counts[table] = Counter(dict(cursor.fetchall()))
    for table in TABLES:
        cursor.execute(_for_table("mark_unchanged.sql", table), {"run_id": run_id})
    return counts


def _wanted_rows(batch: Batch, wanted: dict[int, tuple[str, str]]) -> Iterator[dict[str, Any]]:
    """The stories on some lines of `clean.jsonl`, each with the kind and hash that were decided on."""
    for line, story in zip(sorted(wanted), batch.lines("clean.jsonl", wanted), strict=True):
        kind, content_hash = wanted[line]
        body = story["body"] or ""
        found = {"word_count": len(body.split()), "content_hash": content_hash, "copy_keys": copy_keys(body)}
        yield {**story, "kind": kind, **found}


def _coverage(
    cursor: Cursor, run_id: int, manifest: dict[str, Any], batch: Batch
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """How many of the discovered stories are stored, in all and by section, and those that are not stored in full.

    Not expected are stories that the site has no longer, that moved to a sister site, or that are none.
    """
    listed = list(batch.lines("listed.jsonl"))
    ids = [story["story_id"] for story in listed]
    cursor.execute(
        (STATEMENTS / "incomplete_stories.sql").read_text(), {"source": manifest["source"], "story_ids": ids}
    )
    not_in_full = dict(cursor.fetchall())
    not_stored = {story_id for story_id, is_full in not_in_full.items() if is_full is None}
    cursor.execute((STATEMENTS / "unavailable_stories.sql").read_text(), {"run_id": run_id})
    not_to_be_had = {story_id for (story_id,) in cursor}
    not_expected = not_stored & not_to_be_had
    expected = [story for story in listed if story["story_id"] not in not_expected]
    wanted = not_in_full.keys() - not_to_be_had
    missing = [story for story in listed if story["story_id"] in wanted]
    sections: dict[str, dict[str, int]] = {}
    for story in expected:
        section = sections.setdefault(story["section"] or "", {"discovered": 0, "stored": 0})
        section["discovered"] += 1
        section["stored"] += story["story_id"] not in not_stored
    stored = len(set(ids) - not_stored)
    share = stored / len(expected) if expected else 1.0
    counts = {"expected": len(expected), "stored": stored, "coverage": round(share, 4), "sections": sections}
    return counts, missing


def _finish_run(
    cursor: Cursor,
    run_id: int,
    manifest: dict[str, Any],
    batch: Batch,
    rejected: int,
    tables: dict[str, Counter[str]],
) -> dict[str, Any]:
    """Writes the counts, and the stories that are missing, to the run's row. Returns the counts.

    A second load adds what it inserted to what the first did.
    """
    counts, missing = _coverage(cursor, run_id, manifest, batch)
    counts["rejected"] = rejected
    before = runs.counts(cursor, run_id)
    for table, now in tables.items():
        earlier = before.get(table, {})
        inserted = earlier.get("inserted", 0) + now["inserted"]
        updated = earlier.get("updated", 0) + now["updated"]
        total = now["inserted"] + now["updated"] + now["unchanged"]
        counts[table] = {"inserted": inserted, "updated": updated, "unchanged": max(0, total - inserted - updated)}
    runs.finish_load(cursor, run_id, {**manifest["counts"], **counts, "missing": missing})
    return counts


def _copy(cursor: Cursor, table: str, columns: list[str], rows: Iterable[dict[str, Any]]) -> None:
    """Sends rows by COPY; what is not among the columns is left out, what is missing is null."""
    with SpooledTemporaryFile(max_size=IN_MEMORY, mode="w+b") as file:
        for row in rows:  # writelines would keep all of them in memory
            file.write(copy_line(row, columns))
        file.seek(0)
        _send(cursor, table, columns, file)


def _send(cursor: Cursor, table: str, columns: list[str], file: IO[bytes]) -> None:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    cursor.copy_expert(sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(*table.split(".")), names), file)


def _for_table(statement: str, table: str) -> sql.Composed:
    """A statement that is the same for articles and editorials, for one of them."""
    text = (STATEMENTS / statement).read_text()
    return sql.SQL(text.replace("news.stories", "{table}")).format(table=sql.Identifier("news", table))
