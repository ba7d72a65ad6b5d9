"""Batches for tests: real files, as the crawl and the clean step write them."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from akhbar.archive.batch import write_manifest
from akhbar.archive.jsonl import replace_file
from akhbar.archive.warc import PageWriter
from akhbar.story import Story

FIRST_RUN = datetime(2026, 11, 20, 4, tzinfo=UTC)


def story(number: int | str, **changes: Any) -> dict[str, Any]:
    """A clean article with these changes."""
    made = Story(
        source="dawn",
        story_id=str(number),
        kind="article",
        url=f"https://www.dawn.com/news/{number}",
        title=f"Headline {number}",
        excerpt=f"Excerpt {number}",
        body=f"LAHORE: The text of story {number}, first paragraph.\n\nIts second one, with some more words in it.",
        authors=["Amina Rahman"],
        section="National",
        dateline="LAHORE",
        published_at="2026-11-20T06:00:00+05:00",
        edition_date="2026-11-20",
    ).as_dict()
    return made | changes


def editorial(number: int | str, **changes: Any) -> dict[str, Any]:
    return story(number, **{"kind": "editorial", "section": "Editorial", "authors": [], "dateline": None, **changes})


def batch(
    archive: Path,
    name: str,
    stories: Iterable[dict[str, Any]],
    *,
    hours: float = 0,
    rejects: Iterable[dict[str, Any]] = (),
    pages: Iterable[dict[str, Any]] = (),
    listed: Iterable[str] | None = None,
    **manifest: Any,
) -> Path:
    """A sealed and cleaned batch of a crawl that started `hours` after `FIRST_RUN`.

    `listed` has the ids of the listed stories, by default all.
    """
    folder: Path = archive / manifest.get("source", "dawn") / name
    folder.mkdir(parents=True, exist_ok=True)
    stories = list(stories)
    began = FIRST_RUN + timedelta(hours=hours)
    numbers = [one["story_id"] for one in stories] if listed is None else list(listed)
    counts = {"discovered": len(numbers), "failed": 0}
    made = {
        "source": "dawn",
        "mode": "edition",
        "edition": "2026-11-20",
        "dag_id": None,
        "dag_run_id": None,
        "started_at": began.isoformat(),
        "finished_at": (began + timedelta(minutes=5)).isoformat(),
        "outcome": "complete",
        "reason": None,
        "counts": counts,
        "stats": {},
    }
    write_manifest(folder, made | manifest)
    lines(folder, "clean.jsonl", stories)
    lines(folder, "rejects.jsonl", rejects)
    lines(folder, "pages.jsonl", pages)
    lines(folder, "listed.jsonl", ({"story_id": n, "section": "National", "url": f"/news/{n}"} for n in numbers))
    return folder


def lines(folder: Path, name: str, records: Iterable[dict[str, Any]]) -> None:
    replace_file(folder / name, (json.dumps(record) for record in records))


def page(number: int | str, outcome: str = "parsed", **changes: Any) -> dict[str, Any]:
    return {
        "url": f"https://www.dawn.com/news/{number}",
        "role": "story",
        "story_id": str(number),
        "fetched_at": FIRST_RUN.isoformat(),
        "status": 200,
        "outcome": outcome,
        "reason": None,
    } | changes


def archived(bodies: Mapping[str, bytes], **changes: Any) -> tuple[bytes, list[dict[str, Any]]]:
    """A `pages.warc.gz` with a page for each path, and its lines of `pages.jsonl`."""
    file = BytesIO()
    writer = PageWriter(file)
    records = []
    for path, body in bodies.items():
        url = f"https://www.dawn.com{path}"
        place = writer.write(url, 200, [("Content-Type", "text/html")], body, ("GET", [("Accept", "*/*")]))
        record = page(path.rpartition("/")[2], url=url, digest=place.digest, **changes)
        record |= {"warc_offset": place.offset, "warc_length": place.length}
        records.append(record if path.startswith("/news/") else record | {"role": "listing", "story_id": None})
    return file.getvalue(), records


def reject(number: int | str, *reasons: str, **story_fields: Any) -> dict[str, Any]:
    identity = {"source": "dawn", "story_id": str(number), "url": f"https://www.dawn.com/news/{number}"}
    return {**identity, "reasons": list(reasons), "story": {**identity, **story_fields}}
