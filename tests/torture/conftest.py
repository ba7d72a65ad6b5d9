"""The quick part of `make torture`: what it shares."""

from pathlib import Path

import pytest

from pipeline.postgres import Server
from tests.conftest import PASSWORD
from tests.replica import Replica
from torture import newsroom
from torture.kills import Lab


@pytest.fixture
def lab(postgres: Server, site: Replica, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """Where kills are tried, on the tests' own Postgres."""
    monkeypatch.setattr(newsroom, "PASSWORD", PASSWORD)
    return Lab(postgres, tmp_path, site)
