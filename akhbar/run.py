"""A run: which newspaper is read, what of it, and under which name its batch is kept."""

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from akhbar import settings

Mode = Literal["edition", "latest"]


@dataclass(frozen=True)
class Run:
    """One run of the four steps. Two runs of one name share a batch: the second goes on where the first ended."""

    source: str
    mode: Mode
    edition: date | None
    """The print edition to read, in the newspaper's own calendar; None for the latest stories."""
    name: str
    dag_id: str | None = None
    dag_run_id: str | None = None
    recheck: bool = False
    """Whether stories that are known already are fetched again."""

    @property
    def batch(self) -> settings.Location:
        return settings.archive() / self.source / self.name


def run_name(mode: Mode, edition: date | None, key: str) -> str:
    """A name for a run that a file system takes, told apart by `key`, an Airflow run's id or a time.

    >>> run_name("edition", date(2016, 1, 22), "manual__2026-11-23T08:30:00+00:00")
    'edition-2016-01-22-manual__2026-11-23T08.30.00.00.00-0ea19c'
    """
    plain = re.sub(r"[^A-Za-z0-9_-]+", ".", key)[:80]
    told_apart = hashlib.sha256(key.encode()).hexdigest()[:6]
    return "-".join(part for part in (mode, edition.isoformat() if edition else "", plain, told_apart) if part)
