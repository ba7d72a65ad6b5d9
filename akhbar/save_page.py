"""`akhbar page`: saves a live page and the story extracted from it as a test case."""

import json
import logging
import re
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from akhbar.archive.batch import Batch
from akhbar.archive.warc import originals_of, read_page
from akhbar.fetch import check_contact
from akhbar.newspaper import bare_host, normal_id
from akhbar.newspapers import newspaper
from akhbar.settings import ROOT, base_urls, check_crawl_settings
from akhbar.steps.clean import clean_batch
from akhbar.steps.scrape import CrawlFailedError, crawl

logger = logging.getLogger(__name__)

PAGES = ROOT / "tests" / "pages"
LONGEST_NAME = 200
"""Bytes. File systems allow 255."""
ODD = re.compile(r"^(?=\.|$)|[!$&'()*:;]")


class PageNotSavedError(Exception):
    """A page is not saved, and was not fetched; the message says why and what to do."""


def save_page(source: str, url: str, pages: Path = PAGES, *, replace: bool = False) -> list[Path]:
    """Fetches one story page, and saves it as it was served, with a JSON file next to it.

    The file is named after the story's path: `<pages>/<source>/news/<id>.html` for `/news/<id>`; see `file_name`. The
    JSON is the cleaned story, or the reject with its reasons. Returns both paths.

    Files that exist may have been corrected by hand, so they are only replaced on request. Raises `PageNotSavedError`
    before anything is fetched if they exist or the URL is not a story's, `CrawlFailedError` if the page cannot be read,
    and `MissingSettingError`.
    """
    paper = newspaper(source)
    check_crawl_settings()
    home = base_urls().get(source, paper.home_page)
    check_contact([home])
    address = urlsplit(url)
    is_own = bare_host(address.netloc) in (bare_host(paper.host), bare_host(urlsplit(home).netloc))
    if not is_own or paper.story_id(address.path) is None:
        raise PageNotSavedError(
            f"{url} is not the URL of a story in {paper.publisher}: check it, and story_url in the declaration"
        )
    path = paper.stored_path(address.path)
    saved, expected = files = [pages / source / f"{file_name(path)}{suffix}" for suffix in (".html", ".json")]
    if not replace and (existing := [str(file) for file in files if file.exists()]):
        raise PageNotSavedError(
            f"{' and '.join(existing)} would be replaced, with any corrections: give --force if you want this"
        )
    with TemporaryDirectory() as folder:
        batch = Batch(Path(folder) / source / "page")
        now = datetime.now(UTC).isoformat()
        manifest = {"source": source, "mode": "latest", "edition": None, "started_at": now}
        ended = crawl(batch, manifest, {"story": url}, None, recheck=True)
        [part] = batch.parts()
        lines = batch.lines_of(part, "pages.jsonl")
        page = next((line for line in lines if line["outcome"] == "parsed"), None)
        if page is None:
            why = next((line["reason"] for line in lines), ended["reason"])
            raise CrawlFailedError(f"{url} could not be read: {why}")
        clean_batch(batch.path)
        found = (one for name in ("clean.jsonl", "rejects.jsonl") for one in batch.lines(name))
        story = next(one for one in found if one["story_id"] == page["story_id"])
        if "reasons" in story:
            logger.warning("the story was rejected: %s", ", ".join(story["reasons"]))
            story = {"outcome": "rejected", "reasons": story["reasons"], "url": paper.home_page + path}
        with (part.path / "pages.warc.gz").open("rb") as file:
            body = read_page(file, page["warc_offset"], originals_of(lines)).body
    saved.parent.mkdir(parents=True, exist_ok=True)
    saved.write_bytes(body)
    expected.write_text(json.dumps(story, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return files


def file_name(path: str) -> str:
    """The relative path of the files for a story's path, without their extension and without the path's own `.html`.

    Parts that are long, hidden, or contain characters of the shell are shortened to plain ones and a digest.

    >>> file_name("/news/21"), file_name("/../a/what's-new/"), file_name("/news/21.html")
    ('news/21', 'a/what_s-new-60ab0ff2', 'news/21')
    """
    parts = normal_id(path).strip("/").split("/")
    return "/".join(map(_plain_name, [*parts[:-1], parts[-1].removesuffix(".html") or parts[-1]]))


def _plain_name(part: str) -> str:
    if len(part.encode()) <= LONGEST_NAME and not ODD.search(part):
        return part
    plain = ODD.sub("_", part).encode()[:LONGEST_NAME].decode("utf-8", "ignore")
    return f"{plain}-{sha256(part.encode()).hexdigest()[:8]}"
