"""`akhbar verify`: compares archived pages with their digests, and stored stories with their content hashes."""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from akhbar import settings
from akhbar.archive.batch import Batch
from akhbar.archive.warc import BrokenRecordError, digest_of, originals_of, read_page
from akhbar.database.connection import connected
from akhbar.settings import ROOT
from akhbar.steps.content_hashes import HASHED, HASHED_IF_SET, is_hash_of

STATEMENTS = ROOT / "sql" / "maintenance"

STORIES = 1000
"""How many stories are compared with their hashes."""


class Verified(NamedTuple):
    """An archived page or stored story. `damage` says where it is and what is wrong with it; None if it is intact."""

    url: str
    damage: str | None


def verify_stories(database_url: str, sample: int = STORIES) -> Iterator[Verified]:
    """Compares a random sample of the stored stories with their content hashes, which the load step stored with them.

    A difference means that a row was edited by other means, or that its text was stored in a wrong encoding. Yields
    each story. Raises `DatabaseError`.
    """
    with connected(database_url) as connection, connection.cursor("stories", withhold=True) as cursor:
        cursor.execute((STATEMENTS / "sampled_stories.sql").read_text(), {"sample": sample})
        connection.commit()  # the server keeps the rows, and no transaction stays open while hashes are computed
        for url, stored_hash, *values in cursor:
            story = dict(zip([*HASHED, *HASHED_IF_SET], values, strict=True))
            for name in ("edition_date", "published_date"):
                story[name] = story[name] and str(story[name])
            wrong = None if is_hash_of(stored_hash, story) else "the stored story is not the one that was loaded"
            yield Verified(url, wrong)


def verify(database_url: str, sample: int | None = None) -> Iterator[Verified]:
    """Reads archived pages at the positions recorded in the table `pages`: all, or a random sample of this size.

    Yields each page. Raises `DatabaseError`.
    """
    with (
        connected(database_url) as connection,
        connection.cursor("pages", withhold=True) as cursor,
    ):
        cursor.execute((STATEMENTS / "archived_pages.sql").read_text(), {"sample": sample})
        connection.commit()  # the server keeps the rows, and no transaction stays open while pages are read
        for (name, number), found in groupby(cursor, key=itemgetter(0, 1)):
            yield from _verify_part(Batch(settings.archive() / name), number, list(found))


def _verify_part(batch: Batch, number: int | None, pages: list[tuple[Any, ...]]) -> Iterator[Verified]:
    part = batch.part(number)
    warc = part.path / "pages.warc.gz"
    try:
        originals = originals_of(batch.lines_of(part, "pages.jsonl"))
        file = warc.open("rb")
    except Exception as error:  # the file is missing, or the object store's client raised its own error
        reason = str(error) or type(error).__name__
        yield from (Verified(url, f"{warc}, offset {offset}: {reason}") for _, _, offset, _, url in pages)
        return
    with file:
        for _, _, offset, digest, url in pages:
            try:
                read = digest_of(read_page(file, offset, originals).body)
                wrong = f"{warc}, offset {offset}: the page does not match {digest}" if read != digest else None
            except BrokenRecordError as error:
                wrong = f"{part.path}: {error}"
            yield Verified(url, wrong)
