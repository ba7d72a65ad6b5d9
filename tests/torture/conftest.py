"""Fault trials: what they share, and the record of `make torture` in docs/reliability.md."""

import random
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from akhbar.local.postgres import Server
from tests.conftest import migrated_server
from tests.replica import replica
from tests.torture.record import PAGE, Tried, update
from tests.torture.steps import Lab
from tests.torture.trials import SEED

TRIED = pytest.StashKey[dict[tuple[str, str], Tried]]()
"""What was tried in this session, by part and row."""
NAMES = pytest.StashKey[dict[str, set[str]]]()
"""The names of all trials by part, whether selected or not."""


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that trials may kill. It syncs to disk, unlike that of the other tests."""
    with migrated_server(tmp_path_factory.mktemp("postgres"), max_connections="40") as server:
        yield server


@pytest.fixture(scope="session")
def lab(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One for the session, since it remembers what undisturbed steps leave."""
    with replica() as site:
        yield Lab(postgres, tmp_path_factory.mktemp("lab"), site)


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> random.Random:
    """The trial's own random numbers, the same for the same seed."""
    return random.Random(f"{SEED} {request.node.name}")  # noqa: S311 - not used for secrets


def part_of(item: pytest.Item) -> str:
    """The part that a trial belongs to: `site` for those in `test_site.py`."""
    return item.path.stem.removeprefix("test_")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    names = config.stash.setdefault(NAMES, {})
    for item in items:
        if marker := item.get_closest_marker("torture"):
            names.setdefault(part_of(item), set()).add(marker.args[0])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    marker = item.get_closest_marker("torture")
    if marker and not report.skipped and (report.when == "call" or report.failed):
        seen: dict[str, Any] = dict(item.user_properties)
        tried = item.config.stash.setdefault(TRIED, {}).setdefault((part_of(item), marker.args[0]), Tried())
        tried.times += seen.get("times", 1)
        tried.seconds += call.duration
        tried.seen = seen.get("seen", "")
        if call.excinfo:
            tried.lost.append((str(call.excinfo.value) or call.excinfo.typename).splitlines()[0])
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    tried = session.config.stash.get(TRIED, {})
    for part in dict.fromkeys(part for part, _ in tried):
        update(Path(PAGE), part, {name: each for (of, name), each in tried.items() if of == part})
