"""What the operator may set: every environment variable that this project reads, in one place.

The README's table of settings is held to this module by a test.
"""

import math
import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from upath import UPath

ROOT = Path(__file__).resolve().parent.parent
"""The checkout: `sql/`, `dags/` and `spiders/` are read from here."""

DAY = 86_400
"""Seconds: the most that is waited for anything."""

Location: TypeAlias = "Path | UPath"
"""A folder or file on this machine, or one in an object store. Both are used like a path."""


class MissingSettingError(Exception):
    """A setting without which the step at hand cannot run is not in the environment."""


class UnusableSettingError(MissingSettingError):
    """A setting is in the environment and cannot be used as it is."""


def _required(name: str, example: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise MissingSettingError(f"{name} is not set: set it in the environment, for example {name}={example}")
    return value


def database_url() -> str:
    """The writer's connection string, of the form `postgresql://akhbar_writer:…@host:5432/news`."""
    return _required("AKHBAR_DATABASE_URL", "postgresql://akhbar_writer:PASSWORD@127.0.0.1:5432/news")


def admin_database_url() -> str:
    """The owner's connection string: migrations only."""
    return _required("AKHBAR_ADMIN_DATABASE_URL", "postgresql://postgres:PASSWORD@127.0.0.1:5432/news")


def archive() -> Location:
    """The folder under which every run leaves its batch, or its URL: `s3://bucket/akhbar`, or any that fsspec knows."""
    return location(os.environ.get("AKHBAR_ARCHIVE") or str(ROOT / "archive"))


def location(name: str) -> Location:
    """The place that a path or URL names. What an object store holds is asked for anew each time.

    Raises `UnusableSettingError` for a URL with a password in it: places go into logs, XComs and messages.
    """
    if "://" in name and not name.startswith("file://"):
        if urlsplit(name).password is not None:
            raise UnusableSettingError(
                "the archive's URL holds a password, which would be shown: set it without, and give it to the "
                "object store's client in its own way, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY for example"
            )
        from upath import UPath  # takes a twentieth of a crawl's start, and most archives are folders

        return UPath(name, use_listings_cache=False)
    return Path(name.removeprefix("file://")).absolute()


def workspace() -> Path:
    """A folder on this machine for what is under way and not in the archive yet, under TMPDIR; nobody else may enter.

    Raises `PermissionError` where somebody else has made a folder of that name.
    """
    folder = Path(tempfile.gettempdir()) / f"akhbar-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise PermissionError(f"{folder} is open to others: remove it, or set TMPDIR to a folder of your own")
    return folder


def base_urls() -> dict[str, str]:
    """Newspapers that are read elsewhere than at home: AKHBAR_DAWN_BASE_URL for `dawn`, and so on.

    Raises `UnusableSettingError` for a URL with a user or password in it: addresses go into logs and tables.
    """
    found = (re.fullmatch(r"AKHBAR_(\w+)_BASE_URL", name) for name in os.environ)
    urls = {match[0]: os.environ[match[0]] for match in found if match and os.environ[match[0]]}
    for name, url in urls.items():
        if "@" in urlsplit(url).netloc:
            raise UnusableSettingError(f"{name} holds a user or password, which would be shown: set it without")
    return {name.removeprefix("AKHBAR_").removesuffix("_BASE_URL").lower(): url for name, url in urls.items()}


def contact() -> str | None:
    """Who runs this crawler, an address or a page: goes into the User-Agent."""
    return os.environ.get("AKHBAR_CONTACT") or None


def newspapers() -> set[str]:
    """The names of the newspapers that are active, or `all`: AKHBAR_NEWSPAPERS, comma-separated, else `dawn`."""
    return {name.strip() for name in (os.environ.get("AKHBAR_NEWSPAPERS") or "dawn").split(",")} - {""}


def notify() -> list[str]:
    """The Airflow connections by which the keeper is told of problems: AKHBAR_NOTIFY, comma-separated."""
    return [name.strip() for name in os.environ.get("AKHBAR_NOTIFY", "").split(",") if name.strip()]


def delay(url: str) -> float:
    """Seconds between two requests to the host of `url`: AKHBAR_DELAY, else 2, else 0 on loopback."""
    at_home = urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1")
    return _seconds("AKHBAR_DELAY", 0, "2", 0.0 if at_home else 2.0)


def keep_pages() -> str | None:
    """How long page archives are kept by the DAG maintenance, `400d` for example; None: for ever."""
    return os.environ.get("AKHBAR_KEEP_PAGES") or None


def timeout() -> float:
    """Seconds that a page may take from the request to its last byte: AKHBAR_TIMEOUT, else 20."""
    return _seconds("AKHBAR_TIMEOUT", 0.1, "20", 20.0)


def _seconds(name: str, least: float, example: str, unless_set: float) -> float:
    value = os.environ.get(name)
    if not value:
        return unless_set
    try:
        seconds = float(value)
    except ValueError:
        seconds = math.nan
    if not least <= seconds <= DAY:
        raise UnusableSettingError(
            f"{name} is {value[:120]!r}: it must be a number of seconds from {least} to {DAY}, for example "
            f"{name}={example}"
        )
    return seconds


def reading_environment() -> dict[str, str]:
    """The environment of a process that reads pages, by a crawl or from the archive.

    A page's tree is thousands of small pieces; glibc keeps seven of each size at hand unless told otherwise, and takes
    a fifth of the time of parsing to sort the others in and out.
    """
    return {
        "GLIBC_TUNABLES": "glibc.malloc.tcache_count=8000",
        **os.environ,
        "SCRAPY_PROJECT_ROOT": str(ROOT),
        "SCRAPY_SETTINGS_MODULE": "akhbar.crawl.settings",
        "PYTHONPATH": str(ROOT),
    }


def check_crawling() -> None:
    """Raises `UnusableSettingError` where a crawl's process could not use the settings that it reads as it starts."""
    base_urls()
    delay("")
    timeout()
