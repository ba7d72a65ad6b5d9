"""A run: what it crawls, for which newspaper, and the name of its batch."""

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from akhbar import settings

Mode = Literal["edition", "latest"]


@dataclass(frozen=True)
class Run:
    """One run of the four steps. A second run with the same name continues the batch of the first."""

    source: str
    mode: Mode
    edition: date | None
    """The print edition to crawl; None for the latest stories."""
    name: str
    dag_id: str | None = None
    dag_run_id: str | None = None
    recheck: bool = False
    """Whether stored stories are fetched again."""

    @property
    def batch(self) -> settings.Location:
        return settings.archive() / self.source / self.name


def run_name(mode: Mode, edition: date | None, key: str) -> str:
    """A run's name, which is also a valid folder name. `key` makes it unique: an Airflow run id, or a timestamp.

    >>> run_name("edition", date(2016, 1, 22), "manual__2026-11-23T08:30:00+00:00")
    'edition-2016-01-22-manual__2026-11-23T08.30.00.00.00-0ea19c'
    """
    plain = re.sub(r"[^A-Za-z0-9_-]+", ".", key)[:80]
    digest = hashlib.sha256(key.encode()).hexdigest()[:6]
    return "-".join(part for part in (mode, edition.isoformat() if edition else "", plain, digest) if part)
