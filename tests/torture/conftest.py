"""The quick part of `make torture`: what it shares."""

from collections.abc import Iterator

import pytest

from akhbar.local.postgres import Server
from tests.conftest import PASSWORD
from tests.replica import replica
from torture import newsroom
from torture.kills import Lab


@pytest.fixture(scope="session")
def lab(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Where trials are made, on the tests' own Postgres; one a session, since it knows what undisturbed steps leave."""
    with pytest.MonkeyPatch.context() as patch, replica() as site:
        patch.setattr(newsroom, "PASSWORD", PASSWORD)
        yield Lab(postgres, tmp_path_factory.mktemp("lab"), site)
