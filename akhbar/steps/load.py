"""The load step: loads a batch's clean stories, rejects and pages into the database, in one transaction.

A row that Postgres refuses becomes a reject, and all others are stored. Loading a batch again changes nothing. A lock
lets only one process at a time load batches of a newspaper.
"""

import json
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from functools import partial
from io import BytesIO
from itertools import takewhile
from tempfile import SpooledTemporaryFile
from typing import IO, Any, TypeVar

from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - psycopg2 names its class like a variable
from psycopg2.extras import Json

from akhbar.archive.batch import DAMAGED, Batch
from akhbar.database import runs
from akhbar.database.connection import transaction
from akhbar.database.copy_format import copy_line, storable
from akhbar.database.locks import lock_loading
from akhbar.database.pause import PAUSED_UNTIL
from akhbar.database.refusals import RefusedError, refused_rows, store_all_but_refused, undone, undone_if_refused
from akhbar.newspapers import newspaper
from akhbar.settings import ROOT, Location
from akhbar.steps.content_hashes import COLUMNS, content_hash, content_hashes
from akhbar.steps.minhash import minhash_bands
from akhbar.story import Story

logger = logging.getLogger(__name__)

STATEMENTS = ROOT / "sql" / "load"
"""The merge in plain SQL, one file per statement."""

TABLES = ("articles", "editorials")

REFUSED = "refused_by_database"
"""The reason code of a record that Postgres refused."""

Compared = TypeVar("Compared")

EXAMPLES, EXTRACT = 3, 80
"""How many examples a replay keeps per changed field and batch, and their length in characters."""

IN_MEMORY = 16 * 1024 * 1024
"""How many bytes of rows are buffered in memory before they are sent; more are buffered in a temporary file."""

STORY_COLUMNS = [field.name for field in fields(Story)]
REJECT_COLUMNS = ["run_id", "source", "story_id", "url", "reasons", "story", "message"]
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
PAGE_COLUMNS += ["last_modified", "length", "part", "warc_offset", "warc_length"]


def load_batch(folder: Location, database_url: str) -> dict[str, Any]:
    """Loads a cleaned batch.

    Returns the run's id; the number of stories inserted, updated and unchanged in each table, over all loads of this
    batch; the number rejected; and the coverage, which is the share of discovered stories that are stored, from 0 to 1.
    Raises `BatchMissingError` if a file of the batch is missing, and `DatabaseError`.
    """
    batch = Batch(folder)
    manifest = batch.manifest()
    with transaction(database_url) as cursor:
        lock_loading(cursor, manifest["source"])
        run_id = runs.record(cursor, folder, manifest)
        rejects = Rejects(cursor, run_id, batch)
        _replace_pages(cursor, run_id, batch, rejects)
        tables, _ = _store(cursor, batch, rejects, run_id, run_id, lambda _: None)
        counts = _finish_run(cursor, run_id, manifest, batch, rejects, tables)
    return {"batch": str(folder), "run_id": run_id, **counts}


def load_replayed(folder: Location, replay_id: int, read: dict[str, Any], database_url: str) -> dict[str, Any]:
    """Loads a batch that a replay has read, and records it in the table `replayed`, in one transaction.

    `replay_id` is the id of the replay's row in `runs`; `read` contains the worker's counts. Returns what is stored in
    `replayed.counts`: the worker's counts; the number of stories `inserted`, `updated`, `unchanged`, `rejected`, and
    `reparsed` (those that the code now reads differently); the changed `fields`, each with its number of stories; and
    `examples`, each with a story's id, a field, and its text before and after. The counts of the batch's own run do not
    change. If the database does not have that run, it is loaded like a new one. Raises the same errors as `load_batch`.
    """
    batch = Batch(folder)
    manifest = batch.manifest()
    with transaction(database_url) as cursor:
        lock_loading(cursor, manifest["source"])
        run_id = runs.record(cursor, folder, manifest)
        is_new = not runs.is_loaded(cursor, run_id)
        rejects = Rejects(cursor, run_id, batch)
        if is_new:
            _replace_pages(cursor, run_id, batch, rejects)
        tables, reparsed = _store(cursor, batch, rejects, run_id, replay_id, partial(_reparsed, cursor))
        counts = {**read, "rejected": rejects.number, **reparsed}
        if is_new:
            _finish_run(cursor, run_id, manifest, batch, rejects, tables)
        for what in ("inserted", "updated", "unchanged"):
            counts[what] = sum(table[what] for table in tables.values())
        statement = "INSERT INTO news.replayed (run_id, batch, counts) VALUES (%s, %s, %s)"
        cursor.execute(statement, [replay_id, runs.batch_name(folder), Json(storable(counts))])
    return counts


class Rejects:
    """The rows of the table `rejects` of one run."""

    def __init__(self, cursor: Cursor, run_id: int, batch: Batch) -> None:
        """Replaces the run's rejects with those of its batch."""
        self._cursor = cursor
        self._batch = batch
        self._of_run = {"run_id": run_id, "source": batch.source}
        cursor.execute("DELETE FROM news.rejects WHERE run_id = %s", [run_id])
        self.number = 0
        self._add(lambda: batch.lines("rejects.jsonl"))

    def add_refused(self, refused: Iterable[tuple[dict[str, Any], str]]) -> None:
        """Adds records that Postgres refused, each with its message."""
        rows = [{**record, "reasons": [REFUSED], "story": record, "message": message} for record, message in refused]
        for row in rows:
            logger.warning("%s: the database refused %s: %s", self._batch.path, row["url"], row["message"])
        self._add(lambda: rows)

    def add_damaged(self) -> None:
        """Adds the lines of the batch that could not be read, as far as it was read."""
        rows = [
            {"reasons": [DAMAGED], "story": vars(line), "message": line.problem}
            for line in self._batch.damaged.values()
        ]
        self._add(lambda: rows)

    def _add(self, rejects: Callable[[], Iterable[dict[str, Any]]]) -> None:
        def rows() -> Iterator[dict[str, Any]]:
            for reject in rejects():
                yield {**reject, **self._of_run, "story": json.dumps(storable(reject["story"]))}

        for reject, message in store_all_but_refused(self._cursor, rows, self._copy):  # its story stays in the batch
            self._copy([{**self._of_run, "reasons": [*reject["reasons"], REFUSED], "story": "{}", "message": message}])

    def _copy(self, rows: Iterable[dict[str, Any]]) -> None:
        _copy(self._cursor, "news.rejects", REJECT_COLUMNS, rows)
        self.number += self._cursor.rowcount


def _replace_pages(cursor: Cursor, run_id: int, batch: Batch, rejects: Rejects) -> None:
    cursor.execute("DELETE FROM news.pages WHERE run_id = %s", [run_id])
    of_run = {"run_id": run_id, "source": batch.source}
    refused = store_all_but_refused(
        cursor,
        lambda: ({**page, **of_run} for page in batch.lines("pages.jsonl")),
        lambda pages: _copy(cursor, "news.pages", ["run_id", "source", *PAGE_COLUMNS], pages),
    )
    rejects.add_refused(refused)


def _store(
    cursor: Cursor,
    batch: Batch,
    rejects: Rejects,
    run_id: int,
    replay_id: int,
    compare: Callable[[tuple[str, ...]], Compared],
) -> tuple[dict[str, Counter[str]], Compared]:
    """Stores a batch's stories; those that Postgres refuses become rejects.

    Returns the counts by table, and what `compare` returned, which is called with the staged tables before the merge.
    `replay_id` is the run that reads the batch now: a replay's, or `run_id`. Raises `psycopg2.Error` if Postgres
    refuses the stories together and none of them alone.
    """

    def attempt(hashes: Sequence[bytes]) -> tuple[dict[str, Counter[str]], Compared]:
        with undone_if_refused(cursor):
            staged = _stage(cursor, batch, hashes)
            compared = compare(staged)
            return _merge(cursor, batch.source, staged, run_id, replay_id), compared

    def try_out(hashes: Sequence[bytes]) -> None:
        with undone(cursor):
            attempt(hashes)

    hashes = content_hashes(batch).splitlines(keepends=True)
    try:
        return attempt(hashes)
    except RefusedError as error:
        refused = dict(refused_rows(hashes, try_out))
        if not refused:
            raise error.__cause__ or error from None
    messages = {int(line.partition(b"\t")[0]): message for line, message in refused.items()}
    stories = batch.lines("clean.jsonl", messages)
    rejects.add_refused((story, messages[line]) for line, story in zip(sorted(messages), stories, strict=True))
    return attempt([line for line in hashes if line not in refused])


def _stage(cursor: Cursor, batch: Batch, hashes: Iterable[bytes]) -> tuple[str, ...]:
    """Sends the stories whose content hash differs from what is stored to the temporary table `staged`.

    `hashes` are lines of `readings.tsv`. Returns the tables to merge it into: none if no story differs, and then there
    is no table `staged`.
    """
    cursor.execute((STATEMENTS / "create_incoming.sql").read_text())
    _send(cursor, "incoming", COLUMNS, BytesIO(b"".join(hashes)))
    cursor.execute((STATEMENTS / "classify_incoming.sql").read_text(), {"source": batch.source})
    changed = {line: (kind, digest) for line, kind, digest in cursor}
    _hash_as_editorials(cursor, batch, changed)
    if changed:
        cursor.execute((STATEMENTS / "create_staged.sql").read_text())
        columns = [*STORY_COLUMNS, "word_count", "content_hash", "copy_keys"]
        _copy(cursor, "staged", columns, _changed_stories(batch, changed))
        zone = newspaper(batch.source).timezone
        for table in TABLES:
            cursor.execute(_for_table("keep_times.sql", table), {"zone": zone})
    return TABLES if changed else ()


def _hash_as_editorials(cursor: Cursor, batch: Batch, changed: dict[int, tuple[str, str]]) -> None:
    """Corrects the content hashes of editorials that were read as articles, in `changed` and in the database.

    The hash covers the section, which is that of editorials. Removes those from `changed` that are stored already.
    """
    editorials = {line for line, (kind, _) in changed.items() if kind == "editorial"}
    for line, story in batch.numbered_lines("clean.jsonl", editorials):
        if story["kind"] == "editorial":
            continue
        stored_as = {**story, "section": newspaper(batch.source).editorial_section}
        changed[line] = "editorial", content_hash(stored_as)
        values = {**story, "source": batch.source, "line": line, "content_hash": changed[line][1]}
        cursor.execute((STATEMENTS / "correct_hash.sql").read_text(), values)
        if cursor.fetchone() == ("seen",):
            del changed[line]


def _reparsed(cursor: Cursor, staged: tuple[str, ...]) -> dict[str, Any]:
    """How the staged stories differ from what was previously read from the same pages."""
    stories: set[str] = set()
    fields: Counter[str] = Counter()
    examples: list[list[str]] = []
    for table in staged:
        cursor.execute(_for_table("reparse_differences.sql", table))
        for story_id, name, before, after in cursor:
            stories.add(story_id)
            fields[name] += 1
            if fields[name] <= EXAMPLES:
                examples.append([story_id, name, *_difference(before or "", after or "")])
    return {"reparsed": len(stories), "fields": dict(fields), "examples": examples}


def _difference(before: str, after: str) -> tuple[str, str]:
    """The same extract of two texts, from shortly before their first difference."""
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False)))
    start = max(0, same - 20)
    return before[start : start + EXTRACT], after[start : start + EXTRACT]


def _merge(
    cursor: Cursor, source: str, staged: tuple[str, ...], run_id: int, replay_id: int
) -> dict[str, Counter[str]]:
    """Merges the staged stories into the tables, and updates `last_seen_at` of the others. Returns counts by table.

    `run_id` is the batch's run. `replay_id` is the run that loads it now: a replay, or the same run.
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


def _changed_stories(batch: Batch, changed: dict[int, tuple[str, str]]) -> Iterator[dict[str, Any]]:
    """The stories on these lines of `clean.jsonl`, each with the kind and content hash that were decided on.

    An editorial's section is the newspaper's section of editorials, whatever listing or feed named it.
    """
    editorial_section = newspaper(batch.source).editorial_section
    for line, story in zip(sorted(changed), batch.lines("clean.jsonl", changed), strict=True):
        kind, digest = changed[line]
        body = story["body"] or ""
        computed = {"word_count": len(body.split()), "content_hash": digest, "copy_keys": minhash_bands(body)}
        section = editorial_section if kind == "editorial" else story["section"]
        yield {**story, "kind": kind, "section": section, **computed}


def _coverage(
    cursor: Cursor, run_id: int, manifest: dict[str, Any], batch: Batch
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """How many of the discovered stories are stored, in total and by section; and the stories not stored in full.

    A story is not expected if the site has removed it, if it moved to a sister site, if its page is not a story, or if
    the crawl requested no pages and no feed contained it.
    """
    listed = list(batch.lines("listed.jsonl"))
    ids = [story["story_id"] for story in listed]
    cursor.execute(
        (STATEMENTS / "incomplete_stories.sql").read_text(), {"source": manifest["source"], "story_ids": ids}
    )
    is_full = dict(cursor.fetchall())
    not_stored = {story_id for story_id, full in is_full.items() if full is None}
    cursor.execute((STATEMENTS / "unavailable_stories.sql").read_text(), {"run_id": run_id})
    unavailable = {story_id for (story_id,) in cursor}
    if PAUSED_UNTIL in manifest["stats"]:  # only feeds were read, so only their stories can be stored
        unavailable |= not_stored - {reject["story_id"] for reject in batch.lines("rejects.jsonl")}
    not_expected = not_stored & unavailable
    expected = [story for story in listed if story["story_id"] not in not_expected]
    incomplete = is_full.keys() - unavailable
    missing = [story for story in listed if story["story_id"] in incomplete]
    stored_sections: dict[str, str | None] = {}
    if manifest["mode"] == "edition":  # without a print edition, listings of a day have no sections
        unknown = [story["story_id"] for story in expected if not story["section"]]
        parameters = {"source": manifest["source"], "story_ids": unknown}
        cursor.execute((STATEMENTS / "stored_sections.sql").read_text(), parameters)
        stored_sections = dict(cursor.fetchall())
    sections: dict[str, dict[str, int]] = {}
    for story in expected:
        name = story["section"] or stored_sections.get(story["story_id"]) or ""
        section = sections.setdefault(name, {"discovered": 0, "stored": 0})
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
    rejects: Rejects,
    tables: dict[str, Counter[str]],
) -> dict[str, Any]:
    """Stores the counts and the missing stories in the run's row. Returns the counts.

    The counts of a second load are added to those of the first.
    """
    counts, missing = _coverage(cursor, run_id, manifest, batch)
    rejects.add_damaged()
    counts["rejected"] = rejects.number
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
    """Sends rows with COPY. Fields that are not in `columns` are ignored; missing ones are null."""
    with SpooledTemporaryFile(max_size=IN_MEMORY, mode="w+b") as file:
        for row in rows:  # writelines would keep all of them in memory
            file.write(copy_line(row, columns))
        file.seek(0)
        _send(cursor, table, columns, file)


def _send(cursor: Cursor, table: str, columns: list[str], file: IO[bytes]) -> None:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    cursor.copy_expert(sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(*table.split(".")), names), file)


def _for_table(statement: str, table: str) -> sql.Composed:
    """A statement written for `news.stories`, applied to one of the tables `articles` and `editorials`."""
    text = (STATEMENTS / statement).read_text()
    return sql.SQL(text.replace("news.stories", "{table}")).format(table=sql.Identifier("news", table))
