"""`akhbar verify`: are the archived pages as they were read? Each is read, and its digest computed anew."""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from akhbar import settings
from akhbar.archive.batch import Batch
from akhbar.archive.warc import BrokenRecordError, digest_of, originals_of, read_page
from akhbar.database.connection import connected
from akhbar.settings import ROOT

STATEMENT = ROOT / "sql" / "maintenance" / "archived_pages.sql"


class Verified(NamedTuple):
    """An archived page that was looked at: `damage` says what is wrong with it, and where it lies; None if nothing."""

    url: str
    damage: str | None


def verify(database_url: str, sample: int | None = None) -> Iterator[Verified]:
    """Reads archived pages at their offsets of `pages`: all of them, or so many taken at random.

    Yields each. Raises `DatabaseError` where the database refuses.
    """
    with (
        connected(database_url) as connection,
        connection.cursor("pages", withhold=True) as cursor,
    ):
        cursor.execute(STATEMENT.read_text(), {"sample": sample})
        connection.commit()  # what was found waits in the server, and no transaction is open for as long as we read
        for name, found in groupby(cursor, key=itemgetter(0)):
            yield from _verify_batch(Batch(settings.archive() / name), list(found))


def _verify_batch(batch: Batch, pages: list[tuple[Any, ...]]) -> Iterator[Verified]:
    warc = batch.path / "pages.warc.gz"
    try:
        originals = originals_of(list(batch.lines("pages.jsonl")))
        file = warc.open("rb")
    except Exception as error:  # the file is gone, or an object store fails in a way of its own
        said = str(error) or type(error).__name__
        yield from (Verified(url, f"{warc}, offset {offset}: {said}") for _, offset, _, url in pages)
        return
    with file:
        for _, offset, digest, url in pages:
            try:
                read = digest_of(read_page(file, offset, originals).body)
                wrong = f"{warc}, offset {offset}: not the page that was read, {digest}" if read != digest else None
            except BrokenRecordError as error:
                wrong = f"{batch.path}: {error}"
            yield Verified(url, wrong)
