"""The settings: every environment variable that this project reads. A test compares them with docs/settings.md."""

import math
import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

if TYPE_CHECKING:
    from upath import UPath

ROOT = Path(__file__).resolve().parent.parent
"""The checkout, which contains `sql/`, `dags/` and `spiders/`."""

VERSION = "0.1.0"
"""This project's version, as in pyproject.toml, which is not installed everywhere."""
DAY = 86_400
"""Seconds; the largest delay or timeout that can be set."""

Location: TypeAlias = "Path | UPath"
"""A folder or file, local or in an object store, with the methods of a path."""


class MissingSettingError(Exception):
    """A required setting is not in the environment."""


class InvalidSettingError(MissingSettingError):
    """A setting has an invalid value."""


DEFAULT_NEWSPAPER = "dawn"
"""The newspaper that is active if no setting says which are."""


def _required(name: str, example: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise MissingSettingError(f"{name} is not set: set it in the environment, for example {name}={example}")
    return value


def database_url() -> str:
    """The writer's database URL, `postgresql://akhbar_writer:…@host:5432/news`."""
    return _required("AKHBAR_DATABASE_URL", "postgresql://akhbar_writer:PASSWORD@127.0.0.1:5432/news")


def admin_database_url() -> str:
    """The owner's database URL, for migrations only."""
    return _required("AKHBAR_ADMIN_DATABASE_URL", "postgresql://postgres:PASSWORD@127.0.0.1:5432/news")


def archive() -> Location:
    """Where batches are stored: a folder, or a URL that fsspec supports, such as `s3://bucket/akhbar`."""
    return location(os.environ.get("AKHBAR_ARCHIVE") or str(ROOT / "archive"))


def location(name: str) -> Location:
    """The location of a path or URL. Listings of an object store are not cached.

    Raises `InvalidSettingError` for a URL with a password: locations appear in logs, XComs and messages.
    """
    if "://" in name and not name.startswith("file://"):
        if urlsplit(name).password is not None:
            raise InvalidSettingError(
                "the archive's URL contains a password, which would appear in logs: remove it, and configure the "
                "object store's client instead, for example with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
            )
        from upath import UPath  # takes a tenth of a crawl's start-up time, and most archives are folders

        return UPath(name, use_listings_cache=False)
    return Path(name.removeprefix("file://")).absolute()


def workspace() -> Path:
    """A local folder, under TMPDIR, for work in progress. Other users cannot read it.

    Raises `PermissionError` if another user has created a folder with that name.
    """
    folder = Path(tempfile.gettempdir()) / f"akhbar-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise PermissionError(f"{folder} is accessible to other users: remove it, or set TMPDIR to your own folder")
    return folder


def base_urls() -> dict[str, str]:
    """URLs of the copies of sites to crawl instead of the live ones, by newspaper: AKHBAR_DAWN_BASE_URL for `dawn`.

    Raises `InvalidSettingError` for a URL with a user or password: these URLs appear in logs and tables.
    """
    found = (re.fullmatch(r"AKHBAR_(\w+)_BASE_URL", name) for name in os.environ)
    urls = {match[0]: os.environ[match[0]] for match in found if match and os.environ[match[0]]}
    for name, url in urls.items():
        if "@" in urlsplit(url).netloc:
            raise InvalidSettingError(f"{name} contains a user or password, which would appear in logs: remove it")
    return {name.removeprefix("AKHBAR_").removesuffix("_BASE_URL").lower(): url for name, url in urls.items()}


def contact() -> str | None:
    """Contact address for the User-Agent, required for crawling the live site: AKHBAR_CONTACT."""
    return os.environ.get("AKHBAR_CONTACT") or None


def user_agent() -> str:
    """The User-Agent of every request, with the contact address."""
    return f"akhbar/0.1 (newspaper archive; {contact() or 'no contact given'})"


def newspapers() -> set[str]:
    """The names of the active newspapers, or `all`: AKHBAR_NEWSPAPERS, comma-separated, by default `dawn`."""
    return {name.strip() for name in (os.environ.get("AKHBAR_NEWSPAPERS") or DEFAULT_NEWSPAPER).split(",")} - {""}


def time_zone() -> str | None:
    """The time zone of the sessions of roles that read: AKHBAR_TIME_ZONE. None: that of the active newspapers."""
    name = os.environ.get("AKHBAR_TIME_ZONE") or None
    try:
        ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidSettingError(
            f"AKHBAR_TIME_ZONE is {(name or '')[:120]!r}: it must be an IANA time zone, for example "
            "AKHBAR_TIME_ZONE=Asia/Karachi"
        ) from None
    return name


def notify() -> list[str]:
    """The Airflow connections that alerts are sent through: AKHBAR_NOTIFY, comma-separated."""
    return [name.strip() for name in os.environ.get("AKHBAR_NOTIFY", "").split(",") if name.strip()]


def delay(url: str) -> float:
    """Seconds between two requests to the host of `url`: AKHBAR_DELAY, by default 2, or 0 on loopback."""
    return _seconds("AKHBAR_DELAY", 0, "2", 0.0 if is_loopback(url) else 2.0)


def is_loopback(url: str) -> bool:
    """Whether the host of `url` is this machine."""
    return urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1")


def keep_pages() -> str | None:
    """How long the DAG maintenance keeps page archives, for example `400d`; None: forever. AKHBAR_KEEP_PAGES."""
    return os.environ.get("AKHBAR_KEEP_PAGES") or None


def timeout() -> float:
    """Time limit for a page in seconds, from the request to the last byte: AKHBAR_TIMEOUT, by default 20."""
    return _seconds("AKHBAR_TIMEOUT", 0.1, "20", 20.0)


def _seconds(name: str, least: float, example: str, default: float) -> float:
    value = os.environ.get(name)
    if not value:
        return default
    try:
        seconds = float(value)
    except ValueError:
        seconds = math.nan
    if not least <= seconds <= DAY:
        raise InvalidSettingError(
            f"{name} is {value[:120]!r}: it must be a number of seconds from {least} to {DAY}, for example "
            f"{name}={example}"
        )
    return seconds


def spider_environment() -> dict[str, str]:
    """The environment of a process that runs spiders, for a crawl or a replay.

    A page's tree consists of thousands of small blocks of memory. glibc caches seven of each size by default; if it
    caches more, a crawl executes 5 % fewer instructions per page (callgrind, 120 pages of bench.site).
    """
    return {
        "GLIBC_TUNABLES": "glibc.malloc.tcache_count=8000",
        **os.environ,
        "SCRAPY_PROJECT_ROOT": str(ROOT),
        "SCRAPY_SETTINGS_MODULE": "akhbar.crawl.settings",
        "PYTHONPATH": str(ROOT),
    }


def check_crawl_settings() -> None:
    """Raises `InvalidSettingError` if a setting that the crawl process reads is invalid."""
    base_urls()
    delay("")
    timeout()
